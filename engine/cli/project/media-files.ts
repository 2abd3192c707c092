import type { Media } from '../../contract/timeline/media.ts';
import { importFiles } from '../../media/library/import-files.ts';
import type { ImportOptions, ImportResult } from '../../media/library/import-files.ts';
import { refineFacts } from '../../media/library/refine-facts.ts';
import { mediaOf } from '../../projects/import-media.ts';
import type { Project } from '../../projects/project-types.ts';

/**
 * Looks at files for a project and gives them as media that can be added. What headers only claim is counted first, since a script cuts
 * at once.
 */
export const readMedia = async (
  project: Project,
  files: string[],
  options: ImportOptions,
): Promise<Omit<ImportResult, 'files'> & { media: Media[] }> => {
  const { files: found, ...result } = await importFiles(files, options);
  const media: Media[] = [];
  for (const file of found) {
    media.push(mediaOf(project, { ...file, ...(await refineFacts(file, options.signal)) }, null));
  }
  return { ...result, media };
};
