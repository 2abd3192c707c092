import { round } from './rational.ts';
import type { Rational } from './rational.ts';

/** Frames that a timecode counts per second: 24 for 23.976, 30 for 29.97. */
export const nominalRate = (rate: Rational): number => Math.max(1, round(rate));

/** Drop-frame exists only where the rate is 30 or 60 times 1000/1001; elsewhere the wish is ignored. */
export const dropsFrames = (rate: Rational, dropFrame: boolean): boolean =>
  dropFrame && rate.den === 1001 && nominalRate(rate) % 30 === 0;

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * SMPTE timecode of a frame number (0 is 00:00:00:00). Drop-frame leaves out the first 2 (at 59.94: 4) numbers of every minute but each
 * tenth, and is written with a semicolon. Hours go on beyond 24.
 */
export const timecodeOf = (frame: number, rate: Rational, dropFrame: boolean): string => {
  const fps = nominalRate(rate);
  const drop = dropsFrames(rate, dropFrame);
  let count = frame;
  if (drop) {
    const dropped = fps / 15;
    const perMinute = fps * 60 - dropped;
    const perTen = perMinute * 10 + dropped;
    const within = frame % perTen;
    const minutes = within < fps * 60 ? 0 : 1 + Math.floor((within - fps * 60) / perMinute);
    count += dropped * (Math.floor(frame / perTen) * 9 + minutes);
  }
  const seconds = Math.floor(count / fps);
  const text = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  const digits = Math.max(2, String(fps - 1).length);
  return `${text}${drop ? ';' : ':'}${String(count % fps).padStart(digits, '0')}`;
};

/** @returns the frame number of HH:MM:SS:FF (or ;FF), undefined where the text is none or names a dropped number */
export const frameOfTimecode = (text: string, rate: Rational, dropFrame: boolean): number | undefined => {
  const match = /^(\d{1,4}):(\d{1,2}):(\d{1,2})[:;](\d{1,4})$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds, frames] = match.slice(1).map(Number);
  const fps = nominalRate(rate);
  if (minutes > 59 || seconds > 59 || frames >= fps) return undefined;
  const count = (hours * 3600 + minutes * 60 + seconds) * fps + frames;
  if (!dropsFrames(rate, dropFrame)) return count;
  const dropped = fps / 15;
  if (seconds === 0 && minutes % 10 !== 0 && frames < dropped) return undefined;
  const allMinutes = hours * 60 + minutes;
  return count - dropped * (allMinutes - Math.floor(allMinutes / 10));
};
