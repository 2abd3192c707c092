import { z } from 'zod';
import { access, constants } from 'node:fs/promises';
import { UserFacingError } from '../../contract/errors.ts';
import { multiply, rational, round } from '../../contract/timeline/rational.ts';
import { fileUrl, type Finished, lastLine, runProgram } from '../../media/child.ts';
import { rawPieces } from '../../media/decode.ts';
import { findFfmpeg } from '../../media/ffmpeg-binary.ts';
import { parseRational } from '../../media/frame-rate.ts';
import { audioOf, readProbe, type StreamWords } from '../../media/probe-words.ts';

/** The sound track of a media file that is heard: the default one, else the first. */
export type SoundFile = {
  path: string;
  stream: number;
  sampleRate: number;
  channels: number;
  /** ffmpeg's name. */
  layout: string;
  /** Time of the first heard sample on the file's clock, in samples. */
  start: number;
  /** Samples by which that is later than the time that the file claims for its sound (`Media.sound.offset` is made from the claim). */
  lead: number;
  /** How the file tells which sample is where when it is entered in the middle; see `wayIn`. */
  seek: 'clock' | { firstFrame: number; frame: number } | 'never';
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A playlist that calls itself a sound must not lead to other machines. */
const onlyFiles = ['-protocol_whitelist', 'file'];

/** Milliseconds: a program that says nothing for so long has lost its way in a damaged file. */
const stallMs = 20_000;

const remedy = 'Find the file again in the library, or disable the clips that use it.';

/** Containers whose clocks count samples. What an entry into Ogg Vorbis gives out first depends on the packet. */
const countsSamples = (container: string, codec: string): boolean =>
  /^(mov|mp3|flac|wav|w64|aiff|caf)\b/.test(container) || (container === 'ogg' && /^(opus|flac)$/.test(codec));

/** Codecs whose frames are of one length from the second on; Matroska's milliseconds are enough to tell which one it is. */
const evenFrames = /^(aac|ac3|eac3|flac|mp3|opus)$/;

const framesSchema = z.object({
  frames: z.array(z.object({ pts: z.number().optional(), nb_samples: z.number() }).loose()).min(4),
});

const askFfprobe = (path: string, show: string[]): Promise<Finished> => {
  const args = ['-v', 'error', ...onlyFiles, ...show, '-of', 'json', fileUrl(path)];
  return runProgram(findFfmpeg().ffprobe, args, { timeoutMs: stallMs });
};

/**
 * Clocks that count samples are believed. Matroska's counts milliseconds: there the first frames are looked at, and times are moved to the
 * nearest frame. Everything else (transport streams, AVI, Vorbis, raw AAC) is read from its start, some 600 times faster than it plays.
 */
const wayIn = async (
  path: string,
  stream: StreamWords,
  container: string,
  sampleRate: number,
): Promise<Pick<SoundFile, 'seek' | 'start' | 'lead'>> => {
  const tick = parseRational(stream.time_base) ?? { num: 1, den: sampleRate };
  const samplesOf = (ticks: number): number =>
    round(multiply(rational(ticks * tick.num, tick.den), rational(sampleRate)));
  const claimed = samplesOf(stream.start_pts ?? 0);
  const codec = stream.codec_name ?? '';
  if (!container.startsWith('matroska')) {
    const exact = stream.start_pts !== undefined && countsSamples(container, codec);
    return { seek: exact ? 'clock' : 'never', start: claimed, lead: 0 };
  }
  const show = [
    '-select_streams',
    String(stream.index),
    '-read_intervals',
    '%+#8',
    '-show_entries',
    'frame=pts,nb_samples',
  ];
  const { stdout } = await askFfprobe(path, show);
  const told = framesSchema.safeParse(readJson(stdout.toString()));
  const [first, second, ...rest] = told.success ? told.data.frames : [];
  if (first?.pts === undefined) return { seek: 'never', start: claimed, lead: 0 };
  const start = samplesOf(first.pts);
  const frame = second?.nb_samples ?? 0;
  // Half a frame has to be longer than what a millisecond's rounding may be off.
  const even = evenFrames.test(codec) && frame > sampleRate * 0.004 && rest.every((one) => one.nb_samples === frame);
  return { seek: even ? { firstFrame: first.nb_samples, frame } : 'never', start, lead: start - claimed };
};

/** @throws UserFacingError 'input' when the file is gone, or has no sound that can be read */
export const openSoundFile = async (path: string): Promise<SoundFile> => {
  await access(path, constants.R_OK).catch(() => {
    throw new UserFacingError('input', `${path} is missing or may not be read.`, remedy);
  });
  const { stdout, stderr } = await askFfprobe(path, ['-show_entries', 'stream:stream_disposition:format']);
  const told = readProbe(stdout.toString());
  const heard = told.streams.filter((stream) => audioOf(stream, 0) !== undefined);
  const stream = heard.find(({ disposition }) => disposition?.default === 1) ?? heard[0];
  const info = stream && audioOf(stream, 0);
  if (!info) {
    const reason = stderr === '' ? 'it has none' : lastLine(stderr);
    throw new UserFacingError('input', `The sound of ${path} cannot be read (${reason}).`, remedy);
  }
  const { index, sampleRate, channels, layout } = info;
  const way = await wayIn(path, stream, told.format.format_name ?? '', sampleRate);
  return { path, stream: index, sampleRate, channels, layout, ...way };
};

/** Seconds that are decoded and thrown away: bit reservoirs (MP3), overlaps (AAC) and predictors (Opus) are filled by then. */
const preRoll = 0.5;

/** Samples of one piece; about a third of a second. */
const pieceSamples = 16384;

/**
 * Decodes from a sample on, in the file's own rate and channels. Holes in the recording are filled with silence, so that what follows
 * stays where it belongs.
 * @param from counted from the first heard sample; 0 where the file cannot be entered in the middle
 * @returns interleaved pieces
 * @throws UserFacingError 'input' when the decoder gives up; the signal's reason when it fires
 */
export async function* decodeSound(file: SoundFile, from: number, signal?: AbortSignal): AsyncGenerator<Float32Array> {
  const { path, stream, sampleRate, channels, start, seek: way } = file;
  const enter = from / sampleRate - preRoll;
  const seek = enter > 0 ? ['-seek_timestamp', '1', '-ss', (start / sampleRate + enter).toFixed(6)] : [];
  const grid = typeof way === 'object' && from > 0 ? way : undefined;
  const origin = start + (grid?.firstFrame ?? 0);
  // The first frame is shorter where the encoder's lead-in was cut off, and begins where it begins.
  const snap = grid
    ? `asetpts=if(lt(PTS\\,${start + grid.firstFrame / 2})\\,${start}\\,round((PTS-${origin})/${grid.frame})*${grid.frame}+${origin}),`
    : '';
  const trim = from > 0 ? `${snap}atrim=start_pts=${start + from},` : '';
  const args = [
    ...onlyFiles, '-copyts', ...seek, '-i', fileUrl(path), '-map', `0:${stream}`,
    '-af', `${trim}aresample=async=1:min_hard_comp=0.05,aresample=${sampleRate},aformat=sample_fmts=flt`,
    '-ac', String(channels), '-f', 'f32le', 'pipe:1',
  ]; // prettier-ignore
  let failure: UserFacingError | undefined;
  const onEnd = (code: number, words: string): void => {
    if (code !== 0)
      failure = new UserFacingError('input', `The sound of ${path} cannot be decoded (${lastLine(words)}).`, remedy);
  };
  for await (const raw of rawPieces(args, pieceSamples * channels * 4, onEnd, channels * 4, { stallMs, signal }))
    yield new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2);
  signal?.throwIfAborted();
  if (failure) throw failure;
}
