import type { Stage } from '../contract/progress.ts';

type Tally = { done: number; total: number; seconds: number };

/**
 * Time left, from the pace of every stage met so far: stages alternate in long jobs, so each has its own pace, and what
 * was not met yet cannot be counted. Time between two reports belongs to the stage reported at its end.
 */
export const createEta = <S extends string = Stage>(now: () => number = () => performance.now() / 1000) => {
  const tallies = new Map<S, Tally>();
  let last = now();
  return {
    /** @returns seconds left of the stages met so far, null until a stage has a pace */
    report: (stage: S, done: number, total: number): number | null => {
      const time = now();
      const tally = tallies.get(stage) ?? { done: 0, total, seconds: 0 };
      tallies.set(stage, { done, total, seconds: tally.seconds + (done > 0 ? time - last : 0) });
      last = time;
      let left: number | null = null;
      for (const { done: made, total: all, seconds } of tallies.values()) {
        if (made > 0 && all > made) left = (left ?? 0) + (seconds / made) * (all - made);
      }
      if (left === null && done >= total) left = 0;
      return left === null ? null : Math.round(left * 10) / 10;
    },
  };
};
