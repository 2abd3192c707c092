import type { Colour, PlanarFormat } from '../frames/image.ts';

/** Splits ffmpeg's pixel format names, for example yuva444p10le → letters, subsampling, bits. */
const planar = /^(yuva?|yuvj|gbra?)(?:(4\d\d))?p(9|10|12|14|16)?(le|be)?$/;
/** Packed or semi-planar layouts by the planar one that holds the same samples. */
const sameSamples: Record<string, string> = {
  nv12: 'yuv420p', nv21: 'yuv420p', nv16: 'yuv422p', nv20le: 'yuv422p10le', nv24: 'yuv444p', nv42: 'yuv444p',
  yuyv422: 'yuv422p', uyvy422: 'yuv422p', yvyu422: 'yuv422p', p010le: 'yuv420p10le', p012le: 'yuv420p12le',
  p016le: 'yuv420p16le', p210le: 'yuv422p10le', y210le: 'yuv422p10le', xyz12le: 'gbrp12le',
  rgb24: 'gbrp', bgr24: 'gbrp', rgb0: 'gbrp', bgr0: 'gbrp', '0rgb': 'gbrp', '0bgr': 'gbrp', rgb565le: 'gbrp', rgb555le: 'gbrp', bgr8: 'gbrp', rgb8: 'gbrp',
  rgba: 'gbrap', bgra: 'gbrap', argb: 'gbrap', abgr: 'gbrap', pal8: 'gbrap',
  rgb48le: 'gbrp16le', rgb48be: 'gbrp16le', rgba64le: 'gbrap16le', rgba64be: 'gbrap16le', x2rgb10le: 'gbrp10le',
  gray: 'yuv444p', gray9le: 'yuv444p10le', gray10le: 'yuv444p10le', gray12le: 'yuv444p12le', gray14le: 'yuv444p16le', gray16le: 'yuv444p16le', gray16be: 'yuv444p16le',
  ya8: 'yuva444p', ya16le: 'yuva444p16le', ya16be: 'yuva444p16le', monob: 'yuv444p', monow: 'yuv444p',
}; // prettier-ignore

const formatName = (rgb: boolean, alpha: boolean, log2ChromaW: number, log2ChromaH: number, bits: number): string => {
  const sampling = rgb ? '' : log2ChromaW === 0 ? '444' : log2ChromaH === 0 ? '422' : '420';
  return `${rgb ? 'gbr' : 'yuv'}${alpha ? 'a' : ''}${sampling}p${bits === 8 ? '' : `${bits}le`}`;
};

/** Builds one of the formats that the engine works in. */
export const planarFormat = (of: Omit<PlanarFormat, 'pixFmt'>): PlanarFormat => ({
  ...of,
  pixFmt: formatName(of.rgb, of.alpha, of.log2ChromaW, of.log2ChromaH, of.bits),
});

/**
 * The planar format in which frames of `pixFmt` are worked on. Samples are kept as they are wherever the engine has the
 * same layout; 9 bits become 10, 14 become 16, and rarer chroma grids the nearest finer one.
 */
export const engineFormat = (pixFmt: string, quarterTurn: boolean): PlanarFormat => {
  const match = planar.exec(sameSamples[pixFmt] ?? pixFmt);
  const letters = match?.[1] ?? 'yuv';
  const rgb = letters.startsWith('gbr');
  const depth = Number(match?.[3] ?? 8);
  const bits = depth <= 8 ? 8 : depth <= 10 ? 10 : depth <= 12 ? 12 : 16;
  const sampling = rgb ? '444' : (match?.[2] ?? '444');
  const half = sampling === '420' || sampling === '410';
  const wide = half || sampling === '422' || sampling === '411';
  // A turned 4:2:2 picture would have its chroma halved in height, which no delivery codec has.
  const halfWidth = wide && !(quarterTurn && !half);
  return planarFormat({
    bits,
    log2ChromaW: halfWidth ? 1 : 0,
    log2ChromaH: half ? 1 : 0,
    rgb,
    alpha: letters.endsWith('a'),
  });
};

const known = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== 'unknown' && value !== 'reserved' && value !== 'unspecified'
    ? value
    : undefined;

/** Reads ffprobe's colour words. Untagged pictures: BT.709 from 720 lines up, else BT.601; limited range unless the layout says full. */
export const readColour = (
  words: { color_space?: string; color_primaries?: string; color_transfer?: string; color_range?: string },
  pixFmt: string,
  lines: number,
): Colour => {
  const space = known(words.color_space);
  const transfer = known(words.color_transfer);
  const primaries = known(words.color_primaries);
  const range = known(words.color_range);
  const rgb = engineFormat(pixFmt, false).rgb;
  const matrix =
    space === undefined || space === 'gbr'
      ? lines >= 720
        ? 'bt709'
        : 'bt601'
      : space.startsWith('bt2020')
        ? 'bt2020'
        : space === 'bt709'
          ? 'bt709'
          : 'bt601';
  return {
    matrix,
    range: rgb || pixFmt.startsWith('yuvj') || range === 'pc' ? 'full' : 'limited',
    transfer: transfer === 'smpte2084' ? 'pq' : transfer === 'arib-std-b67' ? 'hlg' : 'sdr',
    tags: {
      ...(space !== undefined && { space }),
      ...(primaries !== undefined && { primaries }),
      ...(transfer !== undefined && { transfer }),
      ...(range !== undefined && { range }),
    },
  };
};

/** Width and height of plane `index`; odd pictures round chroma up, as ffmpeg does. */
export const planeSize = (format: PlanarFormat, width: number, height: number, index: number): [number, number] =>
  (index === 1 || index === 2) && !format.rgb
    ? [-(-width >> format.log2ChromaW), -(-height >> format.log2ChromaH)]
    : [width, height];

export const planeCount = (format: PlanarFormat): number => (format.alpha ? 4 : 3);

/** Bytes of one raw frame, planes packed one after the other. */
export const frameBytes = (format: PlanarFormat, width: number, height: number): number => {
  let samples = 0;
  for (let index = 0; index < planeCount(format); index++) {
    const [w, h] = planeSize(format, width, height, index);
    samples += w * h;
  }
  return samples * (format.bits > 8 ? 2 : 1);
};
