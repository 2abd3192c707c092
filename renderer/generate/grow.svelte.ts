import { createContext } from 'svelte';
import type { GenerationWish, WishOf, WishTask } from '../../engine/contract/generation/wish.ts';

/** What the Grow panel can be asked for, as its tabs stand. */
export const growTasks = ['extend', 'fill', 'blend', 'animate', 'erase'] as const;
export type GrowTask = (typeof growTasks)[number];

export const qualities = ['draft', 'final'] as const;
export type Quality = GenerationWish['quality'];

/** How many takes the panel offers. */
export const takeCounts = [1, 3, 6] as const;

/** What every wish has beside its own. */
export type CommonWish = Pick<GenerationWish, 'prompt' | 'seed' | 'takes' | 'quality'>;
/** What a wish has of its own: the common part and the model are added where it is asked for. */
export type WishBody = { [T in WishTask]: Omit<WishOf<T>, keyof CommonWish | 'model'> }[WishTask];

/** Where a clip goes on: after its end, before its start, or back to its start. */
export const growEdges = ['tail', 'head', 'loop'] as const;
export type GrowEdge = (typeof growEdges)[number];

/** Frames of a clip that are to be made anew, of the sequence, both ends included. */
export type DamagedRange = { first: number; last: number; chosen: boolean };

/** What the inspector shows of growing, and how it is set. One for a project; reactive. */
export type Grow = CommonWish & {
  /** Whether the inspector shows the Grow tab. */
  open: boolean;
  task: GrowTask;
  /** Opens the Grow tab at a task. */
  show: (task: GrowTask) => void;
  /** Opens the Grow tab and takes the keyboard there. */
  reach: () => void;
  /** Counts how often it was reached for. */
  readonly reached: number;
  /** Extend: which side. */
  edge: GrowEdge;
  /** New frames of the sequence, for Extend and for Blend; null for a second of them. */
  frames: number | null;
  /** Fill: what was found or marked in a clip. */
  damaged: { clipId: string; ranges: readonly DamagedRange[] } | null;
  /** Fill: to be looked for as soon as the panel shows a clip. */
  wantsFind: boolean;
  /** The common part as it stands now. */
  readonly common: CommonWish;
};

export const [useGrow, provideGrow] = createContext<Grow>();

export const createGrow = (): Grow => {
  const state = $state({
    ...{ open: false, task: 'extend' as GrowTask, edge: 'tail' as GrowEdge, frames: null as number | null },
    wantsFind: false,
    ...{ prompt: '', seed: 1, takes: 1, quality: 'draft' as Quality },
  });
  let reached = $state(0);
  let damaged = $state.raw<Grow['damaged']>(null);
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
    reach: () => {
      state.open = true;
      reached += 1;
    },
    get reached() {
      return reached;
    },
    get edge() {
      return state.edge;
    },
    set edge(edge) {
      state.edge = edge;
    },
    get frames() {
      return state.frames;
    },
    set frames(frames) {
      state.frames = frames;
    },
    get damaged() {
      return damaged;
    },
    set damaged(next) {
      damaged = next;
    },
    get wantsFind() {
      return state.wantsFind;
    },
    set wantsFind(wanted) {
      state.wantsFind = wanted;
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
      state.seed = seed;
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
