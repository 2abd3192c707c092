import { wordsOf } from './bitmap.ts';
import { fromRgb, levelsOf } from '../../contract/compositing/colour.ts';

/** How composed frames leave: planar BT.709 limited range for encoders, or R, G, B, A bytes, not premultiplied, where transparency is kept. */
export type OutputFormat = { kind: 'planar'; bits: 8 | 10; log2ChromaW: 0 | 1; log2ChromaH: 0 | 1 } | { kind: 'rgba' };

/** ffmpeg's name for it. */
export const pixelFormatOf = (format: OutputFormat): string => {
  if (format.kind === 'rgba') return 'rgba';
  const grid = format.log2ChromaW === 0 ? '444' : format.log2ChromaH === 0 ? '422' : '420';
  return `yuv${grid}p${format.bits === 8 ? '' : '10le'}`;
};

export const outputBytes = (format: OutputFormat, width: number, height: number): number => {
  if (format.kind === 'rgba') return width * height * 4;
  const chroma = -(-width >> format.log2ChromaW) * -(-height >> format.log2ChromaH);
  return (width * height + 2 * chroma) * (format.bits > 8 ? 2 : 1);
};

/** R'G'B' bytes to code values in whole numbers of 1/65536: what black gives, with half a step for rounding, and each channel's share. */
const coefficientsOf = (bits: number): { zero: Int32Array; r: Int32Array; g: Int32Array; b: Int32Array } => {
  const levels = levelsOf(bits, 'limited');
  const zero = fromRgb(0, 0, 0, 'bt709', levels);
  // Typed arrays tell the compiler that these are whole numbers; with floating point the loops below take three times as long.
  const column = (r: number, g: number, b: number): Int32Array =>
    Int32Array.from(fromRgb(r, g, b, 'bt709', levels), (value, i) => Math.round(((value - zero[i]) / 255) * 65536));
  return {
    zero: Int32Array.from(zero, (value) => value * 65536 + 32768),
    r: column(1, 0, 0),
    g: column(0, 1, 0),
    b: column(0, 0, 1),
  };
};

type Plan = {
  words: Uint32Array;
  width: number;
  height: number;
  samples: Uint8Array | Uint16Array;
  cbAt: number;
  crAt: number;
  of: ReturnType<typeof coefficientsOf>;
};

/** 4:2:0: four pixels a step. What is averaged is divided once, after the matrix. */
const writeQuarters = ({ words, width, height, samples, cbAt, crAt, of }: Plan): void => {
  const [[zeroY, zeroCb, zeroCr], [rY, rCb, rCr], [gY, gCb, gCr], [bY, bCb, bCr]] = [of.zero, of.r, of.g, of.b];
  const [baseCb, baseCr] = [zeroCb * 4, zeroCr * 4];
  let chroma = 0;
  for (let y = 0; y < height; y += 2) {
    let upper = y * width;
    let lower = upper + width;
    for (const end = lower; upper < end; upper += 2, lower += 2, chroma++) {
      const p = words[upper];
      const q = words[upper + 1];
      const s = words[lower];
      const t = words[lower + 1];
      const pr = p & 255, pg = (p >>> 8) & 255, pb = (p >>> 16) & 255;
      const qr = q & 255, qg = (q >>> 8) & 255, qb = (q >>> 16) & 255;
      const sr = s & 255, sg = (s >>> 8) & 255, sb = (s >>> 16) & 255;
      const tr = t & 255, tg = (t >>> 8) & 255, tb = (t >>> 16) & 255;
      samples[upper] = (pr * rY + pg * gY + pb * bY + zeroY) >> 16;
      samples[upper + 1] = (qr * rY + qg * gY + qb * bY + zeroY) >> 16;
      samples[lower] = (sr * rY + sg * gY + sb * bY + zeroY) >> 16;
      samples[lower + 1] = (tr * rY + tg * gY + tb * bY + zeroY) >> 16;
      const r = pr + qr + sr + tr;
      const g = pg + qg + sg + tg;
      const b = pb + qb + sb + tb;
      samples[cbAt + chroma] = (r * rCb + g * gCb + b * bCb + baseCb) >> 18;
      samples[crAt + chroma] = (r * rCr + g * gCr + b * bCr + baseCr) >> 18;
    }
  }
}; // prettier-ignore

/** 4:2:2 (`pair` 2) and 4:4:4 (`pair` 1). */
const writeRows = ({ words, width, height, samples, cbAt, crAt, of }: Plan, pair: 1 | 2): void => {
  const [[zeroY, zeroCb, zeroCr], [rY, rCb, rCr], [gY, gCb, gCr], [bY, bCb, bCr]] = [of.zero, of.r, of.g, of.b];
  const [baseCb, baseCr, shift] = [zeroCb * pair, zeroCr * pair, 15 + pair];
  for (let at = 0, chroma = 0, end = width * height; at < end; at += pair, chroma++) {
    const p = words[at];
    let r = p & 255;
    let g = (p >>> 8) & 255;
    let b = (p >>> 16) & 255;
    samples[at] = (r * rY + g * gY + b * bY + zeroY) >> 16;
    if (pair === 2) {
      const q = words[at + 1];
      const qr = q & 255, qg = (q >>> 8) & 255, qb = (q >>> 16) & 255;
      samples[at + 1] = (qr * rY + qg * gY + qb * bY + zeroY) >> 16;
      r += qr;
      g += qg;
      b += qb;
    }
    samples[cbAt + chroma] = (r * rCb + g * gCb + b * bCb + baseCb) >> shift;
    samples[crAt + chroma] = (r * rCr + g * gCr + b * bCr + baseCr) >> shift;
  }
}; // prettier-ignore

/** Premultiplied frame → planes: what is transparent becomes black. Sizes are even, as sequences are. */
const writePlanar = (
  rgba: Uint8Array,
  width: number,
  height: number,
  format: OutputFormat & { kind: 'planar' },
  into: Uint8Array,
): void => {
  const cbAt = width * height;
  const plan: Plan = {
    words: wordsOf(rgba),
    width,
    height,
    samples: format.bits > 8 ? new Uint16Array(into.buffer, into.byteOffset, into.byteLength >> 1) : into,
    cbAt,
    crAt: cbAt + (width >> format.log2ChromaW) * (height >> format.log2ChromaH),
    of: coefficientsOf(format.bits),
  };
  if (format.log2ChromaH === 1) writeQuarters(plan);
  else writeRows(plan, format.log2ChromaW === 1 ? 2 : 1);
};

const unmultiplied = (rgba: Uint8Array, into: Uint8Array): void => {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3];
    const half = alpha >> 1;
    for (let c = at; c < at + 3; c++)
      into[c] = alpha === 255 ? rgba[c] : alpha === 0 ? 0 : Math.min(255, Math.floor((rgba[c] * 255 + half) / alpha));
    into[at + 3] = alpha;
  }
};

/** Writes a composed frame as an encoder takes it. `into` has `outputBytes`. */
export const writeOutput = (
  rgba: Uint8Array,
  width: number,
  height: number,
  format: OutputFormat,
  into: Uint8Array,
): void => {
  if (format.kind === 'rgba') unmultiplied(rgba, into);
  else writePlanar(rgba, width, height, format, into);
};
