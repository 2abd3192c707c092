import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import { hasFeature } from '../models/manifest.ts';
import type { Lineage } from './lineage.ts';
import type { DitModel } from './model.ts';
import type { KnownFrame } from './prior.ts';

export type FrameToRefine = { seconds: number; generated: Image; lineage: Lineage };

/** All that is needed to compose a frame at full size; fields and pictures at the working size. */
export type RefinedFrame = {
  /** Refined ways to the real frames; visibility as the transformer saw it. */
  lineage: Lineage;
  generated: Image;
  /** [3 or 5,H,W] before, after, generated and, from packs that weigh them, before and after seen a second way; sum 1. */
  weights: Image;
  /** [3,H,W] R'G'B'. */
  residual: Image;
  /** The frame itself at the working size, as later windows see it: [3,H,W]. */
  picture: Image;
};

/** The real frames that a lineage's ways lead to; the second ways of a span lead to the same two as the first. */
export type References = Readonly<Record<keyof Lineage, KnownFrame | null>>;

export const twiceTheSame = (before: KnownFrame | null, after: KnownFrame | null): References => ({
  before,
  after,
  secondBefore: before,
  secondAfter: after,
});

const nearness = (known: KnownFrame | null, seconds: number): number =>
  known === null ? 0 : Math.exp(-2 * Math.abs(seconds - known.seconds));

const added = (flow: Image, corrections: Image, from: number): Image => {
  const offset = from * flow.width * flow.height;
  return { ...flow, data: flow.data.map((v, i) => v + corrections.data[offset + i]) };
};

/** Trust, nearness and presence of the references; four channels more where second ways are weighed: their trust, their presence. */
const fieldsOf = (
  { seconds, generated, lineage }: FrameToRefine,
  { before, after, secondBefore, secondAfter }: References,
  twice: boolean,
): Image => {
  const { width, height } = generated;
  const count = width * height;
  const out = createImage(twice ? 10 : 6, width, height);
  const sides = [
    { known: before, seen: lineage.before?.visibility, knownSecond: secondBefore, second: lineage.secondBefore },
    { known: after, seen: lineage.after?.visibility, knownSecond: secondAfter, second: lineage.secondAfter },
  ];
  const fill = (value: number, channel: number): void => {
    out.data.fill(value, channel * count, (channel + 1) * count);
  };
  for (const [side, { known, seen, knownSecond, second }] of sides.entries()) {
    if (seen !== undefined) {
      out.data.set(seen.data, side * count);
      fill(nearness(known, seconds), 2 + side);
      fill(known === null ? 0 : 1, 4 + side);
    }
    if (twice && second !== null && knownSecond !== null) {
      out.data.set(second.visibility.data, (6 + side) * count);
      fill(1, 8 + side);
    }
  }
  return out;
};

/**
 * Refines frames against the real frames that their lineages lead to and composes them at the working size. `fading`: visibility also says how far a shot has come or gone (a
 * blend), which the refiner does not know of: references are weighed by it once more.
 */
export const refineFrames = async (
  model: DitModel,
  frames: FrameToRefine[],
  references: References,
  fading = false,
): Promise<RefinedFrame[]> => {
  const { width, height } = frames[0].generated;
  const count = width * height;
  const dark = createImage(3, width, height);
  const twice = hasFeature(model.manifest, 'second-references');
  const seenIn = (side: keyof Lineage, field: Lineage['before']): Image => {
    const known = references[side];
    return known === null || field === null ? dark : warp(known.picture, field.flow);
  };
  const refined = await model.refine(
    frames.map((frame) => ({
      before: seenIn('before', frame.lineage.before),
      after: seenIn('after', frame.lineage.after),
      generated: frame.generated,
      fields: fieldsOf(frame, references, twice),
      second: twice
        ? {
            before: seenIn('secondBefore', frame.lineage.secondBefore),
            after: seenIn('secondAfter', frame.lineage.secondAfter),
          }
        : undefined,
    })),
  );
  return frames.map(({ generated, lineage }, i) => {
    const { flow, residual } = refined[i];
    const left = lineage.before === null ? null : { ...lineage.before, flow: added(lineage.before.flow, flow, 0) };
    const right = lineage.after === null ? null : { ...lineage.after, flow: added(lineage.after.flow, flow, 2) };
    const { secondBefore, secondAfter } = lineage;
    // A reference that does not exist must not darken the frame, whatever weight the network gives it.
    const own = reweighed(
      refined[i].weights,
      [left, right, generated, secondBefore, secondAfter].map((part) => part !== null),
    );
    const weights = fading ? faded(own, left, right) : own;
    const parts = [
      seenIn('before', left),
      seenIn('after', right),
      generated,
      seenIn('secondBefore', secondBefore),
      seenIn('secondAfter', secondAfter),
    ].slice(0, weights.channels);
    const picture = createImage(3, width, height);
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < count; p++) {
        const at = c * count + p;
        let value = residual.data[at];
        for (let k = 0; k < parts.length; k++) value += weights.data[k * count + p] * parts[k].data[at];
        picture.data[at] = value > 0 ? (value < 1 ? value : 1) : 0;
      }
    }
    return { lineage: { ...lineage, before: left, after: right }, generated, weights, residual, picture };
  });
};

/** The weights of what is there, made to sum to 1; all on the generated frame where nothing is left. */
const reweighed = (weights: Image, there: boolean[]): Image => {
  if (there.every(Boolean)) return weights;
  const count = weights.width * weights.height;
  const out = createImage(weights.channels, weights.width, weights.height);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < weights.channels; k++) if (there[k]) sum += weights.data[k * count + i];
    for (let k = 0; k < weights.channels; k++) {
      const share = sum > 1e-6 ? weights.data[k * count + i] / sum : k === 2 ? 1 : 0;
      out.data[k * count + i] = there[k] ? share : 0;
    }
  }
  return out;
};

/** A reference that has faded out of a blend must not shine through, whatever weight the network gives it. Blends have no second ways. */
const faded = (weights: Image, before: Lineage['before'], after: Lineage['after']): Image => {
  const count = weights.width * weights.height;
  const out = createImage(weights.channels, weights.width, weights.height);
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
