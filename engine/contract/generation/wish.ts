import { z } from 'zod';
import { idSchema } from '../timeline/media.ts';

const frame = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Timeline frames of new material; a minute at 60 a second is more than any model holds together. */
const newFrames = z.number().int().min(1).max(3600);
/** Source pixels; what leaves the picture is cut off where it is used. */
const coordinate = z.number().min(-32768).max(32768);
const pointSchema = z.tuple([coordinate, coordinate]);

/** One stroke of a round brush: points in the order in which they were painted, source pixels. */
export const strokeSchema = z
  .object({ radius: z.number().min(0.5).max(4096), points: z.array(pointSchema).min(1).max(4000) })
  .strict();
export type Stroke = z.infer<typeof strokeSchema>;
export const strokesSchema = z.array(strokeSchema).max(500);

/** From (x, y), by (dx, dy) over the whole result, source pixels. */
export const arrowSchema = z.object({ x: coordinate, y: coordinate, dx: coordinate, dy: coordinate }).strict();
export type WishArrow = z.infer<typeof arrowSchema>;

/** A painted region that moves by (dx, dy) source pixels over the whole result. */
export const motionRegionSchema = z.object({ strokes: strokesSchema.min(1), dx: coordinate, dy: coordinate }).strict();
export type MotionRegion = z.infer<typeof motionRegionSchema>;

/** A part of a mask; later shapes lie over earlier ones, and `erase` takes away what it covers. */
export const maskShapeSchema = z.discriminatedUnion('shape', [
  z
    .object({
      shape: z.literal('box'),
      x: coordinate,
      y: coordinate,
      width: z.number().positive().max(32768),
      height: z.number().positive().max(32768),
    })
    .strict(),
  z.object({ shape: z.literal('stroke'), erase: z.boolean(), ...strokeSchema.shape }).strict(),
]);
export type MaskShape = z.infer<typeof maskShapeSchema>;

/**
 * What is to be painted anew: the whole mask as it is at some frames. Between and around them it is led along the picture's own motion
 * (`track`), or holds until the next key.
 */
export const keyedMaskSchema = z
  .object({
    /** Ascending by `frame`, a frame of the sequence within the wish's range. No shapes: nothing is masked from there on. */
    keys: z
      .array(z.object({ frame, shapes: z.array(maskShapeSchema).max(500) }).strict())
      .min(1)
      .max(1000)
      .refine((keys) => keys.every(({ frame }, i) => i === 0 || keys[i - 1].frame < frame), {
        message: 'the keys of a mask are in order',
      }),
    track: z.boolean(),
    /** Source pixels: how soft the border is, and by how much the mask is made larger (negative: smaller). */
    feather: z.number().min(0).max(256),
    grow: z.number().min(-256).max(256),
  })
  .strict();
export type KeyedMask = z.infer<typeof keyedMaskSchema>;

const common = {
  prompt: z.string().max(2000),
  /** Of the first take; take i has `seed + i`. */
  seed: z.number().int().min(0).max(0xffffffff),
  takes: z.number().int().min(1).max(6),
  /** `draft`: 4 steps and at most 640x360 (in either direction); `final`: 8 steps at the source's size. */
  quality: z.enum(['draft', 'final']),
  model: z.string().min(1).max(200),
};

const extendWish = z
  .object({ task: z.literal('extend'), clipId: idSchema, edge: z.enum(['head', 'tail']), frames: newFrames, ...common })
  .strict();
/** Frames after the clip's end that lead back to its first. */
const loopWish = z.object({ task: z.literal('loop'), clipId: idSchema, frames: newFrames, ...common }).strict();
/** Damaged frames inside a clip: ranges of frames of the sequence, both ends included, ascending and apart. */
const fillWish = z
  .object({
    task: z.literal('fill'),
    clipId: idSchema,
    ranges: z
      .array(z.tuple([frame, frame]))
      .min(1)
      .max(200),
    ...common,
  })
  .strict();
/** An empty stretch of a track between two clips that touch it. */
const fillGapWish = z
  .object({
    task: z.literal('fill-gap'),
    sequenceId: idSchema,
    trackId: idSchema,
    start: frame,
    duration: newFrames,
    ...common,
  })
  .strict();
/** Across a cut: new frames take the place of the left clip's last half of them (the larger) and the right clip's first. */
const blendWish = z
  .object({ task: z.literal('blend'), leftClipId: idSchema, rightClipId: idSchema, frames: newFrames, ...common })
  .strict();
/**
 * Between two clips of the bin, whole. With a sequence, left, new frames and right are appended to it as one edit; its rate counts the
 * frames. Without one the take stays in the bin and the left clip's rate counts.
 */
const blendMediaWish = z
  .object({
    task: z.literal('blend-media'),
    leftMediaId: idSchema,
    rightMediaId: idSchema,
    frames: newFrames,
    sequenceId: idSchema.nullable(),
    ...common,
  })
  .strict();
/**
 * A still moves. With a clip of it, the take takes its place there, also that of a take of the still which the clip shows; without, it stays in
 * the bin.
 */
const animateWish = z
  .object({
    task: z.literal('animate'),
    mediaId: idSchema,
    clipId: idSchema.nullable(),
    seconds: z.number().positive().max(60),
    /** Camera words joined by commas ("pan left, slow"); empty for none. */
    camera: z.string().max(500),
    arrows: z.array(arrowSchema).max(200),
    regions: z.array(motionRegionSchema).max(50),
    /** What stays as it is. */
    keep: strokesSchema.nullable(),
    /** There and back again, so that it plays round without a seam. */
    loop: z.boolean().optional(),
    ...common,
  })
  .strict();
/** Paints a part of the picture anew in frames `first` … `last` of the sequence. */
const inpaintWish = z
  .object({
    task: z.literal('inpaint'),
    clipId: idSchema,
    first: frame,
    last: frame,
    mask: keyedMaskSchema,
    ...common,
  })
  .strict();

/**
 * What a person asks for, in terms of the timeline and never of files: frames are frames of the sequence, lengths in the picture are
 * pixels of the source. What it means at the moment is worked out by describeWish (preview.ts).
 */
export const generationWishSchema = z.discriminatedUnion('task', [
  extendWish,
  loopWish,
  fillWish,
  fillGapWish,
  blendWish,
  blendMediaWish,
  animateWish,
  inpaintWish,
]);
export type GenerationWish = z.infer<typeof generationWishSchema>;
export type WishTask = GenerationWish['task'];
export type WishOf<T extends WishTask> = Extract<GenerationWish, { task: T }>;

/** Denoising steps by quality. */
export const stepsOf = { draft: 4, final: 8 } as const satisfies Record<GenerationWish['quality'], number>;
