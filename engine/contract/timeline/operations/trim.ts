import { z } from 'zod';
import { endOf, linkedWith, neighbours } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { shiftAll, tracksInScope, trimHead, trimTail } from './clip-steps.ts';
import { bySchema, scopeSchema, withLinkedSchema } from './inputs.ts';
import { clipsAtEdge, needed, operation, putAll, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

const edgeSchema = z.object({
  clipId: idSchema,
  edge: z.enum(['head', 'tail']),
  by: bySchema,
  withLinked: withLinkedSchema,
});

/** Moves one edge of a clip; nothing else moves. Linked clips follow where their edge lies on the same frame. */
export const trim = operation('trim', edgeSchema.strict(), (work, { clipId, edge, by, withLinked }) => {
  for (const clip of clipsAtEdge(work, needed(work, 'clip', clipId), edge, withLinked)) {
    (edge === 'head' ? trimHead : trimTail)(work, clip, by);
  }
});

/**
 * Moves one edge of a clip and with it all that comes later, so that no gap opens and nothing is covered. At the head the clip keeps its
 * place: `by` positive takes so many frames off its beginning and what follows comes nearer.
 */
export const rippleTrim = operation(
  'ripple-trim',
  edgeSchema.extend({ scope: scopeSchema }).strict(),
  (work, { clipId, edge, by, withLinked, scope }) => {
    const first = needed(work, 'clip', clipId);
    const clips = clipsAtEdge(work, first, edge, withLinked);
    const trackIds = tracksInScope(
      work,
      sequenceOf(work, first).id,
      clips.map((clip) => clip.trackId),
      scope,
    );
    if (edge === 'tail') {
      const from = endOf(first);
      for (const clip of clips) trimTail(work, clip, by);
      shiftAll(work, trackIds, from, by);
      return;
    }
    for (const clip of clips) {
      const trimmed = trimHead(work, clip, by);
      putAll(work, 'clip', [{ ...trimmed, start: clip.start }]);
    }
    // What lies above or below the part that goes, from the clip's own start on, keeps its place.
    shiftAll(work, trackIds, first.start + (by > 0 ? by : 1), -by);
  },
);

/** The cuts that are one with the cut at a clip's end: its own, and those of the linked clips on both of its sides. */
const cutsAt = (work: Work, left: Clip, withLinked: boolean): { left: Clip; right: Clip }[] => {
  const { right } = neighbours(work.document, left);
  if (!right) throw refused('not-adjacent');
  const rights = new Set(linkedWith(work.document, right).map((clip) => clip.id));
  return clipsAtEdge(work, left, 'tail', withLinked)
    .map((clip) => ({ left: clip, right: neighbours(work.document, clip).right }))
    .filter((cut): cut is { left: Clip; right: Clip } => cut.right !== undefined && rights.has(cut.right.id));
};

/** Moves the cut between two clips that meet: one gets longer by what the other loses. */
export const roll = operation(
  'roll',
  z.object({ leftClipId: idSchema, by: bySchema, withLinked: withLinkedSchema }).strict(),
  (work, { leftClipId, by, withLinked }) => {
    for (const { left, right } of cutsAt(work, needed(work, 'clip', leftClipId), withLinked)) {
      trimTail(work, left, by);
      trimHead(work, right, by);
    }
  },
);
