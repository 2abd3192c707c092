import type { Image } from './image.ts';
import { createImage } from './image.ts';

/**
 * Backward warp: out(x) = image(x + flow(x)), bilinear, coordinates clamped to the picture (border replicated; what cv2.remap does with
 * INTER_LINEAR and BORDER_REPLICATE, without its rounding of coordinates to 1/32 px).
 * image [C,H,W], flow [2,H,W] in pixels (dx, dy) → [C,H,W].
 */
export const warp = (image: Image, flow: Image): Image => {
  const { width, height, channels } = image;
  if (flow.width !== width || flow.height !== height || flow.channels < 2)
    throw new RangeError("warp: the flow must have the picture's size and two channels");
  const out = createImage(channels, width, height);
  const count = width * height;
  const source = image.data;
  const target = out.data;
  const motion = flow.data;
  const right = width - 1;
  const bottom = height - 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sx = x + motion[i];
      let sy = y + motion[count + i];
      // Written so that NaN lands at 0 rather than outside the array.
      sx = sx > 0 ? (sx < right ? sx : right) : 0;
      sy = sy > 0 ? (sy < bottom ? sy : bottom) : 0;
      const x0 = sx | 0;
      const y0 = sy | 0;
      const fx = sx - x0;
      const fy = sy - y0;
      const top = y0 * width + x0;
      const stepX = x0 < right ? 1 : 0;
      const stepY = y0 < bottom ? width : 0;
      for (let c = 0, at = top; c < channels; c++, at += count) {
        const a = source[at];
        const b = source[at + stepY];
        const upper = a + fx * (source[at + stepX] - a);
        const lower = b + fx * (source[at + stepX + stepY] - b);
        target[c * count + i] = upper + fy * (lower - upper);
      }
    }
  }
  return out;
};
