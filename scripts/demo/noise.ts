/** Seeded noise for the demo pictures: integer hashes only, so that every machine draws the same frames. */

/** Uniform 0..1 from integer coordinates. */
export const hash = (x: number, y: number, seed: number): number => {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
};

/** A stream of uniform numbers 0..1 (mulberry32). */
export const randomStream = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
};

/** Value noise with quintic interpolation, -1..1. `period` > 0 makes it repeat every that many cells in x. */
export const noise = (x: number, y: number, seed: number, period = 0): number => {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const fx = x - xi;
  const fy = y - yi;
  const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const x0 = period > 0 ? ((xi % period) + period) % period : xi;
  const x1 = period > 0 ? (x0 + 1) % period : xi + 1;
  const a = hash(x0, yi, seed);
  const b = hash(x1, yi, seed);
  const c = hash(x0, yi + 1, seed);
  const d = hash(x1, yi + 1, seed);
  return (a + (b - a) * u + (c - a + (a - b - c + d) * u) * v) * 2 - 1;
};

/** Fractal sum of `octaves` noises, about -1..1. Each octave is turned by about 37 degrees to hide the grid. */
export const fractal = (x: number, y: number, octaves: number, seed: number, gain = 0.5): number => {
  let sum = 0;
  let amplitude = 1;
  let total = 0;
  for (let i = 0; i < octaves; i++) {
    sum += amplitude * noise(x, y, seed + i * 101);
    total += amplitude;
    amplitude *= gain;
    const turned = 1.6 * x - 1.2 * y;
    y = 1.2 * x + 1.6 * y;
    x = turned;
  }
  return sum / total;
};

/** Fractal of folded noise: crests where the noise crosses zero, 0..1. For mountains. */
export const ridges = (x: number, y: number, octaves: number, seed: number): number => {
  let sum = 0;
  let amplitude = 1;
  let total = 0;
  let weight = 1;
  for (let i = 0; i < octaves; i++) {
    const crest = 1 - Math.abs(noise(x, y, seed + i * 77));
    const value = crest * crest * weight;
    weight = Math.min(1, value * 1.6);
    sum += amplitude * value;
    total += amplitude;
    amplitude *= 0.52;
    const turned = 1.64 * x - 1.22 * y;
    y = 1.22 * x + 1.64 * y;
    x = turned;
  }
  return sum / total;
};

export const smoothstep = (low: number, high: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
};

export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
