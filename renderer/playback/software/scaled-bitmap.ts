import { times255 } from '../../../engine/contract/compositing/blending.ts';
import { boxSize, linearTaps } from '../../../engine/contract/compositing/sampling.ts';
import { wordsOf } from '../../../engine/render/compose/bitmap.ts';
import type { Bitmap, PlanarPicture } from '../../../engine/render/compose/bitmap.ts';
import {
  clipOffset,
  clipped,
  coefficientsOf,
  fromPq,
  rgbaFromPlanes,
  tableFor,
} from '../../../engine/render/compose/from-planes.ts';
import type { Coefficients, Encoding } from '../../../engine/render/compose/from-planes.ts';
import type { PlanarPixels } from '../picture.ts';

/*
 * A decoded frame to bytes of the size at which it is seen, in one pass: at half the size a quarter of the pixels have to be converted. Where
 * the size is the frame's own, the bytes are those that the export has. Else luma is averaged over boxes or interpolated, as
 * contract/compositing/sampling.ts does with finished pixels, and chroma is the nearest.
 */

/** Where the samples of one axis of the upright picture lie in the planes, and which of them make each pixel. */
type Axis = {
  /** Offsets of luma: of a box's first sample, or of the two samples to interpolate between. */
  first: Int32Array;
  second: Int32Array;
  /** The second one's weight, in 1/256. */
  weight: Int32Array;
  /** Offsets of luma and chroma at the pixel's centre. */
  middle: Int32Array;
  chroma: Int32Array;
  /** Samples that are averaged; 1 where they are interpolated, or taken as they are. */
  box: number;
  /** A pixel for every sample. */
  exact: boolean;
  /** From a sample of a box to the next. */
  step: number;
};

/** @param count pixels wanted of `length` samples @param place offset of luma of a sample, and of its chroma */
const axisOf = (count: number, length: number, place: (sample: number) => { luma: number; chroma: number }): Axis => {
  const make = (): Int32Array => new Int32Array(count);
  const axis = { first: make(), second: make(), weight: make(), middle: make(), chroma: make() };
  const box = Math.min(length, boxSize(count / length));
  for (let i = 0; i < count; i++) {
    const centre = ((i + 0.5) * length) / count;
    const middle = place(Math.min(length - 1, Math.floor(centre)));
    axis.middle[i] = middle.luma;
    axis.chroma[i] = middle.chroma;
    if (box > 1) {
      axis.first[i] = place(Math.max(0, Math.min(length - box, Math.round(centre - box / 2)))).luma;
      continue;
    }
    const taps = linearTaps(centre, length);
    axis.first[i] = place(taps.first).luma;
    axis.second[i] = place(taps.second).luma;
    axis.weight[i] = taps.weight;
  }
  return { ...axis, box, exact: count === length, step: length > 1 ? place(1).luma - place(0).luma : 0 };
};

const uprightAxes = (pixels: PlanarPixels, width: number, height: number): { across: Axis; down: Axis } => {
  const { planes, rotation, flip, interleaved, halvedAcross, halvedDown, codedWidth } = pixels;
  const codedHeight = pixels.stackedAlpha ? pixels.codedHeight / 2 : pixels.codedHeight;
  const [stride, chromaStride] = [planes[0].stride, planes[1].stride];
  const column = (at: number) => ({ luma: at, chroma: (at >> halvedAcross) * (interleaved ? 2 : 1) });
  const row = (at: number) => ({ luma: at * stride, chroma: (at >> halvedDown) * chromaStride });
  const turned = rotation % 180 !== 0;
  const [wide, tall] = turned ? [codedHeight, codedWidth] : [codedWidth, codedHeight];
  // Turned clockwise, then mirrored.
  const backwardsAcross = (rotation === 90 || rotation === 180) !== flip;
  const backwardsDown = rotation === 180 || rotation === 270;
  const [onAcross, onDown] = turned ? [row, column] : [column, row];
  return {
    across: axisOf(width, wide, (at) => onAcross(backwardsAcross ? wide - 1 - at : at)),
    down: axisOf(height, tall, (at) => onDown(backwardsDown ? tall - 1 - at : at)),
  };
};

/** Luma of a row of pixels. */
const lumaRow = (row: Uint8Array, luma: Uint8Array, across: Axis, down: Axis, y: number): void => {
  const { first, second, weight, box, step, exact } = across;
  const upper = down.first[y];
  const count = row.length;
  if (exact && down.exact) for (let x = 0; x < count; x++) row[x] = luma[upper + first[x]];
  else if (box === 1 && down.box === 1) {
    const lower = down.second[y];
    const below = down.weight[y];
    const above = 256 - below;
    for (let x = 0; x < count; x++) {
      const w = weight[x];
      const top = luma[upper + first[x]] * (256 - w) + luma[upper + second[x]] * w;
      const bottom = luma[lower + first[x]] * (256 - w) + luma[lower + second[x]] * w;
      row[x] = (top * above + bottom * below + 0x8000) >> 16;
    }
  } else if (box === 2 && down.box === 2) {
    const lower = upper + down.step;
    for (let x = 0; x < count; x++) {
      const at = first[x];
      row[x] = (luma[upper + at] + luma[upper + at + step] + luma[lower + at] + luma[lower + at + step] + 2) >> 2;
    }
  } else {
    const area = box * down.box;
    for (let x = 0; x < count; x++) {
      let sum = area >> 1;
      for (let j = 0, line = upper + first[x]; j < down.box; j++, line += down.step)
        for (let i = 0, at = line; i < box; i++, at += step) sum += luma[at];
      row[x] = sum / area;
    }
  }
};

type Chroma = { cb: Uint8Array; cr: Uint8Array };

/** A row without alpha of an SDR picture: nearly every one. Few values lie outside of a byte, so clipping is a branch. */
const plainRow = (
  out: Uint32Array,
  from: number,
  row: Uint8Array,
  { cb, cr }: Chroma,
  places: Int32Array,
  line: number,
  table: Int32Array,
  { grey, crToR, cbToG, crToG, cbToB }: Coefficients,
): void => {
  const count = row.length;
  for (let x = 0; x < count; x++) {
    const place = line + places[x];
    const blue = cb[place] - grey;
    const red = cr[place] - grey;
    const luma = table[row[x]];
    let r = (luma + Math.imul(red, crToR)) >> 16;
    let g = (luma + Math.imul(blue, cbToG) + Math.imul(red, crToG)) >> 16;
    let b = (luma + Math.imul(blue, cbToB)) >> 16;
    if ((r | g | b) & ~255) {
      r = r < 0 ? 0 : r > 255 ? 255 : r;
      g = g < 0 ? 0 : g > 255 ? 255 : g;
      b = b < 0 ? 0 : b > 255 ? 255 : b;
    }
    out[from + x] = 0xff000000 | (b << 16) | (g << 8) | r;
  }
};

const alphaAt = ({ data, planes, stackedAlpha, codedHeight }: PlanarPixels, at: number): number => {
  if (planes.length === 4) return data[planes[3].offset + at];
  if (!stackedAlpha) return 255;
  const code = data[planes[0].offset + (codedHeight / 2) * planes[0].stride + at];
  return Math.floor(Math.min(1, Math.max(0, (code - 16) / 219)) * 255 + 0.5);
};

const anyRow = (
  out: Uint8Array,
  from: number,
  row: Uint8Array,
  { cb, cr }: Chroma,
  across: Axis,
  [line, lumaLine]: readonly [number, number],
  table: Int32Array,
  { grey, crToR, cbToG, crToG, cbToB }: Coefficients,
  pixels: PlanarPixels,
): void => {
  const byte = pixels.pq ? fromPq : (value: number): number => clipped[(value + clipOffset) >> 16];
  for (let x = 0, at = from * 4; x < row.length; x++, at += 4) {
    const place = line + across.chroma[x];
    const blue = cb[place] - grey;
    const red = cr[place] - grey;
    const luma = table[row[x]];
    const alpha = alphaAt(pixels, lumaLine + across.middle[x]);
    out[at] = times255(byte(luma + red * crToR), alpha);
    out[at + 1] = times255(byte(luma + blue * cbToG + red * crToG), alpha);
    out[at + 2] = times255(byte(luma + blue * cbToB), alpha);
    out[at + 3] = alpha;
  }
};

/** Whether any pixel can be seen through. */
export const hasAlpha = ({ planes, stackedAlpha }: PlanarPixels): boolean => stackedAlpha || planes.length === 4;

/** The planes as the export's own conversion takes them, which is the quickest: of what lies upright, in packed rows. */
const packed = (pixels: PlanarPixels): PlanarPicture | undefined => {
  const { data, planes, interleaved, rotation, flip, codedWidth: width, codedHeight: height, matrix, range } = pixels;
  const [log2ChromaW, log2ChromaH] = [pixels.halvedAcross, pixels.halvedDown];
  const chromaWidth = (width + log2ChromaW) >> log2ChromaW;
  const lies = rotation === 0 && !flip && planes[0].stride === width && planes[1].stride === chromaWidth;
  if (!lies || interleaved || hasAlpha(pixels)) return undefined;
  return {
    ...{ width, height, planes: planes.map(({ offset }) => data.subarray(offset)) },
    format: { pixFmt: '', bits: 8, log2ChromaW, log2ChromaH, rgb: false, alpha: false },
    colour: { matrix, range, transfer: pixels.pq ? 'pq' : 'sdr', tags: {} },
  };
};

/**
 * A frame upright, premultiplied, at a size that is not larger than its own; alpha is the nearest sample's.
 * @param into 4 bytes for each pixel
 */
export const scaledBitmap = (pixels: PlanarPixels, width: number, height: number, into: Uint8Array): Bitmap => {
  const { data, planes, interleaved, matrix, range, pq } = pixels;
  const whole = width === pixels.codedWidth && height === pixels.codedHeight ? packed(pixels) : undefined;
  if (whole) {
    rgbaFromPlanes(whole, into);
    return { width, height, data: into, opaque: true };
  }
  const encoding: Encoding = { format: { bits: 8, rgb: false }, colour: { matrix, range } };
  const coefficients = coefficientsOf(encoding);
  const table = tableFor(encoding, coefficients);
  const { across, down } = uprightAxes(pixels, width, height);
  const luma = data.subarray(planes[0].offset);
  const chroma = {
    cb: data.subarray(planes[1].offset),
    cr: interleaved ? data.subarray(planes[1].offset + 1) : data.subarray(planes[2].offset),
  };
  const opaque = !hasAlpha(pixels);
  const row = new Uint8Array(width);
  const words = wordsOf(into);
  for (let y = 0; y < height; y++) {
    lumaRow(row, luma, across, down, y);
    const line = down.chroma[y];
    if (opaque && !pq) plainRow(words, y * width, row, chroma, across.chroma, line, table, coefficients);
    else anyRow(into, y * width, row, chroma, across, [line, down.middle[y]], table, coefficients, pixels);
  }
  return { width, height, data: into, opaque };
};
