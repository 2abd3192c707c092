import { rational } from './rational.ts';
import type { Rational } from './rational.ts';

/** The exact rate that a decimal one stands for: 23.976, 23.98 and 23.976023976 are all 24000/1001. */
export const exactRate = (rate: number): Rational => {
  const whole = Math.round(rate);
  const ntsc = Math.round(rate * 1.001);
  if (ntsc > 0 && Math.abs(rate - (ntsc * 1000) / 1001) < 0.005 && Math.abs(rate - whole) > 0.0005) {
    return rational(ntsc * 1000, 1001);
  }
  return Math.abs(rate - whole) < 0.0005 && whole > 0 ? rational(whole) : rational(Math.round(rate * 1000), 1000);
};
