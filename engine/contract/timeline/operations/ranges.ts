import { clipsBetween, endOf } from '../document.ts';
import type { Document } from '../document.ts';
import type { Clip } from '../entities.ts';

/** Timeline frames [from, to). */
export type Range = { from: number; to: number };

export const rangeOf = (clip: Clip): Range => ({ from: clip.start, to: endOf(clip) });

/** The same frames in order, ranges that overlap or meet as one. */
export const joinedRanges = (ranges: readonly Range[]): Range[] => {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else joined.push({ ...range });
  }
  return joined;
};

/** What of a range no clip of some tracks covers, in order. */
export const emptyWithin = (document: Document, trackIds: readonly string[], { from, to }: Range): Range[] => {
  const clips = trackIds.flatMap((id) => clipsBetween(document, id, from, to));
  const empty: Range[] = [];
  let at = from;
  for (const covered of joinedRanges(clips.map(rangeOf))) {
    if (covered.from > at) empty.push({ from: at, to: covered.from });
    at = Math.max(at, covered.to);
  }
  if (at < to) empty.push({ from: at, to });
  return empty;
};
