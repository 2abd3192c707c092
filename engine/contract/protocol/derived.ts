import { z } from 'zod';
import { titleSchema } from '../timeline/entities.ts';
import { idSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import { projectHandleSchema, urlSchema } from './values.ts';

const media = { project: projectHandleSchema, mediaId: idSchema };

const stripSchema = z
  .object({
    /** One WebP with `count` pictures from left to right. */
    url: urlSchema,
    count: z.number().int().positive(),
    /** Of one picture, pixels. */
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    /** Seconds of the media at which each picture was taken. */
    times: z.array(z.number()),
  })
  .strict();
export type ThumbnailStrip = z.infer<typeof stripSchema>;

const playbackSchema = z
  .object({
    /**
     * `original`: the file itself plays well. `proxy`: a copy that does. `making`: the copy is on its way (topic work:PROJECT) and `url`
     * is null. `missing`: the file is not where it was, or is another one now.
     */
    source: z.enum(['original', 'proxy', 'making', 'missing']),
    url: urlSchema.nullable(),
    /** Of a proxy: how it differs (engine/media/library/proxy.ts). `proxy-alpha.mp4` has the alpha below the colour. */
    item: z.enum(['proxy.mp4', 'proxy-alpha.mp4', 'proxy.png', 'proxy.flac']).nullable(),
    /** Why it is not the original, as phrases after "because"; empty for the original. */
    reasons: z.array(z.string()),
  })
  .strict();
export type Playback = z.infer<typeof playbackSchema>;

const bitmapSchema = z
  .object({
    /** `width` x `height` pixels row by row from the top: R, G, B, A of 8 bits, premultiplied. */
    url: urlSchema,
    /** Where its first pixel lies in the sequence's picture, pixels. */
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
  })
  .strict();
export type TitleBitmap = z.infer<typeof bitmapSchema>;

/** Made when first asked for, which may take a while, and kept; cancelling the call stops the making. */
export const derivedCalls = {
  'derived.thumbnails': call(
    z
      .object({
        ...media,
        count: z.number().int().min(1).max(64).default(12),
        height: z.number().int().min(16).max(720).default(96),
      })
      .strict(),
    stripSchema,
  ),
  /** The file that engine/contract/peaks.ts reads. */
  'derived.peaks': call(z.object(media).strict(), z.object({ url: urlSchema }).strict()),
  /** What to play a media from; starts the making of a proxy where one is needed. */
  'derived.playback': call(z.object(media).strict(), playbackSchema),
  /** The very bitmap that export draws; one transparent pixel for a title that shows nothing. */
  'titles.bitmap': call(
    z
      .object({
        title: titleSchema,
        width: z.number().int().min(16).max(8192),
        height: z.number().int().min(16).max(8192),
      })
      .strict(),
    bitmapSchema,
  ),
} as const;
