import { z } from 'zod';
import { clipsOf, tracksOf } from '../document.ts';
import { trackSchema } from '../entities.ts';
import type { Track } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { newTrack } from './sequences.ts';
import { freshId, needed, operation, putAll, removeAll } from './work.ts';
import type { Work } from './work.ts';

const { kind, order, name, locked, muted, solo, gain, height } = trackSchema.shape;

const putInOrder = (work: Work, tracks: readonly Track[]): void =>
  putAll(
    work,
    'track',
    tracks.map((track, i) => ({ ...track, order: i })),
  );

/** A track of a kind at a place among its kind; without `order` after the others (on top of them, for video). */
export const addTrack = operation(
  'add-track',
  z
    .object({
      id: idSchema.optional(),
      sequenceId: idSchema,
      kind,
      order: order.optional(),
      name: name.optional(),
    })
    .strict(),
  (work, input) => {
    needed(work, 'sequence', input.sequenceId);
    const tracks = [...tracksOf(work.document, input.sequenceId, input.kind)];
    const id = freshId(work, 'track', input.id);
    const track = newTrack(id, input.sequenceId, input.kind, tracks.length, input.name);
    tracks.splice(input.order ?? tracks.length, 0, track);
    putInOrder(work, tracks);
  },
);

export const changeTrack = operation(
  'change-track',
  z
    .object({ id: idSchema, changes: z.object({ name, locked, muted, solo, gain, height }).partial().strict() })
    .strict(),
  (work, { id, changes }) => putAll(work, 'track', [{ ...needed(work, 'track', id), ...changes }]),
);

export const removeTrack = operation(
  'remove-track',
  z.object({ id: idSchema, withClips: z.boolean().default(false) }).strict(),
  (work, { id, withClips }) => {
    const track = needed(work, 'track', id);
    if (track.locked) throw refused('locked-track');
    const clips = clipsOf(work.document, id);
    if (clips.length > 0 && !withClips) {
      throw refused('in-use', 'There are clips on this track.', 'Delete the clips first, or together with it.');
    }
    removeAll(
      work,
      'clip',
      clips.map((clip) => clip.id),
    );
    removeAll(work, 'track', [id]);
    putInOrder(work, tracksOf(work.document, track.sequenceId, track.kind));
  },
);

/** Moves a track to another place among its kind, with its clips. */
export const reorderTrack = operation(
  'reorder-track',
  z.object({ id: idSchema, order }).strict(),
  (work, { id, order: to }) => {
    const track = needed(work, 'track', id);
    const others = tracksOf(work.document, track.sequenceId, track.kind).filter((other) => other.id !== id);
    others.splice(to, 0, track);
    putInOrder(work, others);
  },
);
