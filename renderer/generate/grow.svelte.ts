import { createContext } from 'svelte';

/** What the Grow panel can be asked for, as its tabs stand. */
export const growTasks = ['extend', 'fill', 'blend', 'animate', 'erase'] as const;
export type GrowTask = (typeof growTasks)[number];

export const qualities = ['draft', 'final'] as const;
export type Quality = (typeof qualities)[number];

/** How many takes the panel offers. */
export const takeCounts = [1, 3, 6] as const;

/** What every wish has beside its own: how it shall move, with which seed, how often and how well. */
export type CommonWish = { prompt: string; seed: number; takes: number; quality: Quality };

/** What the inspector shows of growing, and how it is set. One for a project; reactive. */
export type Grow = CommonWish & {
  /** Whether the inspector shows the Grow tab. */
  open: boolean;
  task: GrowTask;
  /** Opens the Grow tab at a task. */
  show: (task: GrowTask) => void;
  /** The common part as it stands now. */
  readonly common: CommonWish;
};

/** Seeds are whole numbers up to this one; so far a picture shows them in full. */
export const maxSeed = 999_999;

export const [useGrow, provideGrow] = createContext<Grow>();

export const createGrow = (): Grow => {
  const state = $state({
    ...{ open: false, task: 'extend' as GrowTask },
    ...{ prompt: '', seed: 1, takes: 1, quality: 'draft' as Quality },
  });
  return {
    get open() {
      return state.open;
    },
    set open(open) {
      state.open = open;
    },
    get task() {
      return state.task;
    },
    set task(task) {
      state.task = task;
    },
    show: (task) => {
      state.task = task;
      state.open = true;
    },
    get prompt() {
      return state.prompt;
    },
    set prompt(prompt) {
      state.prompt = prompt;
    },
    get seed() {
      return state.seed;
    },
    set seed(seed) {
      state.seed = Math.min(maxSeed, Math.max(0, Math.round(seed)));
    },
    get takes() {
      return state.takes;
    },
    set takes(takes) {
      state.takes = takes;
    },
    get quality() {
      return state.quality;
    },
    set quality(quality) {
      state.quality = quality;
    },
    get common() {
      const { prompt, seed, takes, quality } = state;
      return { prompt, seed, takes, quality };
    },
  };
};
