import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { maxMessageBytes } from '../contract/protocol/envelope.ts';
import type { OpenedProject } from '../contract/protocol/project.ts';
import { jobsTopic, projectTopic, versionsTopic, workTopic } from '../contract/protocol/topics.ts';
import type { ProjectEvent } from '../contract/protocol/topics.ts';
import type { ProjectHandle } from '../contract/protocol/values.ts';
import type { ProjectChange } from '../projects/edit-log.ts';
import type { Project } from '../projects/project-types.ts';
import type { Connection } from './connection.ts';
import { ProjectNotOpen } from './problem.ts';
import type { TopicHub } from './topic-hub.ts';

/** A project that windows of this engine have open. */
export type OpenEntry = {
  readonly handle: ProjectHandle;
  readonly project: Project;
  /** Where it lies. */
  readonly folder: string;
};

/** Something that keeps a project open: a window, or work that goes on without one. */
export type Holder = Connection | object;

export type OpenProjects = {
  /** Gives a project that was opened for a window a handle; the same one while the file stays open. */
  add: (project: Project, holder: Holder) => OpenEntry;
  /** @throws ProjectNotOpen */
  get: (handle: ProjectHandle) => OpenEntry;
  has: (handle: ProjectHandle) => boolean;
  all: () => OpenEntry[];
  hold: (handle: ProjectHandle, holder: Holder) => void;
  /** @param later keep it open for a while: the window may come back */
  letGo: (handle: ProjectHandle, holder: Holder, later?: boolean) => Promise<void>;
  /**
   * Lets go of a project for good: once nothing holds it any more and it is closed, `after` is done, unless a window takes it up again before.
   * @returns false where another window has it open; nothing has been done then
   */
  giveUp: (handle: ProjectHandle, holder: Connection, after: () => Promise<void>) => Promise<boolean>;
  /** A window has gone, perhaps for a moment. */
  letGoOfAll: (holder: Holder) => void;
  /** Until those that are being closed now are closed. */
  settled: () => Promise<void>;
  closeAll: () => Promise<void>;
};

/** Milliseconds that a project stays open without a window: a reload, a laptop that slept. */
const grace = 30_000;
/** Milliseconds between two looks at a project that another process writes. */
const lookEvery = 2000;
/** Leaves room for the envelope. */
const mostEventBytes = maxMessageBytes - 4096;

type Entry = OpenEntry & {
  holders: Set<Holder>;
  timer?: NodeJS.Timeout;
  stop: () => void;
  /** What is to be done when it is closed. */
  after?: () => Promise<void>;
};

const isWindow = (holder: Holder): boolean => 'port' in holder;

export const openedOf = ({ handle, project }: OpenEntry): OpenedProject => ({
  project: handle,
  path: project.path,
  name: path.basename(project.path, path.extname(project.path)),
  readOnly: project.readOnlyReason,
  state: project.state(),
});

export type OpenProjectsOptions = {
  topics: TopicHub;
  /** Before the last window's project is closed. */
  onClosing: (entry: OpenEntry) => Promise<void>;
  onFault: (error: unknown) => void;
};

export const createOpenProjects = ({ topics, onClosing, onFault }: OpenProjectsOptions): OpenProjects => {
  const entries = new Map<ProjectHandle, Entry>();
  const closing = new Set<Promise<void>>();

  const get = (handle: ProjectHandle): Entry => {
    const entry = entries.get(handle);
    if (entry) return entry;
    throw new ProjectNotOpen();
  };

  const tellChange = (entry: OpenEntry, { kind, op, opId, changes }: ProjectChange): void => {
    const state = entry.project.state();
    const event: ProjectEvent = { type: 'changed', kind, op, opId, changes, state };
    // Ten thousand letters a change are far more than any has; only large edits are worth counting.
    const large = changes.length > 100 && Buffer.byteLength(JSON.stringify(event)) > mostEventBytes;
    topics.publish(
      projectTopic(entry.handle),
      large ? ({ type: 'replaced', opId, state } satisfies ProjectEvent) : event,
    );
  };

  /** Another process writes it: nobody tells, so it is looked at. */
  const watch = (entry: OpenEntry): (() => void) => {
    let { revision } = entry.project;
    const timer = setInterval(() => {
      try {
        entry.project.document();
        if (entry.project.revision === revision) return;
        revision = entry.project.revision;
        const event: ProjectEvent = { type: 'replaced', opId: null, state: entry.project.state() };
        topics.publish(projectTopic(entry.handle), event);
      } catch (error) {
        onFault(error);
      }
    }, lookEvery).unref();
    return () => clearInterval(timer);
  };

  const close = async (entry: Entry): Promise<void> => {
    clearTimeout(entry.timer);
    entries.delete(entry.handle);
    entry.stop();
    for (const topic of [projectTopic, workTopic, jobsTopic, versionsTopic]) topics.forget(topic(entry.handle));
    await onClosing(entry).catch(onFault);
    await entry.project.close();
    await entry.after?.();
  };

  const closeNow = (entry: Entry): Promise<void> => {
    const done = close(entry)
      .catch(onFault)
      .finally(() => closing.delete(done));
    closing.add(done);
    return done;
  };

  const letGo = async (handle: ProjectHandle, holder: Holder, later = false): Promise<void> => {
    const entry = entries.get(handle);
    if (!entry?.holders.delete(holder) || entry.holders.size > 0) return;
    if (!later || entry.after) return closeNow(entry);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void closeNow(entry), grace).unref();
  };

  const hold = (handle: ProjectHandle, holder: Holder): void => {
    const entry = get(handle);
    entry.holders.add(holder);
    entry.after = undefined;
    clearTimeout(entry.timer);
  };

  const settled = async (): Promise<void> => {
    await Promise.all(closing);
  };

  return {
    get,
    has: (handle) => entries.has(handle),
    all: () => [...entries.values()],
    hold,
    letGo,
    giveUp: async (handle, holder, after) => {
      const entry = get(handle);
      if ([...entry.holders].some((other) => other !== holder && isWindow(other))) return false;
      entry.after = after;
      await letGo(handle, holder);
      return true;
    },
    letGoOfAll: (holder) => {
      for (const { handle } of entries.values()) void letGo(handle, holder, true);
    },
    add: (project, holder) => {
      const known = [...entries.values()].find(
        (entry) => entry.project.path === project.path && entry.project.readOnly === project.readOnly,
      );
      if (known) {
        // The file is shared; this second handle on it is not needed.
        project.close().catch(onFault);
        hold(known.handle, holder);
        return known;
      }
      const handle = randomBytes(16).toString('base64url');
      const entry: Entry = {
        ...{ handle, project, folder: path.dirname(project.path), holders: new Set([holder]) },
        stop: () => undefined,
      };
      const stopChanges = project.onChange((change) => tellChange(entry, change));
      const stopWatching = project.readOnly ? watch(entry) : () => undefined;
      entry.stop = () => {
        stopChanges();
        stopWatching();
      };
      entries.set(handle, entry);
      return entry;
    },
    settled,
    closeAll: async () => {
      for (const entry of entries.values()) void closeNow(entry);
      await settled();
    },
  };
};
