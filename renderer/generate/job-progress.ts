import type { Job } from '../../engine/contract/generation/job.ts';

/** Shares of the time that the stages of a take need, in their order, roughly: refining full frames is most of it. */
const shares = [
  ['wait', 0],
  ['cut', 0.03],
  ['load', 0.07],
  ['read', 0.04],
  ['prior', 0.06],
  ['denoise', 0.3],
  ['refine', 0.4],
  ['encode', 0.08],
  ['place', 0.02],
] as const;

/** How far a job is, 0 to 1: takes that are finished, and of the one that is being made the stages and steps behind it. */
export const shareOf = ({ state, takes, takesDone, stage, step }: Job): number => {
  if (state === 'done') return 1;
  let within = 0;
  for (const [name, share] of shares) {
    if (stage === null) break;
    if (name === stage) {
      within += step ? share * Math.min(1, step.done / step.total) : 0;
      break;
    }
    within += share;
  }
  return Math.min(1, (takesDone + within) / takes);
};

/** Whether it is still to be made: it runs, waits or is paused. */
export const isOpen = ({ state }: Job): boolean => state === 'queued' || state === 'running' || state === 'paused';

/** Seconds of all jobs together; those of which nothing is known are taken to be as long as the others. Null where nothing is known at all. */
export const queueSeconds = (each: readonly (number | null)[]): number | null => {
  const known = each.filter((seconds) => seconds !== null);
  if (known.length === 0) return null;
  const sum = known.reduce((all, seconds) => all + seconds, 0);
  return sum + (each.length - known.length) * (sum / known.length);
};
