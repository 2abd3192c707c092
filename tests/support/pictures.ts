import { execFileSync } from 'node:child_process';

/** A part of a picture, pixels. */
export type Part = { x: number; y: number; width: number; height: number };

/** Every picture of a file at a size, luma alone, one byte a pixel; all of it or a part. */
export const greysOf = (file: string, width: number, height: number, part?: Part): Buffer[] => {
  const crop = part ? `,crop=${part.width}:${part.height}:${part.x}:${part.y}` : '';
  const words = ['-v', 'error', '-i', file, '-vf', `scale=${width}:${height}${crop}`, '-f', 'rawvideo'];
  const bytes = execFileSync('ffmpeg', [...words, '-pix_fmt', 'gray', '-'], { maxBuffer: 1 << 28 });
  const size = part ? part.width * part.height : width * height;
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
};

export const meanOf = (picture: Buffer): number => picture.reduce((sum, value) => sum + value, 0) / picture.length;

/** Mean difference of two pictures, levels of 255. */
export const apart = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

/** Peak signal-to-noise ratio, decibels; Infinity for the same. */
export const psnr = (a: Buffer, b: Buffer): number => {
  const error = a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
  return 10 * Math.log10(255 ** 2 / error);
};
