import type { Bin, Media } from './media.ts';
import type { Clip, EntityKind, EntityOf, Marker, Sequence, Track, Transition } from './entities.ts';
import { indexed, tracksBySequence } from './document-index.ts';
import type { TracksByKind } from './document-index.ts';
import { ShardedMap } from './sharded-map.ts';

/**
 * A project's content: immutable; an applied change shares with it all that it did not touch. The first seven maps are the content; the
 * rest are found from them and kept beside them, since every question that is asked often is asked of one track and one frame.
 */
export type Document = {
  media: ShardedMap<Media>;
  bins: ShardedMap<Bin>;
  sequences: ShardedMap<Sequence>;
  tracks: ShardedMap<Track>;
  clips: ShardedMap<Clip>;
  transitions: ShardedMap<Transition>;
  markers: ShardedMap<Marker>;

  /** By track id; every track has its (possibly empty) list, sorted by start. */
  clipsOfTrack: ShardedMap<readonly Clip[]>;
  /** By sequence id; every sequence has its lists, sorted by order. */
  tracksOfSequence: ReadonlyMap<string, TracksByKind>;
  /** Ids of clips by link and by group id. */
  clipsOfLink: ShardedMap<readonly string[]>;
  clipsOfGroup: ShardedMap<readonly string[]>;
  /** Ids of transitions and of markers by the clips that they name; both sides of a transition. */
  transitionsOfClip: ShardedMap<readonly string[]>;
  markersOfClip: ShardedMap<readonly string[]>;
};

/** The map of a document that holds a kind of entity. */
export const mapNames = {
  media: 'media',
  bin: 'bins',
  sequence: 'sequences',
  track: 'tracks',
  clip: 'clips',
  transition: 'transitions',
  marker: 'markers',
} as const satisfies Record<EntityKind, keyof Document>;

/** Every entity of a document, in any order. */
export type DocumentContent = {
  [K in EntityKind as (typeof mapNames)[K]]?: Iterable<EntityOf<K>>;
};

const byId = <V extends { id: string }>(values: Iterable<V> = []): ShardedMap<V> =>
  ShardedMap.of(Array.from(values, (value) => [value.id, value] as const));

/** A document from all its entities, for example a project's rows. Nothing is checked: see checkDocument. */
export const documentOf = (content: DocumentContent): Document => {
  const sequences = byId(content.sequences);
  const tracks = byId(content.tracks);
  const clips = byId(content.clips);
  const transitions = byId(content.transitions);
  const markers = byId(content.markers);
  const lists = new Map<string, Clip[]>(Array.from(tracks.keys(), (id) => [id, []]));
  for (const clip of clips.values()) {
    const list = lists.get(clip.trackId);
    if (list) list.push(clip);
    else lists.set(clip.trackId, [clip]);
  }
  for (const list of lists.values()) list.sort((a, b) => a.start - b.start);
  return {
    media: byId(content.media),
    bins: byId(content.bins),
    sequences,
    tracks,
    clips,
    transitions,
    markers,
    clipsOfTrack: ShardedMap.of(lists),
    tracksOfSequence: tracksBySequence(sequences.keys(), tracks.values()),
    clipsOfLink: indexed.clipsOfLink(clips.values()),
    clipsOfGroup: indexed.clipsOfGroup(clips.values()),
    transitionsOfClip: indexed.transitionsOfClip(transitions.values()),
    markersOfClip: indexed.markersOfClip(markers.values()),
  };
};

export const emptyDocument: Document = documentOf({});

export const entityById = <K extends EntityKind>(document: Document, kind: K, id: string): EntityOf<K> | undefined =>
  (document[mapNames[kind]] as ShardedMap<EntityOf<K>>).get(id);

/** The frame after a clip's last. */
export const endOf = (clip: Clip): number => clip.start + clip.duration;

/** A track's clips in order of start. */
export const clipsOf = (document: Document, trackId: string): readonly Clip[] =>
  document.clipsOfTrack.get(trackId) ?? [];

/** Tracks of a kind in order: the lowest picture first. */
export const tracksOf = (document: Document, sequenceId: string, kind: Track['kind']): readonly Track[] =>
  document.tracksOfSequence.get(sequenceId)?.[kind] ?? [];

/** Video tracks from the lowest, then audio tracks. */
export const allTracksOf = (document: Document, sequenceId: string): Track[] => [
  ...tracksOf(document, sequenceId, 'video'),
  ...tracksOf(document, sequenceId, 'audio'),
];

export const sequenceOfClip = (document: Document, clip: Clip): Sequence | undefined => {
  const track = document.tracks.get(clip.trackId);
  return track && document.sequences.get(track.sequenceId);
};

/** Index of the first clip of a sorted list that starts after a frame. */
export const firstAfter = (clips: readonly Clip[], frame: number): number => {
  let [low, high] = [0, clips.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (clips[middle].start <= frame) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The clip of a track that a frame lies in. */
export const clipAt = (document: Document, trackId: string, frame: number): Clip | undefined => {
  const clips = clipsOf(document, trackId);
  const clip = clips[firstAfter(clips, frame) - 1];
  return clip && frame < endOf(clip) ? clip : undefined;
};

/** The clips of a track that have a frame in [from, to), in order. */
export const clipsBetween = (document: Document, trackId: string, from: number, to: number): readonly Clip[] => {
  const clips = clipsOf(document, trackId);
  const before = firstAfter(clips, from) - 1;
  const first = before >= 0 && endOf(clips[before]) > from ? before : before + 1;
  return clips.slice(first, Math.max(first, firstAfter(clips, to - 1)));
};

/** The clip that ends where this one starts, and the one that starts where it ends. */
export const neighbours = (document: Document, clip: Clip): { left: Clip | undefined; right: Clip | undefined } => {
  const clips = clipsOf(document, clip.trackId);
  const at = firstAfter(clips, clip.start) - 1;
  const left = clips[at - 1];
  const right = clips[at + 1];
  return {
    left: left && endOf(left) === clip.start ? left : undefined,
    right: right && right.start === endOf(clip) ? right : undefined,
  };
};

const transitionWith = (document: Document, clipId: string, side: 'leftClipId' | 'rightClipId') => {
  for (const id of document.transitionsOfClip.get(clipId) ?? []) {
    const transition = document.transitions.get(id);
    if (transition?.[side] === clipId) return transition;
  }
  return undefined;
};

/** The transition at a clip's first frame. */
export const transitionAtStart = (document: Document, clipId: string): Transition | undefined =>
  transitionWith(document, clipId, 'rightClipId');

/** The transition at a clip's last frame. */
export const transitionAtEnd = (document: Document, clipId: string): Transition | undefined =>
  transitionWith(document, clipId, 'leftClipId');

const clipsNamed = (document: Document, ids: readonly string[] = []): Clip[] =>
  ids.map((id) => document.clips.get(id)).filter((clip) => clip !== undefined);

/** The clip and those that are linked with it. */
export const linkedWith = (document: Document, clip: Clip): Clip[] =>
  clip.linkId === null ? [clip] : clipsNamed(document, document.clipsOfLink.get(clip.linkId));

/** The clip and those that are in its group. */
export const groupedWith = (document: Document, clip: Clip): Clip[] =>
  clip.groupId === null ? [clip] : clipsNamed(document, document.clipsOfGroup.get(clip.groupId));

/** A clip's own markers, in order. */
export const markersOfClip = (document: Document, clipId: string): Marker[] =>
  (document.markersOfClip.get(clipId) ?? [])
    .map((id) => document.markers.get(id))
    .filter((marker) => marker !== undefined)
    .sort((a, b) => a.frame - b.frame);

/** The frame after the last of all clips; 0 for an empty sequence. */
export const sequenceEnd = (document: Document, sequenceId: string): number =>
  allTracksOf(document, sequenceId).reduce((end, track) => {
    const last = clipsOf(document, track.id).at(-1);
    return last ? Math.max(end, endOf(last)) : end;
  }, 0);

/** The clips that use a media; looks at every clip. */
export const clipsOfMedia = (document: Document, mediaId: string): Clip[] =>
  Array.from(document.clips.values()).filter((clip) => clip.mediaId === mediaId);
