/**
 * Lets `width` pieces of work run at once. The newest waiting one comes first: what a person has just scrolled to matters more than what
 * was on screen before.
 */
export const createLimit = (width: number): (<T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work, signal) => {
    if (running >= width) {
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(signal?.reason);
        };
        waiting.push(go);
        signal?.addEventListener('abort', leave, { once: true });
      });
    } else running += 1;
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.pop();
      if (next) next();
      else running -= 1;
    }
  };
};
