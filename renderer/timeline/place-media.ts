import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { endOf, sequenceEnd, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Sequence, Track } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { compare } from '../../engine/contract/timeline/rational.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import type { OperationInput } from '../../engine/contract/timeline/operations/registry.ts';
import { newId } from '../document/new-id.ts';
import type { Stretch } from '../viewer/source-sequence.ts';

type Steps = OperationInput<'batch'>['operations'];

/** What puts media on the timeline, as the input of one `batch`, and the clips that it makes. */
export type Placing = { operations: Steps; clipIds: string[]; trackIds: string[]; from: number; to: number };

export type PlaceOptions = {
  sequence: Sequence;
  /** In this order, one after the other. */
  mediaIds: readonly string[];
  /** Frame of the first. */
  at: number;
  mode: 'overwrite' | 'insert';
  /** The track that is aimed at; the other part goes to the track of the other kind with the same number. */
  track?: Track | undefined;
  /** Which parts are wanted; both unless told. */
  parts?: 'both' | 'picture' | 'sound';
  /** What of each media; the whole unless told. */
  stretch?: Stretch | undefined;
};

/** The track with a number that may be edited, else the nearest one below it that may. */
const usable = (tracks: readonly Track[], order: number): string | null => {
  const free = tracks.filter(({ locked }) => !locked);
  return (
    (free.find((track) => track.order === order) ?? free.findLast((track) => track.order < order) ?? free[0])?.id ??
    null
  );
};

const even = (pixels: number): number => Math.min(8192, Math.max(16, pixels - (pixels % 2)));

/** An empty sequence takes the first film's size and rate, so that what is cut first plays as it was shot. */
const asShot = (sequence: Sequence, { picture }: Media): Steps => {
  if (!picture?.frameRate || compare(picture.frameRate, { num: 1, den: 1 }) < 0) return [];
  const { width, height, frameRate } = picture;
  return [
    {
      op: 'change-sequence',
      input: { id: sequence.id, changes: { width: even(width), height: even(height), frameRate } },
    },
  ];
};

/** @throws EditRefused when a media fits no track, or a track is locked */
export const placeMedia = (
  document: Document,
  { sequence, mediaIds, at, mode, track, parts = 'both', stretch }: PlaceOptions,
): Placing => {
  const operations: Steps = [];
  const clipIds: string[] = [];
  const trackIds = new Set<string>();
  let state = document;
  let frame = at;
  const run = (op: string, input: unknown): void => {
    state = applyChanges(state, runOperation(state, op, input, { newId }).forward);
    operations.push({ op, input });
  };
  const order = track?.order ?? 0;
  const aimed = (kind: Track['kind']): string | null =>
    track?.kind === kind ? track.id : usable(tracksOf(document, sequence.id, kind), order);
  for (const mediaId of mediaIds) {
    const media = state.media.get(mediaId);
    if (!media) continue;
    if (sequenceEnd(state, sequence.id) === 0)
      for (const { op, input } of asShot(sequence, media)) {
        try {
          run(op, input);
        } catch {
          // It has that size and rate already.
        }
      }
    const ids = { videoClipId: newId(), audioClipId: newId() };
    const wanted = {
      videoTrackId: parts === 'sound' || !media.picture || media.kind === 'audio' ? null : aimed('video'),
      audioTrackId: parts === 'picture' || !media.sound ? null : aimed('audio'),
    };
    run(mode, { sequenceId: sequence.id, source: { mediaId, ...stretch }, at: frame, ...wanted, ...ids });
    for (const id of Object.values(ids)) {
      const clip = state.clips.get(id);
      if (!clip) continue;
      clipIds.push(id);
      trackIds.add(clip.trackId);
      frame = Math.max(frame, endOf(clip));
    }
  }
  return { operations, clipIds, trackIds: [...trackIds], from: at, to: frame };
};
