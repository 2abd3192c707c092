import { SqliteError } from 'better-sqlite3';
import type { Database, Statement } from 'better-sqlite3';
import { UserFacingError } from '../contract/errors.ts';
import type { EditState } from '../contract/protocol/project.ts';
import { applyChanges, applyWithInverse } from '../contract/timeline/apply-changes.ts';
import type { Change } from '../contract/timeline/change.ts';
import type { Document } from '../contract/timeline/document.ts';
import { entitySchemas } from '../contract/timeline/entities.ts';
import { editName, runOperation } from '../contract/timeline/operations/registry.ts';
import { refused } from '../contract/timeline/refusals.ts';
import { difference } from './difference.ts';
import { damagedStep, editLog, maxEditBytes } from './edit-log.ts';
import type { EditLog, LoggedEdit, ProjectChange } from './edit-log.ts';
import { newId } from './ids.ts';
import { jobRows } from './job-rows.ts';
import type { JobRows, StoredJob } from './job-rows.ts';
import { readProjectRow } from './open-file.ts';
import type { Opened } from './open-file.ts';
import { recentTouches, touchedBy } from './overlap.ts';
import type { CallOptions } from './project-types.ts';
import { readDocument } from './read-document.ts';
import { withWords } from './sqlite-errors.ts';
import { savedVersions } from './versions.ts';
import type { SavedVersion, SavedVersions } from './versions.ts';
import { changeWriter } from './write-changes.ts';

/** What a revision does: a new edit with its inverse, or a walk over one that is logged. */
type Step =
  { kind: 'edit'; op: string; forward: Change[]; keepAs?: string } | { kind: 'undo' | 'redo'; logged: LoggedEdit };

const changesOf = (step: Step): Change[] => {
  if (step.kind === 'edit') return step.forward;
  return step.kind === 'undo' ? step.logged.inverse : step.logged.forward;
};

/** Input as it would arrive over a port: plain JSON, and only text that every part of the program can keep. */
const plainJson = (input: unknown): unknown => {
  const text = JSON.stringify(input ?? {});
  if (text === undefined) throw refused('bad-input');
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)) as unknown;
};

const jsonOf = (changes: readonly Change[]): string => {
  const text = JSON.stringify(changes);
  if (Buffer.byteLength(text) <= maxEditBytes) return text;
  throw new UserFacingError('usage', 'This edit is larger than a project can keep.', 'Make it in smaller parts.');
};

/**
 * What leaves an operation is held to the contract too, since what the contract refuses could not be read back. What was logged has been
 * through the contract already.
 */
const checkPuts = (step: Step): void => {
  if (step.kind !== 'edit') return;
  for (const change of step.forward) if (change.type === 'put') entitySchemas[change.entity].parse(change.value);
};

/** Makes a step; one of the history that does not fit the document was not logged by us. */
const fitting = <T>(step: Step, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const strange =
      error instanceof SqliteError ? error.code.startsWith('SQLITE_CONSTRAINT') : !(error instanceof UserFacingError);
    throw step.kind !== 'edit' && strange ? damagedStep() : error;
  }
};

/** The one writer of an open file, or one of its readers, and the document that the file holds. */
export class Store {
  readonly file: string;
  readonly db: Database;
  readonly id: string;
  document: Document;
  revision: number;
  undoDepth: number;
  private readonly log: EditLog;
  private readonly saved: SavedVersions;
  private readonly jobs: JobRows;
  private readonly write: ReturnType<typeof changeWriter>;
  private readonly step: Statement;
  private readonly touches = recentTouches();
  private readonly listeners = new Set<(change: ProjectChange) => void>();

  constructor(file: string, { db, document, row }: Opened) {
    this.file = file;
    this.db = db;
    this.id = row.id;
    this.document = document;
    this.revision = row.revision;
    this.log = editLog(db);
    this.saved = savedVersions(db);
    this.jobs = jobRows(db);
    this.write = changeWriter(db);
    this.step = db.prepare('UPDATE project SET revision = ?, undo_depth = ? WHERE one = 1 AND revision = ?');
    this.undoDepth = row.depth;
  }

  edit(name: string, input: unknown, options: CallOptions): ProjectChange {
    const op = editName(name, input);
    return this.answered('edit', op, options, () => {
      const { forward } = runOperation(this.document, name, plainJson(input), { newId });
      return { kind: 'edit', op, forward };
    });
  }

  undo(options: CallOptions): ProjectChange {
    return this.answered('undo', undefined, options, () => {
      const logged = this.log.at(this.undoDepth);
      if (!logged) throw refused('nothing-to-do', 'There is nothing to undo.', 'Make an edit first.');
      return { kind: 'undo', logged };
    });
  }

  redo(options: CallOptions): ProjectChange {
    return this.answered('redo', undefined, options, () => {
      const logged = this.log.at(this.undoDepth + 1);
      if (!logged) throw refused('nothing-to-do', 'There is nothing to redo.', 'Undo an edit first.');
      return { kind: 'redo', logged };
    });
  }

  /** What there was is kept as a version, unless it is one: the way back by undo ends with the next edit after an undo. */
  restore(id: string, options: CallOptions): ProjectChange {
    return this.answered('edit', 'restore-version', options, () => {
      const { document, version } = this.saved.read(id);
      const forward = difference(this.document, document);
      if (forward.length === 0) throw refused('nothing-to-do', 'The project is as in that version already.');
      const kept = this.saved.list().some(({ revision }) => revision === this.revision);
      return {
        kind: 'edit',
        op: 'restore-version',
        forward,
        ...(kept ? {} : { keepAs: `Before ${version.name}`.slice(0, 1000) }),
      };
    });
  }

  state(): EditState {
    return {
      revision: this.revision,
      undo: this.log.opAt(this.undoDepth),
      redo: this.log.opAt(this.undoDepth + 1),
    };
  }

  saveVersion(name: string): SavedVersion {
    return withWords(this.file, () => this.transaction(() => this.saved.save(name, this.document, this.revision)));
  }

  listVersions(): SavedVersion[] {
    return withWords(this.file, () => this.saved.list());
  }

  removeVersion(id: string): void {
    withWords(this.file, () => this.transaction(() => this.saved.remove(id)));
  }

  listJobs(): StoredJob[] {
    return withWords(this.file, () => this.jobs.list().jobs);
  }

  putJob(job: StoredJob): void {
    withWords(this.file, () => this.transaction(() => this.jobs.put(job)));
  }

  removeJob(id: string): void {
    withWords(this.file, () => this.transaction(() => this.jobs.remove(id)));
  }

  history(limit: number): ReturnType<EditLog['history']> {
    return withWords(this.file, () => this.log.history(limit, this.undoDepth));
  }

  onChange(listener: (change: ProjectChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Catches up with what another process has written since. */
  refresh(): void {
    withWords(this.file, () => {
      // One read transaction, so that all that is read is of one moment.
      const news = this.db.transaction((): ProjectChange[] => {
        const row = readProjectRow(this.db);
        if (row.revision === this.revision) return [];
        const changes = this.log.since(this.revision);
        this.document = changes.reduce((document, { changes: steps }) => applyChanges(document, steps), this.document);
        this.take(row.revision, row.depth);
        return changes;
      })();
      for (const change of news) this.tell(change);
    });
  }

  /** Everything that is kept, read again: the document from its tables, every logged edit, every version, every job. */
  problemsWithin(): string[] {
    const attempts: [what: string, read: () => unknown][] = [
      ...this.log
        .revisions()
        .map((revision): [string, () => unknown] => [`edit ${revision} of the history`, () => this.log.edit(revision)]),
      ...this.saved
        .list()
        .map(({ id, name }): [string, () => unknown] => [`version ${name}`, () => this.saved.read(id)]),
    ];
    const { unreadable } = this.jobs.list();
    const lost = unreadable === 0 ? [] : [`${unreadable} jobs of the queue cannot be read`];
    return lost.concat(
      attempts.flatMap(([what, read]) => {
        try {
          read();
          return [];
        } catch (error) {
          return [`${what} cannot be read: ${(error as Error).message}`];
        }
      }),
    );
  }

  /** Answers a repeated call as before; else finds the step and makes it. */
  private answered(kind: Step['kind'], op: string | undefined, options: CallOptions, find: () => Step): ProjectChange {
    const { opId, baseRevision = this.revision } = options;
    if (opId !== undefined && (typeof opId !== 'string' || opId === '' || Buffer.byteLength(opId) > 100)) {
      throw refused('bad-input', 'A call is named with 1 to 100 characters.', 'Give it another opId.');
    }
    return withWords(this.file, () => {
      const before = opId === undefined ? undefined : this.log.answered(opId);
      if (before) {
        if (before.kind === kind && (op === undefined || before.op === op)) return before;
        throw refused('bad-input', 'Another call had this opId.', 'Give each call its own opId.');
      }
      if (!Number.isSafeInteger(baseRevision) || baseRevision < 0) throw refused('bad-input');
      // An undo from an old revision would take back an edit that its user has not seen.
      if (kind !== 'edit' && baseRevision !== this.revision) throw refused('stale-revision');
      return this.commit(find(), opId ?? null, baseRevision);
    });
  }

  private commit(step: Step, opId: string | null, baseRevision: number): ProjectChange {
    const changes = changesOf(step);
    checkPuts(step);
    const { document, inverse } = fitting(step, () => applyWithInverse(this.document, changes));
    const touched = touchedBy(changes, inverse);
    if (!this.touches.clear(touched, baseRevision, this.revision)) throw refused('stale-revision');
    const revision = this.revision + 1;
    const depth = this.undoDepth + (step.kind === 'undo' ? -1 : 1);
    const op = step.kind === 'edit' ? step.op : step.logged.op;
    const make = (): void => {
      this.advance(revision, depth);
      this.write(changes);
      if (step.kind === 'edit') {
        if (step.keepAs) this.saved.save(step.keepAs, this.document, this.revision);
        const [forward, back] = [jsonOf(changes), jsonOf(inverse)];
        this.log.append({ revision, op, opId, kind: 'edit', forward, inverse: back });
        this.log.push(depth, revision);
      } else {
        this.log.append({ revision, op, opId, kind: step.kind, target: step.logged.revision });
      }
    };
    fitting(step, () => this.transaction(make));
    this.document = document;
    this.take(revision, depth);
    this.touches.add(revision, touched);
    const change: ProjectChange = { revision, kind: step.kind, op, opId, changes };
    this.tell(change);
    return change;
  }

  /** First in the transaction: nobody else may have written since. */
  private advance(revision: number, depth: number): void {
    if (this.step.run(revision, depth, this.revision).changes === 1) return;
    throw new UserFacingError(
      'input',
      `Another program has changed ${this.file}.`,
      'Close the project and open it again.',
    );
  }

  private take(revision: number, depth: number): void {
    this.revision = revision;
    this.undoDepth = depth;
  }

  /**
   * One transaction. When the commit itself fails, the disk may or may not have taken it: then the file decides what the document is.
   */
  private transaction<T>(work: () => T): T {
    try {
      return this.db.transaction(work).immediate();
    } catch (error) {
      this.settle();
      throw error;
    }
  }

  private settle(): void {
    try {
      const row = readProjectRow(this.db);
      if (row.revision === this.revision) return;
      this.document = readDocument(this.db);
      this.take(row.revision, row.depth);
    } catch {
      // The file cannot be read now; the document stays what it was when the file could.
    }
  }

  private tell(change: ProjectChange): void {
    for (const listener of this.listeners) {
      // The edit is made, whatever a listener does.
      try {
        listener(change);
      } catch (error) {
        process.emitWarning(error as Error);
      }
    }
  }
}
