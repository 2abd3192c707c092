import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { DitModel } from './model.ts';
import type { KnownFrame } from './prior.ts';
import type { Lineage } from './lineage.ts';

export type FrameToRefine = { seconds: number; generated: Image; lineage: Lineage };

/** All that is needed to compose a frame at full size; fields and pictures at the working size. */
export type RefinedFrame = {
  /** Refined ways to the real frames; visibility as the transformer saw it. */
  lineage: Lineage;
  generated: Image;
  /** [3,H,W] before, after, generated; sum 1. */
  weights: Image;
  /** [3,H,W] R'G'B'. */
  residual: Image;
  /** The frame itself at the working size, as later windows see it: [3,H,W]. */
  picture: Image;
};

const nearness = (known: KnownFrame | null, seconds: number): number =>
  known === null ? 0 : Math.exp(-2 * Math.abs(seconds - known.seconds));

const added = (flow: Image, corrections: Image, from: number): Image => {
  const offset = from * flow.width * flow.height;
  return { ...flow, data: flow.data.map((v, i) => v + corrections.data[offset + i]) };
};

/**
 * Refines frames against the real frames beside the span and composes them at the working size.
 * `before` and `after` are the real frames that the lineages lead to. `fading`: visibility also says how far a shot has come or gone (a
 * blend), which the refiner does not know of: references are weighed by it once more.
 */
export const refineFrames = async (
  model: DitModel,
  frames: FrameToRefine[],
  before: KnownFrame | null,
  after: KnownFrame | null,
  fading = false,
): Promise<RefinedFrame[]> => {
  const { width, height } = frames[0].generated;
  const count = width * height;
  const dark = createImage(3, width, height);
  const seenIn = (known: KnownFrame | null, field: Lineage['before']): Image =>
    known === null || field === null ? dark : warp(known.picture, field.flow);
  const fields = frames.map(({ seconds, lineage }) => {
    const out = createImage(6, width, height);
    const has = [before !== null && lineage.before !== null, after !== null && lineage.after !== null];
    if (lineage.before !== null) out.data.set(lineage.before.visibility.data, 0);
    if (lineage.after !== null) out.data.set(lineage.after.visibility.data, count);
    out.data.fill(has[0] ? nearness(before, seconds) : 0, 2 * count, 3 * count);
    out.data.fill(has[1] ? nearness(after, seconds) : 0, 3 * count, 4 * count);
    out.data.fill(has[0] ? 1 : 0, 4 * count, 5 * count);
    out.data.fill(has[1] ? 1 : 0, 5 * count, 6 * count);
    return out;
  });
  const refined = await model.refine(
    frames.map(({ generated, lineage }, i) => ({
      before: seenIn(before, lineage.before),
      after: seenIn(after, lineage.after),
      generated,
      fields: fields[i],
    })),
  );
  return frames.map(({ generated, lineage }, i) => {
    const { flow, residual } = refined[i];
    const left = lineage.before === null ? null : { ...lineage.before, flow: added(lineage.before.flow, flow, 0) };
    const right = lineage.after === null ? null : { ...lineage.after, flow: added(lineage.after.flow, flow, 2) };
    const own = withoutMissing(refined[i].weights, left !== null, right !== null);
    const weights = fading ? faded(own, left, right) : own;
    const b = seenIn(before, left);
    const a = seenIn(after, right);
    const picture = createImage(3, width, height);
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < count; p++) {
        const at = c * count + p;
        const sum =
          weights.data[p] * b.data[at] +
          weights.data[count + p] * a.data[at] +
          weights.data[2 * count + p] * generated.data[at];
        const value = sum + residual.data[at];
        picture.data[at] = value > 0 ? (value < 1 ? value : 1) : 0;
      }
    }
    return { lineage: { before: left, after: right }, generated, weights, residual, picture };
  });
};

/** A reference that does not exist must not darken the frame, whatever weight the network gives it. */
const withoutMissing = (weights: Image, hasBefore: boolean, hasAfter: boolean): Image => {
  if (hasBefore && hasAfter) return weights;
  const count = weights.width * weights.height;
  const out = createImage(3, weights.width, weights.height);
  for (let i = 0; i < count; i++) {
    const b = hasBefore ? weights.data[i] : 0;
    const a = hasAfter ? weights.data[count + i] : 0;
    const g = weights.data[2 * count + i];
    const sum = b + a + g;
    out.data[i] = sum > 1e-6 ? b / sum : 0;
    out.data[count + i] = sum > 1e-6 ? a / sum : 0;
    out.data[2 * count + i] = sum > 1e-6 ? g / sum : 1;
  }
  return out;
};

/** A reference that has faded out of a blend must not shine through, whatever weight the network gives it. */
const faded = (weights: Image, before: Lineage['before'], after: Lineage['after']): Image => {
  const count = weights.width * weights.height;
  const out = createImage(3, weights.width, weights.height);
  for (let i = 0; i < count; i++) {
    const b = before === null ? 0 : weights.data[i] * before.visibility.data[i];
    const a = after === null ? 0 : weights.data[count + i] * after.visibility.data[i];
    const g = weights.data[2 * count + i] + 1e-3;
    out.data[i] = b / (b + a + g);
    out.data[count + i] = a / (b + a + g);
    out.data[2 * count + i] = g / (b + a + g);
  }
  return out;
};
