import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanarFrame } from '../../engine/frames/image.ts';
import { readFrames } from '../../engine/media/decode.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import type { MediaInfo } from '../../engine/media/types.ts';

/** A folder of small clips, drawn by ffmpeg when a test first asks for them. */
export const createClipFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'longtake-clips-'));
  const path = (name: string): string => join(folder, name);
  const ffmpeg = (...args: string[]): Buffer => {
    const { status, stdout, stderr } = spawnSync(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args], {
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout;
  };
  return {
    folder,
    path,
    ffmpeg,
    /** Draws a moving test picture, 25 frames a second. */
    draw: (name: string, frames: number, size: string, ...more: string[]): string => {
      ffmpeg('-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${frames / 25}`, ...more, `file:${path(name)}`);
      return path(name);
    },
    remove: (): void => rmSync(folder, { recursive: true, force: true }),
  };
};

export const bytesOf = (frame: PlanarFrame): Buffer =>
  Buffer.concat(frame.planes.map((plane) => Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength)));

export const collect = async (info: MediaInfo, from: number, to: number): Promise<PlanarFrame[]> => {
  const frames: PlanarFrame[] = [];
  for await (const frame of readFrames(info, from, to)) frames.push(frame);
  return frames;
};

/** Peak signal-to-noise ratio over all planes, dB. */
export const psnr = (a: PlanarFrame, b: PlanarFrame): number => {
  let error = 0;
  let count = 0;
  a.planes.forEach((plane, p) => {
    for (let i = 0; i < plane.length; i++) error += (plane[i] - b.planes[p][i]) ** 2;
    count += plane.length;
  });
  return error === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((2 ** a.format.bits - 1) ** 2 / (error / count));
};
