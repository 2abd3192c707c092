import type { Image } from './image.ts';
import { createImage } from './image.ts';
import { shrinkMask } from './mask.ts';
import { warp } from './warp.ts';

/** Samples of a flow around the mask that are looked at besides, for what lies between them. */
const margin = 2;

/** Columns and rows of a picture that hold anything, with the margin; null where nothing does. */
const boundsOf = ({ data, width, height }: Image) => {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] <= 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return null;
  return { left: left - margin, top: top - margin, right: right + 1 + margin, bottom: bottom + 1 + margin };
};

/** Bilinear, coordinates clamped. */
const sampled = (data: Float32Array, width: number, height: number, x: number, y: number, from = 0): number => {
  const cx = x > 0 ? (x < width - 1 ? x : width - 1) : 0;
  const cy = y > 0 ? (y < height - 1 ? y : height - 1) : 0;
  const at = from + (cy | 0) * width + (cx | 0);
  const stepX = cx < width - 1 ? 1 : 0;
  const stepY = cy < height - 1 ? width : 0;
  const fx = cx - (cx | 0);
  const upper = data[at] + fx * (data[at + stepX] - data[at]);
  const lower = data[at + stepY] + fx * (data[at + stepY + stepX] - data[at + stepY]);
  return upper + (cy - (cy | 0)) * (lower - upper);
};

/**
 * A mask after a motion that is known more coarsely. mask [1,H,W] of 0 and 1; way [2,h,w]: from where each place comes, in pixels of the
 * way's own size. → [1,H,W] of 0 and 1. Only where the mask may get to is worked out: a hand's width of a 4K picture costs little.
 */
export const moveMask = (mask: Image, way: Image): Image => {
  const { width, height } = mask;
  const out = createImage(1, width, height);
  const bounds = boundsOf(warp(shrinkMask(mask, way.width, way.height), way));
  if (bounds === null) return out;
  const [sx, sy] = [way.width / width, way.height / height];
  const count = way.width * way.height;
  const [right, bottom] = [
    Math.min(width, Math.ceil(bounds.right / sx)),
    Math.min(height, Math.ceil(bounds.bottom / sy)),
  ];
  for (let y = Math.max(0, Math.floor(bounds.top / sy)); y < bottom; y++) {
    const v = (y + 0.5) * sy - 0.5;
    for (let x = Math.max(0, Math.floor(bounds.left / sx)); x < right; x++) {
      const u = (x + 0.5) * sx - 0.5;
      const dx = sampled(way.data, way.width, way.height, u, v) / sx;
      const dy = sampled(way.data, way.width, way.height, u, v, count) / sy;
      if (sampled(mask.data, width, height, x + dx, y + dy) >= 0.5) out.data[y * width + x] = 1;
    }
  }
  return out;
};
