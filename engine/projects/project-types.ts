import type { EditState } from '../contract/protocol/project.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Backup } from './backups.ts';
import type { StoredJob } from './job-rows.ts';
import type { HistoryStep, ProjectChange } from './edit-log.ts';
import type { SavedVersion } from './versions.ts';

/** How a client names its call and says what it had seen. */
export type CallOptions = {
  /** The client's own name of this call, 1 to 100 characters; a repeat is answered as the first was, and nothing is done twice. */
  opId?: string;
  /**
   * The revision that the client had when it asked; left out, the newest. An older one is fine as long as nothing since then has touched
   * the same entities or tracks.
   */
  baseRevision?: number;
};

export type OpenOptions = {
  /** `write` (default) opens for writing where that can be, and else for reading, saying why. */
  mode?: 'write' | 'read';
  /** Takes the lock from a process that seems alive: for a lock that another machine left behind. */
  takeOver?: boolean;
  /** `auto` (default): WAL on local disks, else a rollback journal, with which a long reader can hold up the writer. */
  journal?: 'auto' | 'DELETE';
  /** Milliseconds between automatic backups while the project is edited, the first right after opening; 0 for none. Default ten minutes. */
  backupEvery?: number;
};

/** An open project. What it does is done to the file at once; there is no saving. */
export type Project = {
  readonly path: string;
  /** Stays the same for the life of the project, and in its copies and backups. */
  readonly id: string;
  readonly readOnly: boolean;
  /** A sentence for the user; null when it can be written. */
  readonly readOnlyReason: string | null;
  /** Grows by one with every edit, undo and redo. */
  readonly revision: number;
  /** The revision, and the operations that undo and redo would take back and make again. */
  state: () => EditState;
  /** Immutable. A project that another process writes is read again when it has changed. */
  document: () => Document;
  /**
   * Makes one operation of the timeline, in one transaction together with its inverse.
   * @throws EditRefused when it cannot be, `stale-revision` when it collides with newer edits
   * @throws UserFacingError `room` on a full disk, `input` when the file cannot be written; the project is then as before
   */
  edit: (name: string, input: unknown, options?: CallOptions) => ProjectChange;
  /** @throws EditRefused `nothing-to-do`, `stale-revision`; UserFacingError as `edit` */
  undo: (options?: CallOptions) => ProjectChange;
  redo: (options?: CallOptions) => ProjectChange;
  /** The newest steps that undo and redo walk over, newest first. */
  history: (limit: number) => HistoryStep[];
  versions: {
    save: (name: string) => SavedVersion;
    list: () => SavedVersion[];
    /** Makes the document what it was; an edit like any other, so undo leads back. What there was before becomes a version too. */
    restore: (id: string, options?: CallOptions) => ProjectChange;
    remove: (id: string) => void;
  };
  /** The queue of generation (engine/jobs/queue), which undo passes by. */
  jobs: {
    /** In their order. */
    list: () => StoredJob[];
    /** Adds a job, or says how it is now. @throws UserFacingError as `edit` */
    put: (job: StoredJob) => void;
    remove: (id: string) => void;
  };
  /** Every revision, whichever handle of this process made it. Returns the way to stop. */
  onChange: (listener: (change: ProjectChange) => void) => () => void;
  /** Writes the whole project, history and versions too, to a new file; media and takes stay where they are, and so does the queue. */
  saveCopy: (path: string) => Promise<void>;
  /** Backs up now; undefined when this revision is backed up already. */
  backUp: () => Promise<Backup | undefined>;
  /** Everything that can be checked, in sentences; empty when all is well. Takes a second for a large project. */
  check: () => string[];
  /** Lets go of the file; waits for a backup or copy that is being written. The last handle closes it. */
  close: () => Promise<void>;
};
