import { existsSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { UserFacingError } from '../contract/errors.ts';
import { canonicalJson } from '../contract/timeline/canonical-json.ts';
import type { Change } from '../contract/timeline/change.ts';
import { copyInto, listBackups, makeBackup } from './backups.ts';
import type { Backup } from './backups.ts';
import { takeLock } from './lock-file.ts';
import { latestVersion } from './migrate.ts';
import { connect, makeEmpty, problemIn } from './open-file.ts';
import { openStore } from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { checkNewPath, placeFile } from './project-files.ts';
import type { OpenOptions, Project } from './project-types.ts';
import { readDocument } from './read-document.ts';
import { replaceDamaged } from './recovery.ts';
import type { RecoveryChoice } from './recovery.ts';
import { inWords, withWords } from './sqlite-errors.ts';
import { changeWriter } from './write-changes.ts';

/** An open file and the handles of this process that share it. */
type Shared = OpenStore & {
  handles: number;
  timer: NodeJS.Timeout | undefined;
  /** What is being copied in the background; the file stays open until it is done. */
  copying: Promise<unknown>;
  closing: Promise<void> | undefined;
};

/** By real path; readers of a file that this process does not write have entries of their own. */
const open = new Map<string, Shared>();

const tenMinutes = 10 * 60 * 1000;

/** One copy at a time. What SQLite or the disk says comes out in words. */
const inTurn = <T>(shared: Shared, work: () => Promise<T>): Promise<T> => {
  const turn = shared.copying.then(work).catch((error: unknown) => {
    throw inWords(error, shared.store.file);
  });
  shared.copying = turn.catch(() => undefined);
  return turn;
};

const backUp = (shared: Shared): Promise<Backup | undefined> =>
  inTurn(shared, () => makeBackup(shared.store.db, shared.store.file, shared.store.revision));

const startBackups = (shared: Shared, every: number): void => {
  const attempt = (): void => {
    const { store } = shared;
    const [newest] = listBackups(store.file);
    if (store.revision === 0 || (newest && Date.now() - newest.madeAt.getTime() < every)) return;
    // A backup that fails stops nobody's work, but is not passed over in silence.
    backUp(shared).catch((error: unknown) => process.emitWarning(error as Error));
  };
  shared.timer = setInterval(attempt, every).unref();
  attempt();
};

const shut = async (shared: Shared): Promise<void> => {
  clearInterval(shared.timer);
  await shared.copying;
  const { store, readOnlyReason, release } = shared;
  if (readOnlyReason === null) {
    try {
      // Back to one plain file, which opens from a read-only disk too. Where someone reads, it stays as it is.
      store.db.pragma('busy_timeout = 0');
      store.db.pragma('journal_mode = DELETE');
    } catch {
      // Everything is in the write-ahead log, and the next opening finds it there.
    }
  }
  try {
    store.db.close();
  } finally {
    release();
  }
};

const handleOn = (key: string, shared: Shared, mode: OpenOptions['mode']): Project => {
  const { store } = shared;
  const stops = new Set<() => void>();
  let closed: Promise<void> | undefined;
  shared.handles += 1;
  const readOnlyReason = shared.readOnlyReason ?? (mode === 'read' ? 'It was opened for reading only.' : null);

  const used = (): typeof store => {
    if (closed) throw new Error('project: used after it was closed');
    return store;
  };
  /** What another process writes is caught up with first. */
  const newest = (): typeof store => {
    if (shared.live) used().refresh();
    return used();
  };
  const written = (): typeof store => {
    if (readOnlyReason === null) return used();
    throw new UserFacingError(
      'input',
      `The project can only be read. ${readOnlyReason}`,
      'Save a copy and edit that, or open the project again when nothing stands in the way.',
    );
  };
  const close = async (): Promise<void> => {
    for (const stop of stops) stop();
    shared.handles -= 1;
    if (shared.handles > 0) return;
    shared.closing = shut(shared).finally(() => open.delete(key));
    await shared.closing;
  };

  return {
    path: store.file,
    id: store.id,
    readOnly: readOnlyReason !== null,
    readOnlyReason,
    get revision() {
      return store.revision;
    },
    state: () => used().state(),
    document: () => newest().document,
    edit: (name, input, options = {}) => written().edit(name, input, options),
    undo: (options = {}) => written().undo(options),
    redo: (options = {}) => written().redo(options),
    history: (limit) => used().history(limit),
    versions: {
      save: (name) => written().saveVersion(name),
      list: () => used().listVersions(),
      restore: (id, options = {}) => written().restore(id, options),
      remove: (id) => written().removeVersion(id),
    },
    jobs: {
      list: () => used().listJobs(),
      put: (job) => written().putJob(job),
      remove: (id) => written().removeJob(id),
    },
    onChange: (listener) => {
      const stop = used().onChange(listener);
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    saveCopy: async (target) => {
      const { db } = used();
      checkNewPath(path.resolve(target));
      // Two files with one queue would make everything twice.
      await inTurn(shared, () => copyInto(db, path.resolve(target), withoutQueue));
    },
    backUp: async () => {
      written();
      return backUp(shared);
    },
    check: () => problemsOf(newest()),
    close: () => (closed ??= close()),
  };
};

const withoutQueue = (copy: Database): void => {
  copy.exec('DELETE FROM job');
};

const problemsOf = (store: Shared['store']): string[] =>
  withWords(store.file, () => {
    const full = store.db.pragma('integrity_check(20)') as { integrity_check: string }[];
    const broken = full.map(({ integrity_check: text }) => text).filter((text) => text !== 'ok');
    const problem = problemIn(store.db, latestVersion());
    const same = canonicalJson(readDocument(store.db)) === canonicalJson(store.document);
    return [
      ...broken,
      ...(problem ? [problem] : []),
      ...(same ? [] : ['what is in memory is not what is in the file']),
      ...store.problemsWithin(),
    ];
  });

const sharedAt = (key: string, found: OpenStore, every: number): Shared => {
  const shared = { ...found, handles: 0, timer: undefined, copying: Promise.resolve(), closing: undefined };
  open.set(key, shared);
  if (found.readOnlyReason === null && every > 0) startBackups(shared, every);
  return shared;
};

const realFile = (file: string): string => {
  if (!existsSync(file)) throw new UserFacingError('input', `There is no project ${file}.`, 'Check the path.');
  return withWords(file, () => realpathSync(file));
};

/**
 * Opens a project. Handles of one process share one writer and all hear of every change; where another process writes, the project is
 * opened for reading and says so.
 * @throws ProjectDamaged with the ways to go on, for `recoverProject`
 * @throws UserFacingError input when there is no such file, it is no project, it is of a newer version, or it cannot be read
 */
export const openProject = async (file: string, options: OpenOptions = {}): Promise<Project> => {
  const real = realFile(file);
  const { mode = 'write', backupEvery = tenMinutes } = options;
  const keys = mode === 'read' ? [real, `read ${real}`] : [real];
  for (const key of keys) {
    await open.get(key)?.closing;
    const shared = open.get(key);
    if (shared && !shared.closing) return handleOn(key, shared, mode);
  }
  const key = keys.at(-1) ?? real;
  return handleOn(key, sharedAt(key, openStore(real, { ...options, mode }), backupEvery), mode);
};

/** Writes what a new project begins with into its file; no edit, so undo does not reach it. */
const writeFirst = (file: string, first: readonly Change[]): void => {
  const db = connect(file, false);
  try {
    db.transaction(() => changeWriter(db)(first))();
  } finally {
    db.close();
  }
};

/**
 * Makes a project and opens it.
 * @param file its name ends in .longtake; its folder exists
 * @param options.first steps from the empty document that the project begins with; nothing unless told
 * @throws UserFacingError usage when there is such a file already; input or room when it cannot be written
 */
export const createProject = async (
  file: string,
  { first = [], ...options }: OpenOptions & { first?: readonly Change[] } = {},
): Promise<Project> => {
  const target = path.resolve(file);
  checkNewPath(target);
  const partial = `${target}.partial`;
  withWords(target, () => {
    rmSync(partial, { force: true });
    try {
      makeEmpty(partial);
      if (first.length > 0) writeFirst(partial, first);
      placeFile(partial, target);
    } finally {
      rmSync(partial, { force: true });
    }
  });
  return openProject(target, options);
};

/**
 * Goes on from a damaged project in one of the ways that ProjectDamaged offered. Nothing is overwritten: the damaged file, with what SQLite
 * keeps beside it, is put aside under `kept`.
 * @throws UserFacingError usage when the project is open in this process; as openProject
 */
export const recoverProject = async (
  file: string,
  choice: RecoveryChoice,
  options: OpenOptions = {},
): Promise<{ project: Project; kept: string }> => {
  const real = realFile(file);
  if (open.has(real) || open.has(`read ${real}`)) {
    throw new UserFacingError('usage', 'The project is open.', 'Close it, then choose again.');
  }
  if (choice.use === 'backup' && !listBackups(real).some((backup) => backup.path === choice.path)) {
    throw new UserFacingError('usage', `${choice.path} is no backup of this project.`, 'Choose one of its backups.');
  }
  const kept = withWords(real, () => {
    const lock = takeLock(real);
    if (!lock.held) {
      throw new UserFacingError('input', `Another Longtake has ${real} open.`, 'Close it there, then choose again.');
    }
    try {
      return replaceDamaged(real, choice, makeEmpty);
    } finally {
      lock.release();
    }
  });
  return { project: await openProject(real, options), kept };
};
