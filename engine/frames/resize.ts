import { codeMap, fromSdr, toSdr } from './colour.ts';
import type { Image, PlanarFrame } from './image.ts';
import { createImage } from './image.ts';

type Samples = Uint8Array | Uint16Array | Float32Array;

/** One axis of a separable resize: output i = Σ weight[k] · source[first[i] + k − start[i]] for k in start[i]..start[i+1]. */
type Taps = { first: Int32Array; start: Int32Array; weight: Float64Array };

/** Box coverage when shrinking (as cv2 INTER_AREA), two-tap linear at half-pixel centres when growing (torch align_corners=False). */
const makeTaps = (from: number, to: number): Taps => {
  const first = new Int32Array(to);
  const start = new Int32Array(to + 1);
  const weight: number[] = [];
  const scale = from / to;
  for (let i = 0; i < to; i++) {
    if (to <= from) {
      const left = i * scale;
      const right = Math.min(from, (i + 1) * scale);
      const begin = Math.min(from - 1, Math.floor(left + 1e-9));
      first[i] = begin;
      let total = 0;
      for (let s = begin; s < right - 1e-9; s++) {
        const cover = Math.min(s + 1, right) - Math.max(s, left);
        weight.push(cover);
        total += cover;
      }
      for (let k = start[i] ?? 0; k < weight.length; k++) weight[k] = (weight[k] ?? 0) / total;
    } else {
      const at = Math.min(from - 1, Math.max(0, (i + 0.5) * scale - 0.5));
      const begin = Math.min(Math.floor(at), Math.max(0, from - 2));
      first[i] = begin;
      weight.push(1 - (at - begin));
      if (from > 1) weight.push(at - begin);
    }
    start[i + 1] = weight.length;
  }
  return { first, start, weight: Float64Array.from(weight) };
};

const resizeInto = (
  source: Samples,
  sourceOffset: number,
  w: number,
  h: number,
  target: Float32Array,
  targetOffset: number,
  tw: number,
  th: number,
): void => {
  const across = makeTaps(w, tw);
  const down = makeTaps(h, th);
  const row = new Float64Array(w);
  for (let y = 0; y < th; y++) {
    row.fill(0);
    const begin = down.start[y];
    const end = down.start[y + 1];
    for (let k = begin; k < end; k++) {
      const share = down.weight[k];
      const at = sourceOffset + (down.first[y] + k - begin) * w;
      for (let x = 0; x < w; x++) row[x] += share * source[at + x];
    }
    const out = targetOffset + y * tw;
    for (let x = 0; x < tw; x++) {
      const from = across.start[x];
      const to = across.start[x + 1];
      let at = across.first[x];
      let sum = 0;
      for (let k = from; k < to; k++) sum += across.weight[k] * row[at++];
      target[out + x] = sum;
    }
  }
};

/** Resizes every channel; per axis area-averaging where it shrinks, bilinear where it grows. Values outside 0..1 are kept. */
export const resizeImage = (image: Image, width: number, height: number): Image => {
  if (width === image.width && height === image.height) return { ...image, data: image.data.slice() };
  const out = createImage(image.channels, width, height);
  for (let c = 0; c < image.channels; c++) {
    resizeInto(
      image.data,
      c * image.width * image.height,
      image.width,
      image.height,
      out.data,
      c * width * height,
      width,
      height,
    );
  }
  return out;
};

/** One plane's code values as float at another size; `plane` has `width`×`height` samples. */
export const resizePlane = (
  plane: Uint8Array | Uint16Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Image => {
  const out = createImage(1, toWidth, toHeight);
  resizeInto(plane, 0, width, height, out.data, 0, toWidth, toHeight);
  return out;
};

/** Width and height of plane `p` of a frame; chroma of odd sizes is rounded up as ffmpeg does. */
export const planeSize = (
  frame: Pick<PlanarFrame, 'format' | 'width' | 'height'>,
  p: number,
): { width: number; height: number } => {
  const chroma = !frame.format.rgb && (p === 1 || p === 2);
  if (!chroma) return { width: frame.width, height: frame.height };
  return {
    width: (frame.width + frame.format.log2ChromaW) >> frame.format.log2ChromaW,
    height: (frame.height + frame.format.log2ChromaH) >> frame.format.log2ChromaH,
  };
};

/**
 * A source frame as a small R'G'B' picture: each plane is area-averaged (bilinear where it must grow) to `size`, then decoded by the
 * frame's own matrix and range; PQ goes through `toSdr` (colour.ts). Alpha is dropped. Result [3,H,W], about 0..1, clipped to it.
 */
export const toWorking = (frame: PlanarFrame, size: { width: number; height: number }): Image => {
  const map = codeMap(frame.format, frame.colour);
  const out = createImage(3, size.width, size.height);
  const count = size.width * size.height;
  const planes = createImage(3, size.width, size.height);
  for (let p = 0; p < 3; p++) {
    const from = planeSize(frame, p);
    resizeInto(frame.planes[p], 0, from.width, from.height, planes.data, p * count, size.width, size.height);
  }
  const transfer = frame.colour.transfer;
  for (let c = 0; c < 3; c++) {
    const [a, b, d] = [map.inverse[3 * c], map.inverse[3 * c + 1], map.inverse[3 * c + 2]];
    const [oa, ob, od] = [map.offset[0], map.offset[1], map.offset[2]];
    for (let i = 0; i < count; i++) {
      const signal =
        a * (planes.data[i] - oa) + b * (planes.data[count + i] - ob) + d * (planes.data[2 * count + i] - od);
      out.data[c * count + i] = Math.min(1, Math.max(0, transfer === 'pq' ? toSdr(signal, transfer) : signal));
    }
  }
  return out;
};

/**
 * The inverse of `toWorking`'s colour step: R'G'B' [3,H,W] → code values as float [3,H,W] in the plane order of `like`'s format (Y, Cb, Cr or
 * G, B, R), every plane at the picture's own size (chroma is not subsampled), neither rounded nor clipped.
 */
export const toSourcePlanes = (rgb: Image, like: Pick<PlanarFrame, 'format' | 'colour'>): Image => {
  const map = codeMap(like.format, like.colour);
  const out = createImage(3, rgb.width, rgb.height);
  const count = rgb.width * rgb.height;
  const transfer = like.colour.transfer;
  const source = transfer === 'pq' ? rgb.data.map((value) => fromSdr(value, transfer)) : rgb.data;
  for (let p = 0; p < 3; p++) {
    const [r, g, b] = [map.forward[3 * p], map.forward[3 * p + 1], map.forward[3 * p + 2]];
    const offset = map.offset[p];
    for (let i = 0; i < count; i++) {
      out.data[p * count + i] = offset + r * source[i] + g * source[count + i] + b * source[2 * count + i];
    }
  }
  return out;
};

const workingArea = 256 * 144;
const step = 16;
const shortestSide = 64;

/**
 * The working grid of a picture: sides multiples of 16 and at least 64, area within 0.75..1.3 of 256x144, of these the one that
 * minimises |ln(area / (256·144))| + 2·|ln(its aspect / the display aspect)|. 16:9 → 256x144, 9:16 → 144x256, 1:1 → 192x192, 4:3 → 224x160.
 * `sar` is the shape of a stored pixel (width / height).
 */
export const workingSize = (
  width: number,
  height: number,
  sar: { num: number; den: number } = { num: 1, den: 1 },
): { width: number; height: number } => {
  const aspect = (width * sar.num) / (height * sar.den);
  let best = { width: 256, height: 144 };
  let least = Infinity;
  for (let w = shortestSide; w * shortestSide <= workingArea * 1.3; w += step) {
    for (let h = shortestSide; w * h <= workingArea * 1.3; h += step) {
      const area = (w * h) / workingArea;
      if (area < 0.75) continue;
      const cost = Math.abs(Math.log(area)) + 2 * Math.abs(Math.log(w / h / aspect));
      if (cost < least - 1e-12) {
        least = cost;
        best = { width: w, height: h };
      }
    }
  }
  return best;
};
