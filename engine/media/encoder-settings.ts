import { extname } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { Colour, PlanarFormat } from '../frames/image.ts';
import { planarFormat } from './pixel-format.ts';
import type { MediaInfo, Rational } from './types.ts';

export const codecs = ['h264', 'h265', 'av1', 'prores', 'vp9', 'ffv1'] as const;
export type VideoCodec = (typeof codecs)[number];

/** What each kind of file can hold; the first codec is taken where the source's own does not fit. */
const containers: Record<string, VideoCodec[]> = {
  '.mp4': ['h264', 'h265', 'av1', 'vp9'],
  '.m4v': ['h264', 'h265'],
  '.mov': ['h264', 'h265', 'prores'],
  '.mkv': ['h264', 'h265', 'av1', 'vp9', 'ffv1', 'prores'],
  '.webm': ['vp9', 'av1'],
  '.avi': ['h264', 'ffv1'],
  '.ts': ['h264', 'h265'],
};

const sourceCodecs: Record<string, VideoCodec> = {
  h264: 'h264',
  hevc: 'h265',
  av1: 'av1',
  prores: 'prores',
  vp9: 'vp9',
  vp8: 'vp9',
  ffv1: 'ffv1',
};

/**
 * Chooses the codec of an output file from its name, what was asked for, and the source.
 * @throws UserFacingError 'usage' for an unknown extension or a codec that the container cannot hold
 */
export const chooseCodec = (out: string, asked: VideoCodec | undefined, source: string): VideoCodec => {
  const extension = extname(out).toLowerCase();
  const able = containers[extension];
  if (able === undefined)
    throw new UserFacingError(
      'usage',
      `${extension === '' ? 'A name without an extension' : `The extension ${extension}`} does not say which kind of video to write.`,
      `End the name in one of ${Object.keys(containers).join(', ')}.`,
    );
  // Asked for ffv1 in mp4 or mov is asked for something that players refuse, but ffmpeg can be made to write it nowhere but in mkv and avi.
  if (asked !== undefined && !able.includes(asked))
    throw new UserFacingError(
      'usage',
      `A ${extension} file cannot hold ${asked}.`,
      `Use ${Object.keys(containers)
        .filter((name) => containers[name].includes(asked))
        .join(' or ')} for ${asked}, or one of ${able.join(', ')} for ${extension}.`,
    );
  const own = sourceCodecs[source];
  return asked ?? (own !== undefined && able.includes(own) ? own : able[0]);
};

/** Constant quality that keeps frames at 45 dB and more from their decoded source; measured on grainy and clean footage alike. */
const defaultCrf: Record<VideoCodec, number> = { h264: 8, h265: 4, av1: 4, vp9: 4, prores: 0, ffv1: 0 };

export type EncodePlan = {
  codec: VideoCodec;
  /** The layout of the frames as they come in and go out. */
  input: PlanarFormat;
  pixFmt: string;
  colour: Colour;
  width: number;
  height: number;
  /** True where transparency has to be composited on black first. */
  dropAlpha: boolean;
  filters: string[];
  args: string[];
  notes: string[];
};

const pad = (value: number): number => value + (value % 2);

/** The layout that a codec writes for frames of `format`. */
const outputFormat = (
  codec: VideoCodec,
  format: PlanarFormat,
  still: boolean,
  odd: boolean,
): { pixFmt: string; dropAlpha: boolean } => {
  const make = (changes: Partial<PlanarFormat>): string => planarFormat({ ...format, ...changes }).pixFmt;
  const bits = format.bits;
  const deep = bits > 8 ? 10 : 8;
  switch (codec) {
    case 'ffv1':
      if (format.rgb && bits === 8) return { pixFmt: format.alpha ? 'bgra' : 'bgr0', dropAlpha: false };
      return { pixFmt: format.pixFmt, dropAlpha: false };
    case 'prores': {
      const full = format.alpha || format.rgb || format.log2ChromaW === 0 || odd;
      const chroma = { bits: 10, rgb: false, log2ChromaW: full ? 0 : 1, log2ChromaH: 0 } as const;
      return { pixFmt: make({ ...chroma, alpha: format.alpha }), dropAlpha: false };
    }
    case 'vp9':
      if (format.alpha) return { pixFmt: 'yuva420p', dropAlpha: false };
      if (still || format.rgb)
        return {
          pixFmt: make({ bits: 8, rgb: false, alpha: false, log2ChromaW: still ? 1 : 0, log2ChromaH: still ? 1 : 0 }),
          dropAlpha: false,
        };
      return { pixFmt: make({ bits: bits > 10 ? 12 : bits }), dropAlpha: false };
    case 'av1':
      return {
        pixFmt: make({ bits: deep, rgb: false, alpha: false, log2ChromaW: 1, log2ChromaH: 1 }),
        dropAlpha: format.alpha,
      };
    case 'h264':
    case 'h265': {
      const depth = codec === 'h265' && bits > 10 ? 12 : still ? 8 : deep;
      // A picture file becomes the most widely played kind of video; a clip keeps its chroma grid.
      const log2 = odd ? 0 : still ? 1 : format.rgb ? 0 : undefined;
      const chroma = log2 === undefined ? {} : ({ log2ChromaW: log2, log2ChromaH: log2 } as const);
      return {
        pixFmt: make({ bits: depth as PlanarFormat['bits'], rgb: false, alpha: false, ...chroma }),
        dropAlpha: format.alpha,
      };
    }
  }
};

/** Frames from one key frame to the next where nobody says: two seconds. */
const usualGop = (rate: Rational): number => Math.max(2, Math.round((2 * rate.num) / rate.den));

const codecArgs = (codec: VideoCodec, crf: number, pixFmt: string, frames: number, small: boolean): string[] => {
  const gop = String(frames);
  switch (codec) {
    case 'h264':
      return ['-c:v', 'libx264', '-preset', 'fast', '-crf', String(crf), '-g', gop];
    case 'h265':
      return ['-c:v', 'libx265', '-preset', 'fast', '-crf', String(crf), '-g', gop, '-x265-params', 'log-level=error'];
    case 'av1':
      return ['-c:v', 'libsvtav1', '-preset', '8', '-crf', String(crf), '-g', gop];
    case 'vp9':
      return ['-c:v', 'libvpx-vp9', '-crf', String(crf), '-b:v', '0', '-deadline', 'good', '-cpu-used', '4', '-row-mt', '1', '-g', gop, ...(pixFmt.startsWith('yuva') ? ['-auto-alt-ref', '0'] : [])];
    case 'prores':
      return ['-c:v', 'prores_ks', '-profile:v', pixFmt.includes('444') ? '4' : '3', '-vendor', 'apl0', '-qscale:v', '2', ...(pixFmt.startsWith('yuva') ? ['-alpha_bits', '16'] : [])];
    case 'ffv1':
      return ['-c:v', 'ffv1', '-level', '3', '-g', '1', '-slicecrc', '1', ...(small ? ['-threads', '1'] : ['-slices', '4'])];
  }
}; // prettier-ignore

const colourArgs = (tags: Colour['tags']): string[] => [
  // ffprobe and the encoders do not share a name for this one.
  ...(tags.space !== undefined ? ['-colorspace', tags.space === 'gbr' ? 'rgb' : tags.space] : []),
  ...(tags.primaries !== undefined ? ['-color_primaries', tags.primaries] : []),
  ...(tags.transfer !== undefined ? ['-color_trc', tags.transfer] : []),
  ...(tags.range !== undefined ? ['-color_range', tags.range] : []),
];

const swsMatrix = { bt601: 'smpte170m', bt709: 'bt709', bt2020: 'bt2020' } as const;

/** Settles how frames like `like`'s, at `width`×`height`, are written with `codec`: layout, colour tags, padding, quality. */
export const planEncoding = (
  like: MediaInfo,
  size: { width: number; height: number },
  rate: Rational,
  codec: VideoCodec,
  { crf, gop = usualGop(rate) }: { crf?: number; gop?: number } = {},
): EncodePlan => {
  const { format, colour } = like;
  const still = like.kind === 'still';
  const notes: string[] = [];
  const filters: string[] = [];
  const odd = size.width % 2 !== 0 || size.height % 2 !== 0;
  const { pixFmt, dropAlpha } = outputFormat(codec, format, still, odd);
  let { width, height } = size;
  if (odd && (codec === 'av1' || (codec === 'prores' && !pixFmt.includes('444')))) {
    [width, height] = [pad(width), pad(height)];
    filters.push(`pad=${width}:${height}:0:0`);
    notes.push(`${codec} needs even sizes: the picture is padded to ${width}x${height}.`);
  } else if (odd && !format.rgb && format.log2ChromaW === 1 && pixFmt.includes('444'))
    notes.push(`The size is odd: the picture is written as 4:4:4 so that it stays ${width}x${height}.`);
  // RGB comes out as RGB only in FFV1; elsewhere, and for every picture file in a delivery codec, as limited-range BT.709.
  const toVideo = codec !== 'ffv1' && (format.rgb || still);
  const target: Colour = toVideo
    ? {
        matrix: 'bt709',
        range: 'limited',
        transfer: colour.transfer,
        tags: { space: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' },
      }
    : colour;
  const outBits = Number(/p(\d+)le$/.exec(pixFmt)?.[1] ?? 8);
  if (outBits < format.bits && codec !== 'prores')
    notes.push(`${codec} holds ${outBits} bits: the picture's ${format.bits} are rounded.`);
  if (toVideo) {
    const matrix = format.rgb
      ? ''
      : `in_color_matrix=${swsMatrix[colour.matrix]}:in_range=${colour.range === 'full' ? 'pc' : 'tv'}:`;
    filters.push(
      `scale=${matrix}out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact`,
    );
  }
  filters.push(`format=${pixFmt}`);
  if (like.sar.num !== like.sar.den) filters.push(`setsar=${like.sar.num}/${like.sar.den}`);
  return {
    codec, pixFmt, width, height, dropAlpha, filters, notes,
    input: dropAlpha ? planarFormat({ ...format, alpha: false }) : format,
    colour: target,
    args: [...codecArgs(codec, crf ?? defaultCrf[codec], pixFmt, gop, width < 400 || height < 300), ...colourArgs(target.tags)],
  }; // prettier-ignore
};

/** Colour arguments for the raw frames going in; without them an untouched picture would still be taken for another range. */
export const rawColourArgs = (colour: Colour, rgb: boolean): string[] =>
  rgb
    ? []
    : [
        ...colourArgs({ ...colour.tags, range: colour.range === 'full' ? 'pc' : (colour.tags.range ?? undefined) }),
      ].filter((word) => word !== undefined);
