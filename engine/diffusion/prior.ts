import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { Field } from './fields.ts';
import { consistency, inside, mirroredInside, scaled } from './fields.ts';
import { changeOver } from './change-over.ts';
import { foretold, trustAlong } from './foretold.ts';

/** A known frame at the working size: picture [3,H,W] R'G'B' 0..1 at a time in seconds. */
export type KnownFrame = { seconds: number; picture: Image };

/** What the seen motion, going on, would make of one unknown frame; fields towards its nearest known frames. */
export type FramePrior = {
  before: Field | null;
  after: Field | null;
  picture: Image;
  /** The second ways to the known frames; null where none is wanted. */
  secondBefore: SecondWay | null;
  secondAfter: SecondWay | null;
  /** [4,h,w], each as 2·trust − 1: see foretold.ts. Null where nothing is known of it. */
  foretold: Image | null;
};

/** A flow [2,H,W] to a known frame, and how well that frame seen along it shows the prior's picture, [1,h,w]. */
export type SecondWay = { flow: Image; trust: Image };

/** Optical flow between two known frames. */
export type FlowOf = (from: Image, to: Image) => Image;

/** A motion that somebody asked for: flow [2,H,W] of the frame at `from` towards the frame at `to` (seconds). */
export type WantedMotion = (from: number, to: number) => Image;

export type PriorInput = {
  /** Nearest known frames first; at most four of each side are looked at. */
  before: KnownFrame[];
  after: KnownFrame[];
  /** Times of the unknown frames between them, seconds. */
  unknown: number[];
  /** False where the sides show different things (a blend): each is carried on by itself. */
  linked: boolean;
  motion: WantedMotion | null;
  /**
   * Whether a second way to each reference is wanted, where no motion is asked for and the sides are linked: each side's own motion carried
   * on where the gap is bridged, standing still beyond known frames.
   */
  twice?: boolean;
  flowOf?: FlowOf;
};

/** Constant velocity beyond a known frame; flow stands still where there is only one. */
const velocity = (side: KnownFrame[], flowOf: FlowOf): { flow: Image; seconds: number } | null => {
  const [near, far] = side;
  if (near === undefined || far === undefined || near.seconds === far.seconds) return null;
  return { flow: flowOf(near.picture, far.picture), seconds: near.seconds - far.seconds };
};

/** Decibels by which standing still must have told a seen frame better before motion is given up. */
const clearly = 1.5;

/**
 * Whether a side's motion is to be carried on: not where, of the frames that are known, standing still would have told the nearest from the
 * third much better than that one's own motion. True where there are too few to say.
 */
const goesOn = ([near, , from, far]: KnownFrame[], flowOf: FlowOf): boolean => {
  if (near === undefined || from === undefined || far === undefined) return true;
  const steps = (near.seconds - from.seconds) / (from.seconds - far.seconds);
  const errorOf = (shown: Image): number =>
    shown.data.reduce((sum, v, i) => sum + (v - near.picture.data[i]) ** 2, 0) / shown.data.length;
  const carried = errorOf(warp(from.picture, scaled(flowOf(from.picture, far.picture), steps)));
  return carried < errorOf(from.picture) * 10 ** (clearly / 10) + 1e-6;
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

const faded = (field: Field, by: Image): Field => ({
  flow: field.flow,
  visibility: { ...field.visibility, data: field.visibility.data.map((v, i) => v * by.data[i]) },
});

/**
 * Motion prior of a gap: the flow between its sides bridged, or one side's motion carried on at constant velocity, or the motion that
 * was asked for. One prior per unknown time. (training/data/motion.py is the same in Python, but carries every motion on.)
 */
export const motionPrior = ({
  before,
  after,
  unknown,
  linked,
  motion,
  twice = false,
  flowOf = disFlow,
}: PriorInput): FramePrior[] => {
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
      return { before: left, after: right, picture, secondBefore: null, secondAfter: null, foretold: null };
    });
  }
  const bridged = b !== undefined && a !== undefined;
  const told = twice && linked ? foretold(before, after, flowOf) : null;
  const second = (side: KnownFrame[], seconds: number, picture: Image): SecondWay | null => {
    const [near] = side;
    if (near === undefined || !twice || !linked) return null;
    const { flow } = carriedOn(near, bridged ? velocity(side, flowOf) : null, seconds);
    return { flow, trust: trustAlong(picture, near.picture, flow) };
  };
  const withSecond = (seconds: number, left: Field | null, right: Field | null, picture: Image): FramePrior => ({
    before: left,
    after: right,
    picture,
    secondBefore: second(before, seconds, picture),
    secondAfter: second(after, seconds, picture),
    foretold: told,
  });
  if (b !== undefined && a !== undefined && linked) {
    const ahead = flowOf(b.picture, a.picture);
    const back = flowOf(a.picture, b.picture);
    const seenBefore = consistency(ahead, back);
    const seenAfter = consistency(back, ahead);
    return unknown.map((seconds) => {
      const s = share(seconds);
      const left = { flow: scaled(ahead, -s), visibility: seenBefore };
      const right = { flow: scaled(back, s - 1), visibility: seenAfter };
      return withSecond(seconds, left, right, mixed(b, left, a, right, s));
    });
  }
  const velocityBefore = goesOn(before, flowOf) ? velocity(before, flowOf) : null;
  const velocityAfter = goesOn(after, flowOf) ? velocity(after, flowOf) : null;
  return unknown.map((seconds) => {
    const s = share(seconds);
    const left = b === undefined ? null : carriedOn(b, velocityBefore, seconds);
    const right = a === undefined ? null : carriedOn(a, velocityAfter, seconds);
    if (b === undefined || a === undefined || left === null || right === null) {
      return withSecond(seconds, left, right, mixed(b, left, a, right, s));
    }
    const turned = changeOver(warp(b.picture, left.flow), warp(a.picture, right.flow), s);
    const shownLeft = faded(left, { ...turned, data: turned.data.map((v) => 1 - v) });
    const shownRight = faded(right, turned);
    // The shares are in the visibilities already: half and half beyond them.
    return withSecond(seconds, shownLeft, shownRight, mixed(b, shownLeft, a, shownRight, 0.5));
  });
};
