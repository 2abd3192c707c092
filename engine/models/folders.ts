import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where packs lie: those that ship with the program (read-only) and those that the person imported. */
export type PackFolders = { embedded: string; user: string };

/** The folder for what Longtake keeps between runs: LONGTAKE_DATA, else the system's own place for it. Not created here. */
export const dataFolder = (): string => {
  const { LONGTAKE_DATA, APPDATA, XDG_DATA_HOME } = process.env;
  if (LONGTAKE_DATA) return LONGTAKE_DATA;
  if (process.platform === 'win32') return join(APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Longtake');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Longtake');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'longtake');
};

/** What comes with the program: LONGTAKE_RESOURCES, which the desktop shell sets because its build lies elsewhere, else the checkout's. */
const resourcesFolder = (): string =>
  process.env.LONGTAKE_RESOURCES || fileURLToPath(new URL('../../resources', import.meta.url));

/** Texts of licences, named by their SPDX identifiers: `Apache-2.0.txt`. */
export const licencesFolder = (): string => join(resourcesFolder(), 'licences');

export const packFolders = (): PackFolders => ({
  embedded: join(resourcesFolder(), 'models'),
  user: join(dataFolder(), 'models'),
});
