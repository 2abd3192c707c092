import { z } from 'zod';
import { allTracksOf, endOf, linkedWith } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { clipsAcross, splitAt } from './clip-steps.ts';
import { frameSchema, idsSchema, withLinkedSchema } from './inputs.ts';
import { needed, operation } from './work.ts';

/**
 * Cuts at a frame, which becomes the first of the new right part: on the named tracks, or on all that are not locked. Linked clips are cut
 * together, and left and right parts stay pairs.
 */
export const blade = operation(
  'blade',
  z
    .object({
      sequenceId: idSchema,
      frame: frameSchema,
      trackIds: idsSchema.nullable().default(null),
      withLinked: withLinkedSchema,
    })
    .strict(),
  (work, { sequenceId, frame, trackIds, withLinked }) => {
    needed(work, 'sequence', sequenceId);
    const tracks = allTracksOf(work.document, sequenceId);
    const wanted = trackIds ? new Set(trackIds) : undefined;
    const chosen = tracks.filter((track) => (wanted ? wanted.has(track.id) : !track.locked)).map((track) => track.id);
    if (wanted && chosen.length < wanted.size) throw refused('wrong-track');
    const locked = new Set(tracks.filter((track) => track.locked).map((track) => track.id));
    const clips = new Map<string, Clip>();
    for (const clip of clipsAcross(work, chosen, frame)) {
      clips.set(clip.id, clip);
      for (const mate of withLinked ? linkedWith(work.document, clip) : []) {
        if (mate.start < frame && endOf(mate) > frame && !locked.has(mate.trackId)) clips.set(mate.id, mate);
      }
    }
    if (clips.size === 0) throw refused('nothing-to-do', 'No clip lies across this frame.', 'Move the playhead.');
    splitAt(work, [...clips.values()], frame);
  },
);
