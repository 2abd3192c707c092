import { z } from 'zod';
import { idSchema } from '../media.ts';
import { frameSchema, scopeSchema } from './inputs.ts';
import { putTake } from './take-steps.ts';
import { needed, operation } from './work.ts';

/**
 * Puts a take (a generated media) where it belongs: after or before its source clip (extend; what comes later moves), or instead of the
 * frames from `at` on (fill, inpaint, blend), over the clip's own end if it is longer. Take and source are grouped, and the take lies in
 * the picture as its source does.
 */
export const replaceWithTake = operation(
  'replace-with-take',
  z
    .object({
      clipId: idSchema,
      mediaId: idSchema,
      place: z.enum(['instead', 'before', 'after']),
      /** With `instead`: the first frame that it replaces; the clip's first where left out. */
      at: frameSchema.optional(),
      /** For the take's sound; where left out the track of the linked sound, or none. */
      audioTrackId: idSchema.nullable().optional(),
      /** Before and after: makes room by moving what comes later, else there must be room. */
      ripple: z.boolean().default(true),
      scope: scopeSchema,
      videoClipId: idSchema.optional(),
      audioClipId: idSchema.optional(),
    })
    .strict(),
  (work, { clipId, mediaId, ...rest }) =>
    putTake(work, needed(work, 'clip', clipId), needed(work, 'media', mediaId), rest),
);
