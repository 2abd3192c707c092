import { z } from 'zod';
import { allTracksOf, clipsOf } from '../document.ts';
import { sequenceSchema } from '../entities.ts';
import type { Track } from '../entities.ts';
import { idSchema, nameSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { freshId, needed, operation, putAll, removeAll, renamer } from './work.ts';
import type { Work } from './work.ts';

/** A track as it is when it is new: V1, V2… from below, A1, A2… from above. */
export const newTrack = (id: string, sequenceId: string, kind: Track['kind'], order: number, name?: string): Track => ({
  id,
  sequenceId,
  kind,
  order,
  name: name ?? `${kind === 'video' ? 'V' : 'A'}${order + 1}`,
  locked: false,
  muted: false,
  solo: false,
  gain: 0,
  height: kind === 'video' ? 64 : 48,
});

const trackCount = z.number().int().min(0).max(100);
const { name, frameRate, width, height, startTimecode, dropFrame } = sequenceSchema.shape;

export const addSequence = operation(
  'add-sequence',
  z
    .object({
      id: idSchema.optional(),
      name,
      frameRate,
      width,
      height,
      startTimecode: startTimecode.default(0),
      dropFrame: dropFrame.default(false),
      videoTracks: trackCount.default(2),
      audioTracks: trackCount.default(2),
    })
    .strict(),
  (work, { id, videoTracks, audioTracks, ...rest }) => {
    const sequence = { id: freshId(work, 'sequence', id), ...rest };
    putAll(work, 'sequence', [sequence]);
    for (const [kind, count] of [
      ['video', videoTracks],
      ['audio', audioTracks],
    ] as const) {
      const orders = Array.from({ length: count }, (_, order) => order);
      putAll(
        work,
        'track',
        orders.map((order) => newTrack(work.newId(), sequence.id, kind, order)),
      );
    }
  },
);

const clipIdsOf = (work: Work, sequenceId: string): string[] =>
  allTracksOf(work.document, sequenceId).flatMap((track) => clipsOf(work.document, track.id).map((clip) => clip.id));

/** @throws EditRefused `rate-fixed` for another frame rate once there are clips: their times are counted in it */
export const changeSequence = operation(
  'change-sequence',
  z
    .object({
      id: idSchema,
      changes: z.object({ name, frameRate, width, height, startTimecode, dropFrame }).partial().strict(),
    })
    .strict(),
  (work, { id, changes }) => {
    const sequence = needed(work, 'sequence', id);
    const rate = changes.frameRate ?? sequence.frameRate;
    const sameRate = rate.num === sequence.frameRate.num && rate.den === sequence.frameRate.den;
    if (!sameRate && clipIdsOf(work, id).length > 0) throw refused('rate-fixed');
    putAll(work, 'sequence', [{ ...sequence, ...changes }]);
  },
);

/** The sequence with all that is in it; media stay. */
export const removeSequence = operation('remove-sequence', z.object({ id: idSchema }).strict(), (work, { id }) => {
  needed(work, 'sequence', id);
  const clipIds = clipIdsOf(work, id);
  const trackIds = new Set(allTracksOf(work.document, id).map((track) => track.id));
  const { markers, transitions } = work.document;
  removeAll(
    work,
    'marker',
    Array.from(markers.values(), (marker) => (marker.sequenceId === id ? [marker.id] : [])).flat(),
  );
  removeAll(
    work,
    'transition',
    Array.from(transitions.values(), (transition) => (trackIds.has(transition.trackId) ? [transition.id] : [])).flat(),
  );
  removeAll(work, 'clip', clipIds);
  removeAll(work, 'track', [...trackIds]);
  removeAll(work, 'sequence', [id]);
});

/** A copy with everything in it under new ids. */
export const duplicateSequence = operation(
  'duplicate-sequence',
  z.object({ id: idSchema, newId: idSchema.optional(), name: nameSchema }).strict(),
  (work, { id, newId, name: newName }) => {
    const sequence = needed(work, 'sequence', id);
    const sequenceId = freshId(work, 'sequence', newId);
    const { names, rename, renameOrNull } = renamer(work);
    const { document } = work;
    const tracks = allTracksOf(document, id);
    putAll(work, 'sequence', [{ ...sequence, id: sequenceId, name: newName }]);
    putAll(
      work,
      'track',
      tracks.map((track) => ({ ...track, id: rename(track.id), sequenceId })),
    );
    putAll(
      work,
      'clip',
      tracks
        .flatMap((track) => clipsOf(document, track.id))
        .map((clip) => ({
          ...clip,
          id: rename(clip.id),
          trackId: rename(clip.trackId),
          linkId: renameOrNull(clip.linkId),
          groupId: renameOrNull(clip.groupId),
        })),
    );
    putAll(
      work,
      'transition',
      Array.from(document.transitions.values())
        .filter((transition) => names.has(transition.trackId))
        .map((transition) => ({
          ...transition,
          id: work.newId(),
          trackId: rename(transition.trackId),
          leftClipId: renameOrNull(transition.leftClipId),
          rightClipId: renameOrNull(transition.rightClipId),
        })),
    );
    putAll(
      work,
      'marker',
      Array.from(document.markers.values())
        .filter((marker) => marker.sequenceId === id)
        .map((marker) => ({ ...marker, id: work.newId(), sequenceId, clipId: renameOrNull(marker.clipId) })),
    );
  },
);
