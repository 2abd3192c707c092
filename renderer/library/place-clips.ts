import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { clipsBetween, sequenceEnd, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Sequence } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import type { OperationInput } from '../../engine/contract/timeline/operations/registry.ts';
import { plainTitle } from '../../engine/contract/timeline/plain-title.ts';
import { rational, round, multiply } from '../../engine/contract/timeline/rational.ts';
import { newId } from '../document/new-id.ts';
import { placeMedia } from '../timeline/place-media.ts';
import type { PlaceOptions } from '../timeline/place-media.ts';

type Steps = OperationInput<'batch'>['operations'];

/** The steps of one `batch`, the clips that they make, and the frame after the last of them. */
export type Placed = { operations: Steps; clipIds: string[]; sequenceId: string; to: number };

/** Usual for films, for a sequence whose first media is a sound or a still. */
const usual = { frameRate: rational(24), width: 1920, height: 1080 };

/** A sequence as its first clip was shot, of sides that a sequence may have. */
const fitting = (media: Media | undefined, name: string): OperationInput<'add-sequence'> => {
  const picture = media?.picture;
  const even = (pixels: number): number => Math.min(8192, Math.max(16, pixels - (pixels % 2)));
  const shot = picture?.frameRate && {
    frameRate: picture.frameRate,
    width: even(picture.width),
    height: even(picture.height),
  };
  return { name, ...(shot ?? usual) };
};

const withSequence = (
  document: Document,
  sequence: Sequence | undefined,
  media: Media | undefined,
  name: string,
): { document: Document; sequence: Sequence; operations: Steps } => {
  if (sequence) return { document, sequence, operations: [] };
  const id = newId();
  // Its tracks are named here, since what is put on them comes in the same edit.
  const track = (kind: 'video' | 'audio') => ({ op: 'add-track', input: { id: newId(), sequenceId: id, kind } });
  const operations: Steps = [
    { op: 'add-sequence', input: { ...fitting(media, name), id, videoTracks: 0, audioTracks: 0 } },
    ...[track('video'), track('video'), track('audio'), track('audio')],
  ];
  let next = document;
  for (const { op, input } of operations) next = applyChanges(next, runOperation(next, op, input, { newId }).forward);
  const made = next.sequences.get(id);
  if (!made) throw new Error('the new sequence is not there');
  return { document: next, sequence: made, operations };
};

type Wish = Pick<PlaceOptions, 'mediaIds' | 'mode' | 'stretch'> & {
  frame: number;
  /** Of a sequence that is made for it. */
  name: string;
};

/**
 * Puts media one after the other at a frame of the sequence, at its start when it is empty; without a sequence one is made that fits the
 * first media.
 * @throws EditRefused where a media has nothing for the tracks, or they are locked
 */
export const placeAt = (
  document: Document,
  sequence: Sequence | undefined,
  { mediaIds, frame, mode, stretch, name }: Wish,
): Placed => {
  const ready = withSequence(document, sequence, document.media.get(mediaIds[0] ?? ''), name);
  const at = sequenceEnd(ready.document, ready.sequence.id) === 0 ? 0 : frame;
  const placing = placeMedia(ready.document, { sequence: ready.sequence, mediaIds, at, mode, stretch });
  return {
    operations: [...ready.operations, ...placing.operations],
    ...{ clipIds: placing.clipIds, sequenceId: ready.sequence.id, to: placing.to },
  };
};

/** Puts a title of five seconds at a frame, on the lowest track above the first that is free there; one is added where none is. */
export const titleAt = (
  document: Document,
  sequence: Sequence | undefined,
  frame: number,
  { text, name }: { text: string; name: string },
): Placed => {
  const ready = withSequence(document, sequence, undefined, name);
  const { id: sequenceId, frameRate } = ready.sequence;
  const duration = round(multiply(rational(5), frameRate));
  const tracks = tracksOf(ready.document, sequenceId, 'video');
  const free = tracks.find(
    ({ id, order, locked }) =>
      order > 0 && !locked && clipsBetween(ready.document, id, frame, frame + duration).length === 0,
  );
  const videoTrackId = free?.id ?? newId();
  const videoClipId = newId();
  const title = { title: plainTitle(text), duration };
  return {
    operations: [
      ...ready.operations,
      ...(free ? [] : [{ op: 'add-track', input: { id: videoTrackId, sequenceId, kind: 'video' } }]),
      { op: 'overwrite', input: { sequenceId, at: frame, source: title, videoTrackId, videoClipId } },
    ],
    ...{ clipIds: [videoClipId], sequenceId, to: frame + duration },
  };
};
