import { createHash } from 'node:crypto';
import { lstat, open, mkdir, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { UserFacingError } from '../contract/errors.ts';
import type { CallResult, ParsedInput } from '../contract/protocol/calls.ts';
import type { OpenEntry } from './open-projects.ts';
import { safeName } from './safe-name.ts';

/**
 * Files that a browser copies into a project's media folder, beside the project: `<name> media`. What has come so far is a hidden file
 * there, named by what is copied, so that it is gone on with after a reload and after a restart of the engine.
 */
export type Uploads = {
  /** @throws UserFacingError room when the disk has no room for what is missing, input when the folder cannot be written to */
  begin: (entry: OpenEntry, input: ParsedInput<'upload.begin'>) => Promise<CallResult<'upload.begin'>>;
  /** How far it is. @throws UserFacingError input when there is none */
  state: (entry: OpenEntry, upload: string) => Promise<CallResult<'upload.state'>>;
  /**
   * Appends bytes.
   * @returns the new length; what came before a broken connection counts
   * @throws WrongOffset when `offset` is not where the file ends, or somebody else is writing it
   * @throws UserFacingError usage when more comes than was announced, room when the disk is full
   */
  append: (entry: OpenEntry, upload: string, offset: number, bytes: Readable) => Promise<number>;
  /** Gives it its name; never that of a file that is there. */
  finish: (entry: OpenEntry, upload: string) => Promise<string>;
  cancel: (entry: OpenEntry, upload: string) => Promise<void>;
  /**
   * Removes what was begun and given up: partial files that nothing was added to for a day. A younger one stays, even of a session that has
   * ended, since the same file dropped again goes on with it.
   * @returns how many are gone; what is left over a bound, or cannot be removed, is for the next time
   */
  sweep: (entry: OpenEntry) => Promise<number>;
  /** Lets go of what is known of a project that is closed; the files stay until they are swept. */
  forget: (entry: OpenEntry) => void;
};

export class WrongOffset extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`the upload goes on at ${offset}`);
    this.offset = offset;
  }
}

type Upload = { partial: string; folder: string; name: string; bytes: number; busy: boolean };

/** Bytes that are left free: a disk that is full to the brim troubles everything else. */
const spare = 64 * 1024 * 1024;
/** Milliseconds after which a copy that nobody goes on with is given up. */
const givenUp = 24 * 3600 * 1000;
/** Partial files that one sweep removes: opening a project must not wait for ten thousand. */
const mostSwept = 500;
const isPartial = (name: string): boolean => /^\.[0-9a-f]{32}\.upload$/.test(name);

export const mediaFolderOf = ({ project, folder }: OpenEntry): string =>
  path.join(folder, `${path.basename(project.path, path.extname(project.path))} media`);

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

const inWords = (error: unknown, folder: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserFacingError(
      'room',
      'The disk of the project is full.',
      'Make room there; the copy goes on where it stopped.',
    );
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')
    return new UserFacingError(
      'input',
      `${folder} cannot be written to.`,
      'Change its permissions, or move the project.',
    );
  return error;
};

/** The first of name.mp4, name-2.mp4 … that is free; taken by making an empty file, so that two never get the same. */
const takeName = async (folder: string, name: string): Promise<string> => {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; ; n += 1) {
    const file = path.join(folder, n === 1 ? name : `${stem}-${n}${ext}`);
    try {
      await (await open(file, 'wx')).close();
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};

export const createUploads = (): Uploads => {
  const uploads = new Map<string, Upload>();
  const keyOf = ({ project }: OpenEntry, upload: string): string => `${project.path} ${upload}`;
  const get = (entry: OpenEntry, upload: string): Upload => {
    const found = uploads.get(keyOf(entry, upload));
    if (found) return found;
    throw new UserFacingError('input', 'There is no such copy.', 'Drop the file again; it goes on where it stopped.');
  };
  const writable = ({ project }: OpenEntry): void => {
    if (project.readOnlyReason === null) return;
    throw new UserFacingError(
      'input',
      `The project can only be read. ${project.readOnlyReason}`,
      'Open it for editing.',
    );
  };

  return {
    begin: async (entry, { name, bytes, modified }) => {
      writable(entry);
      const safe = safeName(name);
      const upload = createHash('sha256').update(`${name}\0${bytes}\0${modified}`).digest('hex').slice(0, 32);
      const folder = mediaFolderOf(entry);
      const partial = path.join(folder, `.${upload}.upload`);
      try {
        await mkdir(folder, { recursive: true });
        let offset = await sizeOf(partial);
        if (offset > bytes) {
          await rm(partial);
          offset = 0;
        }
        // Gone on with: the sweep counts its day from now.
        else if (offset > 0) await utimes(partial, new Date(), new Date());
        const { bavail, bsize } = await statfs(folder);
        if (bavail * bsize < bytes - offset + spare) {
          const free = (Math.max(0, bavail * bsize - spare) / 1e9).toFixed(1);
          throw new UserFacingError(
            'room',
            `The disk of the project has ${free} GB left, and ${((bytes - offset) / 1e9).toFixed(1)} GB are needed.`,
            'Make room there, or put the file on a disk of the host and add it from there without a copy.',
          );
        }
        const key = keyOf(entry, upload);
        uploads.set(key, { partial, folder, name: safe, bytes, busy: uploads.get(key)?.busy ?? false });
        return { upload, offset };
      } catch (error) {
        throw inWords(error, folder);
      }
    },
    state: async (entry, upload) => ({ upload, offset: await sizeOf(get(entry, upload).partial) }),
    append: async (entry, id, offset, bytes) => {
      const upload = get(entry, id);
      let end = await sizeOf(upload.partial);
      if (upload.busy || offset !== end) throw new WrongOffset(end);
      upload.busy = true;
      try {
        const file = await open(upload.partial, 'a');
        try {
          for await (const chunk of bytes as AsyncIterable<Buffer>) {
            if (end + chunk.length > upload.bytes) {
              throw new UserFacingError('usage', 'More came than was announced.', 'Start the copy again.');
            }
            await file.writeFile(chunk);
            end += chunk.length;
          }
          await file.sync();
        } finally {
          await file.close();
        }
        return end;
      } catch (error) {
        throw inWords(error, upload.folder);
      } finally {
        upload.busy = false;
      }
    },
    finish: async (entry, id) => {
      const upload = get(entry, id);
      const there = await sizeOf(upload.partial);
      if (upload.busy || there !== upload.bytes) {
        throw new UserFacingError(
          'usage',
          `Only ${there} of ${upload.bytes} bytes have come.`,
          'Go on with the copy until all have.',
        );
      }
      try {
        const file = await takeName(upload.folder, upload.name);
        await rename(upload.partial, file);
        uploads.delete(keyOf(entry, id));
        return file;
      } catch (error) {
        throw inWords(error, upload.folder);
      }
    },
    cancel: async (entry, id) => {
      const { partial } = get(entry, id);
      uploads.delete(keyOf(entry, id));
      await rm(partial, { force: true });
    },
    sweep: async (entry) => {
      // Another process writes it then, and perhaps copies into it.
      if (entry.project.readOnlyReason !== null) return 0;
      const folder = mediaFolderOf(entry);
      const busy = new Set([...uploads.values()].flatMap((upload) => (upload.busy ? [upload.partial] : [])));
      const names = await readdir(folder).catch(() => []);
      let swept = 0;
      for (const name of names.filter(isPartial)) {
        const partial = path.join(folder, name);
        const facts = await lstat(partial).catch(() => undefined);
        if (!facts?.isFile() || busy.has(partial) || Date.now() - facts.mtimeMs < givenUp) continue;
        await rm(partial).then(
          () => (swept += 1),
          () => undefined,
        );
        if (swept >= mostSwept) break;
      }
      return swept;
    },
    forget: ({ project }) => {
      for (const [key, { busy }] of uploads) if (!busy && key.startsWith(`${project.path} `)) uploads.delete(key);
    },
  };
};
