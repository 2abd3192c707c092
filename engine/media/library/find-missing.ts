import { stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Id } from '../../contract/timeline/media.ts';
import { collectFiles } from './collect-files.ts';
import { patternFiles } from './image-sequences.ts';
import { holdsMedia, type MediaFile } from './locate-media.ts';

export type MissingFile = MediaFile & { id: Id };

export type Candidate = {
  /** A path, or a pattern for numbered pictures. */
  path: string;
  /** `content`: the very file. `name`: another content under the same name, which a person must agree to. */
  match: 'content' | 'name';
};

export type FindOptions = {
  signal?: AbortSignal;
  /** Told the media that were compared, of all. */
  onProgress?: (progress: { done: number; total: number }) => void;
};

type Found = { path: string; bytes: number };

/** How many folders above the file are called the same: what was in A001/clips is likelier the one in a folder of that name. */
const sharedFolders = (a: string, b: string): number => {
  const [left, right] = [a, b].map((path) => dirname(path).split(sep).reverse());
  let count = 0;
  while (count < left.length && left[count] === right[count] && left[count] !== '') count++;
  return count;
};

/** The very file first, then files of the same name; among equals the same name, the likeliest folder, the nearest length. */
const rank = (media: MissingFile, found: (Candidate & { bytes: number })[]): Candidate[] =>
  found
    .map((one) => ({
      ...one,
      order: [
        one.match === 'content' ? 0 : 1,
        basename(one.path) === basename(media.path) ? 0 : 1,
        -sharedFolders(one.path, media.path),
        Math.abs(one.bytes - media.bytes),
      ],
    }))
    .sort((a, b) => {
      const at = a.order.findIndex((value, index) => value !== b.order[index]);
      return at === -1 ? a.path.localeCompare(b.path) : a.order[at] - b.order[at];
    })
    .map(({ path, match }) => ({ path, match }));

/**
 * Looks for files below folders: by length and content under any name, and by name where the content is another.
 * @returns candidates by media id, the best first; media without one are left out
 */
export const findMissing = async (
  missing: readonly MissingFile[],
  folders: readonly string[],
  { signal, onProgress }: FindOptions = {},
): Promise<Map<Id, Candidate[]>> => {
  const { files } = await collectFiles(folders, signal);
  const byBytes = new Map<number, Found[]>();
  const byName = new Map<string, Found[]>();
  for (const path of files) {
    signal?.throwIfAborted();
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) continue;
    const found = { path, bytes: facts.size };
    byBytes.set(facts.size, [...(byBytes.get(facts.size) ?? []), found]);
    const name = basename(path).toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), found]);
  }
  const result = new Map<Id, Candidate[]>();
  for (const [index, media] of missing.entries()) {
    const candidates: (Candidate & { bytes: number })[] = [];
    const numbered = media.kind === 'images';
    const [firstFile] = numbered ? patternFiles(media.path, media.firstNumber ?? 0, 1) : [media.path];
    const named = byName.get(basename(firstFile).toLowerCase()) ?? [];
    const sameLength = numbered ? [] : (byBytes.get(media.bytes) ?? []);
    for (const { path, bytes } of new Set([...sameLength, ...named])) {
      signal?.throwIfAborted();
      const place = numbered ? join(dirname(path).replaceAll('%', '%%'), basename(media.path)) : path;
      if (await holdsMedia(media, place)) candidates.push({ path: place, match: 'content', bytes });
      else if (named.some((one) => one.path === path)) candidates.push({ path: place, match: 'name', bytes });
    }
    if (candidates.length > 0) result.set(media.id, rank(media, candidates));
    onProgress?.({ done: index + 1, total: missing.length });
  }
  return result;
};
