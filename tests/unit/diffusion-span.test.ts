import { describe, expect, it } from 'vitest';
import type { SpanInput } from '../../engine/diffusion/generate-span.ts';
import { generateSpan, neededFrames } from '../../engine/diffusion/generate-span.ts';
import type { HoledFrame } from '../../engine/diffusion/donors.ts';
import { findDonors, plateOf } from '../../engine/diffusion/donors.ts';
import { inpaintWindow } from '../../engine/diffusion/inpaint-window.ts';
import { fillHole } from '../../engine/diffusion/fill-hole.ts';
import type { RefinedFrame } from '../../engine/diffusion/refine-frames.ts';
import { farthestKnown } from '../../engine/diffusion/windows.ts';
import type { Image } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';
import { createPlainModel } from '../support/plain-model.ts';

const width = 96;
const height = 64;
const schedule = { levels: [1, 0.75, 0.5, 0.25], temperature: 1, source: 'noise' as const };

/** A texture of many sizes that moves by half a pixel a frame. */
const scene = (frame: number): Image => {
  const out = createImage(3, width, height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const u = x - 0.5 * frame;
        out.data[(c * height + y) * width + x] =
          0.5 +
          0.18 * Math.sin(u / 5 + c) +
          0.12 * Math.cos(y / 4 + u / 11) +
          0.1 * Math.sin((u + y) / 2.7) +
          0.06 * Math.sin(u / 23 - y / 17);
      }
    }
  }
  return out;
};

/** Root mean square difference away from the borders. */
const difference = (a: Image, b: Image): number => {
  let sum = 0;
  let count = 0;
  for (let y = 12; y < height - 12; y++) {
    for (let x = 20; x < width - 20; x++) {
      sum += (a.data[y * width + x] - b.data[y * width + x]) ** 2;
      count++;
    }
  }
  return Math.sqrt(sum / count);
};

const spanOf = (before: number, unknown: number, after: number, changes: Partial<SpanInput> = {}): SpanInput => {
  const countBefore = Math.min(before, farthestKnown);
  const countAfter = Math.min(after, farthestKnown);
  const needed = neededFrames({ unknown, countBefore, countAfter, limits: { frames: 16, known: 4 } });
  const side = (wanted: (index: number) => boolean) =>
    new Map(needed.filter(wanted).map((index) => [index, scene(index)]));
  return {
    model: createPlainModel(),
    schedule,
    denoiser: 'network',
    seed: 7,
    unknown,
    secondsOf: (index) => index / 24,
    before: side((index) => index < 0),
    after: side((index) => index >= unknown),
    countBefore,
    countAfter,
    linked: true,
    motion: null,
    hintsAt: null,
    onPrior: async () => {},
    onStep: async () => {},
    onRefined: async () => {},
    ...changes,
  };
};

const collect = async (input: SpanInput): Promise<(RefinedFrame & { index: number })[]> => {
  const frames = [];
  for await (const frame of generateSpan(input)) frames.push(frame);
  return frames;
};

describe('generateSpan', () => {
  for (const [name, before, unknown, after] of [
    ['forward', 30, 12, 0],
    ['forward, chained', 30, 29, 0],
    ['backward, chained', 0, 20, 30],
    ['between', 30, 7, 30],
    ['between, over keyframes', 30, 26, 30],
    ['after a single frame', 1, 6, 0],
  ] as const) {
    it(`makes every frame in order: ${name}`, async () => {
      const frames = await collect(spanOf(before, unknown, after));
      expect(frames.map((frame) => frame.index)).toEqual(Array.from({ length: unknown }, (_, i) => i));
      for (const { lineage } of frames) {
        expect(lineage.before === null).toBe(before === 0);
        expect(lineage.after === null).toBe(after === 0);
      }
    });
  }

  it('goes on with the motion instead of standing still', async () => {
    const frames = await collect(spanOf(30, 12, 0));
    for (const i of [5, 11])
      expect(difference(frames[i].picture, scene(i))).toBeLessThan(0.4 * difference(scene(-1), scene(i)));
  });

  it('leads every chained frame back to the real one', async () => {
    const frames = await collect(spanOf(30, 24, 0));
    const flow = frames[23].lineage.before!.flow;
    // 24 frames of half a pixel after the last real frame.
    expect(flow.data[32 * width + 60]).toBeGreaterThan(-14);
    expect(flow.data[32 * width + 60]).toBeLessThan(-10);
  });

  it('meets both sides of a gap', async () => {
    const frames = await collect(spanOf(30, 15, 30));
    for (const frame of frames) expect(difference(frame.picture, scene(frame.index))).toBeLessThan(0.08);
  });

  it('gives the same bytes for the same seed', async () => {
    const [a, b] = [await collect(spanOf(30, 14, 0)), await collect(spanOf(30, 14, 0))];
    for (const [i, frame] of a.entries())
      expect(Buffer.from(frame.picture.data.buffer).equals(Buffer.from(b[i].picture.data.buffer))).toBe(true);
  });

  it('asks the network once per step and window, and not at all for the prior', async () => {
    const calls = { denoise: 0 };
    const steps: [number, number][] = [];
    await collect(
      spanOf(30, 24, 0, {
        model: createPlainModel(calls),
        onStep: async (done, total) => void steps.push([done, total]),
      }),
    );
    expect(calls.denoise).toBe(8);
    expect(steps.at(-1)).toEqual([8, 8]);
    await collect(spanOf(30, 12, 0, { model: createPlainModel(calls), denoiser: 'prior' }));
    expect(calls.denoise).toBe(8);
  });

  it('stops between steps when it is told to', async () => {
    const calls = { denoise: 0 };
    const stop = spanOf(30, 24, 0, {
      model: createPlainModel(calls),
      onStep: async (done) => {
        if (done === 2) throw new Error('stopped');
      },
    });
    await expect(collect(stop)).rejects.toThrow('stopped');
    expect(calls.denoise).toBe(2);
  });

  it('carries one shot into another where they are not linked', async () => {
    // Over a keyframe: what has not come yet must not shine through it.
    const frames = await collect(spanOf(30, 14, 30, { linked: false }));
    const [first, last] = [frames[0], frames[13]];
    const shares = (frame: RefinedFrame, side: number) =>
      frame.weights.data.subarray(side * width * height, (side + 1) * width * height).reduce((sum, v) => sum + v, 0) /
      (width * height);
    expect(shares(first, 1)).toBeLessThan(0.2);
    expect(shares(last, 0)).toBeLessThan(0.2);
    expect(first.weights.data[32 * width + 48]).toBeGreaterThan(first.weights.data[width * height + 32 * width + 48]);
    expect(last.weights.data[32 * width + 48]).toBeLessThan(last.weights.data[width * height + 32 * width + 48]);
  });
});

describe('inpainting', () => {
  const boxed = (index: number, left: number): HoledFrame => {
    const hole = createImage(1, width, height);
    for (let y = 20; y < 44; y++) hole.data.fill(1, y * width + left, y * width + left + 16);
    return { index, seconds: index / 24, picture: fillHole(scene(index), hole), hole, isWhole: false };
  };

  it('fills a hole smoothly and leaves the rest alone', () => {
    const ramp = createImage(1, width, height);
    for (let i = 0; i < ramp.data.length; i++) ramp.data[i] = (i % width) / width;
    const { hole } = boxed(0, 40);
    const filled = fillHole({ ...ramp, data: ramp.data.map((v, i) => (hole.data[i] > 0 ? 9 : v)) }, hole);
    let worst = 0;
    for (let i = 0; i < ramp.data.length; i++) {
      if (hole.data[i] === 0) expect(filled.data[i]).toBe(ramp.data[i]);
      else worst = Math.max(worst, Math.abs(filled.data[i] - ramp.data[i]));
    }
    expect(worst).toBeLessThan(0.12);
  });

  it('finds what a moving hole hides in other frames and shows that', async () => {
    const frame = boxed(0, 40);
    const others = [boxed(-2, 36), boxed(2, 44), boxed(-16, 8), boxed(16, 72)];
    const donors = findDonors(frame, others, (of) => plateOf(of, [frame, ...others]), 2);
    // The near ones hide most of it themselves.
    expect([donors.before?.frame.index, donors.after?.frame.index].some((index) => Math.abs(index ?? 0) === 16)).toBe(
      true,
    );
    const [refined] = await inpaintWindow({
      model: createPlainModel(),
      schedule,
      denoiser: 'network',
      seed: 1,
      known: [{ seconds: -1 / 24, picture: scene(-1) }],
      frames: [{ frame, donors }],
      afterStep: async () => {},
    });
    const truth = scene(0);
    let error = 0;
    let smooth = 0;
    for (let i = 0; i < width * height; i++) {
      if (frame.hole.data[i] === 0) continue;
      error += (refined.picture.data[i] - truth.data[i]) ** 2;
      smooth += (frame.picture.data[i] - truth.data[i]) ** 2;
    }
    expect(error).toBeLessThan(0.25 * smooth);
  });

  it('never copies out of another frame’s hole', async () => {
    const frame = boxed(0, 40);
    const donors = findDonors(frame, [boxed(-2, 40)], (of) => of.picture, 2);
    const [refined] = await inpaintWindow({
      model: createPlainModel(),
      schedule,
      denoiser: 'network',
      seed: 1,
      known: [],
      frames: [{ frame, donors }],
      afterStep: async () => {},
    });
    expect(refined.weights.data[32 * width + 48]).toBe(0);
    expect(refined.weights.data[2 * width * height + 32 * width + 48]).toBe(1);
  });
});
