import path from 'node:path';
import type { Media } from '../../contract/timeline/media.ts';
import { importFiles } from '../../media/library/import-files.ts';
import type { ImportedFile, ImportOptions, ImportResult } from '../../media/library/import-files.ts';
import { refineFacts } from '../../media/library/refine-facts.ts';
import { newId } from '../../projects/ids.ts';

/** From the project's folder down, with slashes; null when the file lies elsewhere. */
const relativeTo = (project: string, file: string): string | null => {
  const relative = path.relative(path.dirname(project), file).split(path.sep).join('/');
  return relative === '' || relative.startsWith('../') || path.isAbsolute(relative) ? null : relative;
};

const mediaFrom = (
  { kind, name, path: file, firstNumber, bytes, hash, picture, sound }: ImportedFile,
  project: string,
): Media => ({
  ...{ id: newId(), binId: null, provenance: null, relativePath: relativeTo(project, file) },
  ...{ kind, name, path: file, firstNumber, bytes, hash, picture, sound },
});

/**
 * Looks at files for a project and gives them as media that can be added. What headers only claim is counted, so that the timeline is cut
 * on frames that there are.
 */
export const readMedia = async (
  files: string[],
  project: string,
  options: ImportOptions,
): Promise<Omit<ImportResult, 'files'> & { media: Media[] }> => {
  const { files: found, ...result } = await importFiles(files, options);
  const media: Media[] = [];
  for (const file of found) {
    media.push(mediaFrom({ ...file, ...(await refineFacts(file, options.signal)) }, project));
  }
  return { ...result, media };
};
