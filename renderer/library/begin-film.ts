import { bring } from '../doors/bring.ts';
import type { Brought } from '../doors/brought.ts';
import { useEditor } from '../ui/editor.svelte.ts';
import { t } from '../ui/locales/i18n.svelte.ts';
import { useImporter } from './importer.svelte.ts';
import { placeAt } from './place-clips.ts';
import { usePlacing } from './placing.ts';

/**
 * To be called while a component is set up. @returns takes files into the project and puts them on its timeline, one after the other; what
 * cannot be taken in is told
 */
export const useBeginFilm = (): ((brought: readonly Brought[]) => Promise<void>) => {
  const editor = useEditor();
  const importer = useImporter();
  const place = usePlacing();
  return async (brought) => {
    if (brought.length === 0) return;
    const mediaIds = await bring(importer, brought);
    if (mediaIds.length === 0) return;
    const wanted = { mediaIds, mode: 'insert' as const, frame: 0, name: t('sequence.new-name') };
    await place(
      () => placeAt(editor.view.document, editor.sequence, wanted),
      () => 0,
    );
  };
};
