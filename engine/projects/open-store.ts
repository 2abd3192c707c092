import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { backUpBeforeMigration, listBackups } from './backups.ts';
import { journalFor } from './disk.ts';
import { lockPath, takeLock } from './lock-file.ts';
import type { LockOwner } from './lock-file.ts';
import { latestVersion } from './migrate.ts';
import { Damage, newerVersion, openFile, readProjectRow } from './open-file.ts';
import type { Opened } from './open-file.ts';
import { checkCompanions, privateCopy, readHeader, refuseOther } from './project-files.ts';
import type { OpenOptions } from './project-types.ts';
import { newestGoodBackup, ProjectDamaged } from './recovery.ts';
import { withWords } from './sqlite-errors.ts';
import { Store } from './store.ts';
import { UserFacingError } from '../contract/errors.ts';

/** A store and what must be let go of with it. */
export type OpenStore = {
  store: Store;
  /** Null when it can be written. */
  readOnlyReason: string | null;
  /** Whether the file may change under it: another process writes. */
  live: boolean;
  release: () => void;
};

const heldBy = (file: string, owner: LockOwner | null): string =>
  owner
    ? `It is open in another Longtake (process ${owner.pid} on ${owner.host}). Close it there; if none runs there any more, remove ${path.basename(lockPath(file))} beside the project.`
    : 'It is being opened by another Longtake.';

/** The right to write, or why there is none. */
const rightToWrite = (file: string, { mode, takeOver }: OpenOptions): { release: () => void } | { reason: string } => {
  if (mode === 'read') return { reason: 'It was opened for reading only.' };
  try {
    accessSync(file, constants.W_OK);
    const lock = takeLock(file, takeOver);
    return lock.held ? { release: lock.release } : { reason: heldBy(file, lock.owner) };
  } catch (error) {
    const full = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    return { reason: full ? 'There is no room on its disk.' : 'It or its folder cannot be written to.' };
  }
};

const openToWrite = (file: string, journal: OpenOptions['journal']): Opened => {
  const opened = openFile(file, false, (db) => backUpBeforeMigration(db, file, readProjectRow(db).revision));
  const mode = journal === 'DELETE' ? 'DELETE' : journalFor(path.dirname(file));
  opened.db.pragma(`journal_mode = ${mode}`);
  return opened;
};

/** A file of an older shape, or one beside which SQLite cannot put what it needs to read it, is read from a copy. */
const openToRead = (file: string, version: number): { opened: Opened; live: boolean; release: () => void } => {
  if (version === latestVersion()) {
    try {
      return { opened: openFile(file, true), live: true, release: () => undefined };
    } catch (error) {
      if (!(error instanceof UserFacingError)) throw error;
    }
  }
  const copy = privateCopy(file);
  try {
    return { opened: openFile(copy.path, false), live: false, release: copy.remove };
  } catch (error) {
    copy.remove();
    throw error;
  }
};

const checked = (file: string, options: OpenOptions): OpenStore => {
  const header = readHeader(file);
  if (header.kind !== 'project') {
    if (listBackups(file).length === 0) return refuseOther(file);
    throw new Damage(header.kind === 'empty' ? 'the file is empty' : 'the file is not a project any more');
  }
  if (header.version > latestVersion()) throw newerVersion(file);
  checkCompanions(file);
  const right = rightToWrite(file, options);
  if ('reason' in right) {
    const { opened, live, release } = openToRead(file, header.version);
    return { store: new Store(file, opened), readOnlyReason: right.reason, live, release };
  }
  try {
    const store = new Store(file, openToWrite(file, options.journal));
    return { store, readOnlyReason: null, live: false, release: right.release };
  } catch (error) {
    right.release();
    throw error;
  }
};

/**
 * Opens a project's file with every check.
 * @param file its real path
 * @throws ProjectDamaged with the ways out; UserFacingError input when it is no project, of a newer version, or cannot be read
 */
export const openStore = (file: string, options: OpenOptions): OpenStore => {
  try {
    return withWords(file, () => checked(file, options));
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const { message } = error;
    throw new ProjectDamaged(
      file,
      message,
      withWords(file, () => newestGoodBackup(file)),
    );
  }
};
