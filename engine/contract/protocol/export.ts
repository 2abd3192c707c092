import { z } from 'zod';
import { exportSettingsSchema } from '../export-settings.ts';
import { idSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import { bytesSchema, clientIdSchema, emptySchema, pathSchema, projectHandleSchema, urlSchema } from './values.ts';

const frame = z.number().int().nonnegative();

/** What to write: `exportPresets` of engine/contract/export-settings.ts are settings by purpose. */
const wishSchema = z
  .object({
    project: projectHandleSchema,
    sequenceId: idSchema,
    settings: exportSettingsSchema,
    /** Frames of the sequence, both ends are written; null is the whole. */
    range: z.object({ first: frame, last: frame }).strict().nullable().default(null),
  })
  .strict();

const exportStateSchema = z
  .object({
    work: clientIdSchema,
    path: pathSchema,
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    /** Once it is done. */
    bytes: bytesSchema.nullable(),
    /** Once it is done; null for numbered pictures, which are many files. */
    download: urlSchema.nullable(),
    /** What a user should know: stretches copied, sizes padded. Sentences. */
    notes: z.array(z.string()),
  })
  .strict();
export type ExportState = z.infer<typeof exportStateSchema>;

export const exportCalls = {
  /**
   * A guess at the file's size from the settings and length, the room on the disk that `folder` lies on, and how long this machine will take, by
   * what it has written before; null while it has not.
   */
  'export.estimate': call(
    wishSchema.extend({ folder: pathSchema.optional() }),
    z
      .object({ frames: frame, bytes: bytesSchema, room: bytesSchema, seconds: z.number().nonnegative().nullable() })
      .strict(),
  ),
  /**
   * Starts it and answers at once; progress and its end come by topic work:PROJECT under the name `work`. It goes on when the window
   * closes. The ending of `path` picks the container. `replace` overwrites what is there.
   */
  'export.start': call(
    wishSchema.extend({ work: clientIdSchema, path: pathSchema, replace: z.boolean().default(false) }),
    exportStateSchema,
  ),
  'export.cancel': call(z.object({ project: projectHandleSchema, work: clientIdSchema }).strict(), emptySchema),
  /** Exports of this project since the engine started, the newest first. */
  'export.list': call(
    z.object({ project: projectHandleSchema }).strict(),
    z.object({ exports: z.array(exportStateSchema) }).strict(),
  ),
} as const;
