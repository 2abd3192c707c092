import type { Rational } from './types.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export const reduced = (num: number, den: number): Rational => {
  const divisor = gcd(num, den) || 1;
  return { num: num / divisor, den: den / divisor };
};

/** Reads "30000/1001" or "4:3"; undefined for 0 in either place. */
export const parseRational = (text: unknown): Rational | undefined => {
  const match = typeof text === 'string' ? /^(\d+)[/:](\d+)$/.exec(text) : null;
  if (!match) return undefined;
  const num = Number(match[1]);
  const den = Number(match[2]);
  return num > 0 && den > 0 ? reduced(num, den) : undefined;
};

/** The simplest ratio within one part in a million of `value`, for rates that no header tells. */
const approximate = (value: number): Rational => {
  for (const den of [1, 1001, 2, 3, 4, 5, 10, 100, 1000]) {
    const num = Math.round(value * den);
    if (num > 0 && Math.abs(num / den - value) <= value * 1e-6) return reduced(num, den);
  }
  return reduced(Math.max(1, Math.round(value * 1000)), 1000);
};

const standardRates: Rational[] = [
  [24000, 1001], [24, 1], [25, 1], [30000, 1001], [30, 1], [48, 1], [50, 1], [60000, 1001], [60, 1], [120, 1], [12, 1], [15, 1], [10, 1],
].map(([num, den]) => ({ num, den })); // prettier-ignore

/** True when all times lie on one grid of `rate`, to within the rounding of the container's clock. */
const fits = (seconds: Float64Array, rate: Rational, tolerance: number): boolean => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < seconds.length; i++) {
    const off = seconds[i] - (i * rate.den) / rate.num;
    if (off < low) low = off;
    if (off > high) high = off;
    if (high - low > tolerance) return false;
  }
  return true;
};

/** The middle value of the gaps between frames, seconds; the fallback serves clips of one frame. */
export const medianDuration = (seconds: Float64Array, fallback: number): number => {
  if (seconds.length < 2) return fallback;
  const gaps = new Float64Array(seconds.length - 1);
  for (let i = 0; i < gaps.length; i++) gaps[i] = seconds[i + 1] - seconds[i];
  gaps.sort();
  return gaps[gaps.length >> 1];
};

/**
 * Tells the rate from the frames' own times; headers are only candidates, because many lie.
 * @param tick seconds per tick of the container's clock
 */
export const measureRate = (
  seconds: Float64Array,
  candidates: (Rational | undefined)[],
  tick: number,
): { averageRate: Rational; variableRate: boolean } => {
  const told = candidates.filter((rate) => rate !== undefined && rate.num / rate.den <= 1000) as Rational[];
  if (seconds.length < 2) return { averageRate: told[0] ?? { num: 25, den: 1 }, variableRate: false };
  const tolerance = Math.max(2.1 * tick, 1e-4);
  for (const rate of [...told, ...standardRates])
    if (fits(seconds, rate, tolerance)) return { averageRate: rate, variableRate: false };
  const span = seconds[seconds.length - 1] - seconds[0];
  const mean = approximate((seconds.length - 1) / span);
  if (fits(seconds, mean, tolerance)) return { averageRate: mean, variableRate: false };
  return { averageRate: mean, variableRate: true };
};
