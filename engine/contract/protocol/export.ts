import { z } from 'zod';
import { idSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import { bytesSchema, clientIdSchema, emptySchema, pathSchema, projectHandleSchema, urlSchema } from './values.ts';

/** Purposes, in the order in which they are offered. */
export const presetSchema = z
  .object({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/),
    container: z.string(),
    video: z.string().nullable(),
    audio: z.string().nullable(),
  })
  .strict();
export type ExportPreset = z.infer<typeof presetSchema>;

/** What to write. Frames are the sequence's; both ends are written; null is the whole. */
const exportSchema = z
  .object({
    project: projectHandleSchema,
    sequenceId: idSchema,
    preset: presetSchema.shape.id,
    range: z
      .object({ first: z.number().int().nonnegative(), last: z.number().int().nonnegative() })
      .strict()
      .refine(({ first, last }) => first <= last, { message: 'a range ends at or after its first frame' })
      .nullable()
      .default(null),
    /** 0 (smallest file) to 100 (best picture); null for the preset's own. */
    quality: z.number().min(0).max(100).nullable().default(null),
    /** Lines; the width follows. Null for the sequence's own. */
    height: z.number().int().min(16).max(8192).multipleOf(2).nullable().default(null),
  })
  .strict();

const exportStateSchema = z
  .object({
    work: clientIdSchema,
    path: pathSchema,
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    /** Once it is done. */
    bytes: bytesSchema.nullable(),
    download: urlSchema.nullable(),
    /** What was done otherwise than one might think: stretches copied, sizes padded. Sentences. */
    notes: z.array(z.string()),
  })
  .strict();
export type ExportState = z.infer<typeof exportStateSchema>;

export const exportCalls = {
  'export.presets': call(emptySchema, z.object({ presets: z.array(presetSchema) }).strict()),
  'export.estimate': call(
    exportSchema,
    z.object({ frames: z.number().int().nonnegative(), bytes: bytesSchema, room: bytesSchema }).strict(),
  ),
  /** Starts it and answers at once; progress and its end: topic work:PROJECT under the name `work`. It goes on when the window closes. */
  'export.start': call(
    exportSchema.extend({ work: clientIdSchema, path: pathSchema, replace: z.boolean().default(false) }).strict(),
    exportStateSchema,
  ),
  'export.cancel': call(z.object({ project: projectHandleSchema, work: clientIdSchema }).strict(), emptySchema),
  /** Exports of this project since the engine started, the newest first. */
  'export.list': call(
    z.object({ project: projectHandleSchema }).strict(),
    z.object({ exports: z.array(exportStateSchema) }).strict(),
  ),
} as const;
