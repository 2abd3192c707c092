import { z } from 'zod';
import { animatedSchema } from './animated.ts';
import { binSchema, idSchema, mediaSchema, nameSchema } from './media.ts';
import { rationalSchema } from './rational.ts';

const frame = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const frames = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const colour = z.string().regex(/^#[0-9a-f]{6}$/);

export const sequenceSchema = z
  .object({
    id: idSchema,
    name: nameSchema,
    /** Frames per second, exact; fixed once the sequence has clips. */
    frameRate: rationalSchema.refine(({ num, den }) => num >= den && num <= 1000 * den, {
      message: 'a frame rate is 1 to 1000',
    }),
    width: z.number().int().min(16).max(8192).multipleOf(2),
    height: z.number().int().min(16).max(8192).multipleOf(2),
    /** Timecode of frame 0, in frames; `dropFrame` is display only (29.97 and 59.94). */
    startTimecode: frame,
    dropFrame: z.boolean(),
  })
  .strict();
export type Sequence = z.infer<typeof sequenceSchema>;

export const trackSchema = z
  .object({
    id: idSchema,
    sequenceId: idSchema,
    kind: z.enum(['video', 'audio']),
    /** Among the sequence's tracks of its kind: video 0 is drawn first, below the others. */
    order: z.number().int().nonnegative(),
    name: nameSchema,
    locked: z.boolean(),
    /** A muted video track is not drawn. */
    muted: z.boolean(),
    /** While any track of its kind is solo, only those are heard or seen. */
    solo: z.boolean(),
    /** Decibels; audio tracks only. */
    gain: z.number().min(-96).max(24),
    /** Display height, pixels. */
    height: z.number().int().min(20).max(400),
  })
  .strict();
export type Track = z.infer<typeof trackSchema>;

/** A title; the engine alone makes its bitmap. Lengths are shares of the sequence's height, so that a title fits every size. */
export const titleSchema = z
  .object({
    text: z.string().max(10000),
    font: z.enum(['sans', 'serif', 'mono']),
    weight: z.enum(['regular', 'bold']),
    italic: z.boolean(),
    size: z.number().min(0.005).max(1),
    colour,
    align: z.enum(['start', 'centre', 'end']),
    lineHeight: z.number().min(0.5).max(4),
    /** Behind the text; opacity 0..1, 0 for none. */
    background: z.object({ colour, opacity: z.number().min(0).max(1), padding: z.number().min(0).max(1) }).strict(),
    outline: z.object({ colour, width: z.number().min(0).max(0.1) }).strict(),
    shadow: z
      .object({
        colour,
        opacity: z.number().min(0).max(1),
        blur: z.number().min(0).max(0.2),
        distance: z.number().min(0).max(0.2),
      })
      .strict(),
  })
  .strict();
export type Title = z.infer<typeof titleSchema>;

const percent = animatedSchema(0, 1);

/**
 * How a clip's picture lies in the sequence's. Order: crop, fit, scale and rotate about the anchor (the centre of what is left of the
 * picture before the crop), move, fade. `fit` at scale 1: `inside` shows the whole picture, `cover` leaves no border, `pixels` is one
 * sample per pixel.
 */
export const placementSchema = z
  .object({
    fit: z.enum(['inside', 'cover', 'pixels']),
    opacity: percent,
    /** Centre of the picture from the centre of the sequence, sequence pixels, y downwards. */
    x: animatedSchema(-32768, 32768),
    y: animatedSchema(-32768, 32768),
    scale: animatedSchema(0, 100),
    /** Degrees clockwise. */
    rotation: animatedSchema(-36000, 36000),
    /** Shares of the source picture that are cut away. */
    cropLeft: percent,
    cropTop: percent,
    cropRight: percent,
    cropBottom: percent,
  })
  .strict();
export type Placement = z.infer<typeof placementSchema>;

export const clipSchema = z
  .object({
    id: idSchema,
    trackId: idSchema,
    /** What it is; `take` is generated. Audio tracks hold `audio` and the sound of a `take`. */
    kind: z.enum(['video', 'still', 'audio', 'title', 'take']),
    name: nameSchema,
    /** Null for a title. */
    mediaId: idSchema.nullable(),
    /** Timeline frames: shown from `start` to `start + duration - 1`. Clips of one track never overlap. */
    start: frame,
    duration: frames,
    /**
     * Seconds of the media's own time (0 is its first frame) at which the used stretch begins, and how fast it is used: timeline frame k of
     * the clip shows the time sourceIn + k·speed/rate, or with `reverse` the same times in the opposite order. Speed 0 freezes sourceIn.
     */
    sourceIn: rationalSchema,
    speed: rationalSchema.refine(({ num, den }) => num >= 0 && num <= 100 * den, { message: 'a speed is 0 to 100' }),
    reverse: z.boolean(),
    /** Sound begins this much off the frame grid, samples of 48 kHz. */
    offsetSamples: z.number().int().min(-48000).max(48000),
    /** A disabled clip keeps its place and is neither seen nor heard. */
    enabled: z.boolean(),
    /** Clips of one link are one thing in picture and sound; clips of one group move together. */
    linkId: idSchema.nullable(),
    groupId: idSchema.nullable(),
    /** Video tracks only. */
    placement: placementSchema.nullable(),
    /** Decibels, audio tracks only. */
    gain: animatedSchema(-96, 24).nullable(),
    /** Timeline frames; opacity on video tracks (linear), level on audio tracks (equal power). */
    fadeIn: frame,
    fadeOut: frame,
    title: titleSchema.nullable(),
  })
  .strict();
export type Clip = z.infer<typeof clipSchema>;

/**
 * A transition sits on a cut: it starts `before` frames before it and ends `after` frames after it, so each clip needs that much of a
 * handle beyond the cut. With one side null it leads from or to nothing (black, transparent below, or silence) and stays inside the clip:
 * `after` is 0 at a clip's end (right null), `before` is 0 at its start (left null). On an audio track only `dissolve` (a cross-fade).
 */
export const transitionSchema = z
  .object({
    id: idSchema,
    trackId: idSchema,
    leftClipId: idSchema.nullable(),
    rightClipId: idSchema.nullable(),
    before: frame,
    after: frame,
    kind: z.enum(['dissolve', 'dip', 'wipe', 'push']),
    /** Dip: through this colour. */
    colour,
    /** Wipe and push: towards which edge the change moves. */
    direction: z.enum(['left', 'right', 'up', 'down']),
    /** Wipe: width of the soft edge as a share of the picture, 0 hard. */
    softness: z.number().min(0).max(1),
  })
  .strict();
export type Transition = z.infer<typeof transitionSchema>;

export const markerSchema = z
  .object({
    id: idSchema,
    sequenceId: idSchema,
    /** Set: `frame` counts from the clip's start and moves with it, and like a key it may lie outside the clip after a trim. */
    clipId: idSchema.nullable(),
    frame: z.number().int(),
    /** 0 is a point. */
    duration: frame,
    name: nameSchema,
    colour,
  })
  .strict()
  .refine(({ clipId, frame }) => clipId !== null || frame >= 0, { message: 'a marker lies at frame 0 or later' });
export type Marker = z.infer<typeof markerSchema>;

/** Every kind of thing that a document holds, by the name that changes and tables use. */
export const entitySchemas = {
  media: mediaSchema,
  bin: binSchema,
  sequence: sequenceSchema,
  track: trackSchema,
  clip: clipSchema,
  transition: transitionSchema,
  marker: markerSchema,
} as const;
export type EntityKind = keyof typeof entitySchemas;
export type EntityOf<K extends EntityKind> = z.infer<(typeof entitySchemas)[K]>;
export const entityKinds = Object.keys(entitySchemas) as EntityKind[];
