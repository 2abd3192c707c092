import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { UserFacingError } from '../../contract/errors.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { Limits } from '../child.ts';
import { cutOff, notMedia, readHead, stillFormat, truncation, unreadable } from '../file-head.ts';
import { parseRational } from '../frame-rate.ts';
import { engineFormat } from '../pixel-format.ts';
import { readRotation, type StreamWords } from '../probe-words.ts';
import type { Rational } from '../types.ts';
import { claimedRates, countedTiming, type FrameTimes, headerTiming, timeBaseOf, type Timing } from './frame-timing.ts';
import { listStreams, type StreamList } from './list-streams.ts';
import { readMovTimes, type TrackTimes } from './mov-times.ts';
import { soundFacts } from './sound-facts.ts';
import { longestMedia } from './source-input.ts';

/** What a file is, without where it belongs: the part of `Media` that the file itself tells. */
export type MediaFacts = Pick<Media, 'kind' | 'path' | 'firstNumber' | 'bytes' | 'picture' | 'sound'> & {
  /** False where count, rate or length are what the header claims; `refineFacts` counts them. */
  exact: boolean;
  /** What a person should know about how the file is read; each is a sentence. */
  notes: string[];
};

/** Milliseconds that one file may take: a damaged one can keep a demuxer busy for ever. */
const patience = 20_000;
/** Files of containers without tables are listed packet by packet up to this size, and taken at their header's word above it. */
const mostListed = 32 * 1024 * 1024;
/** Larger pictures than a `Media` may have are not even decoded. */
const mostPixels = 16384 * 16384;

const unsupportedBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

type Container = { kind: 'mov' | 'listed' | 'other'; still?: string; brand?: string };

/** What the first bytes say about where frame times are to be found. */
const readContainer = (head: Buffer): Container => {
  const still = stillFormat(head);
  if (still !== undefined) return { kind: 'other', still };
  const box = head.toString('latin1', 4, 8);
  if (['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'styp'].includes(box))
    return { kind: 'mov', ...(box === 'ftyp' && { brand: head.toString('latin1', 8, 12) }) };
  const matroska = head.readUInt32BE(0) === 0x1a45dfa3;
  return { kind: matroska || head.toString('latin1', 0, 4) === 'GIF8' ? 'listed' : 'other' };
};

const pickPicture = (streams: StreamWords[]): StreamWords | undefined => {
  // Cover art of a song is a picture in the file, not one of the film.
  const pictures = streams.filter((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  return pictures.find((s) => s.disposition?.default === 1) ?? pictures[0];
};

const withAlpha = (stream: StreamWords): boolean => {
  const hidden = String(stream.tags?.alpha_mode ?? stream.tags?.ALPHA_MODE ?? '') === '1';
  const carriesHidden = stream.codec_name === 'vp8' || stream.codec_name === 'vp9';
  return (hidden && carriesHidden) || engineFormat(stream.pix_fmt ?? '', false).alpha;
};

/** A camera's EXIF turn of a JPEG, from its first bytes; ffprobe tells it only after decoding the whole picture. */
const exifTurned = async (path: string, still: string | undefined): Promise<boolean> => {
  if (still !== 'jpeg_pipe') return false;
  const facts = await sharp(path, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch(() => undefined);
  return (facts?.orientation ?? 1) >= 5;
};

const pictureFacts = (
  path: string,
  stream: StreamWords,
  timing: Timing | undefined,
  turned: boolean,
): NonNullable<Media['picture']> => {
  const { width, height, pix_fmt: pixelFormat } = stream;
  if (!width || !height || pixelFormat === undefined) throw unreadable(path, 'has no picture that can be decoded');
  if (width > 16384 || height > 16384)
    throw new UserFacingError(
      'input',
      `${path} is ${width} x ${height} pixels, which is more than 16384 a side.`,
      'Make it smaller first.',
    );
  const sar: Rational = parseRational(stream.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const field = stream.field_order ?? 'progressive';
  return {
    width: turned ? height : width,
    height: turned ? width : height,
    sampleAspect: turned ? { num: sar.den, den: sar.num } : sar,
    frameRate: timing?.frameRate ?? null,
    variableRate: timing?.variableRate ?? false,
    frameCount: timing?.frameCount ?? 1,
    duration: timing?.duration ?? null,
    codec: stream.codec_name ?? 'unknown',
    pixelFormat,
    alpha: withAlpha(stream),
    interlaced: timing !== undefined && ['tt', 'bb', 'tb', 'bt'].includes(field),
  };
};

const refuseUnread = (path: string, told: StreamList, container: Container): void => {
  if (told.timedOut) throw unreadable(path, 'takes too long to be read');
  // ffmpeg tries text as QuickTime, too, and misses its index.
  const guessed = container.kind !== 'mov' && told.stderr.includes('moov atom not found');
  if (truncation.test(told.stderr) && !guessed) throw cutOff(path);
  if (told.code !== 0 && told.streams.length === 0)
    throw unreadable(path, 'is not a video, picture or sound that can be read');
  if (notMedia.has((told.format.format_name ?? '').split(',')[0]))
    throw unreadable(path, 'is not a video, picture or sound that can be read');
};

const refuseEndless = (path: string, picture: Media['picture'], sound: Media['sound'] | undefined): void => {
  const seen = picture?.duration ? picture.duration.num / picture.duration.den : 0;
  if (Math.max(seen, sound ? sound.samples / sound.sampleRate : 0) > longestMedia)
    throw new UserFacingError(
      'input',
      `${path} says that it is longer than ${longestMedia / 3600} hours.`,
      'Its times are damaged: repair the file, or cut it first.',
    );
};

const isStill = (container: Container, told: StreamList): boolean => {
  const name = told.format.format_name ?? '';
  return container.still !== undefined || container.brand === 'avif' || name === 'image2' || name.endsWith('_pipe');
};

/** Times of the shown frames in ticks of the stream's own time base, where they are known without decoding. */
const knownTimes = (stream: StreamWords, told: StreamList, mov: Map<number, TrackTimes>): FrameTimes | undefined => {
  const table = mov.get(Number(stream.id));
  if (table !== undefined) return { ...table, start: stream.start_pts };
  const packets = told.packets.get(stream.index);
  if (packets === undefined || packets.untimed > 0 || packets.pts.length === 0) return undefined;
  const timeBase = timeBaseOf(stream);
  const ticks = packets.pts.slice().sort();
  const start = ticks[0];
  for (let i = 1; i < ticks.length; i++) if (ticks[i] <= ticks[i - 1]) return undefined;
  return { ticks: ticks.map((tick) => tick - start), start, timeBase };
};

/**
 * Reads what a media file is: a video, a still, or sound alone. One call of ffprobe; nothing is decoded that ffprobe does not decode anyway.
 * @throws UserFacingError 'input': missing, a folder, empty, cut off, not media, too large a picture, or more than 20 s to read
 */
export const readMediaFile = async (given: string, limits: Pick<Limits, 'signal'> = {}): Promise<MediaFacts> => {
  const path = resolve(given);
  const head = await readHead(path);
  const container = readContainer(head);
  if (container.brand !== undefined && unsupportedBrands.has(container.brand))
    throw new UserFacingError('input', `${path} is a HEIC picture, which cannot be read.`, 'Save it as JPEG or PNG.');
  const { size: bytes } = await stat(path);
  const mov = container.kind === 'mov' ? await readMovTimes(path) : undefined;
  if (mov?.whole === false) throw cutOff(path);
  const tables = mov?.tracks ?? new Map<number, TrackTimes>();
  const listed = container.kind === 'listed' || (mov?.pictures !== 0 && mov !== undefined && tables.size === 0);
  const input = ['-protocol_whitelist', 'file,crypto,data', '-max_pixels', String(mostPixels)];
  if (container.still !== undefined) input.push('-f', container.still);
  const told = await listStreams(path, input, listed && bytes <= mostListed, { timeoutMs: patience, ...limits });
  limits.signal?.throwIfAborted();
  refuseUnread(path, told, container);

  const stream = pickPicture(told.streams);
  const still = stream !== undefined && isStill(container, told);
  const times = stream === undefined || still ? undefined : knownTimes(stream, told, tables);
  const timing =
    stream === undefined || still
      ? undefined
      : times === undefined
        ? headerTiming(stream, told.format.duration)
        : countedTiming(times, claimedRates(stream));
  const turned =
    stream !== undefined &&
    ((await exifTurned(path, container.still)) || readRotation([stream.side_data_list]) % 180 !== 0);
  const picture = stream === undefined ? null : pictureFacts(path, stream, timing, turned);
  const sound = still ? undefined : soundFacts(told, timing?.start);
  if (picture === null && sound === undefined)
    throw unreadable(path, 'is not a video, picture or sound that can be read');
  refuseEndless(path, picture, sound?.facts);
  const notes: string[] = [];
  if (sound !== undefined && sound.streams > 1)
    notes.push(`The file has ${sound.streams} sound tracks: the first one is used.`);
  if (picture?.interlaced === true) notes.push('The clip is interlaced: it is deinterlaced to its frame rate.');
  if (picture?.variableRate === true) notes.push('The clip has a variable frame rate: its frames keep their times.');
  return {
    kind: still ? 'still' : picture === null ? 'audio' : 'video',
    path,
    firstNumber: null,
    bytes,
    picture,
    sound: sound?.facts ?? null,
    exact: (timing?.exact ?? true) && (sound?.exact ?? true),
    notes,
  };
};
