import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { Field } from './fields.ts';
import { blockMeans, consistency, inside, mirroredInside, scaled } from './fields.ts';
import { changeOver } from './change-over.ts';

/** A known frame at the working size: picture [3,H,W] R'G'B' 0..1 at a time in seconds. */
export type KnownFrame = { seconds: number; picture: Image };

/** What the seen motion, going on, would make of one unknown frame; fields towards its nearest known frames. */
export type FramePrior = {
  before: Field | null;
  after: Field | null;
  picture: Image;
  /** How far the known frames show that picture without moving, [1,h,w]; null where standing still is not what may happen. */
  stillBefore: Image | null;
  stillAfter: Image | null;
};

/** A motion that somebody asked for: flow [2,H,W] of the frame at `from` towards the frame at `to` (seconds). */
export type WantedMotion = (from: number, to: number) => Image;

export type PriorInput = {
  /** Nearest known frames first; at most two of each side are looked at. */
  before: KnownFrame[];
  after: KnownFrame[];
  /** Times of the unknown frames between them, seconds. */
  unknown: number[];
  /** False where the sides show different things (a blend): each is carried on by itself. */
  linked: boolean;
  motion: WantedMotion | null;
};

/** Constant velocity beyond a known frame; flow stands still where there is only one. */
const velocity = (side: KnownFrame[]): { flow: Image; seconds: number } | null => {
  const [near, far] = side;
  if (near === undefined || far === undefined || near.seconds === far.seconds) return null;
  return { flow: disFlow(near.picture, far.picture), seconds: near.seconds - far.seconds };
};

const carriedOn = (near: KnownFrame, seen: { flow: Image; seconds: number } | null, seconds: number): Field => {
  const { width, height } = near.picture;
  const flow =
    seen === null ? createImage(2, width, height) : scaled(seen.flow, (seconds - near.seconds) / seen.seconds);
  return { flow, visibility: inside(flow) };
};

/** (w_b·b + w_a·a) / (w_b + w_a), w = nearness·(visibility + 0.02). */
const mixed = (
  b: KnownFrame | undefined,
  before: Field | null,
  a: KnownFrame | undefined,
  after: Field | null,
  s: number,
): Image => {
  if (before === null || b === undefined) return warp(a!.picture, after!.flow);
  if (after === null || a === undefined) return warp(b.picture, before.flow);
  const left = warp(b.picture, before.flow);
  const right = warp(a.picture, after.flow);
  const count = left.width * left.height;
  const out = createImage(3, left.width, left.height);
  for (let i = 0; i < count; i++) {
    const wb = (1 - s) * (before.visibility.data[i] + 0.02);
    const wa = s * (after.visibility.data[i] + 0.02);
    for (let at = i; at < 3 * count; at += count) out.data[at] = (wb * left.data[at] + wa * right.data[at]) / (wb + wa);
  }
  return out;
};

/** exp(−(mean |difference| / 0.1)²) of each latent cell: how well a still reference shows a picture. */
const trustStill = (picture: Image, reference: Image): Image => {
  const count = picture.width * picture.height;
  const difference = createImage(1, picture.width, picture.height);
  for (let i = 0; i < 3 * count; i++) {
    difference.data[i % count] += Math.abs(picture.data[i] - reference.data[i]) / 3;
  }
  const means = blockMeans(difference);
  return { ...means, data: means.data.map((e) => Math.exp(-((e / 0.1) ** 2))) };
};

const faded = (field: Field, by: Image): Field => ({
  flow: field.flow,
  visibility: { ...field.visibility, data: field.visibility.data.map((v, i) => v * by.data[i]) },
});

/**
 * Motion prior of a gap: the flow between its sides bridged, or one side's motion carried on at constant velocity, or the motion that
 * was asked for. One prior per unknown time. (training/data/motion.py is the same in Python.)
 */
export const motionPrior = ({ before, after, unknown, linked, motion }: PriorInput): FramePrior[] => {
  const b = before[0];
  const a = after[0];
  if (b === undefined && a === undefined) throw new RangeError('motionPrior: no known frame');
  const share = (seconds: number): number => {
    if (b === undefined) return 1;
    if (a === undefined) return 0;
    return (seconds - b.seconds) / (a.seconds - b.seconds);
  };
  if (motion !== null) {
    const towards = (known: KnownFrame | undefined, seconds: number): Field | null => {
      if (known === undefined) return null;
      const flow = motion(seconds, known.seconds);
      return { flow: mirroredInside(flow), visibility: inside(flow) };
    };
    return unknown.map((seconds) => {
      const left = towards(b, seconds);
      const right = towards(a, seconds);
      const picture = mixed(b, left, a, right, share(seconds));
      return { before: left, after: right, picture, stillBefore: null, stillAfter: null };
    });
  }
  const standing = (picture: Image): Pick<FramePrior, 'stillBefore' | 'stillAfter'> => ({
    stillBefore: b === undefined || !linked ? null : trustStill(picture, b.picture),
    stillAfter: a === undefined || !linked ? null : trustStill(picture, a.picture),
  });
  if (b !== undefined && a !== undefined && linked) {
    const ahead = disFlow(b.picture, a.picture);
    const back = disFlow(a.picture, b.picture);
    const seenBefore = consistency(ahead, back);
    const seenAfter = consistency(back, ahead);
    return unknown.map((seconds) => {
      const s = share(seconds);
      const left = { flow: scaled(ahead, -s), visibility: seenBefore };
      const right = { flow: scaled(back, s - 1), visibility: seenAfter };
      const picture = mixed(b, left, a, right, s);
      return { before: left, after: right, picture, ...standing(picture) };
    });
  }
  const velocityBefore = velocity(before);
  const velocityAfter = velocity(after);
  return unknown.map((seconds) => {
    const s = share(seconds);
    const left = b === undefined ? null : carriedOn(b, velocityBefore, seconds);
    const right = a === undefined ? null : carriedOn(a, velocityAfter, seconds);
    if (b === undefined || a === undefined || left === null || right === null) {
      const picture = mixed(b, left, a, right, s);
      return { before: left, after: right, picture, ...standing(picture) };
    }
    const turned = changeOver(warp(b.picture, left.flow), warp(a.picture, right.flow), s);
    const shownLeft = faded(left, { ...turned, data: turned.data.map((v) => 1 - v) });
    const shownRight = faded(right, turned);
    // The shares are in the visibilities already: half and half beyond them.
    const picture = mixed(b, shownLeft, a, shownRight, 0.5);
    return { before: shownLeft, after: shownRight, picture, ...standing(picture) };
  });
};
