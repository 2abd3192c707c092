import type { Clip, Marker, Track, Transition } from './entities.ts';
import { ShardedMap } from './sharded-map.ts';

export type TracksByKind = { video: readonly Track[]; audio: readonly Track[] };

export const tracksBySequence = (
  sequenceIds: Iterable<string>,
  tracks: Iterable<Track>,
): ReadonlyMap<string, TracksByKind> => {
  const lists = new Map<string, { video: Track[]; audio: Track[] }>();
  for (const id of sequenceIds) lists.set(id, { video: [], audio: [] });
  for (const track of tracks) lists.get(track.sequenceId)?.[track.kind].push(track);
  for (const { video, audio } of lists.values()) {
    video.sort((a, b) => a.order - b.order);
    audio.sort((a, b) => a.order - b.order);
  }
  return lists;
};

/** Which keys an entity is found by. */
const keysOf = {
  clipsOfLink: (clip: Clip) => [clip.linkId],
  clipsOfGroup: (clip: Clip) => [clip.groupId],
  transitionsOfClip: (transition: Transition) => [transition.leftClipId, transition.rightClipId],
  markersOfClip: (marker: Marker) => [marker.clipId],
};

type Keys<V> = (value: V) => (string | null)[];

const index =
  <V extends { id: string }>(keys: Keys<V>) =>
  (values: Iterable<V>): ShardedMap<readonly string[]> => {
    const lists = new Map<string, string[]>();
    for (const value of values) {
      for (const key of keys(value)) {
        if (key === null) continue;
        const list = lists.get(key);
        if (list) list.push(value.id);
        else lists.set(key, [value.id]);
      }
    }
    return ShardedMap.of(lists);
  };

export const indexed = {
  clipsOfLink: index(keysOf.clipsOfLink),
  clipsOfGroup: index(keysOf.clipsOfGroup),
  transitionsOfClip: index(keysOf.transitionsOfClip),
  markersOfClip: index(keysOf.markersOfClip),
};

/** An entity as it was and as it is; undefined where it was or is not there. */
export type Replaced<V> = { before: V | undefined; after: V | undefined };

const reindex =
  <V extends { id: string }>(keys: Keys<V>) =>
  (lists: ShardedMap<readonly string[]>, replaced: Iterable<Replaced<V>>) => {
    const changed = new Map<string, readonly string[]>();
    const listOf = (key: string): readonly string[] => changed.get(key) ?? lists.get(key) ?? [];
    for (const { before, after } of replaced) {
      const old = before ? keys(before) : [];
      const now = after ? keys(after) : [];
      for (const key of old) {
        if (key !== null && !now.includes(key)) {
          changed.set(
            key,
            listOf(key).filter((id) => id !== before?.id),
          );
        }
      }
      for (const key of now) {
        if (key !== null && after && !old.includes(key)) changed.set(key, [...listOf(key), after.id]);
      }
    }
    return lists.with(Array.from(changed, ([key, ids]) => [key, ids.length > 0 ? ids : undefined] as const));
  };

/** The same indices after some entities were replaced. */
export const reindexed = {
  clipsOfLink: reindex(keysOf.clipsOfLink),
  clipsOfGroup: reindex(keysOf.clipsOfGroup),
  transitionsOfClip: reindex(keysOf.transitionsOfClip),
  markersOfClip: reindex(keysOf.markersOfClip),
};
