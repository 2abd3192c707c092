import { access, constants } from 'node:fs/promises';
import { UserFacingError } from '../../contract/errors.ts';
import { multiply, rational, round } from '../../contract/timeline/rational.ts';
import { fileUrl, lastLine, runProgram } from '../../media/child.ts';
import { rawPieces } from '../../media/decode.ts';
import { findFfmpeg } from '../../media/ffmpeg-binary.ts';
import { parseRational } from '../../media/frame-rate.ts';
import { audioOf, readProbe } from '../../media/probe-words.ts';

/** The sound track of a media file that is heard: the default one, else the first. */
export type SoundFile = {
  path: string;
  stream: number;
  sampleRate: number;
  channels: number;
  /** ffmpeg's name. */
  layout: string;
  /** Time of the first heard sample on the file's clock, in samples: what an encoder put before it is counted in where the clock does. */
  start: number;
  /** Whether the file can be entered in the middle and tells exactly which sample that is. */
  seekable: boolean;
};

const remedy = 'Find the file again in the library, or disable the clips that use it.';

/**
 * Containers whose clocks count samples. Matroska counts milliseconds and transport streams 90000ths; what an entry into Vorbis or raw AAC
 * gives out first depends on the packet. Those are always read from their start, some 600 times faster than they play.
 */
const countsSamples = (container: string, codec: string): boolean =>
  /^(mov|mp3|flac|wav|w64|aiff|caf)\b/.test(container) || (container === 'ogg' && /^(opus|flac)$/.test(codec));

/** @throws UserFacingError 'input' when the file is gone, or has no sound that can be read */
export const openSoundFile = async (path: string): Promise<SoundFile> => {
  await access(path, constants.R_OK).catch(() => {
    throw new UserFacingError('input', `${path} is missing or may not be read.`, remedy);
  });
  const args = ['-v', 'error', '-show_entries', 'stream:stream_disposition:format', '-of', 'json', fileUrl(path)];
  const { stdout, stderr } = await runProgram(findFfmpeg().ffprobe, args);
  const told = readProbe(stdout.toString());
  const heard = told.streams.filter((stream) => audioOf(stream, 0) !== undefined);
  const stream = heard.find(({ disposition }) => disposition?.default === 1) ?? heard[0];
  const info = stream && audioOf(stream, 0);
  if (!info) {
    const reason = stderr === '' ? 'it has none' : lastLine(stderr);
    throw new UserFacingError('input', `The sound of ${path} cannot be read (${reason}).`, remedy);
  }
  const { index, sampleRate, channels, layout, codec } = info;
  const tick = parseRational(stream.time_base) ?? { num: 1, den: sampleRate };
  const start = round(multiply(rational((stream.start_pts ?? 0) * tick.num, tick.den), rational(sampleRate)));
  const seekable = countsSamples(told.format.format_name ?? '', codec) && stream.start_pts !== undefined;
  return { path, stream: index, sampleRate, channels, layout, start, seekable };
};

/** Seconds that are decoded and thrown away: bit reservoirs (MP3), overlaps (AAC) and predictors (Opus) are filled by then. */
const preRoll = 0.5;

/** Samples of one piece; about a third of a second. */
const pieceSamples = 16384;

/**
 * Decodes from a sample on, in the file's own rate and channels. Holes in the recording are filled with silence, so that what follows
 * stays where it belongs.
 * @param from counted from the first heard sample; 0 unless the file is seekable
 * @returns interleaved pieces
 * @throws UserFacingError 'input' when the decoder gives up
 */
export async function* decodeSound(file: SoundFile, from: number): AsyncGenerator<Float32Array> {
  const { path, stream, sampleRate, channels, start } = file;
  const enter = from / sampleRate - preRoll;
  const seek = enter > 0 ? ['-seek_timestamp', '1', '-ss', (start / sampleRate + enter).toFixed(6)] : [];
  const trim = from > 0 ? `atrim=start_pts=${start + from},` : '';
  const args = [
    '-copyts', ...seek, '-i', fileUrl(path), '-map', `0:${stream}`,
    '-af', `${trim}aresample=async=1:min_hard_comp=0.05,aresample=${sampleRate},aformat=sample_fmts=flt`,
    '-ac', String(channels), '-f', 'f32le', 'pipe:1',
  ]; // prettier-ignore
  let failure: UserFacingError | undefined;
  const onEnd = (code: number, words: string): void => {
    if (code !== 0)
      failure = new UserFacingError('input', `The sound of ${path} cannot be decoded (${lastLine(words)}).`, remedy);
  };
  for await (const raw of rawPieces(args, pieceSamples * channels * 4, onEnd, channels * 4))
    yield new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2);
  if (failure) throw failure;
}
