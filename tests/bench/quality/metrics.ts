import { disFlow } from '../../../engine/frames/dis-flow.ts';
import type { Image } from '../../../engine/frames/image.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { resizeImage } from '../../../engine/frames/resize.ts';
import type { Frame } from './video-file.ts';

export type Grey = { width: number; height: number; data: Uint8Array };

/** cv2.cvtColor(BGR2GRAY): BT.601 weights in 15 bits. */
export const luma = (frame: Frame): Grey => {
  const count = frame.width * frame.height;
  const data = new Uint8Array(count);
  const d = frame.data;
  for (let i = 0; i < count; i++)
    data[i] = (3735 * d[3 * i] + 19235 * d[3 * i + 1] + 9798 * d[3 * i + 2] + 16384) >> 15;
  return { width: frame.width, height: frame.height, data };
};

/** dB over 8-bit B, G, R; 99 for equal pictures. `inside` limits it to pixels where it is not 0. */
export const psnr = (a: Frame, b: Frame, inside?: Uint8Array): number => {
  let sum = 0;
  let count = 0;
  for (let i = 0, p = 0; i < a.data.length; i += 3, p++) {
    if (inside && inside[p] === 0) continue;
    const x = a.data[i] - b.data[i];
    const y = a.data[i + 1] - b.data[i + 1];
    const z = a.data[i + 2] - b.data[i + 2];
    sum += x * x + y * y + z * z;
    count += 3;
  }
  return sum === 0 ? 99 : 10 * Math.log10((255 * 255 * count) / sum);
};

const kernel = ((): Float64Array => {
  const taps = Float64Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 * 1.5)));
  const total = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / total);
})();

/** Index mirrored at the edges without repeating the edge (cv2.BORDER_REFLECT_101). */
const mirrored = (i: number, size: number): number => {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const m = ((i % period) + period) % period;
  return m < size ? m : period - m;
};

/** 11 x 11 Gaussian, sigma 1.5, in place of cv2.GaussianBlur. `scratch` is of the same length. */
const blur = (data: Float32Array, width: number, height: number, scratch: Float32Array): Float32Array => {
  const padded = new Float64Array(width + 10);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width + 10; x++) padded[x] = data[row + mirrored(x - 5, width)];
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < 11; k++) sum += kernel[k] * padded[x + k];
      scratch[row + x] = sum;
    }
  }
  const out = new Float32Array(data.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < 11; k++) {
      const row = mirrored(y + k - 5, height) * width;
      const weight = kernel[k];
      for (let x = 0; x < width; x++) sums[x] += weight * scratch[row + x];
    }
    out.set(sums, y * width);
  }
  return out;
};

/** Means and variance of one picture, kept so that a truth is blurred once for all methods. */
export type SsimSide = {
  luma: Float32Array;
  mean: Float32Array;
  variance: Float32Array;
  width: number;
  height: number;
};

export const ssimSide = (frame: Frame): SsimSide => {
  const { width, height } = frame;
  const grey = Float32Array.from(luma(frame).data);
  const scratch = new Float32Array(grey.length);
  const mean = blur(grey, width, height, scratch);
  const variance = blur(
    grey.map((v) => v * v),
    width,
    height,
    scratch,
  );
  for (let i = 0; i < mean.length; i++) variance[i] -= Math.fround(mean[i] * mean[i]);
  return { luma: grey, mean, variance, width, height };
};

const c1 = 6.5025;
const c2 = 58.5225;

/** Mean structural similarity of luma. */
export const ssim = (a: SsimSide, b: SsimSide): number => {
  const both = blur(
    a.luma.map((v, i) => v * b.luma[i]),
    a.width,
    a.height,
    new Float32Array(a.luma.length),
  );
  let sum = 0;
  for (let i = 0; i < both.length; i++) {
    const cross = a.mean[i] * b.mean[i];
    const top = (2 * cross + c1) * (2 * (both[i] - cross) + c2);
    const bottom = (a.mean[i] ** 2 + b.mean[i] ** 2 + c1) * (a.variance[i] + b.variance[i] + c2);
    sum += top / bottom;
  }
  return sum / both.length;
};

/** Mean |dx| + mean |dy| of luma: how much fine detail there is. */
export const detail = (frame: Frame): number => {
  const { width, height, data } = luma(frame);
  let across = 0;
  let down = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (x + 1 < width) across += Math.abs(data[i + 1] - data[i]);
      if (y + 1 < height) down += Math.abs(data[i + width] - data[i]);
    }
  }
  return across / ((width - 1) * height) + down / (width * (height - 1));
};

const toImage = (frame: Frame): Image => {
  const count = frame.width * frame.height;
  const image = createImage(3, frame.width, frame.height);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) image.data[c * count + i] = frame.data[3 * i + 2 - c] / 255;
  }
  return image;
};

/** Flow at the frames' own size, [2,H,W] pixels, a(x) = b(x + flow(x)). */
export const flowOf = (a: Frame, b: Frame): Image => disFlow(luma(a), luma(b));

/** A grey picture at most 640 pixels wide (area mean): what motion is measured on. */
export const smallGrey = (frame: Frame): Grey => {
  const scale = Math.min(1, 640 / Math.max(frame.width, frame.height));
  if (scale === 1) return luma(frame);
  const small = resizeImage(toImage(frame), Math.round(frame.width * scale), Math.round(frame.height * scale));
  const count = small.width * small.height;
  const grey = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    grey[i] = Math.round(
      255 * (0.299 * small.data[i] + 0.587 * small.data[count + i] + 0.114 * small.data[2 * count + i]),
    );
  }
  return { width: small.width, height: small.height, data: grey };
};

/** Flow of each neighbouring pair, measured on small greys. */
export const flowsOf = (frames: readonly Frame[]): Image[] => {
  const greys = frames.map(smallGrey);
  return greys.slice(1).map((grey, i) => disFlow(greys[i], grey));
};

/** Mean length of the difference of two motion fields, pixels of the small picture. */
export const fieldDistance = (a: Image, b: Image): number => {
  const count = a.width * a.height;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.hypot(a.data[i] - b.data[i], a.data[count + i] - b.data[count + i]);
  return sum / count;
};

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The middle value; of an even number the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
