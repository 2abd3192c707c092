import type { Image } from '../frames/image.ts';
import type { FramePrior } from './prior.ts';
import { blockMeans, cell } from './fields.ts';

/*
 * The tensors that a window is denoised under. Channels of a latent cell: 0..15 appearance, 16..17 displacement to the frame before / 8,
 * 18..19 displacement to the frame after / 8, 20 and 21 visibility there as 2v − 1; where the pack sees references a second way, 22 and 23 how far
 * the same two frames show the cell along that way. A known cell has no displacement (a frame known as a whole may say how it moved, though)
 * and is seen on both sides; a side without a known frame has no displacement and is not seen.
 */

export const appearanceChannels = 16;
export const motionScale = 8;
/** Seconds beyond which a known frame is merely far. */
const farthestSeconds = 2;

/** The motion of a prior, without its picture. */
export type MotionPrior = Pick<FramePrior, 'before' | 'after' | 'secondBefore' | 'secondAfter' | 'foretold'>;

export type WindowFrame = {
  seconds: number;
  /** Given as a whole, not at all, or cell by cell ([1,h,w] of 0 and 1). */
  known: 'all' | 'none' | Image;
  /** Appearance latents [16,h,w]: of the frame where known, of its prior elsewhere. */
  appearance: Image;
  /** Null for a frame known as a whole. */
  prior: MotionPrior | null;
  /** Of a frame known as a whole, how it moves away from the gap, or null: flows [2,H,W] to the known frame before it and after it. */
  moved: { before: Image | null; after: Image | null } | null;
  /** Seconds to the nearest known frame on each side; null without one. Not read for a frame known as a whole. */
  secondsBefore: number | null;
  secondsAfter: number | null;
  /** Drawn motion [3,h,w]: dx/8, dy/8, present; null for none. */
  hints: Image | null;
};

export type WindowTensors = {
  /** L: 22, or 24 with second references. */
  channels: number;
  frames: number;
  height: number;
  width: number;
  /** [L,T,h,w] each. */
  known: Float32Array;
  prior: Float32Array;
  /** The mask repeated over the channels, [L,T,h,w]: what the sampler needs. */
  fullMask: Float32Array;
  /** [1,T,h,w] */
  mask: Float32Array;
  /** [3,T,h,w] */
  hints: Float32Array;
  /** [4,T]: seconds to the known frame before and after (at most 2), whether there are any. */
  info: Float32Array;
  /** [T/2·h/2·w/2, 3]: seconds since the window's start, y and x of the token's centre in 128ths of a working pixel from the middle. */
  positions: Float32Array;
};

/** Token centres in the order t, y, x. `seconds` holds an even number of times; h and w are even. */
export const tokenPositions = (seconds: number[], height: number, width: number): Float32Array => {
  const out = new Float32Array((seconds.length / 2) * (height / 2) * (width / 2) * 3);
  let at = 0;
  for (let t = 0; t < seconds.length; t += 2) {
    const time = (seconds[t] + seconds[t + 1]) / 2 - seconds[0];
    for (let i = 0; i < height / 2; i++) {
      for (let j = 0; j < width / 2; j++) {
        out[at++] = time;
        out[at++] = (2 * cell * (i + 0.5) - (height * cell) / 2) / 128;
        out[at++] = (2 * cell * (j + 0.5) - (width * cell) / 2) / 128;
      }
    }
  }
  return out;
};

/** The motion channels of a prior, from 16 on, at latent size: [6 or 8,h,w] in the latent's own units. */
const motionChannels = (prior: MotionPrior, channels: number, count: number): Float32Array => {
  const out = new Float32Array((channels - appearanceChannels) * count);
  for (const [side, field] of [prior.before, prior.after].entries()) {
    if (field === null) {
      out.fill(-1, (4 + side) * count, (5 + side) * count);
      continue;
    }
    const flow = blockMeans(field.flow).data;
    for (let i = 0; i < 2 * count; i++) out[2 * side * count + i] = flow[i] / motionScale;
    const seen = blockMeans(field.visibility).data;
    for (let i = 0; i < count; i++) out[(4 + side) * count + i] = 2 * seen[i] - 1;
  }
  if (channels === 22) return out;
  for (const [side, way] of [prior.secondBefore, prior.secondAfter].entries()) {
    for (let i = 0; i < count; i++) out[(6 + side) * count + i] = way === null ? -1 : 2 * way.trust.data[i] - 1;
  }
  return out;
};

/** Channels 16..19 of a frame known as a whole. */
const movedChannels = (moved: NonNullable<WindowFrame['moved']>, count: number): Float32Array => {
  const out = new Float32Array(4 * count);
  for (const [side, flow] of [moved.before, moved.after].entries()) {
    if (flow !== null)
      out.set(
        blockMeans(flow).data.map((v) => v / motionScale),
        2 * side * count,
      );
  }
  return out;
};

/** @throws RangeError for an odd number of frames or an odd latent size. */
export const windowTensors = (frames: WindowFrame[], latentChannels: 22 | 24): WindowTensors => {
  const { width, height } = frames[0].appearance;
  const total = frames.length;
  if (total % 2 === 1 || width % 2 === 1 || height % 2 === 1)
    throw new RangeError('windowTensors: frames, height and width must be even');
  const count = width * height;
  const plane = total * count;
  const known = new Float32Array(latentChannels * plane);
  const prior = new Float32Array(latentChannels * plane);
  const fullMask = new Float32Array(latentChannels * plane);
  const mask = new Float32Array(plane);
  const hints = new Float32Array(3 * plane);
  const info = new Float32Array(4 * total);
  for (const [t, frame] of frames.entries()) {
    const given = frame.known === 'none' ? null : frame.known === 'all' ? 'all' : frame.known.data;
    const motion = frame.prior === null ? null : motionChannels(frame.prior, latentChannels, count);
    const moved = frame.moved === null ? null : movedChannels(frame.moved, count);
    for (let i = 0; i < count; i++) {
      const at = t * count + i;
      const isGiven = given === 'all' || (given !== null && given[i] > 0);
      mask[at] = isGiven ? 1 : 0;
      for (let c = 0; c < latentChannels; c++) {
        const value =
          c < appearanceChannels
            ? frame.appearance.data[c * count + i]
            : isGiven
              ? c >= 20
                ? 1
                : (moved?.[(c - appearanceChannels) * count + i] ?? 0)
              : motion![(c - appearanceChannels) * count + i];
        prior[c * plane + at] = value;
        if (isGiven) {
          known[c * plane + at] = value;
          fullMask[c * plane + at] = 1;
        }
      }
      // Evidence about unknown cells is told in the trust channels of `known`, which are free there.
      const told = frame.prior?.foretold ?? null;
      if (told !== null && !isGiven)
        for (let c = 0; c < 4; c++) known[(20 + c) * plane + at] = told.data[c * count + i];
      if (frame.hints !== null) for (let c = 0; c < 3; c++) hints[c * plane + at] = frame.hints.data[c * count + i];
    }
    const near = frame.known === 'all' ? [0, 0] : [frame.secondsBefore, frame.secondsAfter];
    for (const [side, seconds] of near.entries()) {
      info[side * total + t] = seconds === null ? 0 : Math.min(farthestSeconds, seconds);
      info[(2 + side) * total + t] = seconds === null ? 0 : 1;
    }
  }
  const positions = tokenPositions(
    frames.map((frame) => frame.seconds),
    height,
    width,
  );
  return {
    channels: latentChannels,
    frames: total,
    height,
    width,
    known,
    prior,
    fullMask,
    mask,
    hints,
    info,
    positions,
  };
};

/** Channels `from` … `from + channels − 1` of frame t out of [L,T,h,w]. */
export const frameChannels = (
  latents: Float32Array,
  shape: { frames: number; height: number; width: number },
  t: number,
  from: number,
  channels: number,
): Image => {
  const count = shape.height * shape.width;
  const data = new Float32Array(channels * count);
  for (let c = 0; c < channels; c++) {
    const start = ((from + c) * shape.frames + t) * count;
    data.set(latents.subarray(start, start + count), c * count);
  }
  return { channels, width: shape.width, height: shape.height, data };
};
