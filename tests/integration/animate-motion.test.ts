import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { animateRequest } from '../../engine/contract/task-request.ts';
import { disFlow, toGrey } from '../../engine/frames/dis-flow.ts';
import type { Image } from '../../engine/frames/image.ts';
import { toWorking } from '../../engine/frames/resize.ts';
import { runInference } from '../../engine/jobs/inference-process.ts';
import { readFrames } from '../../engine/media/decode.ts';
import { probe } from '../../engine/media/probe.ts';
import { ffmpeg } from '../e2e/clips.ts';
import { checkout } from '../e2e/command-line.ts';

/** A painted region that moves, and a still that moves there and back, by the model that ships. */
let folder: string;
let image: string;
const [width, height] = [256, 144];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-motion-'));
  image = path.join(folder, 'still.png');
  const clip = path.join(checkout, 'resources/demo/walk-in-the-rain.mp4');
  ffmpeg('-i', clip, '-vf', `scale=${width}:${height}`, '-frames:v', '1', image);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const animate = async (name: string, fields: Record<string, unknown>): Promise<Image[]> => {
  const out = path.join(folder, name);
  const wish = { task: 'animate', image, out, codec: 'ffv1', fps: 12, seconds: 1, audio: false, ...fields };
  await runInference(animateRequest.parse(wish), { onEvent: () => undefined });
  const info = await probe(out);
  const frames = [];
  for await (const frame of readFrames(info, 0, info.frameCount - 1)) frames.push(toWorking(frame, { width, height }));
  return frames;
};

/** Mean displacement of a box of `from` in `to`, pixels. */
const moved = (
  from: Image,
  to: Image,
  [x0, y0, x1, y1]: [number, number, number, number],
): { dx: number; dy: number } => {
  const { data } = disFlow(toGrey(from), toGrey(to));
  let [dx, dy] = [0, 0];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      dx += data[y * width + x];
      dy += data[width * height + y * width + x];
    }
  }
  const count = (x1 - x0) * (y1 - y0);
  return { dx: dx / count, dy: dy / count };
};

const difference = (a: Image, b: Image): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;

describe('a still', () => {
  it('moves where a region was painted, the way of its arrow, and hardly elsewhere', async () => {
    const region = { strokes: [{ radius: 20, points: [[70, 70], [90, 70]] }], dx: 8, dy: -4 }; // prettier-ignore
    const frames = await animate('region.mkv', { regions: [region] });
    expect(frames).toHaveLength(12);
    const { dx, dy } = moved(frames[0], frames[11], [62, 58, 98, 82]);
    expect(dx).toBeGreaterThan(5);
    expect(dx).toBeLessThan(10);
    expect(dy).toBeLessThan(-2);
    expect(dy).toBeGreaterThan(-6);
    const far = moved(frames[0], frames[11], [160, 20, 240, 120]);
    expect(Math.hypot(far.dx, far.dy)).toBeLessThan(0.5);
  });

  it('moves there and back again where it is to be a loop', async () => {
    const frames = await animate('loop.mkv', { camera: 'pan right, fast', loop: true });
    const box: [number, number, number, number] = [60, 30, 200, 110];
    const reached = moved(frames[0], frames[6], box).dx;
    // A fast pan goes 16 % of the width in a second.
    expect(reached).toBeLessThan(-0.1 * width);
    expect(Math.abs(moved(frames[0], frames[11], box).dx)).toBeLessThan(0.1 * Math.abs(reached));
    expect(difference(frames[11], frames[0])).toBeLessThan(0.5 * difference(frames[6], frames[0]));
  });
});
