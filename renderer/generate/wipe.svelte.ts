import { createContext } from 'svelte';

/** Two takes in one picture: on one side of a line the one in use, on the other another one. Reactive. */
export type Wipe = {
  /** The clip that shows a take, and the take that it is compared with; null while nothing is compared. */
  readonly pair: { clipId: string; mediaId: string } | null;
  /** Begins with this take, or ends where it is the one already. */
  toggle: (clipId: string, mediaId: string) => void;
  end: () => void;
  /** Where the line is, 0 at the left of the picture, 1 at its right. */
  at: number;
};

export const [useWipe, provideWipe] = createContext<Wipe>();

export const createWipe = (): Wipe => {
  let pair = $state.raw<Wipe['pair']>(null);
  let at = $state(0.5);
  return {
    get pair() {
      return pair;
    },
    toggle: (clipId, mediaId) => {
      pair = pair?.clipId === clipId && pair.mediaId === mediaId ? null : { clipId, mediaId };
    },
    end: () => (pair = null),
    get at() {
      return at;
    },
    set at(place) {
      at = Math.min(1, Math.max(0, place));
    },
  };
};
