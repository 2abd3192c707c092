import { createContext } from 'svelte';
import { workTopic } from '../../engine/contract/protocol/topics.ts';
import type { WorkEvent } from '../../engine/contract/protocol/topics.ts';
import type { EngineClient } from '../document/engine-client.ts';

/** What the engine is doing for the open project. A topic has one listener, so all surfaces listen here. */
export type WorkFeed = {
  /** The newest event of every work that has not ended; reactive. */
  readonly running: readonly WorkEvent[];
  /** Calls for every event. @returns what ends it */
  on: (listener: (event: WorkEvent) => void) => () => void;
};

export const [useWork, provideWork] = createContext<WorkFeed>();

/** To be called while a component is set up; `project` is its handle, which is another one after the engine was started anew. */
export const createWorkFeed = (client: EngineClient, project: () => string): WorkFeed => {
  let running = $state.raw<readonly WorkEvent[]>([]);
  const listeners = new Set<(event: WorkEvent) => void>();

  const happened = (event: WorkEvent): void => {
    const at = running.findIndex(({ work }) => work === event.work);
    if (event.state !== 'running') running = running.filter((_, i) => i !== at);
    else running = at < 0 ? [...running, event] : running.with(at, event);
    for (const listener of [...listeners]) listener(event);
  };

  $effect(() => {
    const stop = client.listen(workTopic(project()), {
      event: happened,
      // What is still being done reports again by itself.
      missed: () => (running = []),
    });
    return () => {
      stop();
      running = [];
    };
  });

  return {
    get running() {
      return running;
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
