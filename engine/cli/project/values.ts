import { UserFacingError } from '../../contract/errors.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import { exactRate } from '../../contract/timeline/frame-rate.ts';
import { divide, rational, round, multiply } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { frameOfTimecode } from '../../contract/timeline/timecode.ts';
import type { ParsedArguments } from '../arguments.ts';

/** What an option's text must be for `impossible` to say. */
const impossible = (option: string, text: string, expects: string): UserFacingError =>
  new UserFacingError('usage', `--${option} ${text} is not possible.`, `It takes ${expects}.`);

/** The text of an option that is given once. */
export const textOf = ({ given }: ParsedArguments, option: string): string | undefined => given[option]?.[0];

export const isGiven = ({ given }: ParsedArguments, option: string): boolean => given[option] !== undefined;

/** Runs what parses an option's text; undefined where the option is not given. */
export const optional = <T>(input: ParsedArguments, option: string, parse: (text: string) => T): T | undefined => {
  const text = textOf(input, option);
  return text === undefined ? undefined : parse(text);
};

/** A decimal number or a ratio, exactly. @returns undefined for what is none, or too fine */
const exactDecimal = (text: string): Rational | undefined => {
  const match = /^(-?\d{1,9})(?:\.(\d{1,6})|\/(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole, decimals = '', den = '1'] = match;
  if (Number(den) === 0) return undefined;
  return rational(Number(`${whole}${decimals}`), 10 ** decimals.length * Number(den));
};

export const rateExpects = 'frames per second from 1 to 1000, for example 25, 23.976 or 24000/1001';

export const parseRate = (option: string, text: string): Rational => {
  const exact = exactDecimal(text);
  const rate = exact && text.includes('.') && exact.num > 0 ? exactRate(exact.num / exact.den) : exact;
  if (!rate || rate.num < rate.den || rate.num > 1000 * rate.den) throw impossible(option, text, rateExpects);
  return rate;
};

export const parseSizeOf = (option: string, text: string): { width: number; height: number } => {
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  const [width, height] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if ([width, height].some((side) => side < 16 || side > 8192 || side % 2 !== 0)) {
    throw impossible(option, text, 'WIDTHxHEIGHT, even numbers from 16 to 8192, for example 1920x1080');
  }
  return { width, height };
};

export const speedExpects = 'a factor from 0 to 100, for example 2, 0.5, 1/3 or 50%';

export const parseSpeed = (option: string, text: string): Rational => {
  const percent = text.endsWith('%');
  const value = exactDecimal(percent ? text.slice(0, -1) : text);
  const speed = value && percent ? divide(value, rational(100)) : value;
  if (!speed || speed.num < 0 || speed.num > 100 * speed.den) throw impossible(option, text, speedExpects);
  return speed;
};

export const parseNumber = (option: string, text: string, least: number, most: number): number => {
  const value = /^-?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw impossible(option, text, `a number from ${least} to ${most}`);
  return value;
};

export const parseCount = (option: string, text: string, least: number, most = 1e9): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw impossible(option, text, `a whole number from ${least} to ${most}`);
  return value;
};

/** Seconds as "2.5s" or "1/3s"; undefined for other words. */
const secondsIn = (text: string): Rational | undefined => {
  const seconds = text.endsWith('s') ? exactDecimal(text.slice(0, -1)) : undefined;
  return seconds && seconds.num >= 0 ? seconds : undefined;
};

export const placeExpects = 'a frame (48), a timecode (00:00:02:00) or seconds (2s)';

/** A frame of the sequence: a number from 0, a timecode as the sequence shows it, or seconds from its start. */
export const parsePlace = (option: string, text: string, sequence: Sequence): number => {
  const { frameRate, dropFrame, startTimecode } = sequence;
  const seconds = secondsIn(text);
  const timecode = frameOfTimecode(text, frameRate, dropFrame);
  const frame = /^\d{1,12}$/.test(text)
    ? Number(text)
    : seconds
      ? round(multiply(seconds, frameRate))
      : timecode !== undefined
        ? timecode - startTimecode
        : -1;
  if (frame < 0) throw impossible(option, text, placeExpects);
  return frame;
};

/** Frames of the sequence that something lasts: 48, or "2s". */
export const parseLength = (option: string, text: string, { frameRate }: Sequence): number => {
  const seconds = secondsIn(text);
  const frames = /^\d{1,9}$/.test(text) ? Number(text) : seconds ? round(multiply(seconds, frameRate)) : 0;
  if (frames < 1) throw impossible(option, text, 'frames (48) or seconds (2s), at least one frame');
  return frames;
};

/**
 * Seconds of a media's own time: a frame number or timecode at the media's rate, or seconds.
 *
 * @param rate of the media; sound is counted at the sequence's
 * @param end true for an out point: a frame or timecode names the last frame that is used, seconds the end
 */
export const parseMediaTime = (option: string, text: string, rate: Rational, end: boolean): Rational => {
  const seconds = secondsIn(text);
  if (seconds) return seconds;
  const frame = /^\d{1,12}$/.test(text) ? Number(text) : frameOfTimecode(text, rate, false);
  if (frame === undefined) throw impossible(option, text, placeExpects);
  return divide(rational(frame + (end ? 1 : 0)), rate);
};

/** First and last frame of "A-B"; each a frame, a timecode or seconds. */
export const parseSpan = (option: string, text: string, sequence: Sequence): { first: number; last: number } => {
  const [from, to, ...more] = text.split('-');
  if (to === undefined || more.length > 0) throw impossible(option, text, 'FIRST-LAST, for example 0-47');
  const [first, last] = [parsePlace(option, from, sequence), parsePlace(option, to, sequence)];
  if (last < first) throw impossible(option, text, 'a range that runs forwards');
  return { first, last };
};
