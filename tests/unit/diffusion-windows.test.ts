import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedWindow, SpanShape } from '../../engine/diffusion/windows.ts';
import { planWindows } from '../../engine/diffusion/windows.ts';

const limits = { frames: 16, known: 4 };

const check = (shape: SpanShape, windows: PlannedWindow[]): void => {
  const made = new Set<number>();
  const exists = (i: number): boolean =>
    i < 0 ? i >= -shape.before : i >= shape.unknown ? i < shape.unknown + shape.after : made.has(i);
  for (const { frames } of windows) {
    assert(frames.length % 2 === 0);
    assert(frames.length <= limits.frames);
    const fresh = [...new Set(frames.filter((f) => !f.known).map((f) => f.index))];
    assert(fresh.length > 0);
    for (let i = 1; i < frames.length; i++) {
      // Ascending; only the last may stand twice.
      const step = frames[i].index - frames[i - 1].index;
      assert(step > 0 || (step === 0 && i === frames.length - 1 && frames[i].known === frames[i - 1].known));
    }
    for (const { index, known } of frames) {
      assert.equal(known, exists(index));
      if (!known) assert(index >= 0 && index < shape.unknown);
    }
    for (const index of fresh) {
      const knownLower = frames.some((f) => f.known && f.index < index);
      const knownUpper = frames.some((f) => f.known && f.index > index);
      if (shape.before > 0) assert(knownLower);
      if (shape.after > 0) assert(knownUpper);
    }
    for (const index of fresh) {
      assert(!made.has(index));
      made.add(index);
    }
  }
  assert.equal(made.size, shape.unknown);
};

describe('planWindows', () => {
  const shapes = fc
    .record({
      before: fc.integer({ min: 0, max: 40 }),
      unknown: fc.integer({ min: 1, max: 3600 }),
      after: fc.integer({ min: 0, max: 40 }),
    })
    .filter((s) => s.before + s.after > 0);

  it('makes every frame exactly once, out of frames that exist, with both sides known where they exist', () => {
    fc.assert(
      fc.property(shapes, (shape) => check(shape, planWindows(shape, limits))),
      { numRuns: 150 },
    );
  });

  it('holds for short spans of every length', () => {
    for (let unknown = 1; unknown <= 130; unknown++) {
      for (const [before, after] of [
        [1, 0],
        [0, 1],
        [2, 0],
        [9, 0],
        [0, 9],
        [1, 1],
        [5, 5],
        [30, 30],
      ]) {
        check({ before, unknown, after }, planWindows({ before, unknown, after }, limits));
      }
    }
  });

  it('makes 12 frames of an extension and 7 of a fill in one window', () => {
    const extension = planWindows({ before: 80, unknown: 12, after: 0 }, limits);
    expect(extension.map((w) => w.frames.length)).toEqual([16]);
    expect(extension[0].frames[0].index).toBe(-4);
    const fill = planWindows({ before: 40, unknown: 7, after: 40 }, limits);
    expect(fill.map((w) => w.frames.length)).toEqual([16]);
  });

  it('hands chained windows four made frames where the clip itself is out of reach', () => {
    const windows = planWindows({ before: 30, unknown: 400, after: 0 }, limits);
    for (const { frames } of windows.slice(1)) expect(frames.filter((f) => f.known).length).toBeGreaterThanOrEqual(4);
  });

  it('can be written out as it is made: few frames wait, except backward where only keyframes do', () => {
    const mostWaiting = (shape: SpanShape): number => {
      const made = new Set<number>();
      let next = 0;
      let most = 0;
      for (const { frames } of planWindows(shape, limits)) {
        for (const f of frames) if (!f.known) made.add(f.index);
        while (made.delete(next)) next++;
        most = Math.max(most, made.size);
      }
      return most;
    };
    expect(mostWaiting({ before: 30, unknown: 3600, after: 0 })).toBeLessThanOrEqual(16);
    expect(mostWaiting({ before: 30, unknown: 3600, after: 30 })).toBeLessThanOrEqual(32);
    expect(mostWaiting({ before: 0, unknown: 3600, after: 30 })).toBeLessThanOrEqual(460);
  });

  it('refuses a span without anything known or anything to make', () => {
    expect(() => planWindows({ before: 0, unknown: 3, after: 0 }, limits)).toThrow(RangeError);
    expect(() => planWindows({ before: 3, unknown: 0, after: 0 }, limits)).toThrow(RangeError);
  });
});
