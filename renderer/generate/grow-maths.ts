import { clipsOf, endOf, firstAfter } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';

import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { frameOfTimecode, nominalRate } from '../../engine/contract/timeline/timecode.ts';

/** Frames of a track, from `from` up to, not including, `to`. */
export type Span = { trackId: string; from: number; to: number };

/** An empty stretch of a track between two clips. */
export type Gap = { start: number; duration: number; left: Clip; right: Clip };

/** The gap of a track that a frame lies in; undefined in a clip, before the first and after the last one. */
export const gapAt = (document: Document, trackId: string, frame: number): Gap | undefined => {
  const clips = clipsOf(document, trackId);
  const at = firstAfter(clips, frame);
  const [left, right] = [clips[at - 1], clips[at]];
  if (!left || !right || frame < endOf(left)) return undefined;
  const start = endOf(left);
  return { start, duration: right.start - start, left, right };
};

/**
 * An edge that is dragged outwards: first over the handle, which is filmed already, and only what goes beyond it is grown.
 * @param outward frames; negative is inwards, into the clip
 * @param handle frames that the edge can be trimmed outwards, 0 or more
 */
export const partsOfDrag = (outward: number, handle: number): { trim: number; grow: number } => {
  const trim = Math.min(outward, handle);
  return { trim, grow: Math.max(0, outward - trim) };
};

/** Where the new frames of a blend lie: half of them, the larger one, before the cut. */
export const blendSpan = (cut: number, frames: number): { from: number; to: number } => ({
  from: cut - Math.ceil(frames / 2),
  to: cut + Math.floor(frames / 2),
});

/**
 * Frames of a blend that is dragged out from a cut, on both sides alike; at least 2.
 * @param reach frames from the cut to the pointer, either way
 */
export const blendLength = (reach: number, left: Pick<Clip, 'duration'>, right: Pick<Clip, 'duration'>): number =>
  2 * Math.max(1, Math.min(Math.round(Math.abs(reach)), left.duration - 1, right.duration - 1));

/** Ranges, both ends included, sorted and with those that touch made one. */
export const joinedRanges = (ranges: readonly (readonly [number, number])[]): [number, number][] => {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
};

/**
 * A length as it is typed: a timecode (00:00:01:12), seconds and frames (1:12), seconds (1.5s) or frames alone (36).
 * @returns whole frames, at least 1; undefined where the text is no length
 */
export const framesOfText = (text: string, rate: Rational): number | undefined => {
  const plain = text.trim().toLowerCase();
  const short = /^(\d{1,4})[:;](\d{1,3})$/.exec(plain);
  const seconds = /^(\d{1,4}(?:[.,]\d{1,3})?) *s$/.exec(plain);
  const frames = /^\d{1,6}$/.test(plain)
    ? Number(plain)
    : short
      ? Number(short[1]) * nominalRate(rate) + Number(short[2])
      : seconds
        ? Math.round(Number(seconds[1].replace(',', '.')) * toNumber(rate))
        : frameOfTimecode(plain, rate, false);
  return frames === undefined || frames < 1 ? undefined : frames;
};
