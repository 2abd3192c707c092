import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { checkout } from './command-line.ts';

/** Real footage, cut from the project's demo clips and made small, so that a test takes seconds. */
const demoClip = path.join(checkout, 'resources/demo/valley-at-dusk.mp4');
const otherClip = path.join(checkout, 'resources/demo/lake-at-dawn.mp4');

export const ffmpeg = (...words: string[]): void => {
  execFileSync(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
};

export type ClipOptions = {
  frames?: number;
  size?: string;
  filters?: string;
  /** Words for the encoder of the picture; x264 without loss of speed unless told. */
  video?: string[];
  /** Words for the encoder of the sound; none leaves it out. */
  audio?: string[];
  /** Length of the sound; the picture's unless told. */
  audioSeconds?: number;
  from?: 'valley' | 'lake';
};

/** Writes `name` into `folder` and gives its path. */
export const cutClip = (folder: string, name: string, options: ClipOptions = {}): string => {
  const { frames = 24, size = '192x108', filters = '', from = 'valley' } = options;
  const { video = ['-c:v', 'libx264', '-crf', '14', '-preset', 'veryfast'], audio = ['-c:a', 'aac', '-b:a', '128k'] } =
    options;
  const target = path.join(folder, name);
  const chain = [`scale=${size.replace('x', ':')}:flags=area`, ...(filters === '' ? [] : [filters])].join(',');
  const seconds = String(options.audioSeconds ?? frames / 24);
  ffmpeg(
    ...['-i', from === 'valley' ? demoClip : otherClip, '-vf', chain, '-frames:v', String(frames)],
    ...video,
    ...(audio.length === 0 ? ['-an'] : ['-af', `atrim=end=${seconds}`, ...audio]),
    `file:${target}`,
  );
  return target;
};

/** A grey picture with a white rectangle: a mask, or one of another shape. */
export const paintMask = (folder: string, name: string, size: string, box: string): string => {
  const target = path.join(folder, name);
  const [x, y, w, h] = box.split(',');
  const source = ['-f', 'lavfi', '-i', `color=black:s=${size}:r=24`];
  ffmpeg(
    ...source,
    '-vf',
    `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:color=white:t=fill,format=gray`,
    '-frames:v',
    '1',
    `file:${target}`,
  );
  return target;
};

export const writeText = (folder: string, name: string, text: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
};

type Stream = {
  codec_type: string;
  codec_name: string;
  width?: number;
  height?: number;
  pix_fmt?: string;
  channels?: number;
  start_time?: string;
  duration?: string;
  nb_read_frames?: string;
  r_frame_rate?: string;
  avg_frame_rate?: string;
  side_data_list?: { rotation?: number }[];
};

/** `pictureStart`: seconds from the file's first moment to its first picture. */
export type Facts = {
  file: string;
  video: Stream;
  audio?: Stream;
  frames: number;
  duration: number;
  pictureStart: number;
};

/** What ffprobe (not the engine) says about a file, every frame decoded and counted. */
export const factsOf = (file: string): Facts => {
  const words = ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', `file:${file}`];
  const text = execFileSync(findFfmpeg().ffprobe, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const { streams, format } = JSON.parse(text) as {
    streams: Stream[];
    format: { duration?: string; start_time?: string };
  };
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  if (!video) throw new Error(`${file} has no picture`);
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  const pictureStart = Number(video.start_time ?? 0) - Number(format.start_time ?? 0);
  return {
    file,
    video,
    ...(audio && { audio }),
    frames: Number(video.nb_read_frames),
    duration: Number(format.duration ?? 0),
    pictureStart,
  };
};

const sampleRate = 48_000;

/** The sound as it is heard, from the file's first moment on: priming cut away, gaps silent. */
const heard = (file: string): Float32Array => {
  const filters = `aresample=${sampleRate}:async=1:first_pts=0`;
  const words = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    `file:${file}`,
    '-map',
    '0:a:0',
    '-af',
    filters,
    '-ac',
    '1',
    '-f',
    'f32le',
    '-',
  ];
  const bytes = execFileSync(findFfmpeg().ffmpeg, words, { maxBuffer: 1 << 28 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
};

/**
 * By how much a result's sound lies later against its picture than the source's, seconds: a stretch of the source is looked for in the
 * result by correlation, up to 0.1 s away. What headers say is not asked, since codecs count their priming differently.
 */
export const soundShift = (source: Facts, result: Facts): number => {
  const [from, to] = [heard(source.file), heard(result.file)];
  const [start, length] = [Math.round(from.length * 0.4), Math.round(from.length * 0.25)];
  const reach = sampleRate / 10;
  let [best, shift] = [-Infinity, 0];
  for (let lag = -Math.min(reach, start); lag <= reach; lag += 1) {
    let sum = 0;
    for (let i = start; i < start + length; i += 1) sum += from[i] * (to[i + lag] ?? 0);
    if (sum > best) [best, shift] = [sum, lag];
  }
  return shift / sampleRate - (result.pictureStart - source.pictureStart);
};

/** One hash per decoded frame, as ffmpeg shows it: equal hashes are equal planes. */
export const frameHashes = (file: string): string[] => {
  const words = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    `file:${file}`,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    '-',
  ];
  return execFileSync(findFfmpeg().ffmpeg, words, { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
};
