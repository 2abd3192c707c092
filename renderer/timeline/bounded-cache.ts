/** Keeps the most recently used values up to a total weight (bytes, for example). */
export type BoundedCache<V> = {
  get: (key: string) => V | undefined;
  set: (key: string, value: V, weight: number) => void;
  clear: () => void;
};

export const boundedCache = <V>(most: number, drop: (value: V) => void = () => undefined): BoundedCache<V> => {
  const kept = new Map<string, { value: V; weight: number }>();
  let total = 0;
  const remove = (key: string): void => {
    const entry = kept.get(key);
    if (!entry) return;
    kept.delete(key);
    total -= entry.weight;
    drop(entry.value);
  };
  return {
    get: (key) => {
      const entry = kept.get(key);
      if (!entry) return undefined;
      // A Map keeps the order in which keys were put: the first is the one that was not used for longest.
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set: (key, value, weight) => {
      remove(key);
      kept.set(key, { value, weight });
      total += weight;
      for (const oldest of kept.keys()) {
        if (total <= most || oldest === key) break;
        remove(oldest);
      }
    },
    clear: () => {
      for (const key of [...kept.keys()]) remove(key);
    },
  };
};
