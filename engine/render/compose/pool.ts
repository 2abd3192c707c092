import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ComposeAnswer, ComposeJob } from './jobs.ts';

/** More than this an encoder does not keep up with. */
const mostThreads = 6;

export type ComposePool = {
  /** Frames worth having under way at a time. */
  depth: number;
  compose: (job: Omit<ComposeJob, 'id'>) => Promise<Uint8Array>;
  close: () => Promise<void>;
};

/** Threads that compose frames, whole frames each, started when the first frame is asked for. */
export const createComposePool = (
  threads = Math.min(mostThreads, Math.max(1, availableParallelism() - 1)),
): ComposePool => {
  type Waiting = { done: (bytes: Uint8Array) => void; fail: (error: Error) => void };
  type Thread = { worker: Worker; waiting: Map<number, Waiting> };
  const pool: Thread[] = [];
  let next = 0;

  const start = (): Thread => {
    const waiting = new Map<number, Waiting>();
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const failAll = (error: Error): void => {
      for (const { fail } of waiting.values()) fail(error);
      waiting.clear();
    };
    worker.on('message', (answer: ComposeAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('failure' in answer) asked?.fail(new Error(answer.failure));
      else asked?.done(answer.bytes);
    });
    worker.on('error', failAll);
    worker.on('exit', () => failAll(new Error('a compositing thread ended')));
    return { worker, waiting };
  };

  return {
    depth: threads + 1,
    compose: (job) => {
      if (pool.length < threads) pool.push(start());
      const free = pool.reduce((least, thread) => (thread.waiting.size < least.waiting.size ? thread : least));
      const id = next++;
      return new Promise((done, fail) => {
        free.waiting.set(id, { done, fail });
        free.worker.postMessage({ ...job, id } satisfies ComposeJob);
      });
    },
    close: async () => {
      await Promise.all(pool.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
};
