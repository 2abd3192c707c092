import type { Transition } from '../timeline/entities.ts';
import type { Size } from './placement.ts';

/*
 * How pixels come together: premultiplied, gamma-encoded BT.709 R'G'B', 8 bits a channel, rounded after every step. Shares (opacity,
 * coverage, progress) are weights of 1/256, which makes every step exact in whole numbers and alike on every machine.
 */

/** R, G, B, A in 0..255; R, G, B never above A. */
export type Pixel = readonly [number, number, number, number];

/** A share of 0..1 as a weight of 0..256. */
export const weightOf = (share: number): number => Math.floor(Math.min(1, Math.max(0, share)) * 256 + 0.5);

/** value·weight/256, rounded; halves go up. */
export const weighed = (value: number, weight: number): number => (value * weight + 128) >> 8;

/** a·b/255, rounded exactly for 0..255. */
export const times255 = (a: number, b: number): number => {
  const product = a * b + 128;
  return (product + (product >> 8)) >> 8;
};

/** From one value to another. */
export const mixed = (from: number, to: number, weight: number): number =>
  (from * (256 - weight) + to * weight + 128) >> 8;

/** One pixel over another: `weight` is opacity times coverage. */
export const over = (below: Pixel, above: Pixel, weight: number): Pixel => {
  const alpha = weighed(above[3], weight);
  const channel = (c: number): number => weighed(above[c], weight) + times255(below[c], 255 - alpha);
  return [channel(0), channel(1), channel(2), alpha + times255(below[3], 255 - alpha)];
};

/** A dissolve, and every transition that only mixes: premultiplied values in a straight line. */
export const mixedPixels = (from: Pixel, to: Pixel, weight: number): Pixel => [
  mixed(from[0], to[0], weight),
  mixed(from[1], to[1], weight),
  mixed(from[2], to[2], weight),
  mixed(from[3], to[3], weight),
];

/** '#rrggbb' as an opaque pixel. */
export const colourPixel = (colour: string): Pixel => [
  Number.parseInt(colour.slice(1, 3), 16),
  Number.parseInt(colour.slice(3, 5), 16),
  Number.parseInt(colour.slice(5, 7), 16),
  255,
];

/** A dip goes to the colour, over the whole frame, until the middle, and from there to the second picture. */
export const dipStage = (progress: number): { half: 'from' | 'to'; weight: number } =>
  progress < 0.5
    ? { half: 'from', weight: weightOf(2 * progress) }
    : { half: 'to', weight: weightOf(2 * progress - 1) };

/**
 * The second picture's weight in a wipe, for the row or column at `index` of the axis along which the change moves. `softness` is the
 * width of the edge as a share of the picture and never less than one pixel, so that a hard edge does not crawl.
 */
export const wipeWeight = (
  index: number,
  frame: Size,
  progress: number,
  direction: Transition['direction'],
  softness: number,
): number => {
  const length = direction === 'left' || direction === 'right' ? frame.width : frame.height;
  const along = (index + 0.5) / length;
  const place = direction === 'right' || direction === 'down' ? along : 1 - along;
  const edge = Math.max(softness, 1 / length);
  return weightOf((progress * (1 + edge) - place) / edge);
};

/** How far a push has moved the first picture, whole pixels along x and y; the second follows one frame behind. */
export const pushOffset = (
  frame: Size,
  progress: number,
  direction: Transition['direction'],
): { x: number; y: number; nextX: number; nextY: number } => {
  const sideways = direction === 'left' || direction === 'right';
  const length = sideways ? frame.width : frame.height;
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  const moved = sign * Math.floor(progress * length + 0.5);
  const next = moved - sign * length;
  return sideways ? { x: moved, y: 0, nextX: next, nextY: 0 } : { x: 0, y: moved, nextX: 0, nextY: next };
};
