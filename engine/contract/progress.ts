import { z } from 'zod';

/** Stages of one generation, in the order in which they are first met. */
export const stages = ['load', 'read', 'prior', 'denoise', 'refine', 'encode'] as const;
export type Stage = (typeof stages)[number];

/** What the inference process tells its host while it works. Frame ranges include both ends. */
export const jobEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    stage: z.enum(stages),
    done: z.number().int().nonnegative(),
    total: z.number().int().positive(),
  }),
  z.object({ event: z.literal('note'), text: z.string() }),
  /**
   * A JPEG of what frame `frame` of the result is about to become, complete in its file; only where previews are asked for. It has the
   * small size that the model works at, to be shown in the picture's own shape, and stays for four more of them.
   */
  z.object({ event: z.literal('preview'), file: z.string(), frame: z.number().int().nonnegative() }),
  /** Once, before the first `done`: what the job's times can be compared by. Pixels of the result; `resumed`: part of it was made before. */
  z.object({
    event: z.literal('size'),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    resumed: z.boolean(),
  }),
  z.object({
    event: z.literal('done'),
    output: z.string(),
    frames: z.number().int().positive(),
    new_frames: z.array(z.tuple([z.number().int(), z.number().int()])),
    /** Ranges of those of which little was filmed: nothing known shows what lies there, so most of the picture is made up. */
    made_up: z.array(z.tuple([z.number().int(), z.number().int()])).default([]),
    model: z.string(),
    seed: z.number().int(),
    steps: z.number().int(),
    seconds: z.record(z.string(), z.number()),
    peak_rss_mb: z.number(),
  }),
  z.object({
    event: z.literal('error'),
    code: z.enum(['bug', 'usage', 'input', 'model', 'policy', 'room', 'interrupted']),
    message: z.string(),
    remedy: z.string(),
  }),
]);
export type JobEvent = z.infer<typeof jobEventSchema>;

/** Where a task reports to. `cancelled` is asked between steps; a task that finds it true throws `interrupted`. */
export type TaskReporter = {
  progress: (stage: Stage, done: number, total: number) => void;
  note: (text: string) => void;
  cancelled: () => boolean;
};
