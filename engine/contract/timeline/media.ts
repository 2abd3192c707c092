import { z } from 'zod';
import { rationalSchema } from './rational.ts';

/** UUIDv7 text: sorts by the time at which it was made. */
export const idSchema = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, {
  message: 'not an id',
});
export type Id = string;

const natural = z.number().int().nonnegative();
const size = z.number().int().min(1).max(16384);
export const nameSchema = z.string().max(1000);

/** That a path cannot lead out of the folder that it starts from, on any system. */
const leadsDown = (relative: string): boolean =>
  !/^[/\\]|^[a-zA-Z]:|\0/.test(relative) && !relative.split(/[/\\]/).includes('..');

/** The picture of a media file, upright. */
const pictureSchema = z
  .object({
    width: size,
    height: size,
    /** Sample aspect ratio: width of a sample over its height. */
    sampleAspect: rationalSchema,
    /** Frames per second, exact for a constant rate, the average for a variable one; null for a still. */
    frameRate: rationalSchema.nullable(),
    /** True when frames are found by their timestamps instead of by dividing. */
    variableRate: z.boolean(),
    /** Frames in presentation order; 1 for a still. */
    frameCount: z.number().int().positive(),
    /** Seconds from the first frame to the end of the last; null for a still, which lasts as long as one wants. */
    duration: rationalSchema.nullable(),
    codec: z.string(),
    pixelFormat: z.string(),
    alpha: z.boolean(),
    interlaced: z.boolean(),
  })
  .strict();

const soundSchema = z
  .object({
    /** Per channel, at `sampleRate`. */
    samples: natural,
    sampleRate: z.number().int().min(1000).max(768000),
    channels: z.number().int().min(1).max(64),
    layout: z.string(),
    codec: z.string(),
    /** Seconds by which the sound starts after the picture's first frame (negative: before); 0 without a picture. */
    offset: rationalSchema,
  })
  .strict();

/** Where a generated file came from; enough to make it again. */
const provenanceSchema = z
  .object({
    task: z.enum(['animate', 'extend', 'fill', 'blend', 'inpaint']),
    model: z.string(),
    modelVersion: z.string(),
    seed: natural,
    steps: z.number().int().positive(),
    /** The request as it was asked, without machine paths. */
    settings: z.record(z.string(), z.json()),
    /** Media and content hashes that the frames were made from. */
    sources: z.array(
      z.object({ mediaId: idSchema, hash: z.string(), in: rationalSchema, out: rationalSchema }).strict(),
    ),
  })
  .strict();

export const mediaSchema = z
  .object({
    id: idSchema,
    /** `images`: numbered pictures that play as a clip. `take`: a generated file beside the project. */
    kind: z.enum(['video', 'still', 'audio', 'images', 'take']),
    name: nameSchema,
    binId: idSchema.nullable(),
    /** Absolute, as it was on import. For `images` an ffmpeg pattern, for example /shots/a.%04d.png. */
    path: z.string().min(1).max(4096),
    /** From the project's folder down, with slashes; null when it lies elsewhere, where only the absolute path leads. */
    relativePath: z
      .string()
      .min(1)
      .max(4096)
      .refine(leadsDown, { message: 'a relative path stays below the project' })
      .nullable(),
    /** For `images`: the number of the first picture. */
    firstNumber: natural.nullable(),
    bytes: natural,
    /**
     * Hexadecimal SHA-256 of length and content, of large files sampled evenly (engine/media/library/content-hash.ts); of the pictures'
     * hashes in turn for `images`.
     */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    picture: pictureSchema.nullable(),
    sound: soundSchema.nullable(),
    provenance: provenanceSchema.nullable(),
    /** Marked as one of the good ones; what was written before there were stars has none. */
    starred: z.boolean().default(false),
  })
  .strict();
export type Media = z.infer<typeof mediaSchema>;

export const binSchema = z
  .object({ id: idSchema, parentId: idSchema.nullable(), name: nameSchema, order: natural })
  .strict();
export type Bin = z.infer<typeof binSchema>;
