import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Media } from '../../contract/timeline/media.ts';
import { contentHash, joinedHash, pictureBlocks } from './content-hash.ts';
import { patternFiles } from './image-sequences.ts';

export type MediaFile = Pick<Media, 'kind' | 'path' | 'relativePath' | 'firstNumber' | 'bytes' | 'hash' | 'picture'>;

export type Located =
  | { state: 'here'; path: string }
  /** A file lies there, but its content is another one. */
  | { state: 'changed'; path: string }
  | { state: 'missing' };

/** A file's hash as long as its time and length stay, so that asking again costs a look instead of a read. */
const known = new Map<string, string>();
const mostKnown = 20_000;

type Identity = { bytes: number; hash: string };

const identify = async (path: string, wanted?: number, blocks?: number): Promise<Identity | undefined> => {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) return undefined;
  // A length that differs already says everything.
  if (wanted !== undefined && facts.size !== wanted) return { bytes: facts.size, hash: '' };
  const key = `${blocks ?? ''}\0${path}\0${facts.size}\0${facts.mtimeMs}\0${facts.ino}`;
  let hash = known.get(key);
  if (hash === undefined) {
    hash = await contentHash(path, blocks).catch(() => undefined);
    if (hash === undefined) return undefined;
    if (known.size >= mostKnown) known.clear();
    known.set(key, hash);
  }
  return { bytes: facts.size, hash };
};

/** Length and content hash of what lies at a path (or behind a pattern); undefined where nothing does, or not all of it. */
const identityAt = async (media: MediaFile, path: string): Promise<Identity | undefined> => {
  if (media.kind !== 'images') return identify(path, media.bytes);
  const files = patternFiles(path, media.firstNumber ?? 0, media.picture?.frameCount ?? 1);
  let bytes = 0;
  const hashes: string[] = [];
  for (const file of files) {
    const one = await identify(file, undefined, pictureBlocks);
    if (one === undefined) return undefined;
    bytes += one.bytes;
    hashes.push(one.hash);
  }
  return { bytes, hash: joinedHash(hashes) };
};

/** Whether a path (or a pattern, for numbered pictures) holds this very content. */
export const holdsMedia = async (media: MediaFile, path: string): Promise<boolean> => {
  const found = await identityAt(media, path);
  return found !== undefined && found.bytes === media.bytes && found.hash === media.hash;
};

/** In a pattern the folder's own % are doubled. */
const folderOf = (media: Pick<Media, 'kind'>, folder: string): string =>
  media.kind === 'images' ? folder.replaceAll('%', '%%') : folder;

/** From the project's folder, with slashes; null when the file does not lie below it. */
export const relativeTo = (projectFolder: string, media: Pick<Media, 'kind' | 'path'>): string | null => {
  const path = relative(folderOf(media, resolve(projectFolder)), media.path);
  const parts = path.split(sep);
  return isAbsolute(path) || path === '' || parts.includes('..') ? null : parts.join('/');
};

/** Where a media's file may lie, likeliest first. A relative path that leads out of the folder is nobody's honest one. */
const places = (media: MediaFile, projectFolder: string): string[] => {
  const own = media.relativePath;
  const beside =
    own === null || isAbsolute(own) || own.includes('\0') ? [] : [join(folderOf(media, projectFolder), own)];
  const there = isAbsolute(media.path) && !media.path.includes('\0') ? [media.path] : [];
  return [...new Set([...beside, ...there])];
};

/**
 * Finds a media's file: relative to the project's folder first, so that a project that was moved together with its media uses its own, then
 * where it was. A file counts only with the very content that the project knows, whatever the path: a project that someone else made
 * can name any file of this machine, but not make the editor open one that it does not know already.
 */
export const locateMedia = async (media: MediaFile, projectFolder: string): Promise<Located> => {
  let changed: string | undefined;
  for (const path of places(media, projectFolder)) {
    const found = await identityAt(media, path);
    if (found === undefined) continue;
    if (found.bytes === media.bytes && found.hash === media.hash) return { state: 'here', path };
    changed ??= path;
  }
  return changed === undefined ? { state: 'missing' } : { state: 'changed', path: changed };
};
