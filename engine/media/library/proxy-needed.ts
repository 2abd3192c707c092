import { extname } from 'node:path';
import { fileUrl, type Limits, runLines } from '../child.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import type { SourceMedia } from './source-input.ts';

/** Codecs of Chromium without a system's help, and what of sound a page decodes itself. */
const pictureCodecs = new Set(['h264', 'vp8', 'vp9', 'av1']);
const soundCodecs = /^(aac|mp3|opus|vorbis|flac|pcm_(u8|[sf](16|24|32|64)(le|be)|alaw|mulaw))$/;
const stillCodecs = new Set(['mjpeg', 'png', 'webp', 'gif', 'bmp', 'av1']);
const containers = new Set(
  'mp4 m4v mov qt 3gp mkv webm mka ts mp3 wav wave flac m4a aac ogg oga ogv opus'.split(' ').map((name) => `.${name}`),
);
const plain = new Set(['yuv420p', 'yuvj420p', 'nv12']);

/** Frames from one key frame to the next above which scrubbing waits for the decoder: more than a third of a second a step. */
export const longGroup = 60;
/** Pixels a side above which a still is previewed smaller. */
export const largestStill = 4096;

const names: Record<string, string> = {
  hevc: 'HEVC', prores: 'ProRes', dnxhd: 'DNxHD', mpeg2video: 'MPEG-2', mpeg4: 'MPEG-4 Part 2', ffv1: 'FFV1', mjpeg: 'Motion JPEG', gif: 'GIF',
}; // prettier-ignore

const stillReasons = ({ picture }: SourceMedia): string[] => {
  if (picture === null) return [];
  const reasons: string[] = [];
  if (!stillCodecs.has(picture.codec)) reasons.push(`a browser does not show ${picture.codec} pictures`);
  if (Math.max(picture.width, picture.height) > largestStill)
    reasons.push(`it is larger than ${largestStill} pixels a side`);
  return reasons;
};

/**
 * Why the preview should play a proxy instead of the file itself: phrases for "A proxy is made because …". Empty where the file plays as it is.
 * @param group frames from one key frame to the next, of `longestGroup`
 */
export const proxyNeeded = (media: SourceMedia, group?: number): string[] => {
  if (media.kind === 'still') return stillReasons(media);
  if (media.kind === 'images') return ['numbered pictures play as a clip only when they are joined'];
  const { picture, sound } = media;
  const reasons: string[] = [];
  if (picture !== null) {
    if (!pictureCodecs.has(picture.codec))
      reasons.push(`a browser does not decode ${names[picture.codec] ?? picture.codec}`);
    const hidden = picture.alpha && (picture.codec === 'vp8' || picture.codec === 'vp9');
    if (!plain.has(picture.pixelFormat) && !hidden)
      reasons.push(
        /1[0-6](le|be)$/.test(picture.pixelFormat) ? 'it has more than 8 bits' : 'its colour is finer than 4:2:0',
      );
    const [short, long] = [picture.width, picture.height].sort((a, b) => a - b);
    if (long > 1920 || short > 1080) reasons.push('it is larger than 1080p');
    if (picture.interlaced) reasons.push('it is interlaced');
    if (group !== undefined && group > longGroup) reasons.push(`it has a key frame only every ${group} frames`);
  }
  if (sound !== null && !soundCodecs.test(sound.codec)) reasons.push(`a browser does not decode ${sound.codec} sound`);
  if (!containers.has(extname(media.path).toLowerCase())) reasons.push('a browser does not open this kind of file');
  return reasons;
};

/**
 * The most frames from one key frame to the next in a clip's first minute, by its packets.
 * @returns 1 for sounds, stills, and clips of key frames alone
 */
export const longestGroup = async (media: SourceMedia, limits: Limits = {}): Promise<number> => {
  if (media.kind !== 'video' && media.kind !== 'take') return 1;
  let longest = 1;
  let current = 0;
  const args = [
    '-v', 'error', '-protocol_whitelist', 'file,crypto,data', '-select_streams', 'V:0', '-read_intervals', '%+60',
    '-show_entries', 'packet=flags', '-of', 'csv=p=0', fileUrl(media.path),
  ]; // prettier-ignore
  await runLines(
    findFfmpeg().ffprobe,
    args,
    (line) => {
      if (line.startsWith('K')) current = 0;
      if (line !== '') longest = Math.max(longest, ++current);
    },
    { timeoutMs: 30_000, background: true, ...limits },
  );
  return longest;
};
