import { Worker } from 'node:worker_threads';
import { UserFacingError } from '../../contract/errors.ts';
import type { LookAnswer, LookMessage, LookResult, LookWish } from './look-messages.ts';

export type LookOptions = {
  /** Fires: the thread stops within a frame, and the answer is the signal's reason at once. */
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
};

type Waiting = { settle: (answer: LookAnswer) => boolean; fail: (error: Error) => void };
type Thread = { worker: Worker; waiting: Map<number, Waiting>; idle: NodeJS.Timeout | undefined };

/** Milliseconds that a thread stays without work: what it knows of a film is worth a while of looking on. */
const idleFor = 60_000;

let thread: Thread | undefined;
let next = 0;

const startThread = (): Thread => {
  const worker = new Worker(new URL('./look-worker.ts', import.meta.url));
  const started: Thread = { worker, waiting: new Map(), idle: undefined };
  const end = (error: Error): void => {
    if (thread === started) thread = undefined;
    clearTimeout(started.idle);
    for (const { fail } of started.waiting.values()) fail(error);
    started.waiting.clear();
  };
  worker.on('message', (answer: LookAnswer) => {
    if (started.waiting.get(answer.id)?.settle(answer)) leave(started, answer.id);
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the thread that looks at pictures ended')));
  return started;
};

/** Somebody waits for it no longer. It holds no process open by itself. */
const leave = (from: Thread, id: number): void => {
  from.waiting.delete(id);
  if (from.waiting.size > 0) return;
  from.worker.unref();
  from.idle = setTimeout(() => {
    // Whoever asks from now on asks another one.
    if (thread === from) thread = undefined;
    void from.worker.terminate();
  }, idleFor).unref();
};

const failureOf = (answer: LookAnswer): Error | undefined => {
  if ('problem' in answer) {
    const { code, message, remedy } = answer.problem;
    return new UserFacingError(code, message, remedy);
  }
  return 'failure' in answer ? new Error(answer.failure) : undefined;
};

/**
 * Has pictures looked at beside the engine's own thread, which answers its windows meanwhile.
 * @throws UserFacingError when the file is damaged, the signal's reason
 */
export const lookAt = <L extends LookWish['look']>(
  wish: Extract<LookWish, { look: L }>,
  { signal, onProgress }: LookOptions,
): Promise<LookResult[L]> => {
  signal.throwIfAborted();
  const used = (thread ??= startThread());
  const id = next++;
  clearTimeout(used.idle);
  used.worker.ref();
  const { promise, resolve, reject } = Promise.withResolvers<LookResult[L]>();
  const cancel = (): void => {
    used.worker.postMessage({ id, cancel: true } satisfies LookMessage);
    leave(used, id);
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', cancel, { once: true });
  used.waiting.set(id, {
    fail: reject,
    settle: (answer) => {
      if ('done' in answer) onProgress?.(answer.done, answer.total);
      else if ('result' in answer) resolve(answer.result as LookResult[L]);
      else reject(failureOf(answer) ?? new Error('an answer without words'));
      return !('done' in answer);
    },
  });
  used.worker.postMessage({ id, wish } satisfies LookMessage);
  return promise.finally(() => signal.removeEventListener('abort', cancel));
};
