import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stereoMix } from '../../engine/contract/sound/stereo.ts';
import { clampSound } from '../../engine/render/sound/mix-sound.ts';
import { type Positions, resample, samplesNeeded } from '../../engine/render/sound/resample.ts';

/** Samples of a function of the sample number where positions need them, and what `resample` makes of them. */
const resampled = (signal: (n: number) => number, positions: Positions): Float32Array => {
  const { from, to } = samplesNeeded(positions);
  return resample([Float32Array.from({ length: to - from }, (_, i) => signal(from + i))], positions)[0];
};
const sine = (cyclesPerSample: number) => (n: number) => Math.sin(2 * Math.PI * cyclesPerSample * n);
const worst = (got: Float32Array, want: (i: number) => number): number =>
  got.reduce((most, value, i) => Math.max(most, Math.abs(value - want(i))), 0);

describe('resampling', () => {
  it('gives a sine at any position and step as it is between its samples', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }).filter((step) => Math.abs(step) > 1e-3),
        fc.double({ min: 0.001, max: 0.42, noNaN: true }),
        fc.integer({ min: -1000, max: 4e8 }),
        (part, step, of, whole) => {
          const cycles = of / Math.max(1, Math.abs(step));
          // The phase is counted from `whole`: an argument of 4e8 would lose the digits that are compared.
          const positions = { whole, part, step, count: 50 };
          const got = resampled((n) => sine(cycles)(n - whole), positions);
          expect(worst(got, (i) => sine(cycles)(part + i * step))).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps out what is too high for the new rate', () => {
    const rms = (cycles: number): number => {
      const got = resampled(sine(cycles), { whole: 0, part: 0, step: 2, count: 2000 });
      return Math.sqrt(got.reduce((sum, value) => sum + value * value, 0) / got.length);
    };
    expect(rms(0.2)).toBeCloseTo(Math.SQRT1_2, 3);
    expect(rms(0.27)).toBeLessThan(1e-4);
    expect(rms(0.45)).toBeLessThan(1e-4);
  });

  it('keeps a constant exactly', () => {
    const got = resampled(() => 0.75, { whole: 5, part: 0.3, step: 0.91875, count: 500 });
    expect(worst(got, () => 0.75)).toBeLessThan(1e-6);
  });

  it('does not depend on how a stretch is cut', () => {
    const step = 147 / 160;
    const signal = sine(0.11);
    const whole = resampled(signal, { whole: 10, part: 0.25, step, count: 300 });
    const moved = 0.25 + 123 * step;
    const tail = resampled(signal, { whole: 10 + Math.floor(moved), part: moved % 1, step, count: 177 });
    expect(worst(tail, (i) => whole[123 + i])).toBeLessThan(1e-6);
  });

  it('gives backwards what it gives forwards', () => {
    const signal = sine(0.07);
    const forwards = resampled(signal, { whole: 0, part: 0.5, step: 1.5, count: 100 });
    const backwards = resampled(signal, { whole: 149, part: 0, step: -1.5, count: 100 });
    expect(worst(backwards, (i) => forwards[99 - i])).toBeLessThan(1e-6);
  });
});

describe('down- and up-mixing', () => {
  const half = Math.SQRT1_2;
  it.each([
    ['mono', 1, [1], [1]],
    ['stereo', 2, [1, 0], [0, 1]],
    ['5.1', 6, [1, 0, half, 0, half, 0], [0, 1, half, 0, 0, half]],
    ['5.1(side)', 6, [1, 0, half, 0, half, 0], [0, 1, half, 0, 0, half]],
    ['quad', 4, [1, 0, half, 0], [0, 1, 0, half]],
    ['4.0', 4, [1, 0, half, 0.5], [0, 1, half, 0.5]],
    ['3 channels (FL+FR+LFE)', 3, [1, 0, 0], [0, 1, 0]],
    ['9c', 3, [1, 0, 0], [0, 1, 0]],
    // A layout that does not fit its channels is not believed.
    ['5.1', 2, [1, 0], [0, 1]],
  ] as const)('mixes %s of %i channels', (layout, channels, left, right) => {
    expect(stereoMix(layout, channels)).toEqual({ left, right });
  });
});

describe('clamping', () => {
  it('cuts off beyond full scale and counts', () => {
    const samples = Float32Array.from([0.5, -1, 1, 1.25, -7, 0]);
    expect(clampSound(samples)).toBe(2);
    expect([...samples]).toEqual([0.5, -1, 1, 1, -1, 0]);
  });
});
