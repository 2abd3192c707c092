import { UserFacingError } from '../../contract/errors.ts';
import { clipsOf, tracksOf } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Marker, Sequence, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { divide, rational } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';

/** One sequence as the writers walk it. */
export type SequenceView = {
  document: Document;
  sequence: Sequence;
  /** From the lowest picture up. */
  video: readonly Track[];
  audio: readonly Track[];
  /** Of the sequence itself, not of its clips, in order of time. */
  markers: Marker[];
};

const markerOrder = (a: Marker, b: Marker): number =>
  a.frame - b.frame || a.duration - b.duration || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** @throws UserFacingError `usage` when the project has no such sequence */
export const sequenceView = (document: Document, sequenceId: string): SequenceView => {
  const sequence = document.sequences.get(sequenceId);
  if (!sequence) {
    throw new UserFacingError('usage', 'The project has no such sequence.', 'Choose one that the project lists.');
  }
  return {
    document,
    sequence,
    video: tracksOf(document, sequenceId, 'video'),
    audio: tracksOf(document, sequenceId, 'audio'),
    markers: [...document.markers.values()]
      .filter((marker) => marker.sequenceId === sequenceId && marker.clipId === null)
      .sort(markerOrder),
  };
};

/** Seconds of `frames` at the sequence's rate. */
export const secondsOf = (frames: number, { frameRate }: Sequence): Rational => divide(rational(frames), frameRate);

export const mediaOf = (document: Document, clip: Clip): Media | undefined =>
  clip.mediaId === null ? undefined : document.media.get(clip.mediaId);

/** The media of a sequence's clips in order of first use, so that the same timeline gives the same file. */
export const usedMedia = ({ document, video, audio }: SequenceView): Media[] => [
  ...new Set(
    [...video, ...audio]
      .flatMap(({ id }) => clipsOf(document, id))
      .map((clip) => mediaOf(document, clip))
      .filter((media) => media !== undefined),
  ),
];
