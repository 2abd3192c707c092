import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Database as Connection } from 'better-sqlite3';
import { UserFacingError } from '../contract/errors.ts';
import { placeFile } from './project-files.ts';
import { inWords } from './sqlite-errors.ts';

/** A copy of a project from an earlier time, in a folder beside it. */
export type Backup = { path: string; madeAt: Date; revision: number };

export const backupFolder = (file: string): string => `${file}.backups`;

const stampOf = (date: Date): string => date.toISOString().replace(/[-:]|\.\d+/g, '');

const namePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-r(\d{1,15})\.longtake$/;

/** The backups of a project, newest first. */
export const listBackups = (file: string): Backup[] => {
  const folder = backupFolder(file);
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .flatMap((name): Backup[] => {
      const [, year, month, day, hour, minute, second, revision] = namePattern.exec(name) ?? [];
      if (revision === undefined) return [];
      const madeAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      return [{ path: path.join(folder, name), madeAt, revision: Number(revision) }];
    })
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime() || b.revision - a.revision);
};

const newestKept = 5;
const daysKept = 7;

/** Which backups may go: neither one of the newest five nor the newest of one of the last seven days that have one. */
export const dispensable = (backups: readonly Backup[]): Backup[] => {
  const newestOfDay = new Map<string, Backup>();
  for (const backup of backups) {
    const day = backup.madeAt.toISOString().slice(0, 10);
    if (!newestOfDay.has(day)) newestOfDay.set(day, backup);
  }
  const kept = new Set([...backups.slice(0, newestKept), ...[...newestOfDay.values()].slice(0, daysKept)]);
  return backups.filter((backup) => !kept.has(backup));
};

/** Pages that are copied before the engine may do something else: 256 KiB, under a millisecond. */
const pagesAtOnce = 64;

/**
 * Copies an open project to a new file while it may go on being edited; what is edited meanwhile is in the copy too. The copy stands alone:
 * nothing lies beside it, so it opens from a read-only folder as well.
 * @param change something that is to be otherwise in the copy
 * @throws UserFacingError usage when the file exists; room or input when it cannot be written
 */
export const copyInto = async (
  db: Connection,
  target: string,
  change: (copy: Connection) => void = () => undefined,
): Promise<void> => {
  const partial = `${target}.partial`;
  const clear = (): void => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(partial + suffix, { force: true });
  };
  clear();
  try {
    await db.backup(partial, { progress: () => pagesAtOnce });
    const copy = new Database(partial, { fileMustExist: true });
    try {
      copy.pragma('journal_mode = DELETE');
      change(copy);
    } finally {
      copy.close();
    }
    placeFile(partial, target);
  } catch (error) {
    throw inWords(error, target);
  } finally {
    clear();
  }
};

const targetFor = (file: string, revision: number): Backup => {
  const folder = backupFolder(file);
  mkdirSync(folder, { recursive: true });
  if (!lstatSync(folder).isDirectory()) {
    throw new UserFacingError('input', `${folder} is not a folder.`, 'Move it away; backups are kept there.');
  }
  const madeAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  return { path: path.join(folder, `${stampOf(madeAt)}-r${revision}.longtake`), madeAt, revision };
};

/** The file as it is before a migration, written at once: what a newer shape makes of it can be taken back. */
export const backUpBeforeMigration = (db: Connection, file: string, revision: number): void => {
  const backup = targetFor(file, revision);
  if (existsSync(backup.path)) return;
  db.pragma('journal_mode = DELETE');
  writeFileSync(`${backup.path}.partial`, db.serialize(), { flush: true });
  placeFile(`${backup.path}.partial`, backup.path);
};

/**
 * Backs up an open project into its folder of backups, and removes those that are no longer needed.
 * @returns undefined when this revision has a backup already
 */
export const makeBackup = async (db: Connection, file: string, revision: number): Promise<Backup | undefined> => {
  const [newest] = listBackups(file);
  if (newest?.revision === revision) return undefined;
  const backup = targetFor(file, revision);
  await copyInto(db, backup.path);
  for (const { path: old } of dispensable(listBackups(file))) rmSync(old, { force: true });
  return backup;
};
