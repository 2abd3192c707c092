import { levelsOf, lumaWeights, pqToSdr } from '../../contract/compositing/colour.ts';
import { times255 } from '../../contract/compositing/blending.ts';
import type { Colour, PlanarFormat } from '../../frames/image.ts';
import { wordsOf, type PlanarPicture } from './bitmap.ts';

/** How code values are written, as far as their colours depend on it. */
export type Encoding = { format: Pick<PlanarFormat, 'bits' | 'rgb'>; colour: Pick<Colour, 'matrix' | 'range'> };

/** Code values to bytes in whole numbers of 1/65536: the formulas of contract/compositing/colour.ts to within one. */
export type Coefficients = {
  luma: number;
  black: number;
  grey: number;
  crToR: number;
  cbToG: number;
  crToG: number;
  cbToB: number;
};

export const coefficientsOf = ({ format, colour }: Encoding): Coefficients => {
  const levels = levelsOf(format.bits, colour.range);
  const one = 255 * 65536;
  if (format.rgb) {
    return { luma: one / levels.luma, black: levels.black, grey: 0, crToR: 0, cbToG: 0, crToG: 0, cbToB: 0 };
  }
  const { red, blue } = lumaWeights[colour.matrix];
  const green = 1 - red - blue;
  const chroma = one / levels.chroma;
  return {
    luma: one / levels.luma,
    black: levels.black,
    grey: levels.grey,
    crToR: Math.round(2 * (1 - red) * chroma) | 0,
    cbToG: Math.round(-2 * (1 - blue) * (blue / green) * chroma) | 0,
    crToG: Math.round(-2 * (1 - red) * (red / green) * chroma) | 0,
    cbToB: Math.round(2 * (1 - blue) * chroma) | 0,
  };
};

/** Luma in 1/65536 of a byte, half a byte added for rounding. */
const lumaTable = (count: number, { luma, black }: Coefficients): Int32Array =>
  Int32Array.from({ length: count }, (_, value) => Math.round((value - black) * luma) + 32768);

/** PQ in sixteenths of a byte → SDR bytes. */
const pqTable = Uint8Array.from({ length: 4081 }, (_, value) => Math.floor(pqToSdr(value / 4080) * 255 + 0.5));
/** A channel of a PQ signal in 1/65536 of a byte, half a byte added → an SDR byte. */
export const fromPq = (value: number): number => pqTable[Math.min(4080, Math.max(0, (value - 30720) >> 12))];

const tables = new Map<string, Int32Array>();
/** Luma in 1/65536 of a byte by its code value, half a byte added. */
export const tableFor = ({ format, colour }: Encoding, coefficients: Coefficients): Int32Array => {
  const { bits, rgb } = format;
  const key = `${bits} ${rgb} ${colour.range}`;
  let table = tables.get(key);
  if (table === undefined) tables.set(key, (table = lumaTable(2 ** bits, coefficients)));
  return table;
};

/** Clips by table: an addition and a look-up cost a third of what stores into clamped arrays cost. Holds −384..639. */
export const clipped = Uint8Array.from({ length: 1024 }, (_, value) => Math.min(255, Math.max(0, value - 384)));
export const clipOffset = 384 << 16;

/** A row whose chroma is halved across, opaque. `at` counts pixels, `chroma` samples. */
const halvedRow = (
  out: Uint32Array,
  at: number,
  width: number,
  planes: PlanarPicture['planes'],
  chromaFrom: number,
  table: Int32Array,
  { grey, crToR, cbToG, crToG, cbToB }: Coefficients,
): void => {
  const [ys, cbs, crs] = planes;
  const end = at + width;
  for (let chroma = chromaFrom; at < end; at += 2, chroma++) {
    const cb = cbs[chroma] - grey;
    const cr = crs[chroma] - grey;
    const r = cr * crToR + clipOffset;
    const g = cb * cbToG + cr * crToG + clipOffset;
    const b = cb * cbToB + clipOffset;
    let luma = table[ys[at]];
    out[at] =
      0xff000000 | (clipped[(luma + b) >> 16] << 16) | (clipped[(luma + g) >> 16] << 8) | clipped[(luma + r) >> 16];
    if (at + 1 === end) return;
    luma = table[ys[at + 1]];
    out[at + 1] =
      0xff000000 | (clipped[(luma + b) >> 16] << 16) | (clipped[(luma + g) >> 16] << 8) | clipped[(luma + r) >> 16];
  }
};

/** Any layout: full chroma, RGB planes, alpha (premultiplied here), PQ. */
const anyRows = (out: Uint8Array, picture: PlanarPicture, table: Int32Array, of: Coefficients): void => {
  const { width, height, format, planes, colour } = picture;
  const chromaWidth = -(-width >> format.log2ChromaW);
  const { rgb, log2ChromaW, log2ChromaH } = format;
  const { grey, crToR, cbToG, crToG, cbToB } = of;
  const [first, second, third, fourth] = planes;
  const pq = colour.transfer === 'pq';
  const top = 2 ** format.bits - 1;
  for (let y = 0, index = 0; y < height; y++) {
    const chromaRow = (y >> log2ChromaH) * chromaWidth;
    for (let x = 0; x < width; x++, index++) {
      let r = table[first[index]];
      let g = r;
      let b = r;
      if (rgb) {
        b = table[second[index]];
        r = table[third[index]];
      } else {
        const chroma = chromaRow + (x >> log2ChromaW);
        const cb = second[chroma] - grey;
        const cr = third[chroma] - grey;
        r += cr * crToR;
        g += cb * cbToG + cr * crToG;
        b += cb * cbToB;
      }
      r = pq ? fromPq(r) : clipped[(r + clipOffset) >> 16];
      g = pq ? fromPq(g) : clipped[(g + clipOffset) >> 16];
      b = pq ? fromPq(b) : clipped[(b + clipOffset) >> 16];
      const alpha = format.alpha ? Math.floor((fourth[index] * 255) / top + 0.5) : 255;
      const at = index * 4;
      out[at] = alpha === 255 ? r : times255(r, alpha);
      out[at + 1] = alpha === 255 ? g : times255(g, alpha);
      out[at + 2] = alpha === 255 ? b : times255(b, alpha);
      out[at + 3] = alpha;
    }
  }
};

/** Writes a decoded frame as premultiplied R'G'B'A; `into` has 4 bytes a pixel and the frame's size. */
export const rgbaFromPlanes = (picture: PlanarPicture, into: Uint8Array): void => {
  const { format, width, height, planes } = picture;
  const coefficients = coefficientsOf(picture);
  const table = tableFor(picture, coefficients);
  const halved = !format.rgb && !format.alpha && format.log2ChromaW === 1 && picture.colour.transfer !== 'pq';
  if (!halved) {
    anyRows(into, picture, table, coefficients);
    return;
  }
  const chromaWidth = -(-width >> 1);
  const words = wordsOf(into);
  for (let y = 0; y < height; y++)
    halvedRow(words, y * width, width, planes, (y >> format.log2ChromaH) * chromaWidth, table, coefficients);
};
