import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Colour, Image, PlanarFormat, PlanarFrame } from '../../../engine/frames/image.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { createRandom } from '../../../engine/frames/noise.ts';
import { planeSize } from '../../../engine/frames/resize.ts';

/** What OpenCV and PyTorch gave; made by tests/fixtures/frames/make.py. */
export const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../fixtures/frames/golden.json', import.meta.url)), 'utf8'),
) as {
  dis: { width: number; height: number; shift: [number, number]; flow: number[] }[];
  area: { size: [number, number]; data: number[] }[];
  linear: { size: [number, number]; data: number[] }[];
  warp: { flow: number[]; data: number[] };
  grey: number[];
};

const triangle = (t: number, period: number): number => {
  const phase = t / period - Math.floor(t / period);
  return 4 * Math.abs(phase - 0.5) - 1;
};

/** 8-bit texture moved by a shift, its right half twice as far; the same as `scene` in make.py. */
export const scene = (width: number, height: number, shiftX = 0, shiftY = 0): Uint8Array => {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const side = x >= width / 2 ? 2 : 1;
      const u = x - side * shiftX;
      const v = y - side * shiftY;
      const value =
        128 + 50 * triangle(u, 23) * triangle(v, 17) + 40 * triangle(u + 2 * v, 31) + 30 * triangle(u - v, 11);
      out[y * width + x] = Math.min(255, Math.max(0, Math.floor(value + 0.5)));
    }
  }
  return out;
};

export const greyImage = (data: ArrayLike<number>, width: number, height: number): Image => ({
  channels: 1,
  width,
  height,
  data: Float32Array.from(data),
});

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
};

export const formats = {
  yuv420p: { pixFmt: 'yuv420p', bits: 8, log2ChromaW: 1, log2ChromaH: 1, rgb: false, alpha: false },
  yuva420p: { pixFmt: 'yuva420p', bits: 8, log2ChromaW: 1, log2ChromaH: 1, rgb: false, alpha: true },
  yuv422p10le: { pixFmt: 'yuv422p10le', bits: 10, log2ChromaW: 1, log2ChromaH: 0, rgb: false, alpha: false },
  yuv444p12le: { pixFmt: 'yuv444p12le', bits: 12, log2ChromaW: 0, log2ChromaH: 0, rgb: false, alpha: false },
  gbrp: { pixFmt: 'gbrp', bits: 8, log2ChromaW: 0, log2ChromaH: 0, rgb: true, alpha: false },
  gbrap16le: { pixFmt: 'gbrap16le', bits: 16, log2ChromaW: 0, log2ChromaH: 0, rgb: true, alpha: true },
} satisfies Record<string, PlanarFormat>;

export const sdr: Colour = { matrix: 'bt709', range: 'limited', transfer: 'sdr', tags: {} };

/** A frame of smooth waves and some noise, different for every seed. */
export const testFrame = (
  format: PlanarFormat,
  width: number,
  height: number,
  seed: number,
  colour: Colour = format.rgb ? { ...sdr, range: 'full' } : sdr,
): PlanarFrame => {
  const random = createRandom(seed);
  const top = 2 ** format.bits - 1;
  const planes = Array.from({ length: format.alpha ? 4 : 3 }, (_, p) => {
    const size = planeSize({ format, width, height }, p);
    const plane = new (format.bits === 8 ? Uint8Array : Uint16Array)(size.width * size.height);
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, i++) {
        const wave = 0.5 + 0.2 * Math.sin(x * 0.3 + seed + p) + 0.2 * Math.cos(y * 0.23 - seed);
        plane[i] = Math.round(top * (wave + 0.05 * (random() / 2 ** 32)));
      }
    }
    return plane;
  });
  return { format, colour, width, height, planes };
};

/** Smooth random channels around `middle`. */
export const smoothImage = (
  channels: number,
  width: number,
  height: number,
  amplitude: number,
  middle: number,
  seed: number,
): Image => {
  const random = createRandom(seed);
  const image = createImage(channels, width, height);
  for (let c = 0, i = 0; c < channels; c++) {
    const [a, b, d] = [random() / 2 ** 32, random() / 2 ** 32, random() / 2 ** 32];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++)
        image.data[i] = middle + amplitude * Math.sin(6 * a + 0.2 * b * x + 0.3 * d * y);
    }
  }
  return image;
};
