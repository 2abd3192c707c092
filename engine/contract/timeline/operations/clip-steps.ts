import { shiftedKeys } from '../animated.ts';
import type { Change } from '../change.ts';
import { withAnimated } from '../clip-animation.ts';
import { allTracksOf, clipAt, clipsBetween, clipsOf, endOf, markersOfClip, transitionAtEnd } from '../document.ts';
import type { Clip } from '../entities.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { extentOfClip, handlesWithin, sourceInMoved } from '../source-time.ts';
import type { Scope } from './inputs.ts';
import { joinedRanges, rangeOf } from './ranges.ts';
import { apply, needed, putAll, putting, rateOf, removeAll } from './work.ts';
import type { Work } from './work.ts';

/** Stills and titles show the same at all times. */
export const hasOwnTime = ({ kind }: Clip): boolean => kind !== 'still' && kind !== 'title';

/** The clip no longer than its source lasts at its speed. @throws EditRefused when that is less than a frame */
export const withinSource = (work: Work, clip: Clip, frameRate: Rational): Clip => {
  const { tail } = handlesWithin(extentOfClip(work.document, clip), { ...clip, reverse: false }, frameRate);
  const duration = clip.duration + Math.min(0, tail);
  if (duration < 1) throw refused('too-short');
  return { ...clip, duration };
};

const refuseTooShort = (clip: Clip, frames: number): void => {
  if (clip.duration - frames < 1) throw refused('too-short');
};

/** Keys and markers stay with the picture that they were set on. */
const markersMoved = (work: Work, clip: Clip, by: number): Change[] =>
  by === 0
    ? []
    : markersOfClip(work.document, clip.id).map((marker) => putting('marker', { ...marker, frame: marker.frame - by }));

/** Moves a clip's first frame to later (or, negative, to earlier); what is shown at a frame stays. */
export const trimHead = (work: Work, clip: Clip, by: number): Clip => {
  refuseTooShort(clip, by);
  const moved = hasOwnTime(clip) && !clip.reverse;
  const trimmed: Clip = {
    ...withAnimated(clip, (animated) => shiftedKeys(animated, by)),
    start: clip.start + by,
    duration: clip.duration - by,
    sourceIn: moved ? sourceInMoved(clip, rateOf(work, clip), by) : clip.sourceIn,
  };
  apply(work, [putting('clip', trimmed), ...markersMoved(work, clip, by)]);
  return trimmed;
};

/** Moves a clip's end to later (or, negative, to earlier); what is shown at a frame stays. */
export const trimTail = (work: Work, clip: Clip, by: number): Clip => {
  refuseTooShort(clip, -by);
  const moved = hasOwnTime(clip) && clip.reverse;
  const trimmed: Clip = {
    ...clip,
    duration: clip.duration + by,
    sourceIn: moved ? sourceInMoved(clip, rateOf(work, clip), -by) : clip.sourceIn,
  };
  putAll(work, 'clip', [trimmed]);
  return trimmed;
};

/** Cuts one clip in two; the left part keeps the id, the right part what lay at the end: transition, fade, later markers. */
const split = (work: Work, clip: Clip, frame: number): Clip => {
  const at = frame - clip.start;
  const atEnd = transitionAtEnd(work.document, clip.id);
  const right: Clip = {
    ...withAnimated(clip, (animated) => shiftedKeys(animated, at)),
    id: work.newId(),
    start: frame,
    duration: clip.duration - at,
    sourceIn: hasOwnTime(clip) && !clip.reverse ? sourceInMoved(clip, rateOf(work, clip), at) : clip.sourceIn,
    fadeIn: 0,
  };
  const later = markersOfClip(work.document, clip.id).filter((marker) => marker.frame >= at);
  trimTail(work, { ...clip, fadeOut: 0 }, frame - endOf(clip));
  apply(work, [
    putting('clip', right),
    ...later.map((marker) => putting('marker', { ...marker, clipId: right.id, frame: marker.frame - at })),
    ...(atEnd ? [putting('transition', { ...atEnd, leftClipId: right.id })] : []),
  ]);
  return right;
};

/** The right parts of what was linked are linked with each other; a part alone is not. */
const relink = (work: Work, parts: readonly Clip[]): void => {
  const links = new Map<string, Clip[]>();
  for (const part of parts) {
    if (part.linkId !== null) links.set(part.linkId, [...(links.get(part.linkId) ?? []), part]);
  }
  for (const mates of links.values()) {
    const linkId = mates.length > 1 ? work.newId() : null;
    putAll(
      work,
      'clip',
      mates.map((mate) => ({ ...needed(work, 'clip', mate.id), linkId })),
    );
  }
};

/** Cuts clips at a frame that lies inside of each, linked ones together. */
export const splitAt = (work: Work, clips: readonly Clip[], frame: number): void =>
  relink(
    work,
    clips.map((clip) => split(work, clip, frame)),
  );

/** The clips of some tracks that have a frame on either side of the border before `frame`. */
export const clipsAcross = (work: Work, trackIds: readonly string[], frame: number): Clip[] =>
  trackIds
    .map((id) => clipAt(work.document, id, frame))
    .filter((clip) => clip !== undefined)
    .filter((clip) => clip.start < frame);

/** Takes away all that lies in [from, to) of some tracks; what reaches beyond is trimmed or cut. */
export const clearRange = (work: Work, trackIds: readonly string[], from: number, to: number): void => {
  const rights: Clip[] = [];
  for (const clip of trackIds.flatMap((id) => clipsBetween(work.document, id, from, to))) {
    const end = endOf(clip);
    if (clip.start < from) {
      if (end > to) rights.push(split(work, clip, to));
      const left = needed(work, 'clip', clip.id);
      trimTail(work, { ...left, fadeOut: 0 }, from - endOf(left));
    } else if (end > to) {
      trimHead(work, { ...clip, fadeIn: 0 }, to - clip.start);
    } else {
      removeAll(work, 'clip', [clip.id]);
    }
  }
  relink(work, rights);
};

/** What moved clips land on goes; parts of linked clips that are cut at the same place stay linked. */
export const clearUnder = (work: Work, moved: readonly Clip[]): void => {
  const ranges = new Map<string, { from: number; to: number; trackIds: string[] }>();
  for (const [trackId, clips] of Map.groupBy(moved, (clip) => clip.trackId)) {
    for (const { from, to } of joinedRanges(clips.map(rangeOf))) {
      if (clipsBetween(work.document, trackId, from, to).length === 0) continue;
      const key = `${from} ${to}`;
      const range = ranges.get(key) ?? { from, to, trackIds: [] };
      range.trackIds.push(trackId);
      ranges.set(key, range);
    }
  }
  for (const { from, to, trackIds } of ranges.values()) clearRange(work, trackIds, from, to);
};

/** Ids of the tracks that a ripple moves. */
export const tracksInScope = (work: Work, sequenceId: string, touched: Iterable<string>, scope: Scope): string[] => {
  const ids = new Set(touched);
  if (scope === 'all') {
    for (const track of allTracksOf(work.document, sequenceId)) if (!track.locked) ids.add(track.id);
  }
  return [...ids];
};

/** Moves all clips of some tracks that start at or after a frame. */
export const shiftAll = (work: Work, trackIds: readonly string[], from: number, by: number): void =>
  apply(
    work,
    trackIds
      .filter((id) => by !== 0 && (clipsOf(work.document, id).at(-1)?.start ?? -1) >= from)
      .map((trackId) => ({ type: 'shift', trackId, from, by })),
  );

/** Makes an empty stretch at a frame: what lies there is cut, what comes later moves. */
export const openGap = (work: Work, trackIds: readonly string[], at: number, duration: number): void => {
  splitAt(work, clipsAcross(work, trackIds, at), at);
  shiftAll(work, trackIds, at, duration);
};
