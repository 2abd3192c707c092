import { extname } from 'node:path';
import type { AudioInfo } from './types.ts';

const quickTime = ['aac', 'mp3', 'ac3', 'eac3', 'alac', 'flac', 'opus'];
/** Codecs that can be copied as they are into a container; undefined = any. */
const copyable: Record<string, string[] | undefined> = {
  '.mp4': quickTime,
  '.m4v': quickTime,
  '.webm': ['opus', 'vorbis'],
  '.ts': ['aac', 'mp3', 'ac3', 'eac3'],
};

export const canCopySound = (out: string, codec: string): boolean => {
  const extension = extname(out).toLowerCase();
  if (extension === '.mov') return quickTime.includes(codec) || codec.startsWith('pcm_');
  if (extension === '.avi') return ['mp3', 'ac3', 'aac', 'pcm_s16le'].includes(codec);
  return copyable[extension]?.includes(codec) ?? true;
};

/** Encoders by codec, where ffmpeg's name differs. */
const encoders: Record<string, string> = { mp3: 'libmp3lame', opus: 'libopus', vorbis: 'libvorbis' };
const encodable = new Set([
  'aac',
  'mp3',
  'opus',
  'vorbis',
  'flac',
  'alac',
  'ac3',
  'eac3',
  'pcm_s16le',
  'pcm_s24le',
  'pcm_s32le',
  'pcm_f32le',
  'pcm_s16be',
  'pcm_s24be',
]);

export type SoundEncoding = {
  codec: string;
  args: string[];
  /** Extension of a file that carries it with exact times. */ carrier: '.mp4' | '.mkv' | '.mov';
};

/** How sound like `like` is encoded for a container: in its own codec where that can be, at no less than its own rate. */
export const planSound = (out: string, like: AudioInfo): SoundEncoding => {
  const extension = extname(out).toLowerCase();
  const fallback = extension === '.webm' ? 'opus' : extension === '.avi' ? 'pcm_s16le' : 'aac';
  const codec = encodable.has(like.codec) && canCopySound(out, like.codec) ? like.codec : fallback;
  const lossy = ['aac', 'mp3', 'opus', 'vorbis', 'ac3', 'eac3'].includes(codec);
  const most: Record<string, number> = {
    ac3: 640_000,
    eac3: 640_000,
    mp3: 320_000,
    opus: 96_000 * like.channels + 64_000,
  };
  // Sound that is encoded a second time gets room enough that the second time is not heard.
  const bits = Math.min(
    most[codec] ?? 160_000 * like.channels,
    Math.max(96_000 * like.channels, Math.round((like.bitRate ?? 0) * 1.25)),
  );
  const mapping =
    codec === 'opus' && like.channels > 2
      ? [
          '-mapping_family',
          '1',
          '-af',
          `aformat=channel_layouts=${like.channels === 6 ? '5.1' : like.channels === 8 ? '7.1' : like.layout}`,
        ]
      : [];
  return {
    codec,
    args: [
      '-c:a',
      encoders[codec] ?? codec,
      ...(lossy ? ['-b:a', String(bits)] : []),
      ...mapping,
      ...(codec === 'opus' ? ['-ar', '48000'] : []),
    ],
    carrier: codec.startsWith('pcm_') ? '.mov' : codec === 'aac' || codec === 'alac' ? '.mp4' : '.mkv',
  };
};
