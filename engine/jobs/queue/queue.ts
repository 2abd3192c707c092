import { UserFacingError } from '../../contract/errors.ts';
import type { Job } from '../../contract/generation/job.ts';
import type { WishPlan } from '../../contract/generation/plan.ts';
import type { Problem } from '../../contract/protocol/values.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { StoredJob } from '../../projects/job-rows.ts';
import type { Project } from '../../projects/project-types.ts';
import type { InferenceOptions } from '../inference-process.ts';
import { dropJobFiles } from './take-media.ts';
import { runTakes } from './run-takes.ts';
import { isEnded, jobOf, newLive, startedAnew } from './live-job.ts';
import type { LiveJob } from './live-job.ts';

/** A project whose jobs are run. `K` names it for the host. */
type Member<K> = { key: K; project: Project; jobs: Map<string, LiveJob> };

export type QueueHost<K> = {
  locate: (key: K, mediaId: string) => Promise<Media>;
  /** A job as it is now; at most ten times a second while it runs. */
  onJob: (key: K, job: Job) => void;
  onRemoved: (key: K, id: string) => void;
  /** A take has come into the project. */
  onTake: (key: K, media: Media) => void;
  /** While a project has jobs that wait or run it is kept open. */
  onBusy: (key: K, busy: boolean) => void;
  /** What a user is told of a failure. */
  problemOf: (error: unknown) => Problem;
  onFault: (error: unknown) => void;
  childFile?: InferenceOptions['childFile'];
};

export type NewJob = { id: string; plan: WishPlan; first: boolean; replaces: string | null };

export type Queue<K> = {
  /** A project was opened: its jobs that were waiting or running go on, unless it may not be edited. */
  attach: (key: K, project: Project) => void;
  detach: (key: K) => void;
  list: (key: K) => Job[];
  enqueue: (key: K, job: NewJob) => Job;
  cancel: (key: K, id: string) => Promise<Job>;
  pause: (key: K, id: string) => Promise<Job>;
  resume: (key: K, id: string) => Job;
  retry: (key: K, id: string) => Job;
  reorder: (key: K, id: string, before: string | null) => Job;
  remove: (key: K, id: string) => Promise<void>;
  pauseAll: (key: K, paused: boolean) => Promise<Job[]>;
  /** The newest picture of what a job is making; undefined where there is none of this key any more. */
  preview: (key: K, id: string, picture: string) => Uint8Array | undefined;
  /** What is under way, for whoever asks before the engine ends. */
  running: () => string[];
  /** Ends what runs; it goes on the next time its project is opened. */
  stop: () => Promise<void>;
};

const pause = 100;

const notNow = (what: string): UserFacingError => new UserFacingError('usage', what, 'Look at the list of jobs again.');

export const createQueue = <K>(host: QueueHost<K>): Queue<K> => {
  const members = new Map<K, Member<K>>();
  let stopping = false;
  let running: Promise<void> | undefined;

  const memberOf = (key: K): Member<K> => {
    const member = members.get(key);
    if (!member) throw new Error('a queue is asked about a project that is not in it');
    return member;
  };
  const liveOf = (key: K, id: string): { member: Member<K>; live: LiveJob } => {
    const member = memberOf(key);
    const live = member.jobs.get(id);
    if (!live) throw notNow('There is no such job any more.');
    return { member, live };
  };

  const tell = ({ key }: Member<K>, live: LiveJob): void => {
    live.toldAt = performance.now();
    host.onJob(key, jobOf(live));
  };
  const settleBusy = ({ key, jobs }: Member<K>): void => {
    const busy = [...jobs.values()].some(({ stored: { state } }) => state === 'queued' || state === 'running');
    host.onBusy(key, busy);
  };
  /** Changes what the project's file knows of a job. @throws UserFacingError when it cannot be written; nothing has changed then */
  const change = (member: Member<K>, live: LiveJob, changes: Partial<StoredJob>): void => {
    const next = { ...live.stored, ...changes };
    member.project.jobs.put(next);
    live.stored = next;
    tell(member, live);
    settleBusy(member);
  };

  const next = (): { member: Member<K>; live: LiveJob } | undefined => {
    const heads = [...members.values()].flatMap((member) => {
      if (member.project.readOnly) return [];
      const waiting = [...member.jobs.values()].filter(({ stored }) => stored.state === 'queued');
      const [live] = waiting.sort((a, b) => a.stored.order - b.stored.order);
      return live ? [{ member, live }] : [];
    });
    // Of several projects the one that has waited longest, so that none waits for a whole night of another one.
    return heads.sort((a, b) => a.live.stored.createdAt - b.live.stored.createdAt).at(0);
  };

  const onStage = (
    member: Member<K>,
    live: LiveJob,
    progress: Pick<LiveJob, 'stage' | 'step' | 'secondsLeft'>,
  ): void => {
    const turned = live.stage !== progress.stage;
    Object.assign(live, progress);
    if (turned || performance.now() - live.toldAt >= pause) tell(member, live);
  };

  const work = async (member: Member<K>, live: LiveJob, signal: AbortSignal): Promise<void> => {
    let takeStarted = performance.now();
    let takeSeconds: number | null = null;
    await runTakes({
      ...{ project: member.project, job: live.stored, signal, childFile: host.childFile },
      locate: (mediaId) => host.locate(member.key, mediaId),
      onStage: (stage, step, left) => {
        const others = live.stored.plan.wish.takes - live.stored.takesDone - 1;
        const whole = takeSeconds ?? (left === null ? null : (performance.now() - takeStarted) / 1000 + left);
        const secondsLeft = left === null ? live.secondsLeft : left + Math.max(0, others) * (whole ?? 0);
        onStage(member, live, { stage, step, secondsLeft });
      },
      onPreview: (picture) => {
        live.pictures.push(picture);
        live.pictureCount += 1;
        if (live.pictures.length > 2) live.pictures.shift();
        tell(member, live);
      },
      onTake: (media, done, notes) => {
        takeSeconds = (performance.now() - takeStarted) / 1000;
        takeStarted = performance.now();
        const { takeMediaIds, notes: before } = live.stored;
        change(member, live, {
          takesDone: done,
          takeMediaIds: takeMediaIds.includes(media.id) ? takeMediaIds : [...takeMediaIds, media.id],
          notes: [...new Set([...before, ...notes])],
        });
        host.onTake(member.key, media);
      },
    });
  };

  /** How a job ended: as it was asked to, or with the reason why not. */
  const ended = (live: LiveJob, error: unknown): Partial<StoredJob> => {
    const now = Date.now();
    if (error === undefined) return { state: 'done', endedAt: now };
    if (live.wanted === 'stop') return { state: 'queued' };
    if (live.wanted === 'pause') return { state: 'paused' };
    if (live.wanted === 'cancel') return { state: 'cancelled', endedAt: now };
    if (!(error instanceof UserFacingError)) host.onFault(error);
    return { state: 'failed', endedAt: now, problem: host.problemOf(error) };
  };

  const run = async (member: Member<K>, live: LiveJob): Promise<void> => {
    live.abort = new AbortController();
    let failure: unknown;
    try {
      change(member, live, { state: 'running', startedAt: live.stored.startedAt ?? Date.now(), problem: null });
      await work(member, live, live.abort.signal);
    } catch (error) {
      failure = error ?? new Error('failed without a reason');
    }
    const end = ended(live, failure);
    Object.assign(live, startedAnew);
    try {
      change(member, live, end);
    } catch (error) {
      // The disk is full: what came of it is only known until the engine ends, and then it is begun again.
      live.stored = { ...live.stored, state: 'failed', endedAt: Date.now(), problem: host.problemOf(error) };
      tell(member, live);
      settleBusy(member);
    }
    if (live.stored.state === 'cancelled') await dropFiles(member, live);
  };

  const dropFiles = ({ project }: Member<K>, live: LiveJob): Promise<void> =>
    dropJobFiles(project, live.stored).catch(host.onFault);

  const kick = (): void => {
    if (running || stopping) return;
    const found = next();
    if (!found) return;
    found.live.ended = running = run(found.member, found.live)
      .catch(host.onFault)
      .finally(() => {
        running = undefined;
        kick();
      });
  };

  /** Ends a job that runs, and waits until it has. */
  const interrupt = async (live: LiveJob, wanted: NonNullable<LiveJob['wanted']>): Promise<void> => {
    live.wanted = wanted;
    live.abort?.abort();
    await live.ended;
  };

  const queueAgain = (key: K, id: string, from: readonly StoredJob['state'][]): Job => {
    const { member, live } = liveOf(key, id);
    if (!from.includes(live.stored.state)) return jobOf(live);
    change(member, live, { state: 'queued', endedAt: null, problem: null });
    kick();
    return jobOf(live);
  };

  const pauseOne = async (key: K, id: string): Promise<Job> => {
    const { member, live } = liveOf(key, id);
    if (live.stored.state === 'running') await interrupt(live, 'pause');
    else if (live.stored.state === 'queued') change(member, live, { state: 'paused' });
    return jobOf(live);
  };

  const cancelOne = async (key: K, id: string): Promise<Job> => {
    const { member, live } = liveOf(key, id);
    const { state } = live.stored;
    if (state === 'running') await interrupt(live, 'cancel');
    else if (!isEnded(state)) {
      change(member, live, { state: 'cancelled', endedAt: Date.now() });
      await dropFiles(member, live);
    }
    return jobOf(live);
  };

  const inOrder = (key: K): LiveJob[] =>
    [...memberOf(key).jobs.values()].sort((a, b) => a.stored.order - b.stored.order);

  return {
    attach: (key, project) => {
      if (members.has(key)) return;
      const jobs = new Map(project.jobs.list().map((stored) => [stored.id, newLive(stored)]));
      const member: Member<K> = { key, project, jobs };
      members.set(key, member);
      if (project.readOnly) return;
      for (const live of jobs.values()) if (live.stored.state === 'running') change(member, live, { state: 'queued' });
      settleBusy(member);
      kick();
    },
    detach: (key) => void members.delete(key),
    list: (key) => inOrder(key).map(jobOf),
    enqueue: (key, { id, plan, first, replaces }) => {
      const member = memberOf(key);
      const known = member.jobs.get(id);
      // The answer to the first asking may have been lost on its way.
      if (known) return jobOf(known);
      const { readOnlyReason } = member.project;
      if (readOnlyReason !== null)
        throw new UserFacingError('usage', readOnlyReason, 'Save a copy of the project, and grow footage there.');
      const orders = inOrder(key).map(({ stored }) => stored.order);
      const order = first ? Math.min(0, ...orders) - 1 : Math.max(0, ...orders) + 1;
      const stored: StoredJob = {
        ...{ id, state: 'queued', order, plan, replaces, createdAt: Date.now(), startedAt: null, endedAt: null },
        ...{ takesDone: 0, takeMediaIds: [], problem: null, notes: [] },
      };
      const live = newLive(stored);
      change(member, live, {});
      member.jobs.set(id, live);
      settleBusy(member);
      kick();
      return jobOf(live);
    },
    cancel: cancelOne,
    pause: pauseOne,
    resume: (key, id) => queueAgain(key, id, ['paused']),
    retry: (key, id) => queueAgain(key, id, ['failed', 'cancelled']),
    reorder: (key, id, before) => {
      const { member, live } = liveOf(key, id);
      const others = inOrder(key).filter((other) => other !== live);
      const at = before === null ? others.length : others.findIndex(({ stored }) => stored.id === before);
      if (at < 0) throw notNow('The job that it should come before is not there any more.');
      const low = others[at - 1]?.stored.order ?? (others[at]?.stored.order ?? 1) - 2;
      const high = others[at]?.stored.order ?? low + 2;
      change(member, live, { order: (low + high) / 2 });
      return jobOf(live);
    },
    remove: async (key, id) => {
      await cancelOne(key, id);
      const { member, live } = liveOf(key, id);
      await dropFiles(member, live);
      member.project.jobs.remove(id);
      member.jobs.delete(id);
      host.onRemoved(key, id);
    },
    pauseAll: async (key, paused) => {
      // What waits first: else each would begin when the one before it is stopped.
      const all = inOrder(key).sort(
        (a, b) => Number(a.stored.state === 'running') - Number(b.stored.state === 'running'),
      );
      for (const { stored } of all) {
        if (paused) await pauseOne(key, stored.id);
        else queueAgain(key, stored.id, ['paused']);
      }
      return inOrder(key).map(jobOf);
    },
    preview: (key, id, picture) => {
      const live = members.get(key)?.jobs.get(id);
      const back = (live?.pictureCount ?? 0) - Number(picture);
      return live?.pictures[live.pictures.length - 1 - back];
    },
    running: () =>
      [...members.values()].flatMap(({ jobs }) =>
        [...jobs.values()].filter(({ stored }) => stored.state === 'running').map(({ stored }) => stored.plan.subject),
      ),
    stop: async () => {
      stopping = true;
      for (const { jobs } of members.values()) {
        for (const live of jobs.values()) {
          if (live.stored.state !== 'running') continue;
          live.wanted = 'stop';
          live.abort?.abort();
        }
      }
      await running;
    },
  };
};
