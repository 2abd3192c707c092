import type { Change } from '../contract/timeline/change.ts';

const namesOf = (change: Change): string[] => {
  if (change.type === 'shift') return [`clips ${change.trackId}`];
  if (change.type === 'remove') return [change.id];
  const { entity, value } = change;
  return entity === 'clip' || entity === 'transition' ? [value.id, `clips ${value.trackId}`] : [value.id];
};

/** Names of everything that an edit touches, forward and back: entities by their id, and the tracks whose clips or cuts it touches. */
export const touchedBy = (...changes: (readonly Change[])[]): Set<string> => new Set(changes.flat().flatMap(namesOf));

/** How many revisions back a client may be. */
const kept = 200;

/**
 * What the last revisions touched. An edit that was asked for from an older revision than the newest is still made when nothing since has
 * touched an entity or a track that it touches: operations run on the newest document and refuse what cannot be, so all that could go
 * wrong is that the user meant something else, and then it was seen on one of the same tracks.
 */
export const recentTouches = () => {
  const touches = new Map<number, Set<string>>();
  return {
    add: (revision: number, names: Set<string>): void => {
      touches.set(revision, names);
      touches.delete(revision - kept);
    },
    /** Whether an edit that touches `names`, asked for at `base`, stays clear of all revisions up to `newest`. */
    clear: (names: Set<string>, base: number, newest: number): boolean => {
      for (let revision = base + 1; revision <= newest; revision++) {
        const others = touches.get(revision);
        if (!others || [...names].some((name) => others.has(name))) return false;
      }
      return base <= newest;
    },
  };
};
