import { createBrush, provideBrush } from './brush/brush.svelte.ts';
import type { ProjectStore } from './document/project-store.ts';
import { createGrow, provideGrow } from './generate/grow.svelte.ts';
import { createJobs, provideJobs } from './generate/jobs.svelte.ts';
import { createWipe, provideWipe } from './generate/wipe.svelte.ts';
import { createImporter, provideImporter } from './library/importer.svelte.ts';
import { createEditor, provideEditor } from './ui/editor.svelte.ts';
import type { Editor, Intent } from './ui/editor.svelte.ts';
import { createExports, provideExports } from './ui/exports.svelte.ts';
import { useServices } from './ui/services.ts';
import { createWorkFeed, provideWork } from './ui/work.svelte.ts';
import { createSource, provideSource } from './viewer/source.svelte.ts';

/** What every surface of an open project may ask for, the editor's and those of the quick screens. To be called while a component is set up. */
export const provideProject = (store: ProjectStore, intent: Intent): Editor => {
  const services = useServices();
  const editor = createEditor(store, intent);
  provideEditor(editor);
  provideSource(createSource(editor));
  const work = createWorkFeed(services.client, () => editor.view.project);
  provideWork(work);
  provideExports(createExports(services, editor, work));
  provideImporter(createImporter(services, editor));
  provideBrush(createBrush());
  const grow = createGrow();
  provideGrow(grow);
  provideJobs(createJobs(services, editor, grow));
  provideWipe(createWipe());
  return editor;
};
