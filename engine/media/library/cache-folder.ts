import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what can be made again at any time: LONGTAKE_CACHE, else `cache` in LONGTAKE_DATA, else the system's own place for caches,
 * which backups leave out. Not created here.
 */
export const cacheFolder = (): string => {
  const { LONGTAKE_CACHE, LONGTAKE_DATA, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (LONGTAKE_CACHE) return LONGTAKE_CACHE;
  if (LONGTAKE_DATA) return join(LONGTAKE_DATA, 'cache');
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Longtake', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Longtake');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'longtake');
};
