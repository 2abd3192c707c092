import type { Job } from '../../engine/contract/generation/job.ts';
import { clockOf } from '../library/moments.ts';
import { t } from '../ui/locales/i18n.svelte.ts';

/** What it is about: "Extend Slingshot". */
export const nameOfJob = ({ wish, subject }: Job): string => t(`jobs.task.${wish.task}`, { name: subject });

/** How it stands, in a few words: "Take 3, refining". */
export const standingOf = ({ state, stage, takes, takesDone }: Job): string => {
  if (state !== 'running') return t(`jobs.state.${state}`);
  const doing = t(`jobs.stage.${stage ?? 'wait'}`);
  return takes > 1 ? t('jobs.take-of', { number: takesDone + 1, takes, doing }) : doing;
};

/** "0:41", empty where it cannot be told. */
export const timeLeftText = (seconds: number | null): string => (seconds === null ? '' : clockOf(seconds));

/** "2 jobs · 0:41 left"; without the time where it cannot be told. */
export const summaryOf = (count: number, secondsLeft: number | null): string =>
  secondsLeft === null ? t('jobs.count', { count }) : t('jobs.count-left', { count, time: timeLeftText(secondsLeft) });
