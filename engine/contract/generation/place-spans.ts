import { clipsOf, endOf, neighbours, sequenceOfClip } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import type { Clip } from '../timeline/entities.ts';
import { compare, divide, subtract } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { sourceStep, sourceTimeAt } from '../timeline/source-time.ts';
import type { Job } from './job.ts';
import type { Anchor, TakePlace } from './plan.ts';
import { playsAs } from './retime.ts';

type PlaceOf<K extends TakePlace['kind']> = Extract<TakePlace, { kind: K }>;

const hasEdge = (document: Document, clip: Clip, { mediaId, edge, time, retime }: Anchor): boolean => {
  if (clip.mediaId !== mediaId || clip.placement === null || !playsAs(clip, retime)) return false;
  const sequence = sequenceOfClip(document, clip);
  if (!sequence) return false;
  return compare(sourceTimeAt(clip, sequence.frameRate, edge === 'head' ? 0 : clip.duration), time) === 0;
};

/** Whether some clip still has this edge at the same second of the same media, and plays it alike. */
export const hasAnchor = (document: Document, anchor: Anchor): boolean => {
  const named = document.clips.get(anchor.clipId);
  if (named && hasEdge(document, named, anchor)) return true;
  for (const other of document.clips.values()) if (hasEdge(document, other, anchor)) return true;
  return false;
};

/**
 * The clip that a take is to lie beside: the one that was named, or on its track the one that has the edge now, since a clip that was cut in
 * two keeps its id on the left only.
 */
export const clipBeside = (document: Document, { clipId, anchor }: PlaceOf<'beside'>): Clip | undefined => {
  const named = document.clips.get(clipId);
  if (!named || !anchor || hasEdge(document, named, anchor)) return named;
  return clipsOf(document, named.trackId).find((clip) => hasEdge(document, clip, anchor)) ?? named;
};

/** The frame of the sequence at which a clip shows a second of its media; undefined where that is no whole frame or none of the clip's. */
const frameAt = (clip: Clip, time: Rational, rate: Rational): number | undefined => {
  const { num, den } = divide(subtract(time, clip.sourceIn), sourceStep(clip, rate));
  if (den !== 1 || num < 0 || num >= clip.duration) return undefined;
  return clip.start + (clip.reverse ? clip.duration - 1 - num : num);
};

/** The clip that shows a stretch of a media on its track, the one that was named or a part of it, and the frame at which it does. */
export const clipShowing = (
  document: Document,
  place: PlaceOf<'inside'>,
  piece: PlaceOf<'inside'>['pieces'][number],
): { clip: Clip; at: number } | undefined => {
  const named = document.clips.get(place.clipId);
  const sequence = named && sequenceOfClip(document, named);
  if (!named || !sequence) return undefined;
  for (const clip of [named, ...clipsOf(document, named.trackId)]) {
    if (clip.mediaId !== place.mediaId || !playsAs(clip, place.retime)) continue;
    const at = frameAt(clip, piece.time, sequence.frameRate);
    if (at !== undefined && at + piece.duration <= endOf(clip)) return { clip, at };
  }
  return undefined;
};

/** Frames [from, to) of a track. */
export type PlaceSpan = { trackId: string; from: number; to: number };

const placeSpans = (document: Document, place: TakePlace): PlaceSpan[] => {
  switch (place.kind) {
    case 'beside': {
      const clip = clipBeside(document, place);
      if (!clip) return [];
      const { trackId } = clip;
      return place.side === 'before'
        ? [{ trackId, from: Math.max(0, clip.start - place.duration), to: clip.start }]
        : [{ trackId, from: endOf(clip), to: endOf(clip) + place.duration }];
    }
    case 'inside':
      return place.pieces.flatMap((piece) => {
        const found = clipShowing(document, place, piece);
        return found ? [{ trackId: found.clip.trackId, from: found.at, to: found.at + piece.duration }] : [];
      });
    case 'cut': {
      const left = document.clips.get(place.leftClipId);
      if (!left || neighbours(document, left).right?.id !== place.rightClipId) return [];
      return [{ trackId: left.trackId, from: endOf(left) - place.before, to: endOf(left) + place.after }];
    }
    case 'gap': {
      const [left, right] = [place.leftClipId, place.rightClipId].map((id) => document.clips.get(id));
      if (!left || right?.trackId !== left.trackId || right.start !== endOf(left) + place.duration) return [];
      return [{ trackId: left.trackId, from: endOf(left), to: right.start }];
    }
    case 'still': {
      const clip = document.clips.get(place.clipId);
      if (!clip) return [];
      return [{ trackId: clip.trackId, from: clip.start, to: clip.start + Math.min(place.duration, clip.duration) }];
    }
    // At a sequence's end there is nothing yet that it could be seen on.
    case 'append':
    case 'none':
      return [];
  }
};

/**
 * Where the first take of a job will lie on a sequence as the timeline is now, wherever its clips have gone meanwhile; nothing where it will
 * come into the bin alone.
 */
export const spansOfJob = (
  document: Document,
  sequenceId: string,
  { place, replaces }: Pick<Job, 'place' | 'replaces'>,
): PlaceSpan[] => {
  const spans =
    replaces === null
      ? placeSpans(document, place)
      : [...document.clips.values()]
          .filter((clip) => clip.mediaId === replaces && clip.placement !== null)
          .map((clip) => ({ trackId: clip.trackId, from: clip.start, to: endOf(clip) }));
  return spans.filter(({ trackId }) => document.tracks.get(trackId)?.sequenceId === sequenceId);
};
