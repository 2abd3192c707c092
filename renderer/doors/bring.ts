import type { Importer } from '../library/importer.svelte.ts';
import type { Brought } from './brought.ts';

/** Takes what was brought into the open project, in its order. @returns ids of the media; fewer where something could not be taken in */
export const bring = async (importer: Importer, brought: readonly Brought[]): Promise<string[]> => {
  const files = brought.flatMap((each) => (each.kind === 'file' ? [each.file] : []));
  if (files.length === brought.length) return [...(await importer.copy(files))];
  const ids: string[] = [];
  for (const each of brought)
    ids.push(...(each.kind === 'file' ? await importer.copy([each.file]) : await importer.link([each.path])));
  return ids;
};
