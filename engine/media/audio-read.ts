import { UserFacingError } from '../contract/errors.ts';
import { fileUrl, lastLine } from './child.ts';
import { rawPieces } from './decode.ts';
import type { AudioInfo, MediaInfo } from './types.ts';

/** Samples of several channels: one array per channel, all of one length, full scale ±1. */
export type Pcm = Float32Array[];

/** Samples that are cut off one read. About a second and a half at 48 kHz. */
const blockSamples = 65536;

/**
 * Decodes a stretch of sound piece by piece, in order. Times are on the file's clock and are kept within the stream's own
 * start; nothing is padded.
 * @param as another rate or layout to be converted to; the stream's own unless told
 */
export async function* streamAudio(
  info: MediaInfo,
  stream: AudioInfo,
  fromSeconds: number,
  samples: number,
  as: { sampleRate: number; channels: number; layout: string } = stream,
): AsyncGenerator<Pcm> {
  // A seek costs a little exactness in some containers, so that a stretch from the very start is read without one.
  const seek =
    fromSeconds > stream.start + 0.5 / stream.sampleRate ? ['-seek_timestamp', '1', '-ss', fromSeconds.toFixed(6)] : [];
  const convert = as === stream ? '' : `aresample=${as.sampleRate},aformat=channel_layouts=${as.layout},`;
  const args = [
    '-copyts', ...seek, '-i', fileUrl(info.path), '-map', `0:${stream.index}`, '-vn', '-sn', '-dn',
    '-af', `aresample=async=1:min_hard_comp=0.05,${convert}aformat=sample_fmts=flt`,
    '-f', 'f32le', 'pipe:1',
  ]; // prettier-ignore
  let left = samples;
  let words = '';
  for await (const raw of rawPieces(
    args,
    blockSamples * as.channels * 4,
    (_code, stderr) => (words = stderr),
    4 * as.channels,
  )) {
    const interleaved = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2);
    const count = Math.min(left, Math.floor(interleaved.length / as.channels));
    yield Array.from({ length: as.channels }, (_, channel) => {
      const plane = new Float32Array(count);
      for (let i = 0, at = channel; i < count; i++, at += as.channels) plane[i] = interleaved[at];
      return plane;
    });
    left -= count;
    if (left <= 0) return;
  }
  if (left === samples && samples > 0 && fromSeconds < stream.start + stream.duration - 0.1)
    throw new UserFacingError(
      'input',
      `The sound of ${info.path} cannot be decoded (${lastLine(words)}).`,
      'Use --no-audio to leave the sound out.',
    );
}

/** Joins pieces of equal channel counts. */
export const joinPcm = (pieces: Pcm[], channels: number): Pcm => {
  const length = pieces.reduce((sum, piece) => sum + piece[0].length, 0);
  return Array.from({ length: channels }, (_, channel) => {
    const whole = new Float32Array(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece[channel], at);
      at += piece[channel].length;
    }
    return whole;
  });
};

/** Sound from `fromSeconds` to `toSeconds` on the file's clock; shorter where the stream has less. See `streamAudio`. */
export const readAudio = async (
  info: MediaInfo,
  stream: AudioInfo,
  fromSeconds: number,
  toSeconds: number,
  as: { sampleRate: number; channels: number; layout: string } = stream,
): Promise<Pcm> => {
  const from = Math.max(fromSeconds, stream.start);
  const samples = Math.round((toSeconds - from) * as.sampleRate);
  const pieces: Pcm[] = [];
  if (samples > 0) for await (const piece of streamAudio(info, stream, from, samples, as)) pieces.push(piece);
  return joinPcm(pieces, as.channels);
};
