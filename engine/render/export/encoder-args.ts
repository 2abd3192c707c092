import { extname } from 'node:path';
import type { ExportCodec, ExportSettings } from '../../contract/export-settings.ts';
import { exportExtensions } from '../../contract/export-settings.ts';
import type { Size } from '../../contract/compositing/placement.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { UserFacingError } from '../../contract/errors.ts';
import { runProgram } from '../../media/child.ts';
import { scalerFlags } from '../../media/decode.ts';
import { muxerArgs } from '../../media/encode.ts';
import { findFfmpeg } from '../../media/ffmpeg-binary.ts';
import { pixelFormatOf, type OutputFormat } from '../compose/to-planes.ts';

/** ffmpeg's encoders. */
const encoderNames: Record<ExportCodec, string> = {
  h264: 'libx264',
  h265: 'libx265',
  av1: 'libsvtav1',
  prores: 'prores_ks',
  vp9: 'libvpx-vp9',
  gif: 'gif',
  png: 'png',
  wav: 'pcm_s24le',
};

/** @throws UserFacingError 'usage' when a name's extension does not suit the codec */
export const checkExtension = (out: string, codec: ExportCodec): void => {
  const extension = extname(out).toLowerCase();
  if (exportExtensions[codec].includes(extension)) return;
  throw new UserFacingError(
    'usage',
    `${extension === '' ? 'A file without an extension' : `A ${extension} file`} cannot hold ${codec}.`,
    `End the name in ${exportExtensions[codec].join(' or ')}.`,
  );
};

let encoders: Promise<string> | undefined;

/** @throws UserFacingError 'usage' when this machine's ffmpeg was built without an encoder */
export const checkEncoder = async (codec: ExportCodec, name = encoderNames[codec]): Promise<void> => {
  encoders ??= runProgram(findFfmpeg().ffmpeg, ['-v', 'error', '-encoders']).then(({ stdout }) => stdout.toString());
  if (new RegExp(`^ [A-Z.]{6} ${name} `, 'm').test(await encoders)) return;
  throw new UserFacingError(
    'usage',
    `The ffmpeg on this machine cannot write ${codec}: it was built without ${name}.`,
    'Export with another codec, or point LONGTAKE_FFMPEG at a fuller ffmpeg.',
  );
};

/** The layout in which frames reach the encoder: its own, so that nothing is converted twice. */
export const outputFormatOf = ({ codec, bits, alpha }: ExportSettings): OutputFormat => {
  if (alpha || codec === 'png' || codec === 'gif') return { kind: 'rgba' };
  if (codec === 'prores') return { kind: 'planar', bits: 10, log2ChromaW: 1, log2ChromaH: 0 };
  return { kind: 'planar', bits, log2ChromaW: 1, log2ChromaH: 1 };
};

export const usualQuality: Partial<Record<ExportCodec, number>> = { h264: 20, h265: 22, av1: 30, vp9: 31 };

const choose = <T>(speed: ExportSettings['speed'], fast: T, balanced: T, slow: T): T =>
  ({ fast, balanced, slow })[speed];

/** Encoder arguments; without the container's. */
export const codecArgs = ({ codec, quality, speed, alpha }: ExportSettings, rate: Rational): string[] => {
  const crf = String(quality ?? usualQuality[codec] ?? 0);
  // A place to enter every two seconds: players seek well, and copying finds cuts.
  const gop = String(Math.max(2, Math.round((2 * rate.num) / rate.den)));
  switch (codec) {
    case 'h264':
      return ['-c:v', 'libx264', '-preset', choose(speed, 'veryfast', 'medium', 'slow'), '-crf', crf, '-g', gop];
    case 'h265':
      return [
        ...['-c:v', 'libx265', '-preset', choose(speed, 'superfast', 'medium', 'slow'), '-crf', crf, '-g', gop],
        ...['-x265-params', 'log-level=error'],
      ];
    case 'av1':
      return ['-c:v', 'libsvtav1', '-preset', choose(speed, '11', '8', '5'), '-crf', crf, '-g', gop];
    case 'vp9':
      return [
        ...['-c:v', 'libvpx-vp9', '-crf', crf, '-b:v', '0', '-row-mt', '1', '-g', gop],
        ...['-deadline', choose(speed, 'realtime', 'good', 'good'), '-cpu-used', choose(speed, '8', '4', '1')],
      ];
    case 'prores':
      return [
        ...['-c:v', 'prores_ks', '-profile:v', alpha ? '4' : '3', '-vendor', 'apl0'],
        ...(alpha ? ['-alpha_bits', '16'] : []),
      ];
    case 'gif':
      return ['-c:v', 'gif'];
    case 'png':
      return ['-c:v', 'png', '-pred', 'mixed'];
    case 'wav':
      return [];
  }
};

/** Sound as the container likes it: AAC in MP4, lossless beside ProRes and in Matroska. */
export const soundArgs = (out: string, codec: ExportCodec): string[] => {
  const extension = extname(out).toLowerCase();
  if (codec === 'wav') return ['-c:a', 'pcm_s24le', '-rf64', 'auto'];
  if (codec === 'prores') return ['-c:a', 'pcm_s24le'];
  if (extension === '.webm') return ['-c:a', 'libopus', '-b:a', '192k'];
  return extension === '.mkv' ? ['-c:a', 'flac'] : ['-c:a', 'aac', '-b:a', '256k'];
};

/** Players show frames of less than two hundredths of a second as if they lasted ten. */
const gifRate = 50;

/** Every how many frames one is shown. */
export const gifStep = (rate: Rational): number => Math.ceil(rate.num / rate.den / gifRate);

/** The size that is written: even where chroma is halved. */
export const writtenSize = (settings: ExportSettings, sequence: Size): Size => {
  const { width, height } = settings.size ?? sequence;
  const format = outputFormatOf(settings);
  const even = (value: number): number => value + (value % 2);
  return format.kind === 'rgba' && settings.codec !== 'prores'
    ? { width, height }
    : { width: even(width), height: even(height) };
};

const filters = (settings: ExportSettings, sequence: Size, rate: Rational): string[] => {
  const format = outputFormatOf(settings);
  const { width, height } = writtenSize(settings, sequence);
  const list: string[] = [];
  const step = settings.codec === 'gif' ? gifStep(rate) : 1;
  if (step > 1) list.push(`select='not(mod(n,${step}))'`);
  if (width !== sequence.width || height !== sequence.height) {
    const pad = settings.fit === 'pad';
    const size = `${width}:${height}`;
    list.push(
      `scale=${size}:force_original_aspect_ratio=${pad ? 'decrease' : 'increase'}:flags=lanczos+accurate_rnd+full_chroma_int+bitexact`,
      pad ? `pad=${size}:-1:-1:color=${settings.alpha ? 'black@0' : 'black'}` : `crop=${size}`,
      'setsar=1',
    );
  }
  if (settings.codec === 'prores' && settings.alpha)
    list.push(`scale=out_color_matrix=bt709:out_range=tv:flags=${scalerFlags}`, 'format=yuva444p10le');
  else if (settings.codec === 'gif')
    list.push(
      'split[a][b];[a]palettegen=stats_mode=single:reserve_transparent=0[p];[b][p]paletteuse=new=1:dither=sierra2_4a',
    );
  else list.push(`format=${settings.codec === 'png' ? (settings.alpha ? 'rgba' : 'rgb24') : pixelFormatOf(format)}`);
  return list;
};

const ownArgs = ['-nostdin', '-hide_banner', '-v', 'error', '-y'];
const soundInput = ['-f', 'f32le', '-ar', '48000', '-ac', '2', '-i', 'pipe:3'];
const tags = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];

/** One raw video on standard input, sound on descriptor 3. `match` makes the stream fit another one. */
export const encodeArgs = (
  settings: ExportSettings,
  of: { sequence: Size; rate: Rational; path: string; sound: boolean; match: string[] },
): string[] => {
  const { sequence, rate, path, sound, match } = of;
  const { codec } = settings;
  const format = outputFormatOf(settings);
  const step = codec === 'gif' ? gifStep(rate) : 1;
  return [
    ...ownArgs,
    ...(format.kind === 'planar' ? tags : []),
    '-f', 'rawvideo', '-pix_fmt', pixelFormatOf(format), '-s', `${sequence.width}x${sequence.height}`,
    '-framerate', `${rate.num}/${rate.den}`, '-i', 'pipe:0',
    ...(sound ? soundInput : []),
    '-map', '0:v:0', '-vf', filters(settings, sequence, rate).join(','), '-sws_flags', scalerFlags,
    ...(step > 1 ? ['-r', `${rate.num}/${rate.den * step}`] : ['-fps_mode', 'passthrough']),
    ...codecArgs(settings, rate), ...match, ...(codec === 'gif' || codec === 'png' ? [] : tags),
    ...(sound ? ['-map', '1:a:0', ...soundArgs(path, codec)] : ['-an']),
    ...containerArgs(path, codec),
  ]; // prettier-ignore
};

/** Sound alone, on descriptor 3. */
export const soundOnlyArgs = (path: string, codec: string[]): string[] => [
  ...[...ownArgs, ...soundInput, '-map', '0:a:0', ...codec],
  ...(path.endsWith('.wav') ? ['-f', 'wav', '-fflags', '+bitexact', `file:${path}`] : containerArgs(path, 'wav')),
];

const quickTime = (path: string): boolean => /\.(mp4|m4v|mov)$/i.test(path);

/** The index first, so that a browser plays the file while it is still arriving. */
export const extensionArgs = (path: string): string[] => (quickTime(path) ? ['-movflags', '+faststart'] : []);

/** Arguments of the container, and the file itself. */
const containerArgs = (path: string, codec: ExportCodec): string[] => {
  if (codec === 'png') return ['-f', 'image2', '-start_number', '0', path];
  return [
    ...muxerArgs(path, codec === 'h265' ? 'h265' : undefined),
    ...extensionArgs(path),
    ...(codec === 'gif' ? ['-f', 'gif', '-loop', '0'] : []),
    `file:${path}`,
  ];
};
