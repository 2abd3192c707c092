import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', 'electron');

/** Where the fetched one lies with everything that belongs to it. */
export const electronDist = () => process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');

/** @returns {string | undefined} Electron's program, where it has been fetched or ELECTRON_OVERRIDE_DIST_PATH names its folder */
export const findElectron = () => {
  // Written last: without it the program came in part or not at all.
  const pathFile = path.join(folder, 'path.txt');
  if (!existsSync(pathFile) && process.env.ELECTRON_OVERRIDE_DIST_PATH === undefined) return undefined;
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const binary = path.join(electronDist(), name);
  return existsSync(binary) ? binary : undefined;
};

/**
 * @param {string} node the Node to fetch it with
 * @returns {string | undefined} Electron's program; its package fetches it when it is first asked, which needs a connection
 */
export const fetchElectron = (node) => {
  const installer = path.join(folder, 'install.js');
  if (!findElectron() && existsSync(installer)) spawnSync(node, [installer], { stdio: 'ignore', timeout: 180_000 });
  return findElectron();
};
