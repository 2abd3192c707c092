import { SqliteError } from 'better-sqlite3';
import { UserFacingError } from '../contract/errors.ts';

const roomRemedy = 'Make room on the disk, or save a copy of the project on another one; the last edit was not made.';

const isDamageCode = (code: string): boolean => code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';

/** No room, as SQLite and as the system say it; a write that fails for another reason is rare and helped by the same. */
const noRoom = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT', 'EFBIG'];
const noRight = ['SQLITE_PERM', 'SQLITE_CANTOPEN', 'EACCES', 'EPERM', 'EROFS'];

const said = (code: string, file: string): UserFacingError | undefined => {
  if (noRoom.includes(code)) {
    return new UserFacingError('room', `There is no room on the disk of ${file}.`, roomRemedy);
  }
  if (code.startsWith('SQLITE_READONLY') || noRight.includes(code)) {
    return new UserFacingError(
      'input',
      `${file} or its folder cannot be written to.`,
      'Allow writing there, or save a copy of the project in another folder.',
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new UserFacingError(
      'input',
      `The disk of ${file} cannot be read or written.`,
      'Connect the disk again, then open the project again; every edit made before is kept.',
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new UserFacingError('input', `Another program holds ${file}.`, 'Close it there, then try again.');
  }
  // The only checks that a value which the contract lets through can fail are those of length.
  if (code === 'SQLITE_TOOBIG' || code === 'SQLITE_CONSTRAINT_CHECK') {
    return new UserFacingError('usage', 'This edit is larger than a project can keep.', 'Make it in smaller parts.');
  }
  if (isDamageCode(code)) {
    return new UserFacingError(
      'input',
      `${file} is damaged.`,
      'Close it and open it again: the newest good backup is then offered.',
    );
  }
  return undefined;
};

/** Whether an error of SQLite says that the file itself is broken. */
export const isDamage = (error: unknown): boolean => error instanceof SqliteError && isDamageCode(error.code);

/** What a user should hear instead of an error of SQLite or the file system; an error that is a bug comes back as it is. */
export const inWords = (error: unknown, file: string): unknown => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return error instanceof UserFacingError ? error : (said(error.code, file) ?? error);
};

/** Runs `work`; what SQLite or the file system throws leaves in words. */
export const withWords = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw inWords(error, file);
  }
};
