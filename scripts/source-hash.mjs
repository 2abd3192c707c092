import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * What a build is made of, as one hash: it tells whether the build has to be done again.
 * @param {string} root the checkout
 * @param {{ folders: string[], files: string[] }} sources from the root; folders with all that lies below them
 */
export const sourceHash = (root, { folders, files }) => {
  const below = (/** @type {string} */ folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  const all = [...folders.flatMap(below), ...files.map((name) => path.join(root, name))].sort();
  const hash = createHash('sha256');
  for (const file of all) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
};
