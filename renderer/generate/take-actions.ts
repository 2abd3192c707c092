import { takeSettingsOf, takesWith } from '../../engine/contract/generation/takes.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { OperationInput, OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import { useEditor } from '../ui/editor.svelte.ts';
import { useServices } from '../ui/services.ts';
import { showClip } from './end-teller.ts';
import { takeCounts, useGrow } from './grow.svelte.ts';
import type { Grow, GrowTask } from './grow.svelte.ts';
import { useJobs } from './jobs.svelte.ts';

/** The panel that asks for a task. */
const panelOf: Record<GenerationWish['task'], GrowTask> = {
  ...{ extend: 'extend', loop: 'extend', fill: 'fill', 'fill-gap': 'fill', blend: 'blend', 'blend-media': 'blend' },
  ...{ animate: 'animate', inpaint: 'erase' },
};

/** Sets the panel as it was for a wish; what it was about stays what is selected. */
export const copySettings = (grow: Grow, wish: GenerationWish): void => {
  grow.prompt = wish.prompt;
  grow.seed = wish.seed;
  grow.quality = wish.quality;
  grow.takes = takeCounts.find((count) => count >= wish.takes) ?? wish.takes;
  if (wish.task === 'extend') grow.edge = wish.edge;
  if (wish.task === 'loop') grow.edge = 'loop';
  if ('frames' in wish) grow.frames = wish.frames;
  grow.show(panelOf[wish.task]);
};

export type TakeActions = {
  /** Shows a take where another one of its group lies. */
  choose: (clipId: string, mediaId: string) => void;
  rename: (take: Media, name: string) => void;
  /** Takes it out of the project; its file stays, and undo brings it back. Refused while a clip shows it. */
  remove: (take: Media) => void;
  /** With a seed that no take of its group has, from the source as it is now, or at final quality. */
  again: (take: Media, change: 'seed' | 'source' | 'final') => void;
  copy: (take: Media) => void;
  /** Of a still: shows it where it lies, with its motion to be drawn on further. */
  changeMotion: (clipId: string, take: Media) => void;
  /** Marks it as one of the good ones, or takes the mark away. */
  star: (take: Media) => void;
};

/** To be called while a component is set up. */
export const useTakeActions = (): TakeActions => {
  const editor = useEditor();
  const { toasts } = useServices();
  const grow = useGrow();
  const jobs = useJobs();
  const edit = <N extends OperationName>(name: N, input: OperationInput<N>): void =>
    void editor.store.edit(name, input).catch(toasts.fail);
  const choose = (clipId: string, mediaId: string): void => {
    if (editor.view.document.clips.get(clipId)?.mediaId !== mediaId) edit('choose-take', { clipId, mediaId });
  };
  const copy = (take: Media): void => {
    const wish = takeSettingsOf(take)?.plan.wish;
    if (wish) copySettings(grow, wish);
  };
  return {
    choose,
    rename: (take, name) => edit('change-media', { id: take.id, changes: { name } }),
    remove: (take) => edit('remove-media', { ids: [take.id] }),
    again: (take, change) => {
      const used = new Set(takesWith(editor.view.document, take).map(({ provenance }) => provenance?.seed));
      let { seed } = grow;
      while (used.has(seed)) seed += 1;
      void jobs.again(take.id, change === 'seed' ? { change, seed } : { change });
    },
    star: ({ id, starred }) => edit('star-media', { mediaIds: [id], starred: !starred }),
    copy,
    changeMotion: (clipId, take) => {
      choose(clipId, take.id);
      showClip(editor, clipId);
      copy(take);
    },
  };
};
