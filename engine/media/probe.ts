import { resolve } from 'node:path';
import type { PlanarFormat } from '../frames/image.ts';
import { fileUrl, type Limits, runProgram } from './child.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { cutOff, notMedia, readHead, stillFormat, truncation, unreadable } from './file-head.ts';
import { measureRate, medianDuration, parseRational } from './frame-rate.ts';
import { engineFormat, readColour } from './pixel-format.ts';
import { audioOf, type ProbeWords, readProbe, readRotation, type StreamWords } from './probe-words.ts';
import { scanStream } from './scan.ts';
import type { MediaInfo, Rational } from './types.ts';

/** The layout to ask ffmpeg for: the engine's, but full-range yuvj under its own name, and packed alpha as it is. */
const rawLayout = (source: string, format: PlanarFormat): string => {
  if (source.startsWith('yuvj') && source.replace('yuvj', 'yuv') === format.pixFmt) return source;
  if (format.rgb && format.alpha && !source.startsWith('gbra')) return format.bits > 8 ? 'rgba64le' : 'rgba';
  return format.pixFmt;
};

const describe = async (path: string, input: string[], limits: Limits): Promise<ProbeWords> => {
  const { ffprobe } = findFfmpeg();
  const show = (packets: number): string[] => [
    '-show_streams',
    '-show_format',
    '-show_frames',
    '-read_intervals',
    `%+#${packets}`,
    '-of',
    'json',
  ];
  const args = ['-v', 'error', ...input, '-select_streams', 'v', ...show(1), fileUrl(path)];
  const [pictures, sounds] = await Promise.all([
    runProgram(ffprobe, args, limits),
    runProgram(
      ffprobe,
      ['-v', 'error', ...input, '-select_streams', 'a', '-show_streams', '-of', 'json', fileUrl(path)],
      limits,
    ),
  ]);
  limits.signal?.throwIfAborted();
  if (pictures.timedOut || sounds.timedOut) throw unreadable(path, 'takes too long to be read');
  if (pictures.code !== 0 && sounds.code !== 0) {
    if (truncation.test(pictures.stderr)) throw cutOff(path);
    throw unreadable(path, 'is not a video or picture that can be read');
  }
  let told = readProbe(pictures.stdout.toString('utf8'));
  // A clip trimmed without re-encoding begins with up to a group of pictures that is decoded and not shown.
  if (told.frames.length === 0 && told.streams.length > 0) {
    const more = await runProgram(
      ffprobe,
      ['-v', 'error', ...input, '-select_streams', 'v', ...show(600), fileUrl(path)],
      limits,
    );
    told = readProbe(more.stdout.toString('utf8'));
  }
  return { ...told, streams: [...told.streams, ...readProbe(sounds.stdout.toString('utf8')).streams] };
};

const pickStream = (path: string, streams: StreamWords[]): StreamWords => {
  const pictures = streams.filter((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  const stream = pictures.find((s) => s.disposition?.default === 1) ?? pictures[0];
  if (stream) return stream;
  throw streams.some((s) => s.codec_type === 'audio')
    ? unreadable(path, 'has sound but no picture')
    : unreadable(path, 'is not a video or picture that can be read');
};

const readerNotes = (
  stream: StreamWords,
  info: Pick<MediaInfo, 'interlaced' | 'colour' | 'variableRate'>,
): string[] => {
  const notes: string[] = [];
  if (info.interlaced) notes.push('The clip is interlaced: it is deinterlaced to its frame rate.');
  if (info.colour.transfer !== 'sdr')
    notes.push(
      `The clip is HDR (${info.colour.transfer === 'pq' ? 'PQ' : 'HLG'}): new frames are thought out on a tone-mapped copy and written as HDR again.`,
    );
  if (info.variableRate)
    notes.push(
      'The clip has a variable frame rate: kept frames keep their times, new frames last as long as the median frame.',
    );
  if (stream.codec_name === 'gif') notes.push('The clip has a palette: it is read as full colour.');
  return notes;
};

/**
 * Describes a video or picture: everything that reading, growing and writing it needs to know.
 * @param limits for files that nobody vouches for
 * @throws UserFacingError 'input': missing, a folder, empty, cut off, not media, sound only, beyond the limits
 */
export const probe = async (given: string, limits: Limits = {}): Promise<MediaInfo> => {
  const path = resolve(given);
  const still = stillFormat(await readHead(path));
  const input = ['-protocol_whitelist', 'file,crypto,data', ...(still !== undefined ? ['-f', still] : [])];
  const told = await describe(path, input, limits);
  const container = (told.format.format_name ?? '').split(',')[0];
  if (notMedia.has(container)) throw unreadable(path, 'is not a video or picture that can be read');
  const stream = pickStream(path, told.streams);
  const frame = told.frames.find((f) => f.width !== undefined);
  const pixFmt = frame?.pix_fmt ?? stream.pix_fmt;
  if (frame === undefined || pixFmt === undefined || !stream.width || !stream.height)
    throw unreadable(path, 'has no picture that can be decoded');

  const alphaDecoder = { vp8: 'libvpx', vp9: 'libvpx-vp9' }[stream.codec_name ?? ''];
  const hiddenAlpha =
    alphaDecoder !== undefined && String(stream.tags?.alpha_mode ?? stream.tags?.ALPHA_MODE ?? '') === '1';
  const inputOptions = hiddenAlpha ? [...input, '-c:v', alphaDecoder] : input;
  const sourcePixFmt = hiddenAlpha ? pixFmt.replace(/^yuv(?!a)/, 'yuva') : pixFmt;
  const rotation = readRotation([stream.side_data_list, frame.side_data_list]);
  const turned = rotation % 180 !== 0;
  const format = engineFormat(sourcePixFmt, turned);
  const colour = readColour(stream, sourcePixFmt, stream.height);
  const timeBase = parseRational(stream.time_base) ?? { num: 1, den: 1000 };
  const tick = timeBase.num / timeBase.den;
  const field = stream.field_order ?? 'progressive';
  const interlaced = still === undefined && (['tt', 'bb', 'tb', 'bt'].includes(field) || frame.interlaced_frame === 1);
  const rates = [parseRational(stream.r_frame_rate), parseRational(stream.avg_frame_rate)];
  const scan =
    still !== undefined
      ? { pts: Float64Array.of(0) }
      : await scanStream(path, input, stream.index, {
          container, interlaced, timeBase,
          codec: stream.codec_name ?? '',
          rate: rates[1] ?? rates[0] ?? { num: 25, den: 1 },
        }, limits); // prettier-ignore
  if (scan.pts.length === 0) throw unreadable(path, 'has no picture that can be decoded');
  const seconds = Float64Array.from(scan.pts, (pts) => pts * tick);
  const { averageRate, variableRate } = measureRate(seconds, rates, tick);
  const median = variableRate
    ? medianDuration(seconds, averageRate.den / averageRate.num)
    : averageRate.den / averageRate.num;
  const sar: Rational = parseRational(stream.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const rawPixFmt = rawLayout(sourcePixFmt, format);
  return {
    path, rotation, averageRate, variableRate, interlaced, format, colour, container, timeBase, scan, rawPixFmt, sourcePixFmt, inputOptions,
    kind: still !== undefined ? 'still' : 'video',
    width: turned ? stream.height : stream.width,
    height: turned ? stream.width : stream.height,
    sar: turned ? { num: sar.den, den: sar.num } : sar,
    frameCount: scan.pts.length,
    codec: stream.codec_name ?? 'unknown',
    profile: stream.profile ?? '',
    audio: told.streams.map((s) => audioOf(s, told.format.duration ?? 0)).filter((a) => a !== undefined),
    duration: seconds[seconds.length - 1] - seconds[0] + median,
    start: seconds[0],
    notes: readerNotes(stream, { interlaced, colour, variableRate }),
    timestamps: () => Promise.resolve(seconds),
    videoIndex: stream.index,
    filters: interlaced ? ['bwdif=mode=send_frame:parity=auto:deint=all'] : [],
  }; // prettier-ignore
};
