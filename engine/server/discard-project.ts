import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { backupFolder } from '../projects/backups.ts';
import { companions } from '../projects/project-files.ts';
import type { Project } from '../projects/project-types.ts';
import type { OpenEntry } from './open-projects.ts';
import { mediaFolderOf } from './uploads.ts';

/** Whether nothing was made in a project: media may have come into it, and that is all. */
export const isUntouched = (project: Project): boolean => {
  const { clips, media } = project.document();
  return (
    clips.size === 0 && project.jobs.list().length === 0 && [...media.values()].every(({ kind }) => kind !== 'take')
  );
};

/** Removes a closed project that has a folder of its own, with its backups and what was copied into it; what else lies there stays. */
export const removeProjectFiles = async (entry: OpenEntry): Promise<void> => {
  const { path: file } = entry.project;
  const all = [file, ...companions.map((suffix) => file + suffix), backupFolder(file), mediaFolderOf(entry)];
  for (const each of all) await rm(each, { recursive: true, force: true });
  // Not empty: somebody has put something into it.
  await rmdir(path.dirname(file)).catch(() => undefined);
};
