import { multiply, type Rational, rational, zero } from '../../contract/timeline/rational.ts';
import { measureRate, medianDuration, parseRational } from '../frame-rate.ts';
import type { StreamWords } from '../probe-words.ts';

/** Frames in presentation order, in ticks of `timeBase` from the first one; `start` is that one's own time where it is known. */
export type FrameTimes = { ticks: Float64Array; start: number | undefined; timeBase: Rational };

export type Timing = {
  frameRate: Rational;
  variableRate: boolean;
  frameCount: number;
  /** Seconds, the last frame's own included. */
  duration: Rational;
  /** Seconds of the first frame on the file's clock. */
  start: Rational;
  /** False for what only the header says. */
  exact: boolean;
};

export const timeBaseOf = (stream: StreamWords): Rational => parseRational(stream.time_base) ?? { num: 1, den: 1000 };

/** Ticks as exact seconds; zero for clocks that run beyond what a film can have. */
export const secondsOf = (ticks: number | undefined, timeBase: Rational): Rational =>
  ticks === undefined || !Number.isSafeInteger(ticks) || Math.abs((ticks * timeBase.num) / timeBase.den) > 1e7
    ? zero
    : multiply(rational(ticks), timeBase);

/** Frames per second as the header claims, twice. */
export const claimedRates = (stream: StreamWords): (Rational | undefined)[] => [
  parseRational(stream.r_frame_rate),
  parseRational(stream.avg_frame_rate),
];

/**
 * Rate, count and length from the frames' own times.
 * @param rates what headers claim, to be tried first
 */
export const countedTiming = (
  { ticks, start, timeBase }: FrameTimes,
  rates: readonly (Rational | undefined)[],
): Timing => {
  const tick = timeBase.num / timeBase.den;
  const seconds = ticks.map((value) => value * tick);
  const { averageRate, variableRate } = measureRate(seconds, [...rates], tick);
  const frame = { num: averageRate.den, den: averageRate.num };
  const median = Math.max(1, Math.round(medianDuration(ticks, frame.num / frame.den / tick)));
  return {
    frameRate: averageRate,
    variableRate,
    frameCount: ticks.length,
    duration: variableRate
      ? secondsOf(ticks[ticks.length - 1] + median, timeBase)
      : multiply(rational(ticks.length), frame),
    start: secondsOf(start, timeBase),
    exact: true,
  };
};

/** Rate, count and length as the header tells them. */
export const headerTiming = (stream: StreamWords, fileDuration: number | undefined): Timing => {
  const timeBase = timeBaseOf(stream);
  const usable = claimedRates(stream).filter((rate) => rate !== undefined && rate.num / rate.den <= 1000) as Rational[];
  const frameRate = usable.at(-1) ?? { num: 25, den: 1 };
  const seconds = stream.duration ?? fileDuration ?? 0;
  const told = stream.nb_frames !== undefined && stream.nb_frames > 0 ? stream.nb_frames : undefined;
  const frameCount = Math.min(1e9, Math.max(1, told ?? Math.round((seconds * frameRate.num) / frameRate.den)));
  return {
    frameRate,
    variableRate: false,
    frameCount,
    duration: multiply(rational(frameCount), { num: frameRate.den, den: frameRate.num }),
    start: secondsOf(stream.start_pts, timeBase),
    exact: false,
  };
};
