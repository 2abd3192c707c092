import { z } from 'zod';
import { idSchema } from '../timeline/media.ts';
import { rationalSchema } from '../timeline/rational.ts';
import { generationWishSchema } from './wish.ts';

const natural = z.number().int().nonnegative();
const frames = z.number().int().positive();

/** Seconds of a media's own time, `out` not included. */
const stretch = { in: rationalSchema, out: rationalSchema };
const stretchSchema = z.object(stretch).strict();

/** How a clip plays its media; left out: forwards at its own speed. */
const retimeSchema = z.object({ speed: rationalSchema, reverse: z.boolean() }).strict();
export type Retime = z.infer<typeof retimeSchema>;

/**
 * Of a part of a media that is seen at another speed or backwards: the frame of every `step` seconds, each seen for one of `frameRate`. With
 * `reverse` from the last to the first, else from the first on; as many as steps fit into the part.
 */
const sampledSchema = z.object({ step: rationalSchema, reverse: z.boolean(), frameRate: rationalSchema }).strict();
export type Sampled = z.infer<typeof sampledSchema>;

/** An edge of a clip, and the second of its media that lay there when the take was asked for. */
export const anchorSchema = z
  .object({
    clipId: idSchema,
    mediaId: idSchema,
    edge: z.enum(['head', 'tail']),
    time: rationalSchema,
    retime: retimeSchema.optional(),
  })
  .strict();
export type Anchor = z.infer<typeof anchorSchema>;

/** Where the finished take goes; worked out again on the document of that moment (engine/jobs/queue/place-take.ts). */
export const takePlaceSchema = z.discriminatedUnion('kind', [
  /** Next to the clip; what comes later moves. */
  z
    .object({
      kind: z.literal('beside'),
      clipId: idSchema,
      /** The edge that it lies at: it may be another clip's by then, when this one was cut in two. */
      anchor: anchorSchema.optional(),
      side: z.enum(['before', 'after']),
      duration: frames,
    })
    .strict(),
  /** Instead of frames of the clip: where it shows `time` of its media, so many timeline frames, from the take's second `from` on. */
  z
    .object({
      kind: z.literal('inside'),
      clipId: idSchema,
      mediaId: idSchema,
      /** How the clip played it when the take was asked for. */
      retime: retimeSchema.optional(),
      pieces: z.array(z.object({ time: rationalSchema, duration: frames, from: rationalSchema }).strict()),
    })
    .strict(),
  /** Over a cut: so many timeline frames of either side. */
  z
    .object({
      kind: z.literal('cut'),
      leftClipId: idSchema,
      rightClipId: idSchema,
      before: natural,
      after: natural,
    })
    .strict(),
  /** Into the gap between two clips. */
  z.object({ kind: z.literal('gap'), leftClipId: idSchema, rightClipId: idSchema, duration: frames }).strict(),
  /** At a sequence's end, between the two media that it joins. */
  z
    .object({
      kind: z.literal('append'),
      sequenceId: idSchema,
      left: z.object({ mediaId: idSchema, ...stretch }).strict(),
      right: z.object({ mediaId: idSchema, ...stretch }).strict(),
      duration: frames,
    })
    .strict(),
  /** Instead of the first frames of a still's clip. */
  z.object({ kind: z.literal('still'), clipId: idSchema, duration: frames }).strict(),
  /** Only into the bin. */
  z.object({ kind: z.literal('none') }).strict(),
]);
export type TakePlace = z.infer<typeof takePlaceSchema>;

/**
 * What a wish means (describeWish): kept with the job and, as `settings.plan`, in a take's provenance. Times are of the media, so that it
 * can be carried out whatever happens to the timeline meanwhile.
 */
export const wishPlanSchema = z
  .object({
    wish: generationWishSchema,
    /** The engine's own task that makes it. */
    task: z.enum(['animate', 'extend', 'fill', 'blend', 'inpaint']),
    /** The name of the clip or still; of both, for two. */
    subject: z.string(),
    /** Where it belongs to; null for the bin. */
    sequenceId: idSchema.nullable(),
    clipId: idSchema.nullable(),
    /** Frames a second of the result: the source's as it is seen, which may differ from the sequence's. */
    frameRate: rationalSchema,
    /** Of the result, pixels. */
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    /** Frames of the source that the new ones are made from. For a variable rate both counts are what the average says. */
    knownFrames: natural,
    /** Frames of the result that are new, at `frameRate`. */
    newFrames: natural,
    /** The same in frames of the sequence. */
    timelineFrames: frames,
    /** Whether the take gets sound that goes on from the clip's; else the sound of the timeline stays as it is. */
    sound: z.boolean(),
    /** What is read of which media; the head of a loop comes before its tail, the left side of a cut before the right. */
    sources: z
      .array(z.object({ mediaId: idSchema, hash: z.string(), ...stretch, sampled: sampledSchema.optional() }).strict())
      .min(1),
    /** Fill: what of the sources is made anew. */
    holes: z.array(stretchSchema),
    /** Edges that the take continues: when one is not there any more, the take is out of date (takes.ts). */
    anchors: z.array(anchorSchema),
    place: takePlaceSchema,
  })
  .strict();
export type WishPlan = z.infer<typeof wishPlanSchema>;
