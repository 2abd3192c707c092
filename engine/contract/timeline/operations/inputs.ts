import { z } from 'zod';
import { idSchema } from '../media.ts';

export const frameSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const framesSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A distance in timeline frames; positive is later. */
export const bySchema = z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

export const idsSchema = z.array(idSchema).min(1).max(100000);

/** Which tracks a ripple moves: those that the edit touches, or all of the sequence that are not locked. */
export const scopeSchema = z.enum(['touched', 'all']).default('touched');
export type Scope = z.infer<typeof scopeSchema>;

/** Whether the linked sound or picture is edited alike. */
export const withLinkedSchema = z.boolean().default(true);
