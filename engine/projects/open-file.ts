import Database from 'better-sqlite3';
import type { Database as Connection } from 'better-sqlite3';
import { z } from 'zod';
import { UserFacingError } from '../contract/errors.ts';
import { checkDocument } from '../contract/timeline/check-document.ts';
import type { Document } from '../contract/timeline/document.ts';
import { idSchema } from '../contract/timeline/media.ts';
import { newId } from './ids.ts';
import { applicationId, latestVersion, migrate } from './migrate.ts';
import { editLog } from './edit-log.ts';
import { readDocument } from './read-document.ts';
import { schemaProblem } from './schema-check.ts';
import { inWords, isDamage } from './sqlite-errors.ts';

/** A file that says it is a project and is not fit to be used; the reason is for people. */
export class Damage extends Error {}

const projectRow = z.object({
  id: idSchema,
  revision: z.number().int().nonnegative(),
  depth: z.number().int().nonnegative(),
});
export type ProjectRow = z.infer<typeof projectRow>;

export const readProjectRow = (db: Connection): ProjectRow =>
  projectRow.parse(db.prepare('SELECT id, revision, undo_depth AS depth FROM project').get());

/** How long a commit waits for another program, ms; the engine stands still meanwhile. */
const busyTimeout = 1000;

/**
 * A connection on which nothing that stands in the file is trusted: better-sqlite3 opens every file as defensive (no writing to internals)
 * and without loading extensions; functions with side effects in a schema are off, and cells are checked for their size.
 */
export const connect = (file: string, readOnly: boolean): Connection => {
  const db = new Database(file, { readonly: readOnly, fileMustExist: true, timeout: busyTimeout });
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('synchronous = FULL');
  return db;
};

/**
 * What is wrong with the file, looking first at what may make looking dangerous. All of it is checked at every opening: it costs 8 ms for
 * ten thousand clips.
 * @param version of the file's shape, not above the newest
 */
export const problemIn = (db: Connection, version: number): string | undefined => {
  const schema = schemaProblem(db, version);
  if (schema) return schema;
  const [first] = db.pragma('quick_check(1)') as { quick_check: string }[];
  if (first?.quick_check !== 'ok') return first?.quick_check ?? 'it cannot be checked';
  const [orphan] = db.pragma('foreign_key_check') as { table: string; parent: string }[];
  return orphan && `its ${orphan.table} names a ${orphan.parent} that is not there`;
};

const numberOf = (db: Connection, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

export const newerVersion = (file: string): UserFacingError =>
  new UserFacingError(
    'input',
    `${file} was made by a newer version of Longtake.`,
    'Open it with that version; it has not been touched.',
  );

/** Makes a file with an empty project. @throws SqliteError when it cannot be written */
export const makeEmpty = (file: string): void => {
  const db = new Database(file);
  try {
    db.pragma('synchronous = FULL');
    migrate(db);
    db.prepare('INSERT INTO project (one, id, revision, undo_depth) VALUES (1, ?, 0, 0)').run(newId());
  } finally {
    db.close();
  }
};

/** Runs what reads a file; whatever comes of its content, not of the disk, is damage. */
const reading = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Damage || error instanceof UserFacingError) throw error;
    if (isDamage(error)) throw new Damage((error as Error).message);
    if (error instanceof z.ZodError) {
      const [issue] = error.issues;
      throw new Damage(`a value is wrong: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
    }
    // JSON that is none, text that is too long, nesting without end.
    if (error instanceof SyntaxError || error instanceof RangeError) throw new Damage(error.message);
    throw inWords(error, file);
  }
};

export type Opened = { db: Connection; document: Document; row: ProjectRow };

/**
 * Opens a project's file, checks it, brings it to the newest shape when it may be written, and reads it.
 * @param beforeMigration is called with a checked file of an older shape, before anything in it changes
 * @throws Damage, or UserFacingError when the disk or a newer version stands in the way
 */
export const openFile = (
  file: string,
  readOnly: boolean,
  beforeMigration: (db: Connection) => void = () => undefined,
): Opened =>
  reading(file, () => {
    const db = connect(file, readOnly);
    try {
      if (numberOf(db, 'application_id') !== applicationId) throw new Damage('its head does not say what it is');
      const version = numberOf(db, 'user_version');
      if (version > latestVersion()) throw newerVersion(file);
      const problem = version < 1 ? 'its head does not say its version' : problemIn(db, version);
      if (problem) throw new Damage(problem);
      if (version < latestVersion()) {
        beforeMigration(db);
        migrate(db);
      }
      const row = readProjectRow(db);
      if (row.depth > editLog(db).height()) throw new Damage('its history is shorter than it says');
      const document = readDocument(db);
      const [unsound] = checkDocument(document);
      if (unsound) throw new Damage(unsound);
      return { db, document, row };
    } catch (error) {
      db.close();
      throw error;
    }
  });
