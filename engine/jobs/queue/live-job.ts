import type { Job } from '../../contract/generation/job.ts';
import type { StoredJob } from '../../projects/job-rows.ts';

/** A job with what is only known while the engine runs. */
export type LiveJob = Pick<Job, 'stage' | 'step' | 'secondsLeft'> & {
  stored: StoredJob;
  abort: AbortController | undefined;
  /** Resolves when the job that runs has ended, however. */
  ended: Promise<void> | undefined;
  /** Why it is being ended. */
  wanted: 'pause' | 'cancel' | 'stop' | undefined;
  /** When the windows were told of it last, milliseconds of the performance clock. */
  toldAt: number;
  /** JPEG pictures of what is being made, the newest last, and how many there have been. */
  pictures: Uint8Array[];
  pictureCount: number;
};

/** What a job is that nobody has begun. */
export const startedAnew = {
  ...{ stage: null, step: null, secondsLeft: null },
  ...{ abort: undefined, ended: undefined, wanted: undefined, toldAt: -Infinity },
} as const satisfies Partial<LiveJob>;

/** A job as it is read from the project's file or asked for. */
export const newLive = (stored: StoredJob): LiveJob => ({ ...startedAnew, stored, pictures: [], pictureCount: 0 });

export const isEnded = (state: StoredJob['state']): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

const moment = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** As windows see it. */
export const jobOf = ({ stored, stage, step, secondsLeft, pictureCount }: LiveJob): Job => {
  const { id, state, order, plan, createdAt, startedAt, endedAt, takesDone, takeMediaIds, problem, notes } = stored;
  return {
    ...{ id, wish: plan.wish, state, order, takesDone, takes: plan.wish.takes, problem, notes, takeMediaIds },
    createdAt: new Date(createdAt).toISOString(),
    ...{ startedAt: moment(startedAt), endedAt: moment(endedAt) },
    ...{ stage, step, secondsLeft: secondsLeft === null ? null : Math.max(0, secondsLeft) },
    previewKey: pictureCount === 0 ? null : String(pictureCount),
    ...{ subject: plan.subject, clipId: plan.clipId, place: plan.place, replaces: stored.replaces },
  };
};
