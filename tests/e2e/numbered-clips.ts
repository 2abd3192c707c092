import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { ffmpeg } from './clips.ts';

/**
 * Clips whose frames say in black and white which they are: the upper half of the picture holds the frame's number, the lower half the
 * clip's, as eight bits from left to right, the lowest first. They survive scaling and lossy codecs.
 */
const columns = 8;

export type NumberedClip = {
  id: number;
  frames: number;
  rate: string;
  size: string;
  /** Words for the encoders; the picture's have a pixel format. */
  video: string[];
  audio?: string[];
};

const bits = (number: string): string => `mod(floor(${number}/pow(2,floor(X*${columns}/W))),2)`;

/** Writes `name` into `folder` and gives its path. */
export const makeNumberedClip = (folder: string, name: string, clip: NumberedClip): string => {
  const target = path.join(folder, name);
  const [width, height] = clip.size.split('x');
  const luma = `28+200*if(lt(Y,H/2),${bits('N')},${bits(String(clip.id))})`;
  const [num, den = '1'] = clip.rate.split('/');
  const seconds = (clip.frames * Number(den)) / Number(num);
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=${300 + 100 * clip.id}:sample_rate=48000:duration=${seconds}`];
  ffmpeg(
    ...[
      '-f',
      'lavfi',
      '-i',
      `color=black:s=${width}x${height}:r=${clip.rate},format=yuv420p,geq=lum='${luma}':cb=128:cr=128`,
    ],
    ...(clip.audio ? tone : []),
    ...['-frames:v', String(clip.frames), ...clip.video, ...(clip.audio ?? ['-an'])],
    `file:${target}`,
  );
  return target;
};

export type SeenFrame = {
  /** Null where a bit is neither black nor white: two clips seen at once, or something over them. */
  number: number | null;
  id: number | null;
};

/** The luma of every frame of a file, 0..255, at its own size. */
export const lumaFrames = (file: string, width: number, height: number): Uint8Array[] => {
  const words = ['-nostdin', '-v', 'error', '-i', `file:${file}`, '-map', '0:v:0', '-fps_mode', 'passthrough'];
  const bytes = execFileSync(
    findFfmpeg().ffmpeg,
    [...words, '-vf', 'extractplanes=y', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
    { maxBuffer: 1 << 30 },
  );
  const frames: Uint8Array[] = [];
  for (let at = 0; at + width * height <= bytes.length; at += width * height) {
    frames.push(bytes.subarray(at, at + width * height));
  }
  return frames;
};

/** The mean luma around the middle of each cell: the number's bits, then the clip's. */
export const cellsOf = (frame: Uint8Array, width: number, height: number): number[] =>
  [0, 1].flatMap((row) => Array.from({ length: columns }, (_, column) => cellLuma(frame, width, height, column, row)));

/** The cells of a frame as they were made. */
export const cellsFor = (number: number, id: number): number[] =>
  [number, id].flatMap((value) =>
    Array.from({ length: columns }, (_, column) => (Math.floor(value / 2 ** column) % 2 === 1 ? 228 : 28)),
  );

const cellLuma = (frame: Uint8Array, width: number, height: number, column: number, row: number): number => {
  const [x, y] = [Math.floor(((column + 0.5) * width) / columns), Math.floor(((row + 0.5) * height) / 2)];
  let sum = 0;
  for (let dy = -2; dy < 2; dy += 1) for (let dx = -2; dx < 2; dx += 1) sum += frame[(y + dy) * width + x + dx];
  return sum / 16;
};

/** What a frame says it is. */
export const readFrame = (frame: Uint8Array, width: number, height: number): SeenFrame => {
  const read = (row: number): number | null => {
    let number = 0;
    for (let column = 0; column < columns; column += 1) {
      const luma = cellLuma(frame, width, height, column, row);
      if (luma > 75 && luma < 180) return null;
      if (luma >= 180) number += 2 ** column;
    }
    return number;
  };
  return { number: read(0), id: read(1) };
};
