import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobSize, MeasuredJob } from '../../engine/jobs/estimate.ts';
import { estimateJob, recordJob } from '../../engine/jobs/estimate.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-estimate-'));
  file = path.join(folder, 'data', 'speed.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const size = (changes: Partial<JobSize> = {}): JobSize => ({
  ...{
    task: 'extend',
    model: 'longtake-embedded',
    steps: 4,
    takes: 1,
    newFrames: 24,
    width: 1280,
    height: 720,
    crf: 8,
  },
  ...changes,
});

/** A job that took so long in each stage. */
const job = (changes: Partial<MeasuredJob> = {}): MeasuredJob => ({
  ...size(),
  seconds: { load: 1, read: 2, prior: 0.5, denoise: 4, refine: 3, encode: 10 },
  frames: 24,
  bytes: 2_000_000,
  ...changes,
});

describe('what a job is expected to take', () => {
  it('is a sane guess before anything was measured, and writes nothing', async () => {
    const guess = await estimateJob(size(), file);
    expect(guess.measured).toBe(false);
    expect(guess.seconds).toBeGreaterThan(3);
    expect(guess.seconds).toBeLessThan(30);
    expect(guess.bytes).toBeGreaterThan(300_000);
    expect(guess.bytes).toBeLessThan(10_000_000);
    expect(existsSync(file)).toBe(false);
  });

  it('is what the same job took, once it has been done', async () => {
    await recordJob(job(), file);
    const estimate = await estimateJob(size(), file);
    expect(estimate.measured).toBe(true);
    expect(estimate.seconds).toBeCloseTo(20.5, 6);
    expect(estimate.bytes).toBe(2_000_000);
    expect(readdirSync(path.dirname(file))).toEqual(['speed.json']);
  });

  it('leans towards the newest jobs without forgetting the others', async () => {
    await recordJob(job(), file);
    const slow = Object.fromEntries(Object.entries(job().seconds).map(([stage, seconds]) => [stage, 3 * seconds]));
    await recordJob(job({ seconds: slow }), file);
    const { seconds } = await estimateJob(size(), file);
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThan(61.5);
  });

  it('takes a first idea of another task from what the same model has done', async () => {
    await recordJob(job({ seconds: { load: 10, read: 20, prior: 5, denoise: 40, refine: 30, encode: 100 } }), file);
    const kin = await estimateJob(size({ task: 'fill' }), file);
    expect(kin.measured).toBe(false);
    // But how long its reading takes, which is its own.
    expect(kin.seconds).toBeCloseTo(186, 6);
    expect((await estimateJob(size({ model: 'other' }), file)).seconds).toBeLessThan(30);
  });

  it('counts reading by the frame where every frame is read', async () => {
    await recordJob(job({ task: 'inpaint' }), file);
    const seconds = async (newFrames: number): Promise<number> =>
      (await estimateJob(size({ task: 'inpaint', newFrames }), file)).seconds;
    expect(await seconds(24)).toBeCloseTo(20.5, 6);
    expect(await seconds(48)).toBeCloseTo(40, 6);
  });

  it('learns nothing about full size from results that are mostly kept', async () => {
    await recordJob(job(), file);
    await recordJob(job({ frames: 240, seconds: { ...job().seconds, encode: 1000 } }), file);
    expect((await estimateJob(size(), file)).seconds).toBeCloseTo(20.5, 6);
  });

  it('grows with frames, pixels, steps and takes', async () => {
    await recordJob(job(), file);
    const seconds = async (changes: Partial<JobSize>): Promise<number> =>
      (await estimateJob(size(changes), file)).seconds;
    const base = await seconds({});
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 25, max: 3000 }), async (newFrames) => {
        expect(await seconds({ newFrames })).toBeGreaterThan(base);
      }),
      { numRuns: 20 },
    );
    expect(await seconds({ width: 3840, height: 2160 })).toBeGreaterThan(base);
    expect(await seconds({ steps: 8 })).toBeGreaterThan(base);
    expect(await seconds({ takes: 3 })).toBeCloseTo(1 + 3 * 19.5, 6);
  });

  it.each(['', '{', '{"format":2}', '{"format":1,"paces":{"a":{"load":-1}},"weights":{}}'])(
    'starts from a guess where its file is %j, and mends it',
    async (text) => {
      await recordJob(job(), file);
      writeFileSync(file, text);
      expect((await estimateJob(size(), file)).measured).toBe(false);
      await recordJob(job(), file);
      expect((JSON.parse(readFileSync(file, 'utf8')) as { format: number }).format).toBe(1);
      expect((await estimateJob(size(), file)).measured).toBe(true);
    },
  );
});
