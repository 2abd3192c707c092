import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createRandom, gaussian, mixSeed } from '../../../engine/frames/noise.ts';

it('gives the bytes that it has always given', () => {
  expect(
    createHash('sha256')
      .update(new Uint8Array(gaussian(1, 10001).buffer))
      .digest('hex'),
  ).toBe('72f61165e54021f99c5a94dab6d85b038f55e44c8ddf0e30660f1b47b0656ccc');
});

it('is standard normal: moments, tails and no memory from one number to the next', () => {
  const n = 200_000;
  const z = gaussian(42, n);
  const moment = (k: number): number => z.reduce((a, b) => a + b ** k, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(0.01);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
  expect(Math.abs(moment(3))).toBeLessThan(0.05);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  const beyond = z.filter((v) => Math.abs(v) > 1.959964).length / n;
  expect(Math.abs(beyond - 0.05)).toBeLessThan(0.003);
  for (const lag of [1, 2, 3]) {
    let product = 0;
    for (let i = lag; i < n; i++) product += z[i] * z[i - lag];
    expect(Math.abs(product / n)).toBeLessThan(0.01);
  }
});

it('starts the same whatever the count, and differs from seed to seed', () => {
  expect([...gaussian(7, 5)]).toEqual([...gaussian(7, 100).subarray(0, 5)]);
  expect(gaussian(7, 4)).not.toEqual(gaussian(8, 4));
  const seeds = new Set<number>();
  for (let window = 0; window < 50; window++) for (let take = 0; take < 50; take++) seeds.add(mixSeed(3, window, take));
  expect(seeds.size).toBe(2500);
  expect(mixSeed(3, 1, 2)).not.toBe(mixSeed(3, 2, 1));
});

it('draws every bit of an integer evenly', () => {
  const random = createRandom(5);
  const ones = new Array<number>(32).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const value = random();
    for (let bit = 0; bit < 32; bit++) ones[bit] += (value >>> bit) & 1;
  }
  for (const count of ones) expect(Math.abs(count / 20_000 - 0.5)).toBeLessThan(0.02);
});
