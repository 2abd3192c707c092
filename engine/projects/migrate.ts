import type { Database } from 'better-sqlite3';
import { timeline } from './migrations/0001-timeline.ts';
import { versions } from './migrations/0002-versions.ts';
import { jobs } from './migrations/0003-jobs.ts';
import { stars } from './migrations/0004-stars.ts';

/** One step of the file's shape. Each stands in a file of its own and has a kept project of the version before it among the tests. */
export type Migration = {
  /** The user_version that the file has afterwards; one more than before. */
  to: number;
  sql: string;
  /**
   * Brings a change that an older version logged (or that stands in a saved version) into the shape of `to`; needed where `sql` touches
   * shapes that are logged. Entries are upgraded as they are read, so that a long history costs a migration nothing.
   */
  upgradeChange?: (change: unknown) => unknown;
};

export const migrations: readonly Migration[] = [timeline, versions, jobs, stars];

/** 'LTkp': tells a project from any other SQLite file. */
export const applicationId = 0x4c546b70;

export const latestVersion = (steps: readonly Migration[] = migrations): number => steps.at(-1)?.to ?? 0;

/** Brings a file to the newest shape in one transaction: it has either all of it or nothing. */
export const migrate = (db: Database, steps: readonly Migration[] = migrations): void => {
  const from = Number(db.pragma('user_version', { simple: true }));
  const due = steps.filter(({ to }) => to > from);
  if (due.length === 0) return;
  db.transaction(() => {
    if (from === 0) db.pragma(`application_id = ${applicationId}`);
    for (const { sql, to } of due) {
      db.exec(sql);
      db.pragma(`user_version = ${to}`);
    }
  })();
};

/** A logged change in today's shape. */
export const upgradedChange = (change: unknown, from: number, steps: readonly Migration[] = migrations): unknown =>
  steps.reduce((value, { to, upgradeChange }) => (to > from && upgradeChange ? upgradeChange(value) : value), change);
