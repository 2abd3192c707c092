import { z } from 'zod';
import { exitCodes } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

/** Of the machine that the engine runs on, as its system writes it. */
export const pathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), { message: 'not a path' });

/** Names an open project on one engine: random, so that it cannot be guessed, and gone with the engine. */
export const projectHandleSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/, { message: 'not a project' });
export type ProjectHandle = z.infer<typeof projectHandleSchema>;

/** Made by the client: 1 to 64 letters, digits and dashes; a UUID is one. */
export const clientIdSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, { message: 'not an id' });

/** From the root of the engine's origin, for example /project/…/media/…: says nothing of where a file lies. */
export const urlSchema = z.string().regex(/^\/[A-Za-z0-9_\-./?=&%]+$/);

export const revisionSchema = z.number().int().nonnegative();

/** Bytes. */
export const bytesSchema = z.number().int().nonnegative();

/** ISO 8601, UTC. */
export const momentSchema = z.iso.datetime();

const codes = Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]];

/** A failure as a user reads it. */
export const problemSchema = z
  .object({
    code: z.enum(codes),
    /** One sentence. */
    message: z.string(),
    /** What to do about it. */
    remedy: z.string(),
    /** Stable, for the window to act on: why an edit was refused (EditRefusal), or `not-open` for a handle that names no open project. */
    reason: z.string().optional(),
  })
  .strict();
export type Problem = z.infer<typeof problemSchema>;

export const emptySchema = z.object({}).strict();
