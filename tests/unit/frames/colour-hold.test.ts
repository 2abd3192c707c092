import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holdColour, measureColour, mixColour } from '../../../engine/frames/colour-hold.ts';
import { largestDifference, smoothImage } from './scene.ts';

it('brings mean and spread to the target where the bounds allow it', () => {
  const target = measureColour([smoothImage(3, 40, 30, 0.2, 0.5, 1)]);
  const drifted = smoothImage(3, 40, 30, 0.2, 0.5, 1);
  for (let i = 0; i < drifted.data.length; i++) drifted.data[i] = 0.93 * drifted.data[i] + 0.05;
  const held = measureColour([holdColour(drifted, target)]);
  for (let c = 0; c < 3; c++) {
    expect(held.mean[c]).toBeCloseTo(target.mean[c], 4);
    expect(held.spread[c]).toBeCloseTo(target.spread[c], 4);
  }
});

it('never moves a mean by more than maxShift nor contrast by more than maxGain, and by strength in between', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, strength) => {
      const picture = smoothImage(3, 20, 20, 0.3, 0.4, a);
      const target = measureColour([smoothImage(3, 20, 20, 0.1, 0.6, b)]);
      const before = measureColour([picture]);
      const after = measureColour([holdColour(picture, target, { strength, maxGain: 1.1, maxShift: 0.03 })]);
      for (let c = 0; c < 3; c++) {
        expect(Math.abs(after.mean[c] - before.mean[c])).toBeLessThanOrEqual(0.03 * strength + 1e-5);
        expect(after.spread[c]).toBeLessThanOrEqual(before.spread[c] * (1 + 0.1 * strength) + 1e-5);
        expect(after.spread[c]).toBeGreaterThanOrEqual(before.spread[c] * (1 - (1 - 1 / 1.1) * strength) - 1e-5);
      }
    }),
  );
});

it('leaves a picture alone at strength 0 and one that already matches', () => {
  const picture = smoothImage(3, 16, 16, 0.3, 0.5, 4);
  expect(holdColour(picture, measureColour([smoothImage(3, 16, 16, 0.1, 0.2, 5)]), { strength: 0 }).data).toEqual(
    picture.data,
  );
  expect(largestDifference(holdColour(picture, measureColour([picture])).data, picture.data)).toBeLessThan(1e-6);
});

it('measures several pictures as one, and mixes between two contexts', () => {
  const [a, b] = [smoothImage(3, 16, 16, 0.3, 0.5, 4), smoothImage(3, 16, 16, 0.2, 0.3, 5)];
  const both = measureColour([a, b]);
  expect(both.mean[0]).toBeCloseTo((measureColour([a]).mean[0] + measureColour([b]).mean[0]) / 2, 6);
  expect(mixColour(measureColour([a]), measureColour([b]), 0.5).mean[1]).toBeCloseTo(both.mean[1], 6);
  expect(() => measureColour([])).toThrow(RangeError);
});
