import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import type { PlanarFrame } from '../../engine/frames/image.ts';
import { rationalRate } from '../../engine/tasks/animate.ts';
import { retimed } from '../../engine/tasks/blend.ts';
import { fitFrame, fittedBox } from '../../engine/tasks/fit-frame.ts';
import { newFrameRanges } from '../../engine/tasks/plan.ts';
import { tidyRanges } from '../../engine/tasks/ranges.ts';
import { breathe, createTaskProgress } from '../../engine/tasks/task-progress.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserFacingError) return error.code;
    throw error;
  }
  return 'none';
};

describe('ranges', () => {
  it('sorts and joins what touches', () => {
    expect(
      tidyRanges(
        [
          [9, 11],
          [2, 3],
          [4, 5],
          [10, 14],
        ],
        20,
      ),
    ).toEqual([
      [2, 5],
      [9, 14],
    ]);
  });

  it('keeps exactly the named frames', () => {
    const range = fc.tuple(fc.nat(49), fc.nat(49)).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), (ranges) => {
        const tidy = tidyRanges(ranges, 60);
        const named = (list: [number, number][]) =>
          [...Array(60).keys()].filter((i) => list.some(([a, b]) => i >= a && i <= b));
        expect(named(tidy)).toEqual(named(ranges));
        for (let i = 1; i < tidy.length; i++) expect(tidy[i][0]).toBeGreaterThan(tidy[i - 1][1] + 1);
      }),
    );
  });

  it('refuses frames that are not there, ranges that run backwards and ranges that leave nothing', () => {
    expect(codeOf(() => tidyRanges([[5, 20]], 20))).toBe('input');
    expect(codeOf(() => tidyRanges([[5, 4]], 20))).toBe('usage');
    expect(
      codeOf(() =>
        tidyRanges(
          [
            [0, 10],
            [11, 19],
          ],
          20,
        ),
      ),
    ).toBe('usage');
  });
});

describe('pieces', () => {
  it('tells where the made frames lie in the result', () => {
    const made = { kind: 'new', count: 3, frames: () => [] } as never;
    const pieces = [made, { kind: 'kept', from: 0, to: 9 }, made] as never;
    expect(newFrameRanges({ pieces })).toEqual([
      [0, 2],
      [13, 15],
    ]);
    expect(newFrameRanges({ pieces, onlyNew: true })).toEqual([
      [0, 2],
      [3, 5],
    ]);
  });

  it('counts several spans as one', async () => {
    const told: string[] = [];
    const progress = createTaskProgress(
      { progress: (...words) => void told.push(words.join(' ')), note: () => {}, cancelled: () => false },
      { denoise: 8 },
    );
    const first = progress.hook('denoise');
    await first(3);
    await first(4);
    await progress.hook('denoise')(4);
    expect(told).toEqual(['denoise 3 8', 'denoise 4 8', 'denoise 8 8']);
  });

  it('stops when the reporter says so', async () => {
    const reporter = { progress: () => {}, note: () => {}, cancelled: () => true };
    await expect(breathe(reporter)).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('writes rates as the ratios that are meant', () => {
    expect(rationalRate(24)).toEqual({ num: 24, den: 1 });
    expect(rationalRate(23.976)).toEqual({ num: 24000, den: 1001 });
    expect(rationalRate(12.5)).toEqual({ num: 12500, den: 1000 });
  });
});

describe('a second clip', () => {
  it('is shown at another rate by its frames’ times', () => {
    const times = Float64Array.from({ length: 10 }, (_, i) => 5 + i / 30);
    expect(retimed(times, 10 / 30, 1 / 30)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(retimed(times, 10 / 30, 1 / 15)).toEqual([0, 2, 4, 6, 8]);
    expect(retimed(times, 10 / 30, 1 / 60).slice(0, 5)).toEqual([0, 0, 1, 1, 2]);
  });

  const colour = { matrix: 'bt709', range: 'limited', transfer: 'sdr', tags: {} } as const;
  const format = { pixFmt: 'yuv420p', bits: 8, log2ChromaW: 1, log2ChromaH: 1, rgb: false, alpha: false } as const;
  const square = { num: 1, den: 1 };
  const grey = (width: number, height: number, code: number): PlanarFrame => ({
    format,
    colour,
    width,
    height,
    planes: [
      new Uint8Array(width * height).fill(code),
      new Uint8Array((width / 2) * (height / 2)).fill(110),
      new Uint8Array((width / 2) * (height / 2)).fill(150),
    ],
  });

  it('passes through untouched where nothing differs', () => {
    const frame = grey(32, 16, 90);
    expect(fitFrame(frame, square, { format, colour, width: 32, height: 16, sar: square }).planes).toBe(frame.planes);
  });

  it('is scaled whole into the first one’s picture, black around it, colour kept', () => {
    const fitted = fitFrame(grey(32, 64, 90), square, { format, colour, width: 64, height: 32, sar: square });
    const [y, u, v] = fitted.planes;
    expect(y[16 * 64]).toBe(16);
    expect(u[8 * 32]).toBe(128);
    expect(Math.abs(y[16 * 64 + 32] - 90)).toBeLessThanOrEqual(1);
    expect(Math.abs(u[8 * 32 + 16] - 110)).toBeLessThanOrEqual(1);
    expect(Math.abs(v[8 * 32 + 16] - 150)).toBeLessThanOrEqual(1);
  });

  it('heeds both shapes of pixel', () => {
    const box = fittedBox(
      { width: 720, height: 576, sar: { num: 64, den: 45 } },
      { format, colour, width: 1920, height: 1080, sar: square },
    );
    expect(box).toEqual({ x: 0, y: 0, width: 1920, height: 1080 });
  });
});
