/**
 * What is made from media and can be made again: thumbnails, peaks, proxies. Every item is one file, `<folder>/<hash>/<item>`, where hash is
 * the media's content hash. Any number of processes may share a folder: items appear whole by a rename and never change afterwards, two
 * that make the same item write the same thing, and the folder may be deleted at any moment. An item that comes to be made in another way
 * takes another name.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { cacheFolder } from './cache-folder.ts';

export type Cache = {
  readonly folder: string;
  /** The path of an item that is there; counts as a use. */
  find: (hash: string, item: string) => Promise<string | undefined>;
  /**
   * The path of an item, made first where it is missing: `write` is given a path with the item's ending and leaves the whole file there.
   * @throws what `write` throws, UserFacingError 'room' when the disk is full; nothing is left behind then
   */
  make: (hash: string, item: string, write: (path: string) => Promise<void>) => Promise<string>;
  /** Removes the items that were not used for longest until at most `limitBytes` are left. */
  sweep: () => Promise<void>;
  /** Bytes of all items. */
  size: () => Promise<number>;
  /** Removes everything. */
  clear: () => Promise<void>;
};

export type CacheOptions = {
  folder?: string;
  /** 20 GB unless told. */
  limitBytes?: number;
};

const usualLimit = 20e9;
/** A sweep makes room for some more, so that not every new item causes one. */
const kept = 0.9;
/** Milliseconds. Uses within this time are not written down again. */
const useInterval = 60_000;
/** Milliseconds after which an unfinished file belongs to no one that still runs. */
const abandoned = 24 * 3600_000;
const unfinished = 'unfinished';

type Item = { path: string; bytes: number; usedMs: number };

const checkNames = (hash: string, item: string): void => {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError(`cache: not a content hash: ${hash}`);
  if (!/^[a-z0-9][a-z0-9-]*(\.[a-z0-9]+)?$/.test(item)) throw new RangeError(`cache: not a name of an item: ${item}`);
};

/** Disk full and read-only folders in the words of a user; undefined for everything else. */
const cacheFailure = (error: unknown, folder: string): UserFacingError | undefined => {
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  if (full || (error instanceof UserFacingError && error.code === 'room'))
    return new UserFacingError(
      'room',
      `The disk with the cache (${folder}) is full.`,
      'Make room on that disk, or point LONGTAKE_CACHE at a folder on another one.',
    );
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')
    return new UserFacingError(
      'usage',
      `The cache (${folder}) cannot be written to.`,
      'Point LONGTAKE_CACHE at a folder that you may write to.',
    );
  return undefined;
};

const listItems = async (folder: string): Promise<Item[]> => {
  const items: Item[] = [];
  const hashes = await readdir(folder).catch(() => []);
  for (const hash of hashes.filter((name) => /^[0-9a-f]{64}$/.test(name)))
    for (const name of await readdir(join(folder, hash)).catch(() => [])) {
      const path = join(folder, hash, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts !== undefined) items.push({ path, bytes: facts.size, usedMs: facts.mtimeMs });
    }
  return items;
};

/** Opens the cache; the folder is made when something is first kept. */
export const openCache = (options: CacheOptions = {}): Cache => {
  const folder = options.folder ?? cacheFolder();
  const limit = options.limitBytes ?? usualLimit;
  const making = new Map<string, Promise<string>>();
  /** What this process believes is there; undefined until it was counted. */
  let believed: number | undefined;

  const size = async (): Promise<number> => {
    believed = (await listItems(folder)).reduce((sum, item) => sum + item.bytes, 0);
    return believed;
  };

  const removeAbandoned = async (): Promise<void> => {
    for (const name of await readdir(join(folder, unfinished)).catch(() => [])) {
      const path = join(folder, unfinished, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts !== undefined && Date.now() - facts.mtimeMs > abandoned) await rm(path, { force: true });
    }
  };

  /** `except` was just made: it stays even where it alone is above the limit. */
  const sweepExcept = async (except?: string): Promise<void> => {
    await removeAbandoned();
    const items = (await listItems(folder)).sort((a, b) => a.usedMs - b.usedMs);
    let left = items.reduce((sum, item) => sum + item.bytes, 0);
    for (const item of left > limit ? items : []) {
      if (left <= limit * kept) break;
      if (item.path === except) continue;
      // A file that is open elsewhere stays on Windows; the next sweep takes it.
      const gone = await rm(item.path, { force: true }).then(
        () => true,
        () => false,
      );
      if (gone) left -= item.bytes;
      await rmdir(join(item.path, '..')).catch(() => undefined);
    }
    believed = left;
  };

  const find = async (hash: string, item: string): Promise<string | undefined> => {
    checkNames(hash, item);
    const path = join(folder, hash, item);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) return undefined;
    if (Date.now() - facts.mtimeMs > useInterval) await utimes(path, new Date(), new Date()).catch(() => undefined);
    return path;
  };

  /** One attempt; undefined where another process took the folder away meanwhile. */
  const attempt = async (
    hash: string,
    item: string,
    write: (path: string) => Promise<void>,
  ): Promise<string | undefined> => {
    const partial = join(folder, unfinished, `${randomUUID()}${extname(item)}`);
    const path = join(folder, hash, item);
    try {
      await mkdir(join(folder, unfinished), { recursive: true });
      await write(partial);
      const facts = await stat(partial).catch(() => undefined);
      if (facts === undefined) return undefined;
      await mkdir(join(folder, hash), { recursive: true });
      await rename(partial, path);
      if (believed === undefined) await size();
      else believed += facts.size;
      return path;
    } catch (error) {
      const { code, path: gone } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && gone?.startsWith(folder) === true) return undefined;
      throw cacheFailure(error, folder) ?? error;
    } finally {
      await rm(partial, { force: true }).catch(() => undefined);
    }
  };

  const makeNew = async (hash: string, item: string, write: (path: string) => Promise<void>): Promise<string> => {
    const path = (await find(hash, item)) ?? (await attempt(hash, item, write)) ?? (await attempt(hash, item, write));
    if (path === undefined)
      throw new UserFacingError(
        'usage',
        `The cache (${folder}) is being removed while it is written to.`,
        'Try again when nothing else works on that folder.',
      );
    if ((believed ?? 0) > limit) await sweepExcept(path);
    return path;
  };

  const make: Cache['make'] = (hash, item, write) => {
    checkNames(hash, item);
    const key = `${hash}/${item}`;
    const others = making.get(key);
    // Whoever began may have been cancelled, which is no reason for those who joined.
    if (others !== undefined) return others.catch(() => make(hash, item, write));
    const own = makeNew(hash, item, write).finally(() => making.delete(key));
    making.set(key, own);
    return own;
  };

  return {
    folder,
    find,
    size,
    sweep: () => sweepExcept(),
    make,
    clear: async () => {
      for (const name of await readdir(folder).catch(() => []))
        if (name === unfinished || /^[0-9a-f]{64}$/.test(name))
          await rm(join(folder, name), { recursive: true, force: true });
      believed = 0;
    },
  };
};
