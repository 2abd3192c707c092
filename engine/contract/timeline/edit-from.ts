import { applyWithInverse, joinedRuns, rememberApplied } from './apply-changes.ts';
import type { Applied } from './apply-changes.ts';
import type { Change, Edit } from './change.ts';
import {
  checkBin,
  checkClip,
  checkJoined,
  checkMarker,
  checkMedia,
  checkSequence,
  checkTrack,
  checkTransition,
} from './check-document.ts';
import type { Problem } from './check-document.ts';
import { compactChanges } from './compact-changes.ts';
import { clipsOfMedia } from './document.ts';
import type { Document } from './document.ts';
import type { Clip, EntityKind } from './entities.ts';
import { refused } from './refusals.ts';
import { tidyChanges } from './tidy.ts';

const idsIn = (changes: readonly Change[], kind: EntityKind): Set<string> => {
  const ids = new Set<string>();
  for (const change of changes) {
    if (change.type !== 'shift' && change.entity === kind) ids.add(change.type === 'put' ? change.value.id : change.id);
  }
  return ids;
};

const isLocked = (before: Document, after: Document, trackId: string | undefined): boolean =>
  trackId !== undefined &&
  (before.tracks.get(trackId)?.locked ?? false) &&
  (after.tracks.get(trackId)?.locked ?? false);

/** A track that comes or goes with the edit, or is locked or unlocked by it, holds nothing back. */
const refuseLocked = (before: Document, { document, touched }: Applied): void => {
  const trackIds = new Set(touched.tracks);
  for (const id of touched.transitions) {
    for (const { transitions } of [before, document]) trackIds.add(transitions.get(id)?.trackId ?? '');
  }
  if ([...trackIds].some((id) => isLocked(before, document, id))) throw refused('locked-track');
};

const present = <V>(map: ReadonlyMap<string, V>, ids: Iterable<string>): V[] =>
  Array.from(ids, (id) => map.get(id)).filter((value) => value !== undefined);

/** Clips that were put or removed, and those whose media was replaced by another length: not those that were only shifted. */
const changedClips = (before: Document, changes: readonly Change[]): Set<string> => {
  const ids = idsIn(changes, 'clip');
  for (const change of changes) {
    if (change.type !== 'put' || change.entity !== 'media') continue;
    const { id, picture, sound } = change.value;
    const old = before.media.get(id);
    if (!old || (old.picture === picture && old.sound === sound)) continue;
    for (const clip of clipsOfMedia(before, id)) ids.add(clip.id);
  }
  return ids;
};

const idsOf = (clips: readonly Clip[], key: 'linkId' | 'groupId'): string[] => [
  ...new Set(clips.map((clip) => clip[key]).filter((id) => id !== null)),
];

/** The invariants that an edit could have broken, near to what it touched. */
const problemsOf = (before: Document, { document, touched }: Applied, changes: readonly Change[]): Problem[] => {
  const clips = present(document.clips, changedClips(before, changes));
  const transitions = new Set(touched.transitions);
  for (const clip of clips) for (const id of document.transitionsOfClip.get(clip.id) ?? []) transitions.add(id);
  const tracks = idsIn(changes, 'track');
  const sequences = new Set(idsIn(changes, 'sequence'));
  for (const id of tracks) {
    for (const state of [before, document]) sequences.add(state.tracks.get(id)?.sequenceId ?? '');
  }
  const media = present(document.media, idsIn(changes, 'media'));
  const bins = idsIn(changes, 'bin');
  return [
    ...media.flatMap((value) => checkMedia(document, value)),
    ...(bins.size > 0 ? Array.from(document.bins.values()).flatMap((bin) => checkBin(document, bin)) : []),
    ...present(document.sequences, sequences).flatMap((sequence) => checkSequence(document, sequence)),
    ...Array.from(new Set([...touched.tracks, ...tracks])).flatMap((id) => checkTrack(document, id)),
    ...clips.flatMap((clip) => checkClip(document, clip)),
    ...idsOf(clips, 'linkId').flatMap((id) => checkJoined(document, 'clipsOfLink', id)),
    ...idsOf(clips, 'groupId').flatMap((id) => checkJoined(document, 'clipsOfGroup', id)),
    ...present(document.transitions, transitions).flatMap((transition) => checkTransition(document, transition)),
    ...present(document.markers, idsIn(changes, 'marker')).flatMap((marker) => checkMarker(document, marker)),
  ];
};

const edit = (document: Document, op: string, forward: Change[], applied: Applied): Edit => {
  rememberApplied(document, forward, applied);
  return { op, forward, inverse: applied.inverse };
};

/** @throws EditRefused when nothing is left */
const compacted = (document: Document, changes: readonly Change[]): Change[] => {
  const forward = compactChanges(document, changes);
  if (forward.length === 0) throw refused('nothing-to-do');
  return forward;
};

/** Some edits as one, each already sound: what they amount to and its exact inverse. @throws EditRefused when that is nothing */
export const joinedEdit = (document: Document, op: string, changes: readonly Change[]): Edit => {
  const forward = compacted(document, changes);
  return edit(document, op, forward, applyWithInverse(document, forward));
};

/** Steps that were left as they were amount to what they amounted to when they were made. */
const appliedAgain = (
  document: Document,
  forward: readonly Change[],
  changes: readonly Change[],
  [first, ...more]: readonly Applied[],
): Applied => {
  const same = forward.length === changes.length && forward.every((change, i) => change === changes[i]);
  return first && same ? joinedRuns([first, ...more]) : applyWithInverse(document, forward);
};

/**
 * The edit that some steps amount to: what they leave untidy is tidied as part of it (tidy.ts), and its exact inverse is found.
 * @param runs what the steps amounted to, run by run, where they were applied already
 * @throws EditRefused when an invariant would not hold, a locked track would change, or nothing would
 */
export const editFrom = (
  document: Document,
  op: string,
  changes: readonly Change[],
  runs: readonly Applied[] = [],
): Edit => {
  let forward = compacted(document, changes);
  let applied = appliedAgain(document, forward, changes, runs);
  refuseLocked(document, applied);
  const more = tidyChanges(document, applied, changedClips(document, forward));
  if (more.length > 0) {
    forward = compacted(document, [...forward, ...more]);
    applied = applyWithInverse(document, forward);
  }
  const [problem] = problemsOf(document, applied, forward);
  if (problem) throw refused(problem.reason);
  return edit(document, op, forward, applied);
};
