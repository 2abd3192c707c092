import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { resizeImage } from '../frames/resize.ts';

/** The hole is filled at this part of the size: what is spread into it is smooth anyway. */
const coarse = 4;
const sigmas = [1, 3, 9, 25];

/** Gaussian blur of one channel, border repeated. */
const blurred = (source: Float32Array, width: number, height: number, sigma: number): Float32Array => {
  const radius = Math.ceil(4 * sigma);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  const pass = (input: Float32Array, length: number, lines: number, step: number, lineStep: number): Float32Array => {
    const out = new Float32Array(input.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < length; i++) {
        let value = 0;
        for (let k = -radius; k <= radius; k++) {
          const at = i + k < 0 ? 0 : i + k >= length ? length - 1 : i + k;
          value += kernel[k + radius] * input[line * lineStep + at * step];
        }
        out[line * lineStep + i * step] = value / sum;
      }
    }
    return out;
  };
  return pass(pass(source, width, height, 1, width), height, width, width, 1);
};

/**
 * A picture or field with its hole filled from what lies around it: normalised blurs of growing width, the finest that reaches a place
 * counts. (training/data/windows.py, fill_hole.) image [C,H,W], hole [1,H,W] (1 = missing) → [C,H,W], unchanged outside the hole.
 */
export const fillHole = (image: Image, hole: Image): Image => {
  const { channels, width, height } = image;
  const count = width * height;
  const [w, h] = [Math.round(width / coarse), Math.round(height / coarse)];
  const known = { ...hole, data: hole.data.map((v) => (v > 0 ? 0 : 1)) };
  const weight = resizeImage(known, w, h).data;
  const value = resizeImage({ ...image, data: image.data.map((v, i) => v * known.data[i % count]) }, w, h);
  const filled = createImage(channels, w, h);
  const have = new Uint8Array(w * h);
  for (const [level, sigma] of sigmas.entries()) {
    const n = blurred(weight, w, h, sigma);
    const last = level === sigmas.length - 1;
    const use = Array.from(have, (taken, i) => taken === 0 && (n[i] > 0.02 || last));
    for (let c = 0; c < channels; c++) {
      const v = blurred(value.data.subarray(c * w * h, (c + 1) * w * h), w, h, sigma);
      for (let i = 0; i < w * h; i++) if (use[i]) filled.data[c * w * h + i] = v[i] / Math.max(n[i], 1e-4);
    }
    for (let i = 0; i < w * h; i++) if (use[i]) have[i] = 1;
    if (have.every((taken) => taken === 1)) break;
  }
  const fine = resizeImage(filled, width, height);
  return { ...image, data: image.data.map((v, i) => (hole.data[i % count] > 0 ? fine.data[i] : v)) };
};
