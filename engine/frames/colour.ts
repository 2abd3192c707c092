import type { Colour, PlanarFormat } from './image.ts';

/**
 * Code values of a source's planes as an affine map of R'G'B' (0..1), and back.
 * `plane[p] = offset[p] + Σ_c forward[3p + c] · rgb[c]`; `rgb[c] = Σ_p inverse[3c + p] · (plane[p] − offset[p])`.
 * Planes are in storage order: Y, Cb, Cr or (rgb formats) G, B, R.
 */
export type CodeMap = { offset: readonly number[]; forward: readonly number[]; inverse: readonly number[] };

/** Luma weights of red and blue: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (non-constant luminance). */
const lumaWeights = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
} as const;

/** The affine map of a format and colour description. Limited range as in BT.709: luma 16..235, chroma 16..240, times 2^(bits−8). */
export const codeMap = (format: PlanarFormat, colour: Colour): CodeMap => {
  const step = 2 ** (format.bits - 8);
  const top = 2 ** format.bits - 1;
  const full = colour.range === 'full';
  const lumaScale = full ? top : 219 * step;
  const lumaOffset = full ? 0 : 16 * step;
  if (format.rgb) {
    const down = 1 / lumaScale;
    return {
      offset: [lumaOffset, lumaOffset, lumaOffset],
      forward: [0, lumaScale, 0, 0, 0, lumaScale, lumaScale, 0, 0],
      inverse: [0, 0, down, down, 0, 0, 0, down, 0],
    };
  }
  const { red, blue } = lumaWeights[colour.matrix];
  const green = 1 - red - blue;
  const chromaScale = full ? top : 224 * step;
  const chromaOffset = 128 * step;
  const cb = chromaScale / (2 * (1 - blue));
  const cr = chromaScale / (2 * (1 - red));
  const luma = 1 / lumaScale;
  const fromCb = 1 / cb;
  const fromCr = 1 / cr;
  return {
    offset: [lumaOffset, chromaOffset, chromaOffset],
    forward: [
      red * lumaScale,
      green * lumaScale,
      blue * lumaScale,
      -red * cb,
      -green * cb,
      (1 - blue) * cb,
      (1 - red) * cr,
      -green * cr,
      -blue * cr,
    ],
    inverse: [luma, 0, fromCr, luma, -(blue / green) * fromCb, -(red / green) * fromCr, luma, fromCb, 0],
  };
};

/*
 * HDR. A PQ signal (SMPTE ST 2084) shown as if it were SDR is grey and flat, and a network trained on SDR knows no such pictures. It goes
 * through one S-curve in the signal domain, the same for each channel, no primaries conversion:
 *   f(s) = (σ(K(s−M)) − σ(−KM)) / (σ(K(1−M)) − σ(−KM)),  σ the logistic function, K = 7, M = 0.43.
 * It maps 1 nit to 0.08, 10 to 0.26, 100 to 0.63, 203 (diffuse white) to 0.74, 1000 to 0.92 and 10,000 to 1; its slope stays within
 * 0.13..1.9, so the way back amplifies nothing much. HLG was made to look right on SDR screens and is left as it is.
 */
const steepness = 7;
const middle = 0.43;
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const low = logistic(-steepness * middle);
const span = logistic(steepness * (1 - middle)) - low;

/** One channel of a signal in the source's transfer → SDR-like, 0..1 → 0..1, monotone; values outside go on in a straight line. */
export const toSdr = (signal: number, transfer: Colour['transfer']): number => {
  if (transfer !== 'pq') return signal;
  const inside = Math.min(1, Math.max(0, signal));
  return (logistic(steepness * (inside - middle)) - low) / span + (signal - inside);
};

/** The inverse of `toSdr`. */
export const fromSdr = (value: number, transfer: Colour['transfer']): number => {
  if (transfer !== 'pq') return value;
  const inside = Math.min(1, Math.max(0, value));
  const sigma = low + span * inside;
  return middle - Math.log(1 / sigma - 1) / steepness + (value - inside);
};
