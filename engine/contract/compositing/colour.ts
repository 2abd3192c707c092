/*
 * Code values to gamma-encoded R'G'B' and back. A source's chroma is repeated for each of its pixels on the way in and averaged over them on
 * the way out: the two undo each other, so a frame that only passes through the compositor keeps its values to within one, and no seam shows
 * where an export changes between frames that were composed and frames that went straight from decoder to encoder.
 */

export type Matrix = 'bt601' | 'bt709' | 'bt2020';

/** Luma weights of red and blue: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (non-constant luminance). */
export const lumaWeights = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
} as const;

/** Zero and span of luma, zero and span of chroma, in code values of `bits`. */
export type Levels = { black: number; luma: number; grey: number; chroma: number };

/** Limited: luma 16..235, chroma 16..240, times 2^(bits − 8). Full: the whole range. */
export const levelsOf = (bits: number, range: 'limited' | 'full'): Levels => {
  const step = 2 ** (bits - 8);
  const top = 2 ** bits - 1;
  return range === 'full'
    ? { black: 0, luma: top, grey: 128 * step, chroma: top }
    : { black: 16 * step, luma: 219 * step, grey: 128 * step, chroma: 224 * step };
};

/** Y, Cb, Cr code values → R'G'B' 0..1, not clipped. */
export const toRgb = (y: number, cb: number, cr: number, matrix: Matrix, levels: Levels): [number, number, number] => {
  const { red, blue } = lumaWeights[matrix];
  const luma = (y - levels.black) / levels.luma;
  const r = luma + (2 * (1 - red) * (cr - levels.grey)) / levels.chroma;
  const b = luma + (2 * (1 - blue) * (cb - levels.grey)) / levels.chroma;
  return [r, (luma - red * r - blue * b) / (1 - red - blue), b];
};

/** R'G'B' 0..1 → Y, Cb, Cr code values, not rounded. */
export const fromRgb = (r: number, g: number, b: number, matrix: Matrix, levels: Levels): [number, number, number] => {
  const { red, blue } = lumaWeights[matrix];
  const luma = red * r + (1 - red - blue) * g + blue * b;
  return [
    levels.black + luma * levels.luma,
    levels.grey + ((b - luma) / (2 * (1 - blue))) * levels.chroma,
    levels.grey + ((r - luma) / (2 * (1 - red))) * levels.chroma,
  ];
};

/** 0..1 → 0..255, clipped and rounded; halves go up. */
export const toByte = (value: number): number => Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5);

/*
 * HDR. A PQ signal (SMPTE ST 2084) is brought into SDR by one S-curve in the signal domain, the same for each channel:
 *   f(s) = (σ(K(s−M)) − σ(−KM)) / (σ(K(1−M)) − σ(−KM)),  σ the logistic function, K = 7, M = 0.43.
 * 1 nit becomes 0.08, 10 nits 0.26, 100 nits 0.63, diffuse white (203 nits) 0.74, 1000 nits 0.92. HLG was made to look right on SDR screens
 * and stays as it is.
 */
const steepness = 7;
const middle = 0.43;
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const low = logistic(-steepness * middle);
const span = logistic(steepness * (1 - middle)) - low;

/** One channel of a PQ signal, clipped to 0..1 → SDR 0..1. */
export const pqToSdr = (signal: number): number =>
  (logistic(steepness * (Math.min(1, Math.max(0, signal)) - middle)) - low) / span;
