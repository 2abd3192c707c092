/** The timeline behind a quick screen: a few clips from its start on, made anew whenever another take is chosen. */
import type { WishPlan } from '../../engine/contract/generation/plan.ts';
import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Sequence } from '../../engine/contract/timeline/entities.ts';
import type { OperationInput } from '../../engine/contract/timeline/operations/registry.ts';
import { compare } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';

type Steps = OperationInput<'batch'>['operations'];

/** A stretch of a media, or so many frames of it. */
export type Part = { mediaId: string; in?: Rational; out?: Rational; duration?: number };

/** The pictures of the lowest track. */
export const picturesOf = (document: Document, sequenceId: string): readonly Clip[] => {
  const [track] = tracksOf(document, sequenceId, 'video');
  return track ? clipsOf(document, track.id) : [];
};

/**
 * The steps of one `batch` that put these parts one after the other, with their sound, in the place of all that is there.
 * @param clipId for the picture of the first part
 */
export const timelineSteps = (
  document: Document,
  sequenceId: string,
  parts: readonly Part[],
  clipId?: string,
): Steps => {
  const tracks = [...tracksOf(document, sequenceId, 'video'), ...tracksOf(document, sequenceId, 'audio')];
  const clipIds = tracks.flatMap(({ id }) => clipsOf(document, id).map((clip) => clip.id));
  const videoTrackId = tracksOf(document, sequenceId, 'video')[0]?.id ?? null;
  const audioTrackId = tracksOf(document, sequenceId, 'audio')[0]?.id ?? null;
  return [
    ...(clipIds.length > 0 ? [{ op: 'delete', input: { clipIds, withLinked: false } }] : []),
    ...parts.map((source, i) => ({
      op: 'append',
      input: {
        ...{ sequenceId, source, videoTrackId },
        audioTrackId: document.media.get(source.mediaId)?.sound ? audioTrackId : null,
        ...(i === 0 && clipId !== undefined && { videoClipId: clipId }),
      },
    })),
  ];
};

/** Left clip, take, right clip, as a plan with a sequence puts them. Undefined for any other plan. */
export const transitionParts = ({ place }: WishPlan, takeMediaId: string): Part[] | undefined => {
  if (place.kind !== 'append') return undefined;
  const { left, right, duration } = place;
  return [left, { mediaId: takeMediaId, duration }, right];
};

/** Whether a sequence has a size, and a rate, already: an edit that changes nothing is refused. */
export const hasFormat = (
  { width, height, frameRate }: Sequence,
  wanted: { width: number; height: number; frameRate?: Rational },
): boolean =>
  width === wanted.width &&
  height === wanted.height &&
  (wanted.frameRate === undefined || compare(frameRate, wanted.frameRate) === 0);

/** Its sides as a sequence's may be: even. */
export const evenSides = ({ width, height }: { width: number; height: number }) => {
  const even = (side: number): number => Math.min(8192, Math.max(16, side - (side % 2)));
  return { width: even(width), height: even(height) };
};
