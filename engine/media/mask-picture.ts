import sharp from 'sharp';
import type { Image } from '../frames/image.ts';

/** Writes a mask [1,H,W], 0..1, as a grey PNG. */
export const writeMaskPicture = async (file: string, { width, height, data }: Image): Promise<void> => {
  const pixels = Uint8ClampedArray.from(data, (value) => 255 * value);
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(file);
};
