import { z } from 'zod';
import { entitySchemas } from './entities.ts';
import { idSchema } from './media.ts';

const put = <K extends keyof typeof entitySchemas>(kind: K) =>
  z.object({ type: z.literal('put'), entity: z.literal(kind), value: entitySchemas[kind] }).strict();

/**
 * One step of an edit. `put` makes or replaces an entity whole; `remove` takes it away; `shift` moves every clip of a track that starts at
 * or after `from` by `by` frames (a ripple of ten thousand clips stays one line in the edit log). Steps are applied in order; what stands
 * between two steps need not be valid, what stands after the last must be.
 */
export const changeSchema = z.union([
  put('media'),
  put('bin'),
  put('sequence'),
  put('track'),
  put('clip'),
  put('transition'),
  put('marker'),
  z
    .object({
      type: z.literal('remove'),
      entity: z.enum(['media', 'bin', 'sequence', 'track', 'clip', 'transition', 'marker']),
      id: idSchema,
    })
    .strict(),
  z.object({ type: z.literal('shift'), trackId: idSchema, from: z.number().int(), by: z.number().int() }).strict(),
]);
export type Change = z.infer<typeof changeSchema>;

/** An edit as it is applied, logged and undone: applying `inverse` after `forward` gives the same bytes. */
export type Edit = {
  /** The operation's name, for the edit log and the undo menu. */
  op: string;
  forward: Change[];
  inverse: Change[];
};
