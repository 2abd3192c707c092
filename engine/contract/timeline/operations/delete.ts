import { z } from 'zod';
import { clipAt, clipsOf, endOf, firstAfter } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { shiftAll, tracksInScope } from './clip-steps.ts';
import { frameSchema, idsSchema, scopeSchema, withLinkedSchema } from './inputs.ts';
import { emptyWithin, joinedRanges, rangeOf } from './ranges.ts';
import { clipsTogether, needed, operation, removeAll, sequenceOf } from './work.ts';

const clipsSchema = z.object({ clipIds: idsSchema, withLinked: withLinkedSchema });

const idsOf = (clips: readonly Clip[]): string[] => clips.map((clip) => clip.id);

/** Takes clips away and leaves gaps. */
export const deleteClips = operation('delete', clipsSchema.strict(), (work, { clipIds, withLinked }) =>
  removeAll(work, 'clip', idsOf(clipsTogether(work, clipIds, { withLinked, withGroup: false }))),
);

/**
 * Takes clips away and closes what becomes empty on all of the tracks that ripple, so that picture and sound stay together even where their
 * cuts do not lie on one frame.
 */
export const rippleDelete = operation(
  'ripple-delete',
  clipsSchema.extend({ scope: scopeSchema }).strict(),
  (work, { clipIds, withLinked, scope }) => {
    const all = clipsTogether(work, clipIds, { withLinked, withGroup: false });
    for (const [sequenceId, clips] of Map.groupBy(all, (clip) => sequenceOf(work, clip).id)) {
      const touched = clips.map((clip) => clip.trackId);
      removeAll(work, 'clip', idsOf(clips));
      const trackIds = tracksInScope(work, sequenceId, touched, scope);
      const ranges = joinedRanges(clips.map(rangeOf));
      const empty = ranges.flatMap((range) => emptyWithin(work.document, trackIds, range));
      for (const { from, to } of empty.toReversed()) shiftAll(work, trackIds, to, from - to);
    }
  },
);

/** Closes the gap of a track that a frame lies in: what comes later on it (or on all tracks) moves up to the clip before. */
export const closeGap = operation(
  'close-gap',
  z.object({ trackId: idSchema, frame: frameSchema, scope: scopeSchema }).strict(),
  (work, { trackId, frame, scope }) => {
    const { sequenceId } = needed(work, 'track', trackId);
    const clips = clipsOf(work.document, trackId);
    const next = firstAfter(clips, frame);
    if (clipAt(work.document, trackId, frame) || next === clips.length) {
      throw refused('nothing-to-do', 'There is no gap with a clip after it.', 'Choose a gap between two clips.');
    }
    const from = next === 0 ? 0 : endOf(clips[next - 1]);
    const to = clips[next].start;
    shiftAll(work, tracksInScope(work, sequenceId, [trackId], scope), to, from - to);
  },
);
