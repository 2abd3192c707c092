import { z } from 'zod';
import { UserFacingError } from '../errors.ts';

/** An exact ratio: `den` > 0, reduced, both safe integers. Times are ratios of seconds; rates are frames per second. */
export type Rational = { num: number; den: number };

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
};

const reduced = (num: bigint, den: bigint): Rational => {
  if (den === 0n) throw new RangeError('rational: the denominator is 0');
  const sign = den < 0n ? -1n : 1n;
  const by = (gcd(num, den) || 1n) * sign;
  const value = { num: Number(num / by), den: Number(den / by) };
  if (!Number.isSafeInteger(value.num) || !Number.isSafeInteger(value.den)) {
    throw new UserFacingError(
      'usage',
      'This time or speed cannot be kept exactly.',
      'Use a rounder speed, for example a whole percentage.',
    );
  }
  return value;
};

/** num/den, reduced. @throws RangeError on a zero denominator, UserFacingError when it leaves the safe integers */
export const rational = (num: number, den = 1): Rational => reduced(BigInt(num), BigInt(den));

export const zero: Rational = { num: 0, den: 1 };
export const one: Rational = { num: 1, den: 1 };

/** Products of two safe integers may leave the safe range, so the slow exact way is taken only when they do. */
const small = (...values: number[]): boolean => values.every((v) => Math.abs(v) <= 0x3ffffff);

const gcdOf = (a: number, b: number): number => {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x || 1;
};

/** The least common multiple of two positive whole numbers; Infinity when it leaves the safe integers. */
export const leastCommonMultiple = (a: number, b: number): number => {
  const multiple = (a / gcdOf(a, b)) * b;
  return Number.isSafeInteger(multiple) ? multiple : Infinity;
};

const reducedSmall = (num: number, den: number): Rational => {
  const by = gcdOf(num, den);
  return { num: num / by, den: den / by };
};

export const add = (a: Rational, b: Rational): Rational =>
  small(a.num, a.den, b.num, b.den)
    ? reducedSmall(a.num * b.den + b.num * a.den, a.den * b.den)
    : reduced(BigInt(a.num) * BigInt(b.den) + BigInt(b.num) * BigInt(a.den), BigInt(a.den) * BigInt(b.den));

export const negate = (a: Rational): Rational => ({ num: a.num === 0 ? 0 : -a.num, den: a.den });

export const subtract = (a: Rational, b: Rational): Rational => add(a, negate(b));

export const multiply = (a: Rational, b: Rational): Rational =>
  small(a.num, a.den, b.num, b.den)
    ? reducedSmall(a.num * b.num, a.den * b.den)
    : reduced(BigInt(a.num) * BigInt(b.num), BigInt(a.den) * BigInt(b.den));

/** @throws RangeError when b is 0 */
export const divide = (a: Rational, b: Rational): Rational => {
  if (b.num === 0) throw new RangeError('rational: divided by 0');
  return multiply(a, b.num < 0 ? { num: -b.den, den: -b.num } : { num: b.den, den: b.num });
};

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export const compare = (a: Rational, b: Rational): number => {
  if (small(a.num, a.den, b.num, b.den)) return a.num * b.den - b.num * a.den;
  const difference = BigInt(a.num) * BigInt(b.den) - BigInt(b.num) * BigInt(a.den);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** The largest whole number that is not above a. */
export const floor = (a: Rational): number => {
  const whole = Math.floor(a.num / a.den);
  // The quotient of two safe integers may be rounded up to the next whole number.
  const product = whole * a.den;
  const above = Number.isSafeInteger(product) ? product > a.num : BigInt(whole) * BigInt(a.den) > BigInt(a.num);
  return above ? whole - 1 : whole;
};

/** The smallest whole number that is not below a. */
export const ceil = (a: Rational): number => -floor(negate(a)) || 0;

/** The nearest whole number; halves go up. */
export const round = (a: Rational): number => floor(add(a, { num: 1, den: 2 }));

export const toNumber = (a: Rational): number => a.num / a.den;

export const rationalSchema = z
  .object({ num: z.number().int(), den: z.number().int().positive() })
  .strict()
  .refine(({ num, den }) => Number.isSafeInteger(num) && Number.isSafeInteger(den) && gcdOf(num, den) === 1, {
    message: 'a ratio is reduced and made of safe integers',
  });
