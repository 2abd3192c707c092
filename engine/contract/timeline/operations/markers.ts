import { z } from 'zod';
import { markerSchema } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { idsSchema } from './inputs.ts';
import { freshId, needed, operation, putAll, removeAll } from './work.ts';

const { name, colour, frame, duration } = markerSchema.shape;

/** At a frame of the sequence, or with `clipId` at a frame counted from that clip's start. */
export const addMarker = operation(
  'add-marker',
  z
    .object({
      id: idSchema.optional(),
      sequenceId: idSchema,
      clipId: idSchema.nullable().default(null),
      frame,
      duration: duration.default(0),
      name: name.default(''),
      colour: colour.default('#3f8cff'),
    })
    .strict(),
  (work, { id, ...rest }) => {
    const marker = { id: freshId(work, 'marker', id), ...rest };
    if (marker.clipId === null && marker.frame < 0) throw refused('negative-time');
    putAll(work, 'marker', [marker]);
  },
);

export const changeMarker = operation(
  'change-marker',
  z.object({ id: idSchema, changes: z.object({ frame, duration, name, colour }).partial().strict() }).strict(),
  (work, { id, changes }) => {
    const marker = { ...needed(work, 'marker', id), ...changes };
    if (marker.clipId === null && marker.frame < 0) throw refused('negative-time');
    putAll(work, 'marker', [marker]);
  },
);

export const removeMarker = operation('remove-marker', z.object({ ids: idsSchema }).strict(), (work, { ids }) =>
  removeAll(
    work,
    'marker',
    [...new Set(ids)].map((id) => needed(work, 'marker', id).id),
  ),
);
