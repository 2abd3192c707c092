/** Milliseconds before the engine is started anew after its first, second … end within a minute; after more it is given up. */
const pauses = [0, 500, 2000, 5000];
const window = 60_000;

export type RestartPolicy = {
  /** It ended at `now` (milliseconds). @returns how long to wait before it is started anew; null when that has been done often enough */
  ended: (now: number) => number | null;
  /** A person wants it tried again. */
  forgive: () => void;
};

export const createRestartPolicy = (): RestartPolicy => {
  let ends: number[] = [];
  return {
    ended: (now) => {
      ends = [...ends.filter((at) => now - at < window), now];
      return pauses[ends.length - 1] ?? null;
    },
    forgive: () => (ends = []),
  };
};
