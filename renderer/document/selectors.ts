import { allTracksOf, sequenceEnd } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Sequence, Track } from '../../engine/contract/timeline/entities.ts';

/** The sequence with this id, else the first by id, that is, the oldest. */
export const sequenceOrFirst = (document: Document, id: string | null): Sequence | undefined =>
  (id === null ? undefined : document.sequences.get(id)) ??
  Array.from(document.sequences.values()).sort((a, b) => (a.id < b.id ? -1 : 1))[0];

/** Tracks from the top of the timeline down: the highest picture first, then sound. */
export const tracksFromTop = (document: Document, sequenceId: string): Track[] => {
  const tracks = allTracksOf(document, sequenceId);
  const audio = tracks.filter(({ kind }) => kind === 'audio');
  return [...tracks.filter(({ kind }) => kind === 'video').reverse(), ...audio];
};

/** Clips that are still there, in the order of the ids. */
export const clipsOfIds = (document: Document, ids: Iterable<string>): Clip[] =>
  Array.from(ids, (id) => document.clips.get(id)).filter((clip) => clip !== undefined);

/** Frames of the sequence from 0 to the end of its last clip. */
export const lengthOf = (document: Document, sequenceId: string): number => sequenceEnd(document, sequenceId);
