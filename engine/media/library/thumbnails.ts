import sharp from 'sharp';
import { toNumber } from '../../contract/timeline/rational.ts';
import { lastLine, runProgram } from '../child.ts';
import { unreadable } from '../file-head.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import type { Cache } from './cache.ts';
import { type SourceMedia, sourceInput } from './source-input.ts';

/** One WebP: `count` pictures of `width` x `height` from left to right, with transparency where the source has it. */
export type ThumbnailStrip = { path: string; count: number; width: number; height: number; times: number[] };

export type ThumbnailOptions = {
  /** Pictures in a strip of a clip, 1..64 and as many as fit in 16383 pixels; 12 unless told. A still has one. */
  count?: number;
  /** Lines, 16..720; 96 unless told. */
  height?: number;
  signal?: AbortSignal;
};

/** Pixels that a WebP may be wide. */
const widest = 16383;
/** Seconds between pictures from which the key frame before each time is near enough, and a hundredth of the work. */
const coarse = 20;
/** Seconds between pictures up to which one pass over the clip costs less than a new decoder, and its way from a key frame, for each. */
const dense = 4;
/** Milliseconds for one picture; a busy machine leaves little for such work. */
const patience = 60_000;

const sizeFor = (media: SourceMedia, height: number): { width: number; height: number } => {
  const picture = media.picture;
  if (picture === null) throw new RangeError('thumbnails: a sound has no picture');
  const aspect = (picture.width / picture.height) * toNumber(picture.sampleAspect);
  return { width: Math.min(4 * height, Math.max(2, Math.round(height * aspect))), height };
};

/** Seconds from the first frame: the middle of each of `count` equal parts. */
export const thumbnailTimes = (media: SourceMedia, count: number): number[] => {
  const duration = media.picture?.duration;
  if (!duration) return [0];
  const seconds = toNumber(duration);
  const frames = Math.min(count, media.picture?.frameCount ?? 1);
  return Array.from({ length: frames }, (_, i) => ((i + 0.5) * seconds) / frames);
};

/** All pictures of a short clip of a constant rate in one pass; undefined where it cannot be done so, or does not come out whole. */
const readInOnePass = async (
  media: SourceMedia,
  times: number[],
  { width, height }: { width: number; height: number },
  signal?: AbortSignal,
): Promise<Buffer[] | undefined> => {
  const picture = media.picture;
  if (!picture?.frameRate || picture.variableRate || times.length < 2 || times[1] - times[0] > dense) return undefined;
  const rate = toNumber(picture.frameRate);
  const numbers = times.map((time) => Math.min(picture.frameCount - 1, Math.floor(time * rate)));
  const wanted = [...new Set(numbers)].map((number) => `eq(n,${number})`).join('+');
  const { stdout } = await runProgram(
    findFfmpeg().ffmpeg,
    [
      '-nostdin', '-v', 'error', ...(await sourceInput(media)), '-map', '0:V:0', '-fps_mode', 'passthrough', '-frames:v', String(times.length),
      '-vf', `select='${wanted}',scale=${width}:${height}:flags=area,format=rgba`, '-f', 'rawvideo', 'pipe:1',
    ], // prettier-ignore
    { signal, timeoutMs: patience, background: true },
  );
  signal?.throwIfAborted();
  const bytes = width * height * 4;
  if (stdout.length !== bytes * times.length) return undefined;
  return times.map((_, i) => stdout.subarray(i * bytes, (i + 1) * bytes));
};

const readPicture = async (
  media: SourceMedia,
  time: number,
  near: boolean,
  { width, height }: { width: number; height: number },
  signal?: AbortSignal,
): Promise<{ pixels?: Buffer; why: string }> => {
  const { stdout, stderr } = await runProgram(
    findFfmpeg().ffmpeg,
    [
      '-nostdin', '-v', 'error', ...(near ? ['-noaccurate_seek'] : []), ...(await sourceInput(media, time)),
      '-map', '0:V:0', '-frames:v', '1', '-vf', `scale=${width}:${height}:flags=area,format=rgba`, '-f', 'rawvideo', 'pipe:1',
    ], // prettier-ignore
    { signal, timeoutMs: patience, background: true },
  );
  signal?.throwIfAborted();
  const whole = stdout.length === width * height * 4;
  return { ...(whole && { pixels: stdout }), why: lastLine(stderr) };
};

/**
 * The strip that a clip shows in the bin and on the timeline, made where the cache lacks it. A place that cannot be decoded shows the
 * picture before it.
 * @throws UserFacingError 'input' when not one picture can be decoded, 'room' when the disk is full
 */
export const thumbnailStrip = async (
  cache: Cache,
  media: SourceMedia,
  options: ThumbnailOptions = {},
): Promise<ThumbnailStrip> => {
  const size = sizeFor(media, Math.min(720, Math.max(16, Math.round(options.height ?? 96))));
  const fitting = Math.max(1, Math.floor(widest / size.width));
  const count = Math.min(64, fitting, Math.max(1, Math.round(options.count ?? 12)));
  const times = thumbnailTimes(media, count);
  const near = times.length > 1 && times[1] - times[0] > coarse;
  const path = await cache.make(media.hash, `thumbnails-${times.length}x${size.height}.webp`, async (partial) => {
    const pictures: Buffer[] = (await readInOnePass(media, times, size, options.signal)) ?? [];
    let why = 'no reason given';
    for (const time of times.slice(pictures.length)) {
      const read = await readPicture(media, time, near, size, options.signal);
      const pixels = read.pixels ?? pictures.at(-1);
      if (pixels === undefined) why = read.why;
      else while (pictures.length <= times.indexOf(time)) pictures.push(pixels);
    }
    if (pictures.length === 0) throw unreadable(media.path, `has no picture that can be decoded (${why})`);
    const strip = { width: size.width * times.length, height: size.height };
    await sharp({ create: { ...strip, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .composite(
        pictures.map((input, index) => ({
          input, raw: { width: size.width, height: size.height, channels: 4 }, left: index * size.width, top: 0,
        })), // prettier-ignore
      )
      .webp({ quality: 75, effort: 2 })
      .toFile(partial);
  });
  return { path, count: times.length, times, ...size };
};
