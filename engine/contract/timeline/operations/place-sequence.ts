import { z } from 'zod';
import { clipSchema, markerSchema, sequenceSchema, trackSchema, transitionSchema } from '../entities.ts';
import { freshId, operation, putAll } from './work.ts';

const most = 100_000;

/** A whole sequence as it comes from a file of another program, under ids that are new to the project; its media are there already. */
export const placedSequenceSchema = z
  .object({
    sequence: sequenceSchema,
    tracks: z.array(trackSchema).max(1000),
    clips: z.array(clipSchema).max(most),
    transitions: z.array(transitionSchema).max(most),
    markers: z.array(markerSchema).max(most),
  })
  .strict();
export type PlacedSequence = z.infer<typeof placedSequenceSchema>;

/** @throws EditRefused when an id is taken or an invariant would not hold */
export const placeSequence = operation(
  'place-sequence',
  placedSequenceSchema,
  (work, { sequence, tracks, clips, transitions, markers }) => {
    freshId(work, 'sequence', sequence.id);
    for (const { id } of tracks) freshId(work, 'track', id);
    for (const { id } of clips) freshId(work, 'clip', id);
    for (const { id } of transitions) freshId(work, 'transition', id);
    for (const { id } of markers) freshId(work, 'marker', id);
    putAll(work, 'sequence', [sequence]);
    putAll(work, 'track', tracks);
    putAll(work, 'clip', clips);
    putAll(work, 'transition', transitions);
    putAll(work, 'marker', markers);
  },
);
