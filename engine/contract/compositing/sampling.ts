import type { Rect } from './placement.ts';

/*
 * How a picture is read between its samples. The value of a frame pixel is the picture's value at the place that lies under the pixel's
 * centre, premultiplied, read in two steps that a shader does alike:
 *   1. Reduce: where a picture is made smaller, it is first averaged over boxes of nx × ny samples, nx = `reduction(scaleX)` and likewise
 *      ny, and rounded to 8 bits. Box i holds samples i·n to i·n + n − 1; a box that the picture's edge cuts averages what it has.
 *   2. Interpolate linearly between the four nearest (reduced) samples with weights of 8 bits, as graphics hardware does. Places are held
 *      inside the visible rectangle, half a sample from its edge, so that nothing that was cropped away shines in.
 * What is left of the reduction after step 1 is between 0.75 and 1.5: crisp, with little aliasing, at the price of two cheap passes.
 */

/** Samples to average along one axis: the whole number nearest to the reduction; 1 when enlarged. Halves go up. */
export const reduction = (scale: number): number => (scale > 0 ? Math.max(1, Math.floor(1 / scale + 0.5)) : 1);

/** Largest number of samples averaged along one axis: below 1/64 of its size nothing can be told apart anyway. */
export const largestReduction = 64;

/** The reduction as it is used. */
export const boxSize = (scale: number): number => Math.min(largestReduction, reduction(scale));

/** A place held half a sample inside from..to; in the middle where less than one sample is left. */
export const heldInside = (place: number, from: number, to: number): number =>
  to - from < 1 ? (from + to) / 2 : Math.min(to - 0.5, Math.max(from + 0.5, place));

/** The two samples beside a place, of `count` samples, and the second one's weight in 1/256. */
export const linearTaps = (place: number, count: number): { first: number; second: number; weight: number } => {
  const at = Math.floor((place - 0.5) * 256 + 0.5);
  const first = at >> 8;
  return {
    first: Math.min(count - 1, Math.max(0, first)),
    second: Math.min(count - 1, Math.max(0, first + 1)),
    weight: at & 255,
  };
};

/** (first·(256 − weight) + second·weight), in 1/256; see `sampled` for both axes. */
const between = (first: number, second: number, weight: number): number => first * (256 - weight) + second * weight;

/** One channel of four neighbours (top left, top right, bottom left, bottom right), both weights in 1/256, rounded once. */
export const sampled = (tl: number, tr: number, bl: number, br: number, across: number, down: number): number =>
  (between(between(tl, tr, across), between(bl, br, across), down) + 0x8000) >> 16;

/**
 * How much of a pixel lies inside from..to along one of the picture's axes: its edge is a ramp one frame pixel wide.
 * @param place of the pixel's centre, samples
 * @param scale frame pixels per sample
 * @returns 0..1
 */
export const edgeCoverage = (place: number, from: number, to: number, scale: number): number =>
  Math.max(0, Math.min(1, (place - from) * scale + 0.5) + Math.min(1, (to - place) * scale + 0.5) - 1);

/** The part of a pixel that the visible rectangle covers, 0..1: both axes multiplied. */
export const coverage = (u: number, v: number, visible: Rect, scaleX: number, scaleY: number): number =>
  edgeCoverage(u, visible.left, visible.right, scaleX) * edgeCoverage(v, visible.top, visible.bottom, scaleY);
