import { z } from 'zod';
import { stages } from '../progress.ts';
import { momentSchema, problemSchema } from '../protocol/values.ts';
import { idSchema } from '../timeline/media.ts';
import { takePlaceSchema } from './plan.ts';
import { generationWishSchema } from './wish.ts';

/**
 * `queued` waits for the device; `paused` keeps what it has made so far and waits for `generate.resume`. A job that was running when the
 * engine ended is queued again and goes on from its last finished window.
 */
export const jobStates = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** One wish in a project's queue, which is kept in the project's file. */
export const jobSchema = z
  .object({
    id: idSchema,
    wish: generationWishSchema,
    state: z.enum(jobStates),
    /** Jobs of a project run by this, the smallest first. */
    order: z.number(),
    createdAt: momentSchema,
    startedAt: momentSchema.nullable(),
    endedAt: momentSchema.nullable(),
    /** Takes that are finished, of `takes`. */
    takesDone: z.number().int().nonnegative(),
    takes: z.number().int().positive(),
    /** Of the take that is being made: `cut` is the source being read, `wait` another program using the device, `place` the end. */
    stage: z.enum(['wait', 'cut', ...stages, 'place']).nullable(),
    step: z.object({ done: z.number().int().nonnegative(), total: z.number().int().positive() }).strict().nullable(),
    /** Of the whole job, once it can be told. */
    secondsLeft: z.number().nonnegative().nullable(),
    /** A picture of what is being made is at jobPreviewUrl(project, id, previewKey); another key is another picture. */
    previewKey: z.string().nullable(),
    /** Why it failed. */
    problem: problemSchema.nullable(),
    /** Where the engine had to fall back, what could not be placed. Sentences. */
    notes: z.array(z.string()),
    /** The media of its finished takes, in order of their seeds. */
    takeMediaIds: z.array(idSchema),
    /** What it works on: the name of a clip or a still. */
    subject: z.string(),
    /** The clip that it belongs to on the timeline: the left one of a cut or gap. */
    clipId: idSchema.nullable(),
    /** Where its first take goes (place-spans.ts), and the take that it takes the place of there instead. */
    place: takePlaceSchema,
    replaces: idSchema.nullable(),
  })
  .strict();
export type Job = z.infer<typeof jobSchema>;

export const isActive = ({ state }: Pick<Job, 'state'>): boolean => state === 'queued' || state === 'running';
