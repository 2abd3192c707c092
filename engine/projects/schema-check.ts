import Database from 'better-sqlite3';
import type { Database as Connection } from 'better-sqlite3';
import { migrate, migrations } from './migrate.ts';

const objectsOf = (db: Connection): Map<string, string> => {
  const rows = db.prepare('SELECT type, name, sql FROM sqlite_schema').raw().all() as [string, string, string | null][];
  return new Map(rows.map(([type, name, sql]) => [`${type} ${name}`, sql ?? '']));
};

const expected = new Map<number, Map<string, string>>();

const expectedAt = (version: number): Map<string, string> => {
  let objects = expected.get(version);
  if (!objects) {
    const db = new Database(':memory:');
    migrate(
      db,
      migrations.filter(({ to }) => to <= version),
    );
    objects = objectsOf(db);
    db.close();
    expected.set(version, objects);
  }
  return objects;
};

/**
 * Compares every table, index, view and trigger of a file with those that this version made, to the letter. Nothing of the file has been
 * run by then: SQLite reads the schema as text, and a trigger or view runs only when something touches it.
 * @returns one sentence, or undefined when all is as expected
 */
export const schemaProblem = (db: Connection, version: number): string | undefined => {
  const wanted = expectedAt(version);
  const found = objectsOf(db);
  for (const [name, sql] of found) {
    if (!wanted.has(name)) return `it has a ${name} that no project has`;
    if (wanted.get(name) !== sql) return `its ${name} is not as it was made`;
  }
  const missing = [...wanted.keys()].find((name) => !found.has(name));
  return missing && `its ${missing} is missing`;
};
