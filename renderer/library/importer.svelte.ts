import { createContext } from 'svelte';
import { desktop } from '../ui/desktop.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import { t } from '../ui/locales/i18n.svelte.ts';
import type { Services } from '../ui/services.ts';
import { newId } from '../document/new-id.ts';
import { uploadFile } from './upload.ts';

/** A file on its way from the browser's machine, or files being taken in. */
export type Transfer = {
  id: string;
  kind: 'copy' | 'link';
  /** A file's name, or how many files. */
  name: string;
  done: number;
  total: number;
  cancel: () => void;
};

/** Brings media into the open project. What cannot be taken in is told by toasts; the rest is taken in all the same. */
export type Importer = {
  /** Files and folders of the engine's machine: they stay where they are. @returns ids of the media, also of those that were there already */
  link: (paths: readonly string[], binId?: string | null) => Promise<readonly string[]>;
  /** Dropped files: linked on the desktop, which knows where they lie; in a browser copied into the project's media folder. @returns as `link` */
  copy: (files: readonly File[], binId?: string | null) => Promise<readonly string[]>;
  /** What is on its way; reactive. */
  readonly transfers: readonly Transfer[];
};

export const [useImporter, provideImporter] = createContext<Importer>();

/** The last part of a path of either system. */
export const nameOfPath = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;

/** How many failures are told one by one. */
const mostToasts = 3;

export const createImporter = ({ client, toasts }: Services, editor: Editor): Importer => {
  let transfers = $state.raw<readonly Transfer[]>([]);

  /** Shows it among the transfers while it runs. Cancelled, it answers with `none`. */
  const shown = async <V>(
    { id, kind, name, total }: Omit<Transfer, 'done' | 'cancel'>,
    none: V,
    run: (signal: AbortSignal, progress: (done: number) => void) => Promise<V>,
  ): Promise<V> => {
    const abort = new AbortController();
    const set = (done: number): void => {
      transfers = transfers.map((each) => (each.id === id ? { ...each, done } : each));
    };
    transfers = [...transfers, { id, kind, name, total, done: 0, cancel: () => abort.abort() }];
    try {
      return await run(abort.signal, set);
    } catch (error) {
      if (!abort.signal.aborted) toasts.fail(error);
      return none;
    } finally {
      transfers = transfers.filter((each) => each.id !== id);
    }
  };

  const link: Importer['link'] = async (paths, binId = null) => {
    if (paths.length === 0) return [];
    const work = newId();
    const name = paths.length === 1 ? nameOfPath(paths[0]) : t('import.files', { count: paths.length });
    const result = await shown({ id: work, kind: 'link', name, total: 0 }, null, (signal) =>
      client.call('media.import', { project: editor.view.project, work, paths: [...paths], bin: binId }, { signal }),
    );
    if (!result) return [];
    for (const { path, problem } of result.refused.slice(0, mostToasts))
      toasts.add({ kind: 'bad', text: `${nameOfPath(path)}: ${problem.message}`, remedy: problem.remedy });
    const more = result.refused.length - mostToasts;
    if (more > 0) toasts.add({ kind: 'bad', text: t('import.more-refused', { count: more }) });
    for (const text of result.notes) toasts.add({ kind: 'info', text });
    return result.media;
  };

  const copy: Importer['copy'] = async (files, binId = null) => {
    const paths: string[] = [];
    let copied = 0;
    // One after the other: they share one line, and the first can be used soonest.
    for (const file of files) {
      const place = desktop?.pathOf(file) ?? '';
      if (place !== '') {
        paths.push(place);
        continue;
      }
      const about = { id: newId(), kind: 'copy' as const, name: file.name, total: file.size };
      const path = await shown(about, null, (signal, onProgress) =>
        uploadFile({ client, project: editor.view.project, file, onProgress, signal }),
      );
      if (path === null) continue;
      paths.push(path);
      copied += 1;
    }
    const media = await link(paths, binId);
    if (media.length > 0 && copied > 0) toasts.add({ kind: 'info', text: t('import.copied', { count: copied }) });
    return media;
  };

  return {
    link,
    copy,
    get transfers() {
      return transfers;
    },
  };
};
