/** States of a drawing that can be gone back to. */
export type History<V> = { readonly past: readonly V[]; readonly now: V; readonly future: readonly V[] };

/** As many steps as anybody goes back. */
const most = 200;

export const begun = <V>(now: V): History<V> => ({ past: [], now, future: [] });

/** A new state; the same object is none. */
export const went = <V>(history: History<V>, next: V): History<V> =>
  next === history.now ? history : { past: [...history.past, history.now].slice(-most), now: next, future: [] };

export const undone = <V>(history: History<V>): History<V> => {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future] };
};

export const redone = <V>(history: History<V>): History<V> => {
  const [next, ...future] = history.future;
  return next === undefined ? history : { past: [...history.past, history.now], now: next, future };
};
