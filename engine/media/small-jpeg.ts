import sharp from 'sharp';
import type { Image } from '../frames/image.ts';

/** Writes an R'G'B' picture [3,H,W], 0..1, as a JPEG of some kilobytes. Values outside are clipped. */
export const writeSmallJpeg = async (file: string, { width, height, data }: Image): Promise<void> => {
  const count = width * height;
  const pixels = new Uint8ClampedArray(3 * count);
  for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = 255 * data[c * count + i];
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toFile(file);
};
