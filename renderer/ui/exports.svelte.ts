import { createContext } from 'svelte';
import type { ExportState } from '../../engine/contract/protocol/export.ts';
import type { WorkEvent } from '../../engine/contract/protocol/topics.ts';
import type { Problem } from '../../engine/contract/protocol/values.ts';
import type { CallInput } from '../../engine/contract/protocol/calls.ts';
import { newId } from '../document/new-id.ts';
import { desktop } from './desktop.ts';
import type { Editor } from './editor.svelte.ts';
import { t } from './locales/i18n.svelte.ts';
import type { Services } from './services.ts';
import type { WorkFeed } from './work.svelte.ts';

/** An export of the open project and how far it is. */
export type ExportJob = ExportState & Pick<WorkEvent, 'done' | 'total' | 'secondsLeft'> & { problem: Problem | null };

type Wish = Omit<CallInput<'export.start'>, 'project' | 'work'>;

/** The exports of the open project since the engine was started; they go on when the window closes. */
export type Exports = {
  /** The newest first; reactive. */
  readonly all: readonly ExportJob[];
  /** @returns the new export's id @throws EngineRefusal when it cannot be started */
  start: (wish: Wish) => Promise<string>;
  cancel: (work: string) => Promise<void>;
  /** Set while a dialog shows the exports; without one an end is told by a toast. */
  watched: boolean;
};

export const [useExports, provideExports] = createContext<Exports>();

const fileOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** Has a file that the engine serves saved by the browser. */
const download = (url: string): void => {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
};

/** How one gets at a finished export: its file is shown on the desktop, and saved by a browser; null while there is none. */
export const pickUp = ({ state, path, download: url }: ExportState): { label: string; run: () => void } | null => {
  if (state !== 'done') return null;
  if (desktop) return { label: t('export.reveal'), run: () => desktop?.reveal(path) };
  return url === null ? null : { label: t('export.download'), run: () => download(url) };
};

/** To be called while a component is set up. */
export const createExports = ({ client, toasts }: Services, editor: Editor, work: WorkFeed): Exports => {
  let all = $state.raw<readonly ExportJob[]>([]);
  let watched = false;
  const project = $derived(editor.view.project);

  const read = async (): Promise<void> => {
    const { exports } = await client.call('export.list', { project });
    const fresh = { done: 0, total: 0, secondsLeft: null, problem: null };
    all = exports.map((state) => ({ ...fresh, ...all.find((job) => job.work === state.work), ...state }));
  };

  const tellEnd = (job: ExportJob): void => {
    const { path, state, problem } = job;
    const name = fileOf(path);
    const action = pickUp(job);
    if (state === 'done') toasts.add({ kind: 'info', text: t('export.finished', { name }), ...(action && { action }) });
    else if (state === 'failed')
      toasts.add({
        kind: 'bad',
        text: problem?.message ?? t('export.failed', { name }),
        remedy: problem?.remedy ?? '',
      });
  };

  const happened = async (event: WorkEvent): Promise<void> => {
    if (event.kind !== 'export') return;
    const { done, total, secondsLeft, problem } = event;
    all = all.map((job) => (job.work === event.work ? { ...job, done, total, secondsLeft, problem } : job));
    if (event.state === 'running') return;
    await read();
    const ended = all.find((job) => job.work === event.work);
    if (ended && !watched) tellEnd(ended);
  };

  $effect(() => work.on((event) => void happened(event).catch(toasts.fail)));
  $effect(() => {
    void project;
    read().catch(toasts.fail);
  });

  return {
    get all() {
      return all;
    },
    start: async (wish) => {
      const id = newId();
      await client.call('export.start', { ...wish, project, work: id });
      await read();
      return id;
    },
    cancel: async (id) => {
      await client.call('export.cancel', { project, work: id });
      await read();
    },
    get watched() {
      return watched;
    },
    set watched(now) {
      watched = now;
    },
  };
};
