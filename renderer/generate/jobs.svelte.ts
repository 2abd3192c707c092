import { createContext } from 'svelte';
import { isActive } from '../../engine/contract/generation/job.ts';
import type { Job } from '../../engine/contract/generation/job.ts';
import type { GenerationWish, WishTask } from '../../engine/contract/generation/wish.ts';
import type { JobsEvent } from '../../engine/contract/protocol/generate.ts';
import type { CallInput, CallResult } from '../../engine/contract/protocol/calls.ts';
import { jobsTopic } from '../../engine/contract/protocol/topics.ts';
import { newId } from '../document/new-id.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import { t } from '../ui/locales/i18n.svelte.ts';
import type { Services } from '../ui/services.ts';
import { createEndTeller } from './end-teller.ts';
import type { Grow, WishBody } from './grow.svelte.ts';
import { createQueueTime } from './queue-time.svelte.ts';

type Model = CallResult<'session.models'>['models'][number];

/** What is grown in the open project, and what waits for it. It goes on when the window closes. */
export type Jobs = {
  /** In the order in which they run; reactive. */
  readonly all: readonly Job[];
  /** Those that run or wait. */
  readonly active: readonly Job[];
  /** Seconds until all active ones are done; null as long as nothing is known. */
  readonly secondsLeft: number | null;
  /** The model that would make a task; undefined where none is installed that can. */
  modelFor: (task: WishTask) => Model | undefined;
  /** Whether it is known that no installed model can make a task. */
  cannot: (task: WishTask) => boolean;
  /** The whole wish, as the panel is set; undefined without a model for it. */
  wishOf: (body: WishBody) => GenerationWish | undefined;
  /** Asks for new frames; what cannot be is told. The next wish has seeds of its own. @returns whether it waits or runs now */
  ask: (body: WishBody) => Promise<boolean>;
  /** Makes a take once more: from another seed, or from its source as it is now. */
  again: (mediaId: string, from: CallInput<'generate.again'>['from']) => Promise<void>;
  cancel: (id: string) => Promise<void>;
  pause: (id: string) => Promise<void>;
  resume: (id: string) => Promise<void>;
  retry: (id: string) => Promise<void>;
  remove: (id: string) => Promise<void>;
  /** Before another job, or to the end. */
  reorder: (id: string, before: string | null) => Promise<void>;
  pauseAll: (paused: boolean) => Promise<void>;
  /** Takes all that have ended off the list. */
  clear: () => Promise<void>;
  /** Has the list of jobs shown. */
  show: () => void;
  /** Counts how often it was asked for. */
  readonly asked: number;
};

export const [useJobs, provideJobs] = createContext<Jobs>();

/** What the packs call a task: whatever leads from one picture to another one is a blend. */
const taskOfPack: Record<WishTask, string> = {
  ...{ extend: 'extend', fill: 'fill', animate: 'animate', inpaint: 'inpaint' },
  ...{ loop: 'blend', 'fill-gap': 'blend', blend: 'blend', 'blend-media': 'blend' },
};

const sorted = (jobs: readonly Job[]): readonly Job[] => [...jobs].sort((a, b) => a.order - b.order);

/** To be called while a component is set up. */
export const createJobs = (services: Services, editor: Editor, grow: Grow): Jobs => {
  const { client, toasts } = services;
  let all = $state.raw<readonly Job[]>([]);
  let asked = $state(0);
  /** Null until they are known. */
  let models = $state.raw<readonly Model[] | null>(null);
  let reading: Promise<void> = Promise.resolve();
  const project = $derived(editor.view.project);
  const active = $derived(all.filter(isActive));
  const tell = createEndTeller(services, editor);
  const secondsLeft = createQueueTime(
    client,
    () => project,
    () => active,
  );

  const put = (job: Job): void => {
    const at = all.findIndex(({ id }) => id === job.id);
    const before = all[at];
    all = sorted(at < 0 ? [...all, job] : all.with(at, job));
    if (before && isActive(before)) tell(job, all.filter(isActive).length);
  };
  const happened = (event: JobsEvent): void => {
    if ('job' in event) put(event.job);
    else all = all.filter(({ id }) => id !== event.removed);
  };
  const read = async (): Promise<void> => {
    all = sorted((await client.call('generate.list', { project })).jobs);
  };

  $effect(() => {
    const stop = client.listen(jobsTopic(project), {
      event: happened,
      missed: () => void read().catch(toasts.fail),
    });
    read().catch(toasts.fail);
    return stop;
  });
  // Again whenever the panel is opened: one may have been brought in or removed meanwhile.
  $effect(() => {
    void grow.open;
    reading = client.call('session.models', {}).then((found) => void (models = found.models), toasts.fail);
  });

  const modelFor = (task: WishTask): Model | undefined => models?.find(({ tasks }) => tasks.includes(taskOfPack[task]));
  const wishOf = (body: WishBody): GenerationWish | undefined => {
    const model = modelFor(body.task);
    return model && { ...body, ...grow.common, model: model.id };
  };

  const attempt = async (work: () => Promise<Job | undefined>): Promise<boolean> => {
    try {
      const job = await work();
      if (job) put(job);
      return true;
    } catch (error) {
      toasts.fail(error);
      return false;
    }
  };
  const one =
    (name: 'generate.cancel' | 'generate.pause' | 'generate.resume' | 'generate.retry') =>
    async (id: string): Promise<void> => {
      await attempt(() => client.call(name, { project, id }));
    };
  const remove = async (id: string): Promise<void> => {
    await attempt(async () => {
      await client.call('generate.remove', { project, id });
      all = all.filter((job) => job.id !== id);
      return undefined;
    });
  };
  const maxSeed = 0xffffffff;

  return {
    get all() {
      return all;
    },
    get active() {
      return active;
    },
    get secondsLeft() {
      return secondsLeft();
    },
    modelFor,
    cannot: (task) => models !== null && modelFor(task) === undefined,
    wishOf,
    ask: async (body) => {
      await reading;
      const wish = wishOf(body);
      if (!wish) {
        toasts.add({ kind: 'bad', text: t('grow.no-model') });
        return false;
      }
      const asked = await attempt(() => client.call('generate.enqueue', { project, id: newId(), wish }));
      if (asked) grow.seed = (grow.seed + wish.takes) % (maxSeed + 1);
      return asked;
    },
    again: async (mediaId, from) => {
      await attempt(() => client.call('generate.again', { project, id: newId(), mediaId, from }));
    },
    cancel: one('generate.cancel'),
    pause: one('generate.pause'),
    resume: one('generate.resume'),
    retry: one('generate.retry'),
    remove,
    reorder: async (id, before) => {
      await attempt(() => client.call('generate.reorder', { project, id, before }));
    },
    pauseAll: async (paused) => {
      await attempt(async () => {
        all = sorted((await client.call('generate.pauseAll', { project, paused })).jobs);
        return undefined;
      });
    },
    clear: async () => {
      for (const job of all) if (!isActive(job) && job.state !== 'paused') await remove(job.id);
    },
    show: () => (asked += 1),
    get asked() {
      return asked;
    },
  };
};
