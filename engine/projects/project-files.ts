import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, lstatSync, mkdtempSync } from 'node:fs';
import { openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { applicationId } from './migrate.ts';

/** What SQLite keeps beside a file that is open. */
export const companions = ['-wal', '-shm', '-journal'] as const;

/** No project comes near; what is larger is not read, since a check of it would take minutes. */
const maxBytes = 4 * 1024 ** 3;

const notAProject = (file: string): UserFacingError =>
  new UserFacingError('input', `${file} is not a Longtake project.`, 'Open a file that ends in .longtake.');

const bytesAt = (file: string, from: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  const fd = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
  } finally {
    closeSync(fd);
  }
};

const bothRollback = Buffer.from([1, 1]);

/**
 * While a write-ahead log is in use the head of the file says so. A log beside a file that says otherwise is left over from another file of
 * that name (a backup copied over a project by hand), and SQLite would pour it in.
 */
const strangeLog = (file: string): boolean =>
  statSync(`${file}-wal`).size > 0 && bytesAt(file, 18, 2).equals(bothRollback);

const journalMagic = Buffer.from('d9d505f920a163d7', 'hex');

/**
 * A rollback journal that names a master journal makes SQLite delete that file, wherever it is. Projects are never changed together with
 * another database, so a journal with such a name at its end was put there by someone.
 */
const namesMasterJournal = (journal: string): boolean => {
  const { size } = statSync(journal);
  return size >= 16 && bytesAt(journal, size - 8, 8).equals(journalMagic);
};

/**
 * Refuses, before SQLite has seen it, what lies beside a project and is not SQLite's own: it would be written through.
 * @throws UserFacingError input
 */
export const checkCompanions = (file: string): void => {
  for (const suffix of companions) {
    const stat = lstatSync(file + suffix, { throwIfNoEntry: false });
    if (!stat) continue;
    const strange =
      !stat.isFile() ||
      (suffix === '-journal' && namesMasterJournal(file + suffix)) ||
      (suffix === '-wal' && strangeLog(file));
    if (strange) {
      throw new UserFacingError(
        'input',
        `${path.basename(file)}${suffix} beside the project does not belong to it.`,
        'Move it away, then open the project again.',
      );
    }
  }
};

export type Header = { kind: 'project'; version: number } | { kind: 'empty' } | { kind: 'other' };

/**
 * Reads a file's first bytes without opening it as a database, so that what is refused stays untouched.
 * @throws UserFacingError input when there is no such file, or it can be none
 */
export const readHeader = (file: string): Header => {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new UserFacingError('input', `There is no project ${file}.`, 'Check the path.');
  if (!stat.isFile()) throw notAProject(file);
  if (stat.size > maxBytes) {
    throw new UserFacingError('input', `${file} is larger than a project can be.`, 'Open a backup of it.');
  }
  if (stat.size === 0) return { kind: 'empty' };
  const bytes = bytesAt(file, 0, 100);
  const ours =
    bytes.length === 100 &&
    bytes.toString('latin1', 0, 16) === 'SQLite format 3\0' &&
    bytes.readUInt32BE(68) === applicationId;
  return ours ? { kind: 'project', version: bytes.readUInt32BE(60) } : { kind: 'other' };
};

export const refuseOther = (file: string): never => {
  throw notAProject(file);
};

/** @throws UserFacingError usage when a project may not be made there */
export const checkNewPath = (file: string): void => {
  if (path.extname(file) !== '.longtake') {
    throw new UserFacingError('usage', `A project's name ends in .longtake, not as in ${file}.`, 'Add the ending.');
  }
  // What SQLite left of an earlier project of that name would be taken for a part of the new one.
  const taken = ['', ...companions].map((suffix) => file + suffix).find((name) => existsSync(name));
  if (taken) throw new UserFacingError('usage', `${taken} exists already.`, 'Choose another name.');
  if (!statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserFacingError('usage', `There is no folder ${path.dirname(file)}.`, 'Make it first.');
  }
};

/** Makes the names in a folder durable; Windows does so by itself and cannot be asked. */
const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/**
 * Gives a finished file its name, never that of a file that is there.
 * @throws UserFacingError usage when there is one by now
 */
export const placeFile = (partial: string, file: string): void => {
  try {
    linkSync(partial, file);
    rmSync(partial);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(file)) {
      throw new UserFacingError('usage', `${file} exists already.`, 'Choose another name.');
    }
    // Memory sticks have no hard links.
    renameSync(partial, file);
  }
  syncFolder(path.dirname(file));
};

export type PrivateCopy = { path: string; remove: () => void };

/**
 * A copy of a file, with what SQLite needs beside it, in a temporary folder: for looking into a file whose folder cannot be written to, or
 * that must not be changed by looking.
 */
export const privateCopy = (file: string): PrivateCopy => {
  const folder = mkdtempSync(path.join(tmpdir(), 'longtake-project-'));
  const copy = path.join(folder, path.basename(file));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
    }
    return { path: copy, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
