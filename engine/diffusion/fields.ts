import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { resizeImage } from '../frames/resize.ts';
import { warp } from '../frames/warp.ts';

/**
 * Where a frame's pixels are found in another frame: frame_u(x) ≈ frame_r(x + flow(x)).
 * flow [2,H,W] (dx, dy) in pixels of the working grid; visibility [1,H,W], 0..1: how far the other frame shows that pixel.
 */
export type Field = { flow: Image; visibility: Image };

/** Side of a latent cell in working pixels. */
export const cell = 8;

/** Means of 8x8 blocks: [C,H,W] → [C,H/8,W/8]. */
export const blockMeans = (image: Image): Image => {
  const { channels, width, height } = image;
  const out = createImage(channels, width / cell, height / cell);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const to = (c * out.height + ((y / cell) | 0)) * out.width;
      const from = (c * height + y) * width;
      for (let x = 0; x < width; x++) out.data[to + ((x / cell) | 0)] += image.data[from + x] / (cell * cell);
    }
  }
  return out;
};

/** Latent size → working size, bilinear. */
export const enlarge = (image: Image): Image => resizeImage(image, image.width * cell, image.height * cell);

/** A picture of one value. */
export const filled = (channels: number, width: number, height: number, value: number): Image => {
  const out = createImage(channels, width, height);
  out.data.fill(value);
  return out;
};

export const scaled = (image: Image, factor: number): Image => ({ ...image, data: image.data.map((v) => v * factor) });

export const clamped = (image: Image, low: number, high: number): Image => ({
  ...image,
  data: image.data.map((v) => (v > low ? (v < high ? v : high) : low)),
});

/** 1 where x + flow(x) lies within the picture, else 0: [1,H,W]. */
export const inside = (flow: Image): Image => {
  const { width, height, data } = flow;
  const out = createImage(1, width, height);
  const count = width * height;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const sx = x + data[i];
      const sy = y + data[count + i];
      out.data[i] = sx >= 0 && sx <= width - 1 && sy >= 0 && sy <= height - 1 ? 1 : 0;
    }
  }
  return out;
};

/** u → v → r out of u → v (`first`) and v → r (`second`), [2,H,W] each. */
export const chained = (first: Image, second: Image): Image => {
  const moved = warp(second, first);
  return { ...first, data: first.data.map((v, i) => v + moved.data[i]) };
};

/** Agreement of a flow with the one back, [1,H,W]: exp(−e² / (2 (0.5 + 0.1 |f|)²)), e = |f(x) + g(x + f(x))|. */
export const consistency = (forward: Image, backward: Image): Image => {
  const { width, height, data } = forward;
  const back = warp(backward, forward).data;
  const out = createImage(1, width, height);
  const count = width * height;
  for (let i = 0; i < count; i++) {
    const fx = data[i];
    const fy = data[count + i];
    const ex = fx + back[i];
    const ey = fy + back[count + i];
    const spread = 0.5 + 0.1 * Math.sqrt(fx * fx + fy * fy);
    out.data[i] = Math.exp(-(ex * ex + ey * ey) / (2 * spread * spread));
  }
  return out;
};

/**
 * The same flow, but what it would fetch from beyond the picture's edge is fetched from as far inside it: a margin that nobody has seen is
 * begun from a mirror image instead of streaks of the border's pixels.
 */
export const mirroredInside = (flow: Image): Image => {
  const { width, height } = flow;
  const out = createImage(2, width, height);
  const count = width * height;
  const fold = (at: number, last: number): number => {
    const folded = at < 0 ? -at : at > last ? 2 * last - at : at;
    return folded < 0 ? 0 : folded > last ? last : folded;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      out.data[i] = fold(x + flow.data[i], width - 1) - x;
      out.data[count + i] = fold(y + flow.data[count + i], height - 1) - y;
    }
  }
  return out;
};
