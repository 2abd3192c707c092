import { UserFacingError } from '../contract/errors.ts';
import type { Stage, TaskReporter } from '../contract/progress.ts';

/**
 * Lets messages in (the inference process is told to stop by one) and stops the task if it was.
 * @throws UserFacingError `interrupted`
 */
export const breathe = async (reporter: TaskReporter): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  if (reporter.cancelled())
    throw new UserFacingError('interrupted', 'Stopped before it was done.', 'Run it again to make the result.');
};

export type StageHook = (done: number) => Promise<void>;

/**
 * Progress of several spans as one: each span counts on from where those before it ended. Totals are settled beforehand, per stage.
 */
export const createTaskProgress = (reporter: TaskReporter, totals: Partial<Record<Stage, number>>) => {
  const done: Partial<Record<Stage, number>> = {};
  const advance = async (stage: Stage, steps = 1): Promise<void> => {
    done[stage] = (done[stage] ?? 0) + steps;
    const total = Math.max(totals[stage] ?? 0, done[stage]);
    reporter.progress(stage, done[stage], total);
    await breathe(reporter);
  };
  return {
    advance,
    /** A hook that is told absolute counts of one span. */
    hook: (stage: Stage): StageHook => {
      let seen = 0;
      return async (now) => {
        const steps = now - seen;
        seen = now;
        await advance(stage, steps);
      };
    },
  };
};
export type TaskProgress = ReturnType<typeof createTaskProgress>;
