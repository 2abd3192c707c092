import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import type { CaseResult } from './case-fill.ts';
import { pickThree } from './case-fill.ts';
import type { Row } from './measure.ts';
import { mean, psnr, ssim, ssimSide } from './metrics.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame } from './video-file.ts';
import { allFrames, losslessEncode, readVideo, writeVideo } from './video-file.ts';

/** Frames of the clip that count here: enough for the box to leave every place that it hides. */
const counted = 24;
const feather = 8;

type Box = { x: number; y: number; w: number; h: number };

/** A box of 20% of the frame's width and height that crosses the middle of the picture from left to right, on even pixels. */
export const movingBox = (width: number, height: number, index: number, total: number): Box => {
  const even = (value: number): number => Math.round(value / 2) * 2;
  const t = total > 1 ? index / (total - 1) : 0;
  const [w, h] = [even(width * 0.2), even(height * 0.2)];
  return { x: even(width * (0.15 + 0.5 * t)), y: even(height * (0.35 + 0.1 * Math.sin(2 * Math.PI * t))), w, h };
};

type Planes = { y: Uint8Array; u: Uint8Array; v: Uint8Array };

const planesOf = (frame: Frame): Planes => {
  const luma = frame.width * frame.height;
  const chroma = ((frame.width + 1) >> 1) * ((frame.height + 1) >> 1);
  const cut = (from: number, size: number): Uint8Array => frame.data.subarray(from, from + size);
  return { y: cut(0, luma), u: cut(luma, chroma), v: cut(luma + chroma, chroma) };
};

/** Copy of a yuv420p frame with the box painted black. */
const hidden = (frame: Frame, box: Box): Frame => {
  const copy: Frame = { ...frame, data: frame.data.slice() };
  const { y, u, v } = planesOf(copy);
  eachInBox(box, frame.width, (i) => (y[i] = 16));
  eachInBox(half(box), (frame.width + 1) >> 1, (i) => {
    u[i] = 128;
    v[i] = 128;
  });
  return copy;
};

const half = (box: Box): Box => ({ x: box.x >> 1, y: box.y >> 1, w: box.w >> 1, h: box.h >> 1 });

const eachInBox = (box: Box, stride: number, visit: (index: number) => void): void => {
  for (let y = box.y; y < box.y + box.h; y++) for (let x = box.x; x < box.x + box.w; x++) visit(y * stride + x);
};

const maskFrame = (width: number, height: number, box: Box): Frame => {
  const data = new Uint8Array(width * height * 3);
  eachInBox(box, width, (i) => data.fill(255, i * 3, i * 3 + 3));
  return { width, height, data };
};

/** Each hidden sample from the frame nearest in time that shows that place (the earlier of two). */
const nearestCopy = (frames: readonly Frame[], boxes: readonly Box[]): Frame[] =>
  frames.map((frame, t) => {
    const copy: Frame = { ...frame, data: frame.data.slice() };
    const order = frames.map((_, i) => i).sort((a, b) => Math.abs(a - t) - Math.abs(b - t) || a - b);
    const into = planesOf(copy);
    const fill = (plane: 'y' | 'u' | 'v', box: Box, stride: number, boxAt: (i: number) => Box): void =>
      eachInBox(box, stride, (i) => {
        const x = i % stride;
        const y = (i / stride) | 0;
        const from = order.find((k) => {
          const other = boxAt(k);
          return x < other.x || x >= other.x + other.w || y < other.y || y >= other.y + other.h;
        });
        if (from !== undefined) into[plane][i] = planesOf(frames[from])[plane][i];
      });
    fill('y', boxes[t], frame.width, (k) => boxes[k]);
    const chroma = (frame.width + 1) >> 1;
    fill('u', half(boxes[t]), chroma, (k) => half(boxes[k]));
    fill('v', half(boxes[t]), chroma, (k) => half(boxes[k]));
    return copy;
  });

/** ffmpeg's delogo, one frame at a time because its box does not move. */
const delogo = async (frame: Frame, box: Box): Promise<Frame> => {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${frame.width}x${frame.height}`];
  const filter = `delogo=x=${box.x}:y=${box.y}:w=${box.w}:h=${box.h}`;
  const ffmpeg = spawn(
    findFfmpeg().ffmpeg,
    ['-v', 'error', ...raw, '-i', '-', '-vf', filter, ...raw.slice(0, 4), '-'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const parts: Buffer[] = [];
  ffmpeg.stdout.on('data', (part: Buffer) => parts.push(part));
  const closed = once(ffmpeg, 'close');
  ffmpeg.stdin.end(frame.data);
  await closed;
  return { ...frame, data: new Uint8Array(Buffer.concat(parts)) };
};

/** Largest difference of any sample farther than the feather from the box, 0..255. */
const outsideDifference = (got: Frame, source: Frame, box: Box): number => {
  const margin = feather + 2;
  let worst = 0;
  const compare = (a: Uint8Array, b: Uint8Array, stride: number, near: Box): void => {
    for (let i = 0; i < a.length; i++) {
      const x = i % stride;
      const y = (i / stride) | 0;
      if (x >= near.x && x < near.x + near.w && y >= near.y && y < near.y + near.h) continue;
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
  };
  const near: Box = { x: box.x - margin, y: box.y - margin, w: box.w + 2 * margin, h: box.h + 2 * margin };
  const [a, b] = [planesOf(got), planesOf(source)];
  compare(a.y, b.y, got.width, near);
  for (const plane of ['u', 'v'] as const) compare(a[plane], b[plane], (got.width + 1) >> 1, half(near));
  return worst;
};

const crop = (frame: Frame, box: Box): Frame => {
  const data = new Uint8Array(box.w * box.h * 3);
  for (let y = 0; y < box.h; y++) {
    const from = ((y + box.y) * frame.width + box.x) * 3;
    data.set(frame.data.subarray(from, from + box.w * 3), y * box.w * 3);
  }
  return { width: box.w, height: box.h, data };
};

/** Blackens a moving box and asks for what was behind it. All files are lossless, so that "untouched outside" means untouched. */
export const inpaintCase = async (clip: string, bench: Bench): Promise<CaseResult> => {
  const video = await readVideo(clip, { limit: counted, pixFmt: 'yuv420p' });
  const { rate, width, height } = video;
  const frames = allFrames(video);
  const boxes = frames.map((_, i) => movingBox(width, height, i, frames.length));
  const path = (name: string): string => join(bench.folder, name);
  const holed = frames.map((frame, i) => hidden(frame, boxes[i]));
  await writeVideo(path('source.mkv'), holed, rate, losslessEncode, 'yuv420p');
  const maskEncode = ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv444p'];
  await writeVideo(
    path('mask.mp4'),
    boxes.map((box) => maskFrame(width, height, box)),
    rate,
    maskEncode,
  );
  await writeVideo(path('truth.mkv'), frames, rate, losslessEncode, 'yuv420p');
  const truth = allFrames(await readVideo(path('truth.mkv')));
  const truthSides = truth.map((frame, i) => ssimSide(crop(frame, boxes[i])));

  const label = { task: 'inpaint', case: 'inpaint-box', clip: basename(clip) };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [{ label: 'truth', frames: pickThree(truth) }];
  const add = async (method: string, file: string, more: Record<string, number> = {}): Promise<void> => {
    const planes = allFrames(await readVideo(file, { pixFmt: 'yuv420p' }));
    if (planes.length !== frames.length) {
      process.stderr.write(`  ${method} gave ${planes.length} frames instead of ${frames.length}\n`);
      return;
    }
    const outside = Math.max(...planes.map((frame, i) => outsideDifference(frame, holed[i], boxes[i])));
    const got = allFrames(await readVideo(file)).map((frame, i) => ({ frame, inside: crop(frame, boxes[i]) }));
    const perFrame = {
      psnr: got.map(({ inside }, i) => psnr(inside, crop(truth[i], boxes[i]))),
      ssim: got.map(({ inside }, i) => ssim(ssimSide(inside), truthSides[i])),
    };
    rows.push({
      ...label,
      method,
      figures: { psnr: mean(perFrame.psnr), ssim: mean(perFrame.ssim), outside, ...more },
      perFrame,
    });
    sheet.push({ label: method, frames: pickThree(got.map(({ frame }) => frame)) });
  };
  await writeVideo(path('copy.mkv'), nearestCopy(holed, boxes), rate, losslessEncode, 'yuv420p');
  await add('nearest-copy', path('copy.mkv'));
  const smeared: Frame[] = [];
  for (const [i, frame] of holed.entries()) smeared.push(await delogo(frame, boxes[i]));
  await writeVideo(path('delogo.mkv'), smeared, rate, losslessEncode, 'yuv420p');
  await add('delogo', path('delogo.mkv'));
  const args = ['inpaint', path('source.mkv'), '--mask', path('mask.mp4'), '--feather', String(feather)];
  for (const run of await runTool(bench, [...args, '--codec', 'ffv1', '-o', 'OUT'], 'mkv')) {
    await add(run.method, run.output, { seconds: run.seconds });
  }
  return { rows, sheet };
};
