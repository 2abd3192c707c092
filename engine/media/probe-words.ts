import { z } from 'zod';
import type { AudioInfo } from './types.ts';

const text = z.string().optional();
const number = z.coerce.number().optional().catch(undefined);
const sideData = z.array(z.object({ side_data_type: text, rotation: number }).loose()).optional();
/** What ffprobe says about a stream. */
const streamSchema = z
  .object({
    index: z.number().int(), id: text,
    codec_type: text, codec_name: text, profile: text, width: number, height: number, pix_fmt: text, field_order: text,
    color_space: text, color_primaries: text, color_transfer: text, color_range: text, sample_aspect_ratio: text,
    r_frame_rate: text, avg_frame_rate: text, time_base: text, start_time: number, start_pts: number, duration: number, duration_ts: number, bit_rate: number, nb_frames: number,
    channels: number, channel_layout: text, sample_rate: number,
    disposition: z.object({ attached_pic: z.number().optional(), default: z.number().optional() }).loose().optional(),
    tags: z.record(z.string(), z.unknown()).optional(),
    side_data_list: sideData,
  })
  .loose(); // prettier-ignore
export type StreamWords = z.infer<typeof streamSchema>;
const probeSchema = z.object({
  streams: z.array(streamSchema).default([]),
  frames: z
    .array(
      z
        .object({ interlaced_frame: number, pix_fmt: text, width: number, height: number, side_data_list: sideData })
        .loose(),
    )
    .default([]),
  format: z.object({ format_name: text, duration: number, start_time: number }).loose().default({}),
});
export type ProbeWords = z.infer<typeof probeSchema>;

/** Reads ffprobe's JSON. What a damaged file garbles is left out; a program that died over it has said nothing. */
export const readProbe = (json: string): ProbeWords => {
  let told: unknown = {};
  try {
    told = JSON.parse(json || '{}');
  } catch {
    // Cut off in the middle of its words.
  }
  const read = probeSchema.safeParse(told);
  return read.success ? read.data : probeSchema.parse({});
};

/** EXIF orientation and display matrices both reach us as degrees; ffprobe counts anticlockwise. */
export const readRotation = (lists: (z.infer<typeof sideData> | undefined)[]): number => {
  for (const list of lists)
    for (const entry of list ?? [])
      if (entry.rotation !== undefined) return (((Math.round(entry.rotation / 90) * 90) % 360) + 360) % 360;
  return 0;
};

/** A stream of sound; undefined for other streams and for sound without channels or rate. */
export const audioOf = (stream: StreamWords, fileDuration: number): AudioInfo | undefined => {
  if (stream.codec_type !== 'audio' || !stream.channels || !stream.sample_rate) return undefined;
  const start = stream.start_time ?? 0;
  const layouts: Record<number, string> = {
    1: 'mono',
    2: 'stereo',
    3: '2.1',
    4: '4.0',
    5: '5.0',
    6: '5.1',
    7: '6.1',
    8: '7.1',
  };
  const layout = stream.channel_layout;
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels,
    layout: layout !== undefined && layout !== 'unknown' ? layout : (layouts[stream.channels] ?? `${stream.channels}c`),
    sampleRate: stream.sample_rate,
    start,
    duration: stream.duration ?? Math.max(0, fileDuration - Math.max(0, start)),
    ...(stream.bit_rate !== undefined && { bitRate: stream.bit_rate }),
  };
};
