import { exactRate } from '../../contract/timeline/frame-rate.ts';
import { add, divide, negate, rational, toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import type { OtioTime } from './otio-nodes.ts';

/** A number as a ratio: whole numbers and thirds stay exact, others are kept to a ten-thousandth. */
export const exactNumber = (value: number): Rational => {
  for (const den of [1, 2, 3, 6, 7, 9, 11, 12, 13]) {
    const num = Math.round(value * den);
    if (Math.abs(num / den - value) < 1e-9) return rational(num, den);
  }
  return rational(Math.round(value * 10000), 10000);
};

/** Finest step of a time that cannot be kept exactly: a sample of 48 kHz. */
const finest = 48000;

/** Seconds from `zero` to a time of the same clock. */
export const secondsFrom = (time: OtioTime, zero: OtioTime | undefined): Rational => {
  const seconds = ({ value, rate }: OtioTime): Rational => divide(exactNumber(value), exactRate(rate));
  try {
    return zero ? add(seconds(time), negate(seconds(zero))) : seconds(time);
  } catch {
    const difference = approximateSeconds(time) - (zero ? approximateSeconds(zero) : 0);
    return rational(Math.round(difference * finest), finest);
  }
};

const approximateSeconds = ({ value, rate }: OtioTime): number => value / toNumber(exactRate(rate));

/** Frames at `frameRate`, not rounded. */
export const framesOf = ({ value, rate }: OtioTime, frameRate: Rational): number =>
  Math.abs(rate - toNumber(frameRate)) < 1e-6 ? value : (value / toNumber(exactRate(rate))) * toNumber(frameRate);
