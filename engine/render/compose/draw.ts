import { weightOf } from '../../contract/compositing/blending.ts';
import { inverse, isShift, type Affine, type Placed } from '../../contract/compositing/placement.ts';
import { edgeCoverage, heldInside, linearTaps } from '../../contract/compositing/sampling.ts';
import { wordsOf, type Bitmap } from './bitmap.ts';
import { overRow, overWord } from './mix.ts';

/** A frame that is drawn on: words, `width * height` of them. */
export type Canvas = { width: number; height: number; words: Uint32Array };

/** A bitmap as it is sampled: reduced by boxes of nx × ny samples of the picture whose placement is meant. */
export type Sampled = { bitmap: Bitmap; nx: number; ny: number };

const lanes = 0xff00ff;

/** Rows and columns that may be touched, from the corners of the visible rectangle and half a pixel around it. */
const bounds = ({ matrix, visible }: Placed, canvas: Canvas): [number, number, number, number] => {
  const { a, b, c, d, e, f } = matrix;
  const xs: number[] = [];
  const ys: number[] = [];
  for (const u of [visible.left, visible.right])
    for (const v of [visible.top, visible.bottom]) {
      xs.push(a * u + c * v + e);
      ys.push(b * u + d * v + f);
    }
  return [
    Math.max(0, Math.floor(Math.min(...xs) - 1)),
    Math.max(0, Math.floor(Math.min(...ys) - 1)),
    Math.min(canvas.width, Math.ceil(Math.max(...xs) + 1)),
    Math.min(canvas.height, Math.ceil(Math.max(...ys) + 1)),
  ];
};

/** Exact copy at a whole-pixel offset; the visible rectangle's edges may still cut through pixels. */
const drawShifted = (canvas: Canvas, bitmap: Bitmap, placed: Placed, opacity: number): boolean => {
  const { visible, matrix } = placed;
  if (!Object.values(visible).every(Number.isInteger)) return false;
  const source = wordsOf(bitmap.data);
  const left = Math.max(visible.left, -matrix.e);
  const right = Math.min(visible.right, canvas.width - matrix.e);
  const top = Math.max(visible.top, -matrix.f);
  const bottom = Math.min(visible.bottom, canvas.height - matrix.f);
  const weight = weightOf(opacity);
  if (right <= left) return true;
  for (let v = top; v < bottom; v++) {
    const from = v * bitmap.width + left;
    const at = (v + matrix.f) * canvas.width + left + matrix.e;
    if (bitmap.opaque && weight === 256) canvas.words.set(source.subarray(from, from + right - left), at);
    else overRow(canvas.words, at, source, from, right - left, weight);
  }
  return true;
};

/** Upright pictures: the taps of columns and rows are worked out once, rows are blended before columns. */
const drawUpright = (
  canvas: Canvas,
  { bitmap, nx, ny }: Sampled,
  placed: Placed,
  back: Affine,
  opacity: number,
): void => {
  const { visible, scaleX, scaleY } = placed;
  const [x0, y0, x1, y1] = bounds(placed, canvas);
  const columns = Math.max(0, x1 - x0);
  const first = new Int32Array(columns);
  const second = new Int32Array(columns);
  const across = new Int32Array(columns);
  const covered = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    const u = back.a * (x0 + i + 0.5) + back.e;
    const taps = linearTaps(heldInside(u / nx, visible.left / nx, visible.right / nx), bitmap.width);
    first[i] = taps.first;
    second[i] = taps.second;
    across[i] = taps.weight;
    covered[i] = edgeCoverage(u, visible.left, visible.right, scaleX);
  }
  const source = wordsOf(bitmap.data);
  const rb = new Int32Array(bitmap.width);
  const ga = new Int32Array(bitmap.width);
  const weights = new Int32Array(columns);
  let known = -1;
  // Only the columns that are sampled are blended vertically.
  const [low, high] =
    columns > 0 ? [Math.min(first[0], first[columns - 1]), Math.max(second[0], second[columns - 1])] : [0, -1];
  for (let y = y0; y < y1; y++) {
    const v = back.d * (y + 0.5) + back.f;
    const rowCovered = edgeCoverage(v, visible.top, visible.bottom, scaleY);
    if (rowCovered === 0) continue;
    if (rowCovered !== known) {
      known = rowCovered;
      for (let i = 0; i < columns; i++) weights[i] = weightOf(opacity * covered[i] * rowCovered);
    }
    const taps = linearTaps(heldInside(v / ny, visible.top / ny, visible.bottom / ny), bitmap.height);
    const [upper, lower] = [taps.first * bitmap.width, taps.second * bitmap.width];
    const [down, rest] = [taps.weight, 256 - taps.weight];
    for (let i = low; i <= high; i++) {
      const p = source[upper + i];
      const q = source[lower + i];
      rb[i] = Math.imul(p & lanes, rest) + Math.imul(q & lanes, down);
      ga[i] = Math.imul((p >>> 8) & lanes, rest) + Math.imul((q >>> 8) & lanes, down);
    }
    let at = y * canvas.width + x0;
    for (let i = 0; i < columns; i++, at++) {
      const weight = weights[i];
      if (weight === 0) continue;
      const w = across[i];
      const k = 256 - w;
      const leftRb = rb[first[i]];
      const leftGa = ga[first[i]];
      const rightRb = rb[second[i]];
      const rightGa = ga[second[i]];
      const r = (Math.imul(leftRb & 0xffff, k) + Math.imul(rightRb & 0xffff, w) + 0x8000) >>> 16;
      const b = (Math.imul(leftRb >>> 16, k) + Math.imul(rightRb >>> 16, w) + 0x8000) >>> 16;
      const g = (Math.imul(leftGa & 0xffff, k) + Math.imul(rightGa & 0xffff, w) + 0x8000) >>> 16;
      const a = (Math.imul(leftGa >>> 16, k) + Math.imul(rightGa >>> 16, w) + 0x8000) >>> 16;
      const word = (a << 24) | (b << 16) | (g << 8) | r;
      canvas.words[at] = weight === 256 && a === 255 ? word : overWord(canvas.words[at], word, weight);
    }
  }
};

/** A place in 1/256 of the way from one sample's centre to the next; `linearTaps` without its edges. */
const tapsAt = (place: number): number => Math.floor((place - 0.5) * 256 + 0.5);

const within = (index: number, last: number): number => (index < 0 ? 0 : index > last ? last : index);

/** Any turn: one pixel after the other, along the stretch of each row that can lie inside. */
const drawTurned = (
  canvas: Canvas,
  { bitmap, nx, ny }: Sampled,
  placed: Placed,
  back: Affine,
  opacity: number,
): void => {
  const { visible, scaleX, scaleY } = placed;
  const [x0, y0, x1, y1] = bounds(placed, canvas);
  const source = wordsOf(bitmap.data);
  const whole = weightOf(opacity);
  const [lastColumn, lastRow] = [bitmap.width - 1, bitmap.height - 1];
  const box = {
    left: visible.left / nx,
    right: visible.right / nx,
    top: visible.top / ny,
    bottom: visible.bottom / ny,
  };
  for (let y = y0; y < y1; y++) {
    let [start, end] = [x0, x1];
    const limit = (place: number, step: number, from: number, to: number): void => {
      if (step === 0) return;
      const [p, q] = [(from - place) / step, (to - place) / step];
      start = Math.max(start, Math.floor(Math.min(p, q)) - 1);
      end = Math.min(end, Math.ceil(Math.max(p, q)) + 1);
    };
    const u0 = back.a * 0.5 + back.c * (y + 0.5) + back.e;
    const v0 = back.b * 0.5 + back.d * (y + 0.5) + back.f;
    limit(u0, back.a, visible.left - 0.5 / scaleX, visible.right + 0.5 / scaleX);
    limit(v0, back.b, visible.top - 0.5 / scaleY, visible.bottom + 0.5 / scaleY);
    for (let x = start; x < end; x++) {
      const u = back.a * (x + 0.5) + back.c * (y + 0.5) + back.e;
      const v = back.b * (x + 0.5) + back.d * (y + 0.5) + back.f;
      const share =
        edgeCoverage(u, visible.left, visible.right, scaleX) * edgeCoverage(v, visible.top, visible.bottom, scaleY);
      if (share === 0) continue;
      const weight = share === 1 ? whole : weightOf(opacity * share);
      const column = tapsAt(heldInside(u / nx, box.left, box.right));
      const row = tapsAt(heldInside(v / ny, box.top, box.bottom));
      const left = within(column >> 8, lastColumn);
      const right = within((column >> 8) + 1, lastColumn);
      const upper = within(row >> 8, lastRow) * bitmap.width;
      const lower = within((row >> 8) + 1, lastRow) * bitmap.width;
      const [w, k, down, rest] = [column & 255, 256 - (column & 255), row & 255, 256 - (row & 255)];
      const tl = source[upper + left];
      const tr = source[upper + right];
      const bl = source[lower + left];
      const br = source[lower + right];
      const topRb = Math.imul(tl & lanes, k) + Math.imul(tr & lanes, w);
      const topGa = Math.imul((tl >>> 8) & lanes, k) + Math.imul((tr >>> 8) & lanes, w);
      const lowRb = Math.imul(bl & lanes, k) + Math.imul(br & lanes, w);
      const lowGa = Math.imul((bl >>> 8) & lanes, k) + Math.imul((br >>> 8) & lanes, w);
      const r = ((topRb & 0xffff) * rest + (lowRb & 0xffff) * down + 0x8000) >>> 16;
      const b = ((topRb >>> 16) * rest + (lowRb >>> 16) * down + 0x8000) >>> 16;
      const g = ((topGa & 0xffff) * rest + (lowGa & 0xffff) * down + 0x8000) >>> 16;
      const a = ((topGa >>> 16) * rest + (lowGa >>> 16) * down + 0x8000) >>> 16;
      const at = y * canvas.width + x;
      const word = (a << 24) | (b << 16) | (g << 8) | r;
      canvas.words[at] = weight === 256 && a === 255 ? word : overWord(canvas.words[at], word, weight);
    }
  }
};

/** Draws a bitmap over the frame. `sampled` is the bitmap that `placed` is about, or its reduction. */
export const drawBitmap = (canvas: Canvas, sampled: Sampled, placed: Placed, opacity: number): void => {
  const { visible, matrix } = placed;
  const back = inverse(matrix);
  if (back === undefined || weightOf(opacity) === 0 || visible.right <= visible.left || visible.bottom <= visible.top)
    return;
  if (isShift(matrix) && drawShifted(canvas, sampled.bitmap, placed, opacity)) return;
  if (matrix.b === 0 && matrix.c === 0) drawUpright(canvas, sampled, placed, back, opacity);
  else drawTurned(canvas, sampled, placed, back, opacity);
};
