import { applyChanges } from './apply-changes.ts';
import type { Applied } from './apply-changes.ts';
import type { Change } from './change.ts';
import { endOf } from './document.ts';
import type { Document } from './document.ts';
import type { Clip, Transition } from './entities.ts';
import { sidesOf, transitionRoom } from './transition-room.ts';

/** What an edit leaves behind, found after it: the steps that make the document sound again. */
type Tidying = { document: Document; readonly changes: Change[] };

const step = (tidying: Tidying, change: Change): void => {
  tidying.document = applyChanges(tidying.document, [change]);
  tidying.changes.push(change);
};

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** What is left of a transition: as it is, shorter, on another track, or undefined. */
const settled = (document: Document, transition: Transition, changed: ReadonlySet<string>): Transition | undefined => {
  const sides = sidesOf(document, transition);
  const { left, right } = sides ?? {};
  const clip = left ?? right;
  if (!clip) return undefined;
  if (left && right && (left.trackId !== right.trackId || endOf(left) !== right.start)) return undefined;
  // Clips that were only shifted kept their lengths and handles.
  if (![left, right].some((side) => side && changed.has(side.id))) return transition;
  const room = transitionRoom(document, left ?? null, right ?? null);
  const before = clamp(transition.before, room.before);
  const after = clamp(transition.after, room.after);
  if (before + after < 1) return undefined;
  if (before === transition.before && after === transition.after && clip.trackId === transition.trackId) {
    return transition;
  }
  return { ...transition, trackId: clip.trackId, before, after };
};

const tidyTransitions = (tidying: Tidying, { touched }: Applied, changed: ReadonlySet<string>): void => {
  const ids = new Set(touched.transitions);
  for (const clipId of [...touched.clips, ...changed]) {
    for (const id of tidying.document.transitionsOfClip.get(clipId) ?? []) ids.add(id);
  }
  for (const id of [...ids].sort()) {
    const transition = tidying.document.transitions.get(id);
    if (!transition) continue;
    const left = settled(tidying.document, transition, changed);
    if (!left) step(tidying, { type: 'remove', entity: 'transition', id });
    else if (left !== transition) step(tidying, { type: 'put', entity: 'transition', value: left });
  }
};

/** Fades end where a shortened clip ends; the fade in gives way last. */
const tidyFades = (tidying: Tidying, clip: Clip): void => {
  if (clip.fadeIn + clip.fadeOut <= clip.duration) return;
  const fadeIn = Math.min(clip.fadeIn, clip.duration);
  const fadeOut = Math.min(clip.fadeOut, clip.duration - fadeIn);
  step(tidying, { type: 'put', entity: 'clip', value: { ...clip, fadeIn, fadeOut } });
};

/** A link or group of which one clip is left is none. */
const tidyJoined = (tidying: Tidying, before: Document, changed: ReadonlySet<string>): void => {
  for (const [key, list] of [
    ['linkId', 'clipsOfLink'],
    ['groupId', 'clipsOfGroup'],
  ] as const) {
    const joined = new Set<string>();
    for (const id of changed) {
      const [was, is] = [before.clips.get(id)?.[key], tidying.document.clips.get(id)?.[key]];
      if (was === is) continue;
      if (was) joined.add(was);
      if (is) joined.add(is);
    }
    for (const id of joined) {
      const clips = tidying.document[list].get(id) ?? [];
      const clip = clips.length === 1 ? tidying.document.clips.get(clips[0]) : undefined;
      if (clip) step(tidying, { type: 'put', entity: 'clip', value: { ...clip, [key]: null } });
    }
  }
};

/**
 * The steps that an edit still needs: transitions follow their clips, get shorter with the room that is left or go; fades get shorter;
 * markers of removed clips go; a link or group of one clip is dissolved.
 * @param changed the clips that were put or removed or have other media, not those that were only shifted
 */
export const tidyChanges = (before: Document, applied: Applied, changed: ReadonlySet<string>): Change[] => {
  const tidying: Tidying = { document: applied.document, changes: [] };
  for (const id of changed) {
    const clip = tidying.document.clips.get(id);
    if (clip) tidyFades(tidying, clip);
    else {
      for (const markerId of tidying.document.markersOfClip.get(id) ?? []) {
        step(tidying, { type: 'remove', entity: 'marker', id: markerId });
      }
    }
  }
  tidyTransitions(tidying, applied, changed);
  tidyJoined(tidying, before, changed);
  return tidying.changes;
};
