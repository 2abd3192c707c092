import { z } from 'zod';

/** What a file is written as. `png` is numbered pictures, `wav` sound alone. */
export const exportCodecs = ['h264', 'h265', 'av1', 'prores', 'vp9', 'gif', 'png', 'wav'] as const;
export type ExportCodec = (typeof exportCodecs)[number];

/** Kinds of file that each codec may stand in; the first is offered. */
export const exportExtensions: Record<ExportCodec, readonly string[]> = {
  h264: ['.mp4', '.mov', '.mkv', '.m4v'],
  h265: ['.mp4', '.mov', '.mkv', '.m4v'],
  av1: ['.mp4', '.mkv', '.webm'],
  prores: ['.mov', '.mkv'],
  vp9: ['.webm', '.mkv', '.mp4'],
  gif: ['.gif'],
  png: ['.png'],
  wav: ['.wav'],
};

const side = z.number().int().min(16).max(16384);

export const exportSettingsSchema = z
  .object({
    codec: z.enum(exportCodecs),
    /** Constant quality (CRF): lower is better and larger, 0..51 for H.264 and H.265, 0..63 for AV1 and VP9; null takes the codec's usual. */
    quality: z.number().int().min(0).max(63).nullable().default(null),
    /** How long the encoder may think: `slow` makes smaller files. */
    speed: z.enum(['fast', 'balanced', 'slow']).default('balanced'),
    /** Pixels; null is the sequence's own size. */
    size: z.object({ width: side, height: side }).strict().nullable().default(null),
    /** Where `size` has another shape than the sequence: black borders, or what sticks out cut off. */
    fit: z.enum(['pad', 'crop']).default('pad'),
    /** Of H.264, H.265 and AV1; ProRes always has 10. */
    bits: z.union([z.literal(8), z.literal(10)]).default(8),
    /** Keeps transparency where nothing lies; ProRes (as 4444) and PNG only. */
    alpha: z.boolean().default(false),
    sound: z.boolean().default(true),
    /** Copies stretches of untouched sources without encoding them anew where codec, size, rate and cut allow it (H.264, H.265). */
    copyUntouched: z.boolean().default(false),
  })
  .strict()
  .refine(({ alpha, codec }) => !alpha || codec === 'prores' || codec === 'png', {
    message: 'transparency can be kept in prores and png only',
    path: ['alpha'],
  })
  .refine(
    ({ bits, codec }) => bits === 8 || codec === 'h264' || codec === 'h265' || codec === 'av1' || codec === 'prores',
    {
      message: '10 bits can be written as h264, h265, av1 and prores only',
      path: ['bits'],
    },
  );
/** As given: what is left out takes its default. */
export type ExportSettingsInput = z.input<typeof exportSettingsSchema>;
export type ExportSettings = z.infer<typeof exportSettingsSchema>;

/** Settings by what the file is for. `social` is a vertical Full HD picture cut from the middle of the frame. */
export const exportPresets = {
  web: { codec: 'h264', quality: 21 },
  archive: { codec: 'h265', quality: 14, speed: 'slow', bits: 10 },
  social: { codec: 'h264', quality: 20, size: { width: 1080, height: 1920 }, fit: 'crop' },
  draft: { codec: 'h264', quality: 28, speed: 'fast' },
  editing: { codec: 'prores' },
  same: { codec: 'h264', quality: 16, copyUntouched: true },
} as const satisfies Record<string, ExportSettingsInput>;
export type ExportPreset = keyof typeof exportPresets;

/** How far an export is. */
export type ExportProgress = {
  /** Frames handed to the encoder or copied, of `total`. */
  done: number;
  total: number;
  /** Null until there is something to judge by. */
  secondsLeft: number | null;
};

export type ExportResult = {
  /** The file; for numbered pictures ffmpeg's pattern. */
  output: string;
  frames: number;
  /** Stretches of the sequence that were copied without encoding, frames of the sequence, both ends included. */
  copied: [number, number][];
  seconds: number;
  bytes: number;
  /** What a user should know; each is a sentence. */
  notes: string[];
};
