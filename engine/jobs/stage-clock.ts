import type { Stage } from '../contract/progress.ts';

/**
 * Seconds spent in each stage. The time between two reports belongs to the stage that reports work done at its end; a
 * report of nothing done yet only opens a stage, so the time before it belongs to the stage that was running.
 * Stages may alternate (windows are denoised and refined in turn).
 */
export const createStageClock = (now: () => number = () => performance.now() / 1000) => {
  const seconds: Partial<Record<Stage, number>> = {};
  let last = now();
  let current: Stage = 'load';
  const add = (stage: Stage): void => {
    const time = now();
    seconds[stage] = (seconds[stage] ?? 0) + time - last;
    last = time;
  };
  return {
    report: (stage: Stage, done: number): void => {
      add(done > 0 ? stage : current);
      current = stage;
    },
    /** @returns seconds per stage met, to the millisecond; the time since the last report counts to its stage */
    totals: (): Record<string, number> => {
      add(current);
      return Object.fromEntries(Object.entries(seconds).map(([stage, s]) => [stage, Math.round(s * 1000) / 1000]));
    },
  };
};
