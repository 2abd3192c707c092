import { z } from 'zod';
import { call } from './call.ts';
import { bytesSchema, emptySchema, pathSchema, problemSchema } from './values.ts';

const modelId = z.string().min(1).max(64);

/** A model as the Models screen shows it. */
export const modelSchema = z
  .object({
    id: modelId,
    /** `embedded` ships with Longtake and stays; `imported` can be removed. */
    origin: z.enum(['embedded', 'imported']),
    name: z.string(),
    version: z.string(),
    tasks: z.array(z.enum(['animate', 'extend', 'fill', 'blend', 'inpaint'])),
    /** Steps of denoising that it has a schedule for. */
    steps: z.array(z.number().int().positive()),
    licence: z.string(),
    /** Where its footage came from, in words. */
    trainedOn: z.array(z.string()),
    /** Of its files, and of memory while it works. */
    bytes: bytesSchema,
    memoryMb: z.number().nonnegative(),
  })
  .strict();
export type Model = z.infer<typeof modelSchema>;

/** A folder in a model's place that cannot be used, and why. */
const brokenModelSchema = z.object({ id: modelId, origin: modelSchema.shape.origin, problem: problemSchema }).strict();

const oneModel = z.object({ id: modelId }).strict();

export const modelCalls = {
  'models.list': call(
    emptySchema,
    z.object({ models: z.array(modelSchema), broken: z.array(brokenModelSchema) }).strict(),
  ),
  /**
   * What its author says of it (MODEL_CARD.md, Markdown) and its licence's text: that of the pack, else of the licence that its manifest names.
   * Null where the pack has none, and of a licence that Longtake has no text of.
   */
  'models.papers': call(oneModel, z.object({ card: z.string().nullable(), licence: z.string().nullable() }).strict()),
  /**
   * Makes half a second of 1280x720 on this machine, as any job would, and says what that took. Waits for a job that runs; cancelling the call
   * stops it.
   */
  'models.measure': call(
    oneModel,
    z
      .object({
        secondsPerFrame: z.number().nonnegative(),
        loadSeconds: z.number().nonnegative(),
        peakMb: z.number().nonnegative(),
      })
      .strict(),
  ),
  /** Reads every byte. Refused in words when one is wrong. */
  'models.verify': call(oneModel, z.object({ bytes: bytesSchema }).strict()),
  /** Copies a folder with a manifest into the user's models, verified before and after. */
  'models.import': call(z.object({ path: pathSchema }).strict(), modelSchema),
  'models.remove': call(oneModel, emptySchema),
} as const;
