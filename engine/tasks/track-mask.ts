import type { MaskShape } from '../contract/generation/wish.ts';
import { disFlow, toGrey } from '../frames/dis-flow.ts';
import type { Grey } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { moveMask } from '../frames/move-mask.ts';
import { toWorking, workingSize } from '../frames/resize.ts';
import type { MaskScale } from '../frames/stroke-mask.ts';
import { grownMask, maskOfShapes } from '../frames/stroke-mask.ts';
import { warp } from '../frames/warp.ts';
import { readFrames } from '../media/decode.ts';
import type { MediaInfo } from '../media/types.ts';

/** The whole mask as it was painted on a frame of the clip, counted from 0. */
export type MaskKey = { frame: number; shapes: readonly MaskShape[] };

export type TrackMask = {
  info: MediaInfo;
  /** Ascending by frame, at least one. */
  keys: readonly MaskKey[];
  /** Led along the picture's motion between and around the keys; else each holds until the next. */
  track: boolean;
  /** Pixels of the clip. */
  grow: number;
  /** Of the clip for a pixel of the picture that was painted on. */
  scale: MaskScale;
};

/** Where each place of a frame lies in the key's frame: [2,h,w], pixels of the working size. */
type Way = Image;

/** Leads a frame's places to the key: first to its neighbour, and from there along the neighbour's own way. */
const extended = (flow: Image, way: Way): Way => {
  const onwards = warp(way, flow);
  return { ...flow, data: flow.data.map((value, i) => value + onwards.data[i]) };
};

/** Small grey pictures of all frames up to one; what is before the first key is needed back to front. */
const greysBefore = async (info: MediaInfo, last: number, size: { width: number; height: number }): Promise<Grey[]> => {
  const greys: Grey[] = [];
  for await (const frame of readFrames(info, 0, last)) greys.push(toGrey(toWorking(frame, size)));
  return greys;
};

/**
 * A mask for every frame of a clip, in order, at its size: [1,H,W] of 0 and 1. A key is what it was painted as; from there on the mask follows
 * the optical flow (DIS, at the working size, its edges at the clip's own) until the next key, and before the first key it is led backwards.
 * @throws UserFacingError 'input' when the clip is damaged
 */
export const trackMask = async function* ({ info, keys, track, grow, scale }: TrackMask): AsyncGenerator<Image> {
  const { width, height, frameCount } = info;
  const painted = keys.map(({ shapes }) => grownMask(maskOfShapes(shapes, width, height, scale), grow));
  const size = workingSize(width, height, info.sar);
  const [{ frame: firstKey }] = keys;
  if (!track) {
    for (let frame = 0, at = 0; frame < frameCount; frame++) {
      while (at + 1 < keys.length && keys[at + 1].frame <= frame) at++;
      yield painted[at];
    }
    return;
  }
  const early = await greysBefore(info, firstKey, size);
  const waysBefore: Way[] = [];
  let way = createImage(2, size.width, size.height);
  for (let frame = firstKey - 1; frame >= 0; frame--) {
    way = extended(disFlow(early[frame], early[frame + 1]), way);
    waysBefore.unshift(way);
  }
  for (const one of waysBefore) yield moveMask(painted[0], one);
  let before = early[firstKey];
  let at = 0;
  let frame = firstKey;
  for await (const picture of readFrames(info, firstKey, frameCount - 1)) {
    const grey = frame === firstKey ? before : toGrey(toWorking(picture, size));
    if (at + 1 < keys.length && keys[at + 1].frame === frame) at++;
    if (keys[at].frame === frame) way = createImage(2, size.width, size.height);
    else way = extended(disFlow(grey, before), way);
    yield keys[at].frame === frame ? painted[at] : moveMask(painted[at], way);
    before = grey;
    frame++;
  }
};

/** What is known of a clip from one frame on: where places of other frames lie in it. Filled by followedMask. */
export type KnownWays = Map<number, Way>;

export type FollowMask = {
  info: MediaInfo;
  /** The whole mask as it was painted on frame `from`, pixels of the clip. */
  shapes: readonly MaskShape[];
  from: number;
  /** Before or after it. */
  to: number;
  /** Of this clip and `from`: what it holds need not be found again. */
  known?: KnownWays;
  signal: AbortSignal;
};

/** Longer side of a mask that is only looked at. */
const lookedAt = 240;
/** Ways that are kept, 0.3 MB each. */
const mostKnown = 200;

/** The way of the frame nearest to `to`, on the side of `from`, that is known. */
const nearestKnown = (known: KnownWays, from: number, to: number, none: Way): { at: number; way: Way } => {
  const step = Math.sign(from - to);
  for (let at = to; at !== from; at += step) {
    const way = known.get(at);
    if (way) return { at, way };
  }
  return { at: from, way: none };
};

/**
 * The mask of one frame as trackMask leads it there, small: [1,h,w] of 0 and 1, the longer side at most 240. Reads the frames between.
 * @throws UserFacingError 'input' when the clip is damaged, the signal's reason
 */
export const followedMask = async ({
  info,
  shapes,
  from,
  to,
  known = new Map(),
  signal,
}: FollowMask): Promise<Image> => {
  const scale = Math.min(1, lookedAt / Math.max(info.width, info.height));
  const [width, height] = [info.width, info.height].map((side) => Math.max(1, Math.round(side * scale)));
  const painted = maskOfShapes(shapes, width, height, { x: width / info.width, y: height / info.height });
  const size = workingSize(info.width, info.height, info.sar);
  const start = nearestKnown(known, from, to, createImage(2, size.width, size.height));
  let { way } = start;
  const step = Math.sign(to - start.at);
  const greys: Grey[] = [];
  if (step !== 0) {
    for await (const frame of readFrames(info, Math.min(start.at, to), Math.max(start.at, to))) {
      signal.throwIfAborted();
      greys.push(toGrey(toWorking(frame, size)));
    }
  }
  if (step < 0) greys.reverse();
  for (let i = 1; i < greys.length; i++) {
    signal.throwIfAborted();
    way = extended(disFlow(greys[i], greys[i - 1]), way);
    if (known.size < mostKnown) known.set(start.at + step * i, way);
    // One flow takes a while; a call that nobody waits for any more ends between two.
    await new Promise(setImmediate);
  }
  return moveMask(painted, way);
};
