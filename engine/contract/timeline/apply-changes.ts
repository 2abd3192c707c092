import type { Change } from './change.ts';
import { clipsOf, firstAfter, mapNames } from './document.ts';
import type { Document } from './document.ts';
import { reindexed, tracksBySequence } from './document-index.ts';
import type { Replaced } from './document-index.ts';
import type { Clip, EntityKind, EntityOf } from './entities.ts';
import type { ShardedMap } from './sharded-map.ts';

type Entity = EntityOf<EntityKind>;

/** A document on its way: what was touched, and own copies of the touched tracks' lists. */
type Draft = {
  base: Document;
  touched: Record<EntityKind, Map<string, Entity | undefined>>;
  lists: Map<string, Clip[]>;
  /** Tracks with clips that were only shifted: those are not in `touched`, their lists have them. */
  shiftedTracks: Set<string>;
  /** Clips on either side of a shift: only between them may something have come apart. */
  besideShifts: Set<string>;
};

const draftOf = (base: Document): Draft => ({
  base,
  touched: {
    media: new Map(),
    bin: new Map(),
    sequence: new Map(),
    track: new Map(),
    clip: new Map(),
    transition: new Map(),
    marker: new Map(),
  },
  lists: new Map(),
  shiftedTracks: new Set(),
  besideShifts: new Set(),
});

const current = <K extends EntityKind>(draft: Draft, kind: K, id: string): EntityOf<K> | undefined => {
  const touched = draft.touched[kind];
  if (touched.has(id)) return touched.get(id) as EntityOf<K> | undefined;
  const before = draft.base[mapNames[kind]].get(id) as EntityOf<K> | undefined;
  if (kind !== 'clip' || !before) return before;
  const { trackId } = before as Clip;
  if (!draft.shiftedTracks.has(trackId)) return before;
  return listOf(draft, trackId).find((clip) => clip.id === id) as EntityOf<K> | undefined;
};

const listOf = (draft: Draft, trackId: string): Clip[] => {
  let list = draft.lists.get(trackId);
  if (!list) {
    list = [...clipsOf(draft.base, trackId)];
    draft.lists.set(trackId, list);
  }
  return list;
};

const takeOut = (draft: Draft, clip: Clip): void => {
  const list = listOf(draft, clip.trackId);
  // Between two steps several clips may start at one frame.
  let at = firstAfter(list, clip.start) - 1;
  while (list[at].id !== clip.id) at--;
  list.splice(at, 1);
};

const putIn = (draft: Draft, clip: Clip): void => {
  const list = listOf(draft, clip.trackId);
  list.splice(firstAfter(list, clip.start), 0, clip);
};

const put = <K extends EntityKind>(draft: Draft, kind: K, value: EntityOf<K>): Change => {
  const before = current(draft, kind, value.id);
  if (kind === 'clip') {
    if (before) takeOut(draft, before as Clip);
    putIn(draft, value as Clip);
  }
  draft.touched[kind].set(value.id, value);
  return before
    ? ({ type: 'put', entity: kind, value: before } as Change)
    : { type: 'remove', entity: kind, id: value.id };
};

const remove = <K extends EntityKind>(draft: Draft, kind: K, id: string): Change => {
  const before = current(draft, kind, id);
  if (!before) throw new Error(`change: no ${kind} ${id} to remove`);
  if (kind === 'clip') takeOut(draft, before as Clip);
  draft.touched[kind].set(id, undefined);
  return { type: 'put', entity: kind, value: before } as Change;
};

const shift = (draft: Draft, { trackId, from, by }: Extract<Change, { type: 'shift' }>): Change[] => {
  const list = listOf(draft, trackId);
  const first = firstAfter(list, from - 1);
  const { clip: touched } = draft.touched;
  // A shift back is undone by a shift forward only where it met no other clip on its way.
  const alone = first === 0 || list[first - 1].start < from + by;
  const shifted = alone ? [] : list.slice(first);
  for (const clip of list.slice(Math.max(0, first - 1), alone ? first + 1 : undefined)) draft.besideShifts.add(clip.id);
  for (let i = first; i < list.length; i++) {
    const clip = { ...list[i], start: list[i].start + by };
    list[i] = clip;
    if (touched.size > 0 && touched.has(clip.id)) touched.set(clip.id, clip);
  }
  draft.shiftedTracks.add(trackId);
  if (alone) return [{ type: 'shift', trackId, from: from + by, by: -by }];
  list.sort((a, b) => a.start - b.start);
  return shifted.map((value) => ({ type: 'put', entity: 'clip', value }));
};

/** Applies a step and answers with the steps that undo it. */
const step = (draft: Draft, change: Change): Change[] => {
  switch (change.type) {
    case 'put':
      return [put(draft, change.entity, change.value as never)];
    case 'remove':
      return [remove(draft, change.entity, change.id)];
    case 'shift':
      return shift(draft, change);
  }
};

/** The clips by id after the edit; those that were only shifted come from their tracks' lists. */
const clipsAfter = ({ base, touched, lists, shiftedTracks }: Draft): ShardedMap<Clip> => {
  const entries = new Array<readonly [string, Clip | undefined]>();
  for (const trackId of shiftedTracks) for (const clip of lists.get(trackId) ?? []) entries.push([clip.id, clip]);
  entries.push(...(touched.clip as Map<string, Clip | undefined>));
  return base.clips.with(entries);
};

const withTouched = <V>(map: ShardedMap<V>, touched: Map<string, Entity | undefined>): ShardedMap<V> =>
  touched.size === 0 ? map : map.with(touched as Map<string, V | undefined>);

const replacedOf = <K extends EntityKind>(draft: Draft, kind: K): Replaced<EntityOf<K>>[] => {
  const { base, touched } = draft;
  const replaced: Replaced<EntityOf<K>>[] = [];
  for (const [id, after] of touched[kind]) {
    const before = base[mapNames[kind]].get(id) as EntityOf<K> | undefined;
    replaced.push({ before, after: after as EntityOf<K> | undefined });
  }
  return replaced;
};

const clipsOfTrackAfter = ({ base, touched, lists }: Draft): Document['clipsOfTrack'] => {
  const entries = new Map<string, readonly Clip[] | undefined>(lists);
  for (const [id, track] of touched.track) {
    const list = lists.get(id) ?? base.clipsOfTrack.get(id) ?? [];
    entries.set(id, track || list.length > 0 ? list : undefined);
  }
  return base.clipsOfTrack.with(entries);
};

const finished = (draft: Draft): Document => {
  const { base, touched } = draft;
  const sequences = withTouched(base.sequences, touched.sequence);
  const tracks = withTouched(base.tracks, touched.track);
  const clips = replacedOf(draft, 'clip');
  return {
    media: withTouched(base.media, touched.media),
    bins: withTouched(base.bins, touched.bin),
    sequences,
    tracks,
    clips: clipsAfter(draft),
    transitions: withTouched(base.transitions, touched.transition),
    markers: withTouched(base.markers, touched.marker),
    clipsOfTrack: clipsOfTrackAfter(draft),
    tracksOfSequence:
      touched.track.size > 0 || touched.sequence.size > 0
        ? tracksBySequence(sequences.keys(), tracks.values())
        : base.tracksOfSequence,
    clipsOfLink: reindexed.clipsOfLink(base.clipsOfLink, clips),
    clipsOfGroup: reindexed.clipsOfGroup(base.clipsOfGroup, clips),
    transitionsOfClip: reindexed.transitionsOfClip(base.transitionsOfClip, replacedOf(draft, 'transition')),
    markersOfClip: reindexed.markersOfClip(base.markersOfClip, replacedOf(draft, 'marker')),
  };
};

export type Applied = {
  document: Document;
  /** Applied to `document`, gives back the content that there was. */
  inverse: Change[];
  /** Ids of clips and transitions that were put or removed, of the clips on either side of a shift, and of the tracks whose clips changed. */
  touched: { clips: Set<string>; tracks: Set<string>; transitions: Set<string> };
};

/**
 * What the last finished edit amounts to: the project applies in earnest what was worked out to judge it. One, not a WeakMap of all: the
 * collector of young objects keeps what a WeakMap holds, and with it every document of the last seconds.
 */
let lastWorked: { document: Document; changes: readonly Change[]; applied: Applied } | undefined;

/** Keeps what some steps amount to until the next edit is worked out; nobody may change the list any more. */
export const rememberApplied = (document: Document, changes: readonly Change[], applied: Applied): void => {
  lastWorked = { document, changes, applied };
};

/**
 * Applies steps in order and finds the steps that undo them. Costs a copy of each touched track's list and of each touched shard; nothing
 * for the forward steps of an edit that was worked out for this same document.
 * @throws Error when a step removes what is not there: only a damaged edit log has such a step
 */
export const applyWithInverse = (document: Document, changes: readonly Change[]): Applied => {
  const known = lastWorked;
  return known?.changes === changes && known.document === document ? known.applied : workOut(document, changes);
};

/** What runs of steps, each on the document that the one before left, amount to together. */
export const joinedRuns = (runs: readonly [Applied, ...Applied[]]): Applied => {
  if (runs.length === 1) return runs[0];
  const touched: Applied['touched'] = { clips: new Set(), tracks: new Set(), transitions: new Set() };
  for (const run of runs) {
    for (const kind of ['clips', 'tracks', 'transitions'] as const) {
      for (const id of run.touched[kind]) touched[kind].add(id);
    }
  }
  return {
    document: runs[runs.length - 1].document,
    inverse: runs.toReversed().flatMap((run) => run.inverse),
    touched,
  };
};

const workOut = (document: Document, changes: readonly Change[]): Applied => {
  const draft = draftOf(document);
  const inverse = changes
    .map((change) => step(draft, change))
    .reverse()
    .flat();
  return {
    document: finished(draft),
    inverse,
    touched: {
      clips: new Set([...draft.touched.clip.keys(), ...draft.besideShifts]),
      tracks: new Set(draft.lists.keys()),
      transitions: new Set(draft.touched.transition.keys()),
    },
  };
};

/** @throws Error when a step removes what is not there: only a damaged edit log has such a step */
export const applyChanges = (document: Document, changes: readonly Change[]): Document =>
  applyWithInverse(document, changes).document;
