import { z } from 'zod';
import { jobSchema } from '../generation/job.ts';
import { wishPlanSchema } from '../generation/plan.ts';
import { generationWishSchema, keyedMaskSchema } from '../generation/wish.ts';
import { idSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import { bytesSchema, clientIdSchema, emptySchema, projectHandleSchema } from './values.ts';

const project = { project: projectHandleSchema };
const oneJob = z.object({ ...project, id: idSchema }).strict();

const descriptionSchema = z
  .object({
    plan: wishPlanSchema,
    /** Of all takes, on this machine; null as long as nothing is known of it. */
    seconds: z.number().nonnegative().nullable(),
    /** Of all finished takes, and what is needed besides while it runs. */
    bytes: bytesSchema,
    temporaryBytes: bytesSchema,
    /** On the disk that the takes go to. */
    room: bytesSchema,
    /** Words of the prompt that the model does not know, and the words that it does. */
    unknownWords: z.array(z.string()),
    knownWords: z.array(z.string()),
  })
  .strict();
export type WishDescription = z.infer<typeof descriptionSchema>;

const queueSchema = z.object({ jobs: z.array(jobSchema) }).strict();

/** Changes of jobs come on the topic jobs:PROJECT. */
export const generateCalls = {
  /** What a wish means, how long it takes and how much room; refused with a sentence when it cannot be. Nothing is started. */
  'generate.describe': call(z.object({ ...project, wish: generationWishSchema }).strict(), descriptionSchema),
  /**
   * Puts a wish into the queue. `id` is a new UUIDv7 of the window's: the same one again is answered with the same job. `first`: before all
   * that wait. A final whose draft lies on the timeline takes the draft's place there if nothing else was chosen meanwhile (one edit).
   * Refused for a project that may not be edited.
   */
  'generate.enqueue': call(
    z.object({ ...project, id: idSchema, wish: generationWishSchema, first: z.boolean().default(false) }).strict(),
    jobSchema,
  ),
  /** All jobs of the project, in their order. */
  'generate.list': call(z.object(project).strict(), queueSchema),
  /** Ends within a second; takes that are finished stay. */
  'generate.cancel': call(oneJob, jobSchema),
  /** Stops between two steps and keeps what is finished. */
  'generate.pause': call(oneJob, jobSchema),
  'generate.resume': call(oneJob, jobSchema),
  /** Of a failed or cancelled job: queues it again; it makes the takes that are missing. */
  'generate.retry': call(oneJob, jobSchema),
  /** Puts a job before another one, or at the end. */
  'generate.reorder': call(z.object({ ...oneJob.shape, before: idSchema.nullable() }).strict(), jobSchema),
  /** Takes a job off the list; cancels it first if it is not at its end. Its takes stay. */
  'generate.remove': call(oneJob, emptySchema),
  /** `paused`: pauses every job that waits or runs; else resumes every paused one. */
  'generate.pauseAll': call(z.object({ ...project, paused: z.boolean() }).strict(), queueSchema),
  /**
   * Makes a take once more with its own settings: `seed` from the same source with another seed; `source` from the source as it is now;
   * `final` with the same seed at final quality. The last two take the old one's place where it still lies on the timeline then (one edit).
   * `id` as for enqueue.
   */
  'generate.again': call(
    z
      .object({
        ...project,
        id: idSchema,
        mediaId: idSchema,
        from: z.discriminatedUnion('change', [
          z.object({ change: z.literal('seed'), seed: z.number().int().min(0).max(0xffffffff) }).strict(),
          z.object({ change: z.literal('source') }).strict(),
          z.object({ change: z.literal('final') }).strict(),
        ]),
      })
      .strict(),
    jobSchema,
  ),
  /**
   * Looks through a clip for black, doubled and flashed frames (one that has nothing of either neighbour); may take as long as reading it. Ranges of
   * frames of the sequence, both ends included; cancelling the call stops it. With a `work` of the window's own it tells how far it is on
   * work:PROJECT, in frames.
   */
  'generate.findDamaged': call(
    z.object({ ...project, clipId: idSchema, work: clientIdSchema.optional() }).strict(),
    z
      .object({
        ranges: z.array(
          z
            .object({ first: z.number().int(), last: z.number().int(), kind: z.enum(['black', 'duplicate', 'flash']) })
            .strict(),
        ),
      })
      .strict(),
  ),
  /**
   * Where the picture's motion leads a painted mask at a frame of the sequence: closed lines, pixels of the source, to be filled by the even-odd
   * rule. Reads the frames from the ruling key on; cancelling the call stops it.
   */
  'generate.followMask': call(
    z
      .object({
        ...project,
        clipId: idSchema,
        keys: keyedMaskSchema.shape.keys,
        frame: z.number().int().nonnegative(),
      })
      .strict(),
    z.object({ outlines: z.array(z.array(z.tuple([z.number(), z.number()]))) }).strict(),
  ),
} as const;

/** What is told on jobs:PROJECT: a job as it is now, or that one is not on the list any more. */
export const jobsEventSchema = z.union([
  z.object({ job: jobSchema }).strict(),
  z.object({ removed: idSchema }).strict(),
]);
export type JobsEvent = z.infer<typeof jobsEventSchema>;
