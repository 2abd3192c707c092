import { clipsOf, endOf, transitionAtEnd, transitionAtStart } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Sequence, Track, Transition } from '../../contract/timeline/entities.ts';
import { multiply, round, toNumber } from '../../contract/timeline/rational.ts';
import { sourceInMoved } from '../../contract/timeline/source-time.ts';
import type { Losses } from './interchange.ts';

/** A stretch of one source, or of black, in the record. Frames at the sequence's rate. */
export type EdlEvent = {
  track: Track;
  /** Null is black. */
  clip: Clip | null;
  /** How the event begins. `from` is what it leads away from: a clip, or black. */
  enter: { kind: 'cut' } | { kind: 'dissolve' | 'wipe'; frames: number; from: EdlSource };
  source: { in: number; out: number };
  record: { in: number; out: number };
};
export type EdlSource = { clip: Clip | null; at: number };

/** Frames of source time, counted at the sequence's rate, when frame `k` of a clip is shown forwards. */
const sourceFrame = (clip: Clip, { frameRate }: Sequence, k: number): number =>
  Math.max(0, round(multiply(sourceInMoved(clip, frameRate, k), frameRate)));

/**
 * A track's clips as a list of record events. A transition belongs to the event that comes in; a dip goes through black and so makes an event of
 * its own. Clips that are not seen or heard are left out.
 */
export const eventsOfTrack = (document: Document, sequence: Sequence, track: Track, losses: Losses): EdlEvent[] => {
  const clips = clipsOf(document, track.id);
  return clips.flatMap((clip) => {
    if (!clip.enabled) {
      losses.add('Disabled clips are left out', clip.name);
      return [];
    }
    const shown = (id: string | null): Clip | null => {
      const other = id === null ? undefined : document.clips.get(id);
      return other?.enabled ? other : null;
    };
    const enter = transitionAtStart(document, clip.id);
    const leave = transitionAtEnd(document, clip.id);
    if (enter) reportTransition(enter, clip, losses);
    const from = enter ? shown(enter.leftClipId) : null;
    const to = leave ? shown(leave.rightClipId) : null;
    const over = enter && from && enter.kind !== 'dip' ? enter : undefined;
    const recordIn = over ? clip.start - over.before : clip.start;
    const recordOut = leave ? endOf(clip) - leave.before : endOf(clip);
    const own: EdlEvent = {
      track,
      clip,
      enter: enteringOf(enter, over, from, sequence),
      source: sourceOf(clip, sequence, recordIn, recordOut),
      record: { in: recordIn, out: recordOut },
    };
    if (!leave || leave.before === 0 || (to && leave.kind !== 'dip'))
      return own.record.out > own.record.in ? [own] : [];
    // Out to black: of its own accord, or as the first half of a dip.
    const black: EdlEvent = {
      track,
      clip: null,
      enter: { kind: 'dissolve', frames: leave.before, from: { clip, at: own.source.out } },
      source: { in: 0, out: leave.before },
      record: { in: recordOut, out: endOf(clip) },
    };
    if (!to) reportTransition(leave, clip, losses);
    return [own, black];
  });
};

const enteringOf = (
  enter: Transition | undefined,
  over: Transition | undefined,
  from: Clip | null,
  sequence: Sequence,
): EdlEvent['enter'] => {
  if (over && from) {
    const at = sourceFrame(from, sequence, from.reverse ? over.before : from.duration - over.before);
    const kind = over.kind === 'wipe' ? 'wipe' : 'dissolve';
    return { kind, frames: over.before + over.after, from: { clip: from, at } };
  }
  if (!enter || enter.after === 0) return { kind: 'cut' };
  return { kind: 'dissolve', frames: enter.after, from: { clip: null, at: 0 } };
};

/** The source's in and out of a record stretch; a reversed clip names the same stretch, its speed says the direction. */
const sourceOf = (clip: Clip, sequence: Sequence, from: number, to: number): EdlEvent['source'] => {
  const [first, last] = clip.reverse ? [endOf(clip) - to, endOf(clip) - from] : [from - clip.start, to - clip.start];
  const start = sourceFrame(clip, sequence, first);
  if (clip.speed.num === 0) return { in: start, out: start + 1 };
  return { in: start, out: Math.max(start + 1, sourceFrame(clip, sequence, last)) };
};

const reportTransition = ({ kind, colour }: Transition, clip: Clip, losses: Losses): void => {
  if (kind === 'push') losses.add('A push is written as a dissolve', clip.name);
  if (kind === 'dip' && colour !== '#000000') losses.add('A dip to a colour is written as a dip to black', clip.name);
  if (kind === 'wipe') losses.add('The direction and softness of a wipe are not carried', clip.name);
};

/** Frames a second of the source, as the motion line of an event says it; undefined at the sequence's own speed. */
export const motionOf = ({ speed, reverse }: Clip, fps: number): number | undefined => {
  if (speed.num === speed.den && !reverse) return undefined;
  return (reverse ? -1 : 1) * toNumber(speed) * fps;
};
