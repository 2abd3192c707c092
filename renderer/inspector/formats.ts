/** Formats that are offered by name; everything between can be typed. */
import { rational, toNumber } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';

/** WIDTHxHEIGHT: wide, vertical, square, cinema. */
export const pictureSizes: readonly string[] = [
  ...['3840x2160', '2560x1440', '1920x1080', '1280x720'],
  ...['1080x1920', '720x1280', '1080x1080', '1080x1350', '4096x2160', '2048x858'],
];

/** NUM/DEN frames per second. */
export const frameRates: readonly string[] = [
  ...['24000/1001', '24/1', '25/1', '30000/1001', '30/1', '48/1', '50/1', '60000/1001', '60/1'],
];

export const rateKey = ({ num, den }: Rational): string => `${num}/${den}`;

export const rateOfKey = (key: string): Rational => {
  const [num, den] = key.split('/').map(Number);
  return rational(num, den);
};

/** "23.976", "25". */
export const rateText = (key: string): string => String(Math.round(toNumber(rateOfKey(key)) * 1000) / 1000);
