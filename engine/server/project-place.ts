import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { safeName } from './safe-name.ts';

/**
 * Where a new project goes: in a folder of its own, which its media, takes and backups will share. With a number behind the name where
 * that is taken.
 */
export const newProjectFile = (projectsFolder: string, name: string): string => {
  const safe = safeName(name);
  for (let n = 1; ; n += 1) {
    const own = n === 1 ? safe : `${safe} ${n}`;
    if (!existsSync(path.join(projectsFolder, own))) return path.join(projectsFolder, own, `${own}.longtake`);
  }
};

/** Where new projects go: with the films of the home folder where that is shared, else in the first folder that is. */
export const projectsFolderIn = (roots: readonly string[] | null): string => {
  const home = homedir();
  const films = ['Videos', 'Movies'].map((name) => path.join(home, name)).find((folder) => existsSync(folder));
  const wanted = path.join(films ?? home, 'Longtake');
  const shared = roots === null || roots.some((root) => !path.relative(root, wanted).startsWith('..'));
  return shared ? wanted : path.join(roots[0], 'Longtake');
};
