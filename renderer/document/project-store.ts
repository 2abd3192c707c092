import type { EditState, OpenedProject } from '../../engine/contract/protocol/project.ts';
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { projectTopic } from '../../engine/contract/protocol/topics.ts';
import type { ProjectEvent } from '../../engine/contract/protocol/topics.ts';
import { documentUrl } from '../../engine/contract/protocol/urls.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import type { OperationInput, OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import type { EngineClient } from './engine-client.ts';
import { ConnectionLost, EngineRefusal } from './engine-refusal.ts';
import { newId } from './new-id.ts';

/** The open project as the screen sees it; a new object after every change. */
export type ProjectView = {
  /** Handle for calls and URLs; another one after the engine was started anew. */
  readonly project: string;
  readonly path: string;
  readonly name: string;
  /** Why it may not be edited, or null. */
  readonly readOnly: string | null;
  /** What the engine holds, at `state.revision`. */
  readonly document: Document;
  /** What is to be drawn: the document with what is on its way: edits that are shown ahead, and a gesture (see preview). */
  readonly shown: Document;
  readonly state: EditState;
  /** Edits that are on their way to the engine. */
  readonly pending: number;
  /** The engine is away, or the project could not be opened again: what is shown may be old. */
  readonly stale: boolean;
};

export type ProjectStore = {
  get: () => ProjectView;
  /** As a Svelte store: calls at once and after every change. */
  subscribe: (listener: (view: ProjectView) => void) => () => void;
  /**
   * Makes an edit and resolves when the engine has made it durable and the view shows it. A preview stays on screen until then. Edits are
   * sent one after the other; one that the connection dropped is sent again with the same opId, so it happens once.
   * @param options.ahead shows what it does at once, as a preview would, unless it makes something whose name only the engine knows
   * @throws EngineRefusal when it cannot be; the view is as before
   */
  edit: <N extends OperationName>(name: N, input: OperationInput<N>, options?: { ahead?: boolean }) => Promise<void>;
  /**
   * Shows what an edit would do, without asking the engine: for every move of a drag. The next preview replaces it.
   * @throws EditRefused when it cannot be; the preview before stays
   */
  preview: <N extends OperationName>(name: N, input: OperationInput<N>) => void;
  /** Takes the preview back: Escape. */
  endPreview: () => void;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
  /** Lets go of the project; the engine closes it when no window has it open. */
  close: () => Promise<void>;
};

export type StoreOptions = {
  client: EngineClient;
  opened: OpenedProject;
  /** Reads JSON from one of the engine's URLs. */
  readJson: (url: string) => Promise<unknown>;
};

type Preview = { name: OperationName; input: unknown };

const previewed = (document: Document, { name, input }: Preview, makeId = newId): Document =>
  applyChanges(document, runOperation(document, name, input, { newId: makeId }).forward);

/** What an edit gives, or undefined where only the engine can say: it is refused, or makes something new. */
const foreseen = (document: Document, edit: Preview): Document | undefined => {
  let names = 0;
  try {
    const result = previewed(document, edit, () => {
      names += 1;
      return newId();
    });
    return names === 0 ? result : undefined;
  } catch {
    return undefined;
  }
};

/** Opens the store of a project that the engine has opened. @throws when its document cannot be read */
export const openProjectStore = async ({ client, opened, readJson }: StoreOptions): Promise<ProjectStore> => {
  const listeners = new Set<(view: ProjectView) => void>();
  let view: ProjectView | undefined;
  let preview: Preview | undefined;
  /** What is shown of edits that the engine has yet to make, in their order. */
  let ahead: (Preview & { opId: string })[] = [];
  let handle = opened.project;
  let stopListening = (): void => undefined;
  let loading: Promise<void> | undefined;
  /** Events that came while a snapshot was on its way. */
  let early: ProjectEvent[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  const withAhead = (document: Document): Document => {
    let result = document;
    for (const edit of ahead) {
      try {
        result = previewed(result, edit);
      } catch {
        // Somebody else's change took away what it edits; the engine will say so.
        ahead = ahead.filter((each) => each !== edit);
      }
    }
    return result;
  };
  const shownOf = (document: Document): Document => {
    const shown = withAhead(document);
    if (!preview) return shown;
    try {
      return previewed(shown, preview);
    } catch {
      // Somebody else's change took away what was being dragged.
      preview = undefined;
      return shown;
    }
  };

  const set = (change: Partial<ProjectView>): void => {
    if (!view) return;
    view = { ...view, ...change };
    for (const listener of [...listeners]) listener(view);
  };

  const show = (document: Document, state: EditState): void =>
    set({ document, state, shown: shownOf(document), stale: false });

  const happened = (event: ProjectEvent): void => {
    if (loading) {
      early.push(event);
      return;
    }
    if (!view || event.state.revision <= view.state.revision) return;
    if (event.type === 'replaced' || event.state.revision !== view.state.revision + 1) {
      void load();
      return;
    }
    ahead = ahead.filter(({ opId }) => opId !== event.opId);
    show(applyChanges(view.document, event.changes), event.state);
  };
  const readSnapshot = async (): Promise<void> => {
    const state = await client.call('project.state', { project: handle });
    const snapshot = (await readJson(documentUrl(handle))) as Snapshot;
    const document = documentOfSnapshot(snapshot);
    // An edit between the two is in the snapshot; its event brings the state.
    const at = { ...state, revision: snapshot.revision };
    // Which of them are in it already is not known.
    ahead = [];
    if (view) show(document, at);
    else
      view = {
        ...{ project: handle, path: opened.path, name: opened.name, readOnly: opened.readOnly },
        ...{ document, shown: document, state: at, pending: 0, stale: false },
      };
    if (state.revision !== snapshot.revision) set({ state: await client.call('project.state', { project: handle }) });
  };

  const load = (): Promise<void> => {
    loading ??= readSnapshot().finally(() => {
      loading = undefined;
      const events = early;
      early = [];
      events.forEach(happened);
    });
    return loading;
  };

  const listen = (): void => {
    stopListening();
    const listening = handle;
    stopListening = client.listen(projectTopic(handle), {
      event: happened,
      missed: () => {
        if (listening === handle) void recover();
      },
    });
  };

  let instance = client.instance();
  const openAgain = async (): Promise<void> => {
    instance = client.instance();
    const again = await client.call('project.open', { path: opened.path });
    if (again.outcome !== 'opened') throw new Error(again.why);
    handle = again.opened.project;
    set({ project: handle, readOnly: again.opened.readOnly });
    listen();
    await load();
  };
  let recovering: Promise<void> | undefined;
  /** After events were missed: the same project where the engine still has it open, else the same file opened again. */
  const recover = (): Promise<void> => {
    recovering ??= (instance === client.instance() ? load().catch(openAgain) : openAgain())
      .catch(() => set({ stale: true }))
      .finally(() => (recovering = undefined));
    return recovering;
  };
  const stopStatus = client.onStatus((status) => {
    if (status !== 'open') set({ stale: true });
    else if (instance === client.instance()) set({ stale: false });
  });

  /** Resolves once the engine answers again. */
  const reached = async (): Promise<void> => {
    while ((await client.call('session.info', {}).catch((error: unknown) => error)) instanceof ConnectionLost) {
      if (client.status() === 'closed') throw new ConnectionLost();
    }
  };

  /** Does again what a lost connection or an engine that was started anew may have swallowed: the opId makes an edit happen once. */
  const persist = async (work: () => Promise<void>): Promise<void> => {
    for (;;) {
      const used = handle;
      try {
        return await work();
      } catch (error) {
        if (error instanceof ConnectionLost && client.status() !== 'closed') await reached();
        else if (!(error instanceof EngineRefusal) || error.reason !== 'not-open') throw error;
        else {
          await recover();
          if (handle === used) throw error;
        }
      }
    }
  };

  const enqueue = (send: (opId: string) => Promise<EditState>, opId: string): Promise<void> => {
    const work = async (): Promise<void> => {
      const { revision } = await send(opId);
      // The event came before the answer, unless it had to be told by a snapshot.
      if (loading) await loading;
      if (view && view.state.revision < revision) await load();
    };
    const run = async (): Promise<void> => {
      try {
        await persist(work);
      } finally {
        // Refused, or told by a snapshot.
        if (view && ahead.some((each) => each.opId === opId)) {
          ahead = ahead.filter((each) => each.opId !== opId);
          set({ shown: shownOf(view.document) });
        }
        set({ pending: (view?.pending ?? 1) - 1 });
      }
    };
    set({ pending: (view?.pending ?? 0) + 1 });
    const result = queue.then(run);
    queue = result.catch(() => undefined);
    return result;
  };

  const current = (): ProjectView => {
    if (!view) throw new Error('project store: not loaded');
    return view;
  };

  listen();
  try {
    await load();
  } catch (error) {
    stopListening();
    stopStatus();
    throw error;
  }

  return {
    get: current,
    subscribe: (listener) => {
      listeners.add(listener);
      listener(current());
      return () => listeners.delete(listener);
    },
    edit: (name, input, options) => {
      const opId = crypto.randomUUID();
      if (preview) {
        ahead = [...ahead, { ...preview, opId }];
        preview = undefined;
      } else if (options?.ahead) {
        const shown = foreseen(current().shown, { name, input });
        if (shown) {
          ahead = [...ahead, { name, input, opId }];
          set({ shown });
        }
      }
      return enqueue(
        () =>
          client.call('project.edit', {
            ...{ project: handle, opId, name, input },
            baseRevision: current().state.revision,
          }),
        opId,
      );
    },
    preview: (name, input) => {
      const shown = previewed(withAhead(current().document), { name, input });
      preview = { name, input };
      set({ shown });
    },
    endPreview: () => {
      preview = undefined;
      set({ shown: withAhead(current().document) });
    },
    undo: () => enqueue((opId) => client.call('project.undo', { project: handle, opId }), crypto.randomUUID()),
    redo: () => enqueue((opId) => client.call('project.redo', { project: handle, opId }), crypto.randomUUID()),
    close: async () => {
      stopListening();
      stopStatus();
      listeners.clear();
      if (client.status() === 'open') await client.call('project.close', { project: handle });
    },
  };
};
