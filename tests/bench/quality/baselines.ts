import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Image } from '../../../engine/frames/image.ts';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { flowOf } from './metrics.ts';
import type { Frame, Rate } from './video-file.ts';
import { allFrames, readVideo, writeVideo } from './video-file.ts';

/** cvRound: halves go to the even neighbour. */
const roundEven = (value: number): number => {
  const low = Math.floor(value);
  const part = value - low;
  return part > 0.5 || (part === 0.5 && low % 2 !== 0) ? low + 1 : low;
};

/** cv2.addWeighted(a, 1 - t, b, t, 0). */
export const mixFrames = (a: Frame, b: Frame, t: number): Frame => {
  const data = new Uint8Array(a.data.length);
  const keep = Math.fround(1 - t);
  const take = Math.fround(t);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(
      255,
      Math.max(0, roundEven(Math.fround(Math.fround(a.data[i] * keep) + Math.fround(b.data[i] * take)))),
    );
  }
  return { width: a.width, height: a.height, data };
};

/**
 * cv2.remap(frame, x + gain * flow) with INTER_LINEAR and BORDER_REPLICATE: positions rounded to 1/32 pixel, as its 8-bit path does.
 */
export const warpFrame = (frame: Frame, flow: Image, gain: number): Frame => {
  const { width, height, data } = frame;
  const out = new Uint8Array(data.length);
  const count = width * height;
  const scale = Math.fround(gain);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const sx = roundEven(Math.fround(x + Math.fround(scale * flow.data[i])) * 32);
      const sy = roundEven(Math.fround(y + Math.fround(scale * flow.data[count + i])) * 32);
      const fx = sx & 31;
      const fy = sy & 31;
      const x0 = Math.min(width - 1, Math.max(0, sx >> 5));
      const x1 = Math.min(width - 1, Math.max(0, (sx >> 5) + 1));
      const y0 = Math.min(height - 1, Math.max(0, sy >> 5)) * width;
      const y1 = Math.min(height - 1, Math.max(0, (sy >> 5) + 1)) * width;
      for (let c = 0; c < 3; c++) {
        const top = data[(y0 + x0) * 3 + c] * (32 - fx) + data[(y0 + x1) * 3 + c] * fx;
        const low = data[(y1 + x0) * 3 + c] * (32 - fx) + data[(y1 + x1) * 3 + c] * fx;
        out[i * 3 + c] = (top * (32 - fy) + low * fy + 512) >> 10;
      }
    }
  }
  return { width, height, data: out };
};

/** Cross-fade of the two known neighbours. */
export const linearBlend = (before: Frame, after: Frame, n: number): Frame[] =>
  Array.from({ length: n }, (_, i) => mixFrames(before, after, (i + 1) / (n + 1)));

/** Both neighbours moved along the flow between them, then cross-faded. */
export const bidirectionalFlow = (before: Frame, after: Frame, n: number): Frame[] => {
  const there = flowOf(before, after);
  const back = flowOf(after, before);
  return Array.from({ length: n }, (_, i) => {
    const t = (i + 1) / (n + 1);
    return mixFrames(warpFrame(before, there, -t), warpFrame(after, back, -(1 - t)), t);
  });
};

const runProgram = promisify(execFile);

/**
 * ffmpeg's minterpolate over the hole a..b: the clip is thinned so that the hole becomes the gap between two neighbours, and up to three
 * thinned frames a side are given for context.
 */
export const minterpolate = async (
  frameAt: (index: number) => Frame,
  total: number,
  hole: readonly [number, number],
  rate: Rate,
  folder: string,
): Promise<Frame[]> => {
  const wanted = minterpolateFrames(total, hole);
  const k = hole[1] - hole[0] + 2;
  const input = join(folder, 'thinned.mp4');
  const output = join(folder, 'interpolated.mp4');
  await writeVideo(input, wanted.map(frameAt), { num: rate.num, den: rate.den * k });
  const filter = `minterpolate=fps=${rate.num}/${rate.den}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none`;
  const encode = ['-c:v', 'libx264', '-crf', '6', '-preset', 'veryfast'];
  await runProgram(findFfmpeg().ffmpeg, ['-v', 'error', '-y', '-i', input, '-vf', filter, ...encode, output]);
  const made = allFrames(await readVideo(output));
  const before = wanted.filter((index) => index < hole[0]).length;
  const start = (before - 1) * k + 1;
  const result = made.slice(start, Math.min(start + k - 1, made.length));
  while (result.length < k - 1) result.push(result.at(-1) ?? frameAt(hole[0] - 1));
  return result;
};

/** Frames that `minterpolate` asks for. */
export const minterpolateFrames = (total: number, hole: readonly [number, number]): number[] => {
  const k = hole[1] - hole[0] + 2;
  const steps = [0, 1, 2];
  const before = steps.map((j) => hole[0] - 1 - k * j).filter((index) => index >= 0);
  const after = steps.map((j) => hole[1] + 1 + k * j).filter((index) => index < total);
  return [...before.reverse(), ...after];
};

/** The last known frame again and again. */
export const hold = (last: Frame, n: number): Frame[] => Array.from({ length: n }, () => last);

/** The last frame moved on along the motion that led to it; `decay` < 1 lets the motion die away. */
export const carriedOn = (previous: Frame, last: Frame, n: number, decay = 1): Frame[] => {
  const origin = flowOf(last, previous);
  let travelled = 0;
  let step = 1;
  return Array.from({ length: n }, () => {
    travelled += step;
    step *= decay;
    return warpFrame(last, origin, travelled);
  });
};
