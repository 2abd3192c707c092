import type { MissingMedia } from '../../engine/contract/protocol/media.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import type { Services } from '../ui/services.ts';

/** Which media of the project are not where they were. */
export type MissingList = {
  /** Reactive. */
  readonly all: readonly MissingMedia[];
  readonly ids: ReadonlySet<string>;
  /** Looks again: files come and go without the project changing. */
  look: () => Promise<void>;
};

/** To be called while a component is set up. Looks when it opens, when media change, and when the window is gone back to. */
export const createMissingList = ({ client }: Services, editor: Editor): MissingList => {
  let all = $state.raw<readonly MissingMedia[]>([]);
  const ids = $derived(new Set(all.map(({ mediaId }) => mediaId)));
  const media = $derived(editor.view.document.media);
  const project = $derived(editor.view.project);

  const look = async (): Promise<void> => {
    const asked = project;
    const { missing } = await client.call('media.missing', { project: asked });
    if (asked === project) all = missing;
  };
  const lookQuietly = (): void => void look().catch(() => undefined);

  $effect(() => {
    void media;
    void project;
    const timer = setTimeout(lookQuietly, 200);
    return () => clearTimeout(timer);
  });
  $effect(() => {
    window.addEventListener('focus', lookQuietly);
    return () => window.removeEventListener('focus', lookQuietly);
  });

  return {
    get all() {
      return all;
    },
    get ids() {
      return ids;
    },
    look,
  };
};
