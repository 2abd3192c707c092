import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stereoMix } from '../../engine/contract/sound/stereo.ts';
import {
  add,
  floor,
  multiply,
  type Rational,
  rational,
  subtract,
  toNumber,
  zero,
} from '../../engine/contract/timeline/rational.ts';
import { clampSound } from '../../engine/render/sound/mix-sound.ts';
import { resampler } from '../../engine/render/sound/resample.ts';

/** Output samples [first, first + count) of a function of the source's sample number. */
const resampled = (signal: (n: number) => number, start: Rational, step: Rational, first: number, count: number) => {
  const converter = resampler(start, step);
  const { from, to } = converter.needed(first, count);
  const source = Float32Array.from({ length: to - from }, (_, i) => signal(from + i));
  return converter.render([source, source.map((value) => -value)], first, count);
};
const sine = (cyclesPerSample: number) => (n: number) => Math.sin(2 * Math.PI * cyclesPerSample * n);
const worst = (got: Float32Array, want: (i: number) => number): number =>
  got.reduce((most, value, i) => Math.max(most, Math.abs(value - want(i))), 0);

describe('resampling', () => {
  it('gives a sine at any position and step as it is between its samples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 239 }),
        fc.constantFrom(
          rational(147, 160),
          rational(2),
          rational(1, 3),
          rational(12345, 6789),
          rational(-3, 2),
          rational(-999, 1000),
        ),
        fc.double({ min: 0.001, max: 0.42, noNaN: true }),
        fc.integer({ min: -1000, max: 4e8 }),
        fc.integer({ min: 0, max: 4e8 }),
        (part, step, of, whole, first) => {
          const cycles = of / Math.max(1, Math.abs(toNumber(step)));
          const start = add(rational(whole), rational(part, 240));
          // Phases are counted from the first sample that is compared: an argument of 4e8 would lose the digits that are looked at.
          const at = add(start, multiply(step, rational(first)));
          const origin = floor(at);
          const offset = toNumber(subtract(at, rational(origin)));
          const [left, right] = resampled((n) => sine(cycles)(n - origin), start, step, first, 50);
          expect(worst(left, (i) => sine(cycles)(offset + i * toNumber(step)))).toBeLessThan(1e-4);
          expect(worst(right, (i) => -left[i])).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps out what is too high for the new rate', () => {
    const rms = (cycles: number): number => {
      const [got] = resampled(sine(cycles), zero, rational(2), 0, 2000);
      return Math.sqrt(got.reduce((sum, value) => sum + value * value, 0) / got.length);
    };
    expect(rms(0.2)).toBeCloseTo(Math.SQRT1_2, 3);
    expect(rms(0.27)).toBeLessThan(1e-4);
    expect(rms(0.45)).toBeLessThan(1e-4);
  });

  it('is flat to 20 kHz from 44.1 kHz', () => {
    const [got] = resampled(sine(20000 / 44100), rational(1, 7), rational(147, 160), 0, 4800);
    expect(worst(got, (i) => sine(20000 / 44100)(1 / 7 + (i * 147) / 160))).toBeLessThan(1e-3);
  });

  it('keeps a constant exactly', () => {
    const [got] = resampled(() => 0.75, rational(53, 10), rational(147, 160), 0, 500);
    expect(worst(got, () => 0.75)).toBeLessThan(1e-6);
  });

  it('does not depend on how a stretch is cut', () => {
    for (const step of [rational(147, 160), rational(5003, 5001)]) {
      const [whole] = resampled(sine(0.11), rational(41, 4), step, 0, 300);
      const [tail] = resampled(sine(0.11), rational(41, 4), step, 123, 177);
      expect(worst(tail, (i) => whole[123 + i])).toBeLessThan(1e-6);
    }
  });

  it('gives backwards what it gives forwards', () => {
    const [forwards] = resampled(sine(0.07), rational(1, 2), rational(3, 2), 0, 100);
    const [backwards] = resampled(sine(0.07), rational(149), rational(-3, 2), 0, 100);
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
