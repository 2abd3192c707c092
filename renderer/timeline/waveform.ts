import type { Peaks } from './clip-media.ts';

/** Lowest and highest of a stretch of sound, -1..1. */
export type Extremes = { low: number; high: number };

/** The coarsest level that still has a point for every stretch of so many samples. */
const levelFor = ({ levels }: Peaks, samples: number): number => {
  const coarse = levels.findLastIndex(({ samplesPerPoint }) => samplesPerPoint <= samples);
  return Math.max(0, coarse);
};

/**
 * The extremes of all channels together between two moments.
 * @param from, to seconds from the first sample; outside of the sound there is silence
 */
export const extremesBetween = (peaks: Peaks, from: number, to: number): Extremes => {
  const { sampleRate, channels, levels, points } = peaks;
  const level = levelFor(peaks, (to - from) * sampleRate);
  const { samplesPerPoint, points: count } = levels[level];
  const values = points[level];
  const first = Math.floor((from * sampleRate) / samplesPerPoint);
  const last = Math.min(count, Math.max(first + 1, Math.ceil((to * sampleRate) / samplesPerPoint)));
  let [low, high] = [0, 0];
  for (let i = Math.max(0, first) * channels * 2; i < last * channels * 2; i += 2) {
    if (values[i] < low) low = values[i];
    if (values[i + 1] > high) high = values[i + 1];
  }
  return { low: low / 32767, high: high / 32767 };
};
