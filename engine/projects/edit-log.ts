import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { UserFacingError } from '../contract/errors.ts';
import type { Change } from '../contract/timeline/change.ts';
import { latestVersion } from './migrate.ts';
import { parseChanges } from './stored-changes.ts';

/** What every window is told of one revision. Applied to the document of the revision before, `changes` give the one of this. */
export type ProjectChange = {
  revision: number;
  kind: 'edit' | 'undo' | 'redo';
  /** The operation that was made, undone or redone. */
  op: string;
  /** The client's own name of the call, when it gave one. */
  opId: string | null;
  changes: Change[];
};

/** A step that undo and redo walk over, newest first in a history. */
export type HistoryStep = { revision: number; op: string; madeAt: Date; applied: boolean };

/** An edit as it is kept. */
export type LoggedEdit = { revision: number; op: string; forward: Change[]; inverse: Change[] };

/** Bytes of JSON that an edit may have each way; as in the table. */
export const maxEditBytes = 64_000_000;

const contentRow = z.object({ op: z.string(), v: z.number().int(), forward: z.string(), inverse: z.string() });
const answerRow = z.object({
  revision: z.number().int(),
  kind: z.enum(['edit', 'undo', 'redo']),
  op: z.string(),
  op_id: z.string().nullable(),
  target: z.number().int().nullable(),
});
const historyRow = z.object({
  revision: z.number().int(),
  op: z.string(),
  made_at: z.number(),
  position: z.number().int(),
});

/** The document itself is sound; only a way back through its history is lost. */
export const damagedStep = (): UserFacingError =>
  new UserFacingError(
    'input',
    'This step of the history is damaged and cannot be walked over.',
    'Go on editing from here, or restore a saved version or a backup.',
  );

type Entry = { revision: number; op: string; opId: string | null } & (
  { kind: 'edit'; forward: string; inverse: string } | { kind: 'undo' | 'redo'; target: number }
);

/** The edit log and the stack over it, with statements prepared once. Writing must happen inside a transaction. */
export const editLog = (db: Database) => {
  const insert = db.prepare(
    'INSERT INTO edit_log (revision, op_id, kind, op, v, forward, inverse, target, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const push = db.prepare('INSERT INTO undo_stack (position, revision) VALUES (?, ?)');
  const dropAbove = db.prepare('DELETE FROM undo_stack WHERE position > ?');
  const content = db.prepare('SELECT op, v, forward, inverse FROM edit_log WHERE revision = ?');
  const atPosition = db.prepare('SELECT revision FROM undo_stack WHERE position = ?').pluck();
  const edits = db.prepare("SELECT revision FROM edit_log WHERE kind = 'edit' ORDER BY revision").pluck();
  const opAtPosition = db
    .prepare('SELECT op FROM undo_stack JOIN edit_log ON edit_log.revision = undo_stack.revision WHERE position = ?')
    .pluck();
  const height = db.prepare('SELECT coalesce(max(position), 0) FROM undo_stack').pluck();
  const answers = 'SELECT revision, kind, op, op_id, target FROM edit_log';
  const byOpId = db.prepare(`${answers} WHERE op_id = ?`);
  const after = db.prepare(`${answers} WHERE revision > ? ORDER BY revision`);
  const newest = db.prepare(
    `SELECT edit_log.revision, op, made_at, position FROM undo_stack JOIN edit_log ON edit_log.revision = undo_stack.revision
     ORDER BY position DESC LIMIT ?`,
  );

  const edit = (revision: number): LoggedEdit => {
    const row = content.get(revision);
    try {
      const { op, v, forward, inverse } = contentRow.parse(row);
      return { revision, op, forward: parseChanges(forward, v), inverse: parseChanges(inverse, v) };
    } catch {
      throw damagedStep();
    }
  };

  const changeOf = (row: unknown): ProjectChange => {
    const { revision, kind, op, op_id: opId, target } = answerRow.parse(row);
    const { forward, inverse } = edit(target ?? revision);
    return { revision, kind, op, opId, changes: kind === 'undo' ? inverse : forward };
  };

  return {
    edit,
    /** The revisions of all edits, oldest first. */
    revisions: (): number[] => edits.all() as number[],
    append: (entry: Entry): void => {
      const { revision, op, opId, kind } = entry;
      const [forward, inverse, target] =
        entry.kind === 'edit' ? [entry.forward, entry.inverse, null] : [null, null, entry.target];
      insert.run(revision, opId, kind, op, latestVersion(), forward, inverse, target, Date.now());
    },
    /** Puts an edit on the stack at a depth; what was undone above it can then no longer be redone. */
    push: (depth: number, revision: number): void => {
      dropAbove.run(depth - 1);
      push.run(depth, revision);
    },
    /** The edit at a position of the stack, from 1; undefined above it and below. */
    at: (position: number): LoggedEdit | undefined => {
      const revision = atPosition.get(position);
      return revision === undefined ? undefined : edit(Number(revision));
    },
    /** The operation at a position of the stack; null above it and below. */
    opAt: (position: number): string | null => (opAtPosition.get(position) as string | undefined) ?? null,
    /** How many edits the stack holds, undone ones included. */
    height: (): number => Number(height.get()),
    /** What was answered to a call. */
    answered: (opId: string): ProjectChange | undefined => {
      const row = byOpId.get(opId);
      return row === undefined ? undefined : changeOf(row);
    },
    since: (revision: number): ProjectChange[] => after.all(revision).map(changeOf),
    history: (limit: number, depth: number): HistoryStep[] =>
      newest.all(limit).map((row) => {
        const { revision, op, made_at: madeAt, position } = historyRow.parse(row);
        return { revision, op, madeAt: new Date(madeAt), applied: position <= depth };
      }),
  };
};
export type EditLog = ReturnType<typeof editLog>;
