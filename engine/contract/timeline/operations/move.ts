import { z } from 'zod';
import { tracksOf } from '../document.ts';
import type { Clip } from '../entities.ts';
import { refused } from '../refusals.ts';
import { clearUnder } from './clip-steps.ts';
import { bySchema, idsSchema, withLinkedSchema } from './inputs.ts';
import { clipsTogether, needed, operation, putAll, removeAll } from './work.ts';
import type { Work } from './work.ts';

/** The track so many places above (video) or further down (audio). @throws EditRefused when there is none */
const trackBeside = (work: Work, clip: Clip, places: { video: number; audio: number }): string => {
  const track = needed(work, 'track', clip.trackId);
  const target = tracksOf(work.document, track.sequenceId, track.kind)[track.order + places[track.kind]];
  if (!target) throw refused('wrong-track', 'There is no track there.', 'Add a track first.');
  return target.id;
};

/**
 * Moves clips in time and across tracks, with what is linked and grouped with them. Between them nothing changes; what they land on is
 * overwritten, or the move is refused.
 */
export const move = operation(
  'move',
  z
    .object({
      clipIds: idsSchema,
      by: bySchema,
      /** Places up (video) and down (audio); negative is the other way. */
      videoTracksBy: z.number().int().min(-1000).max(1000).default(0),
      audioTracksBy: z.number().int().min(-1000).max(1000).default(0),
      onOverlap: z.enum(['refuse', 'overwrite']).default('refuse'),
      withLinked: withLinkedSchema,
      withGroup: z.boolean().default(true),
    })
    .strict(),
  (work, { clipIds, by, videoTracksBy, audioTracksBy, onOverlap, withLinked, withGroup }) => {
    const clips = clipsTogether(work, clipIds, { withLinked, withGroup });
    const places = { video: videoTracksBy, audio: audioTracksBy };
    const moved = clips.map((clip) => ({
      ...clip,
      trackId: trackBeside(work, clip, places),
      start: clip.start + by,
    }));
    if (moved.some((clip) => clip.start < 0)) throw refused('negative-time');
    if (onOverlap === 'overwrite') {
      removeAll(
        work,
        'clip',
        clips.map((clip) => clip.id),
      );
      clearUnder(work, moved);
    }
    putAll(work, 'clip', moved);
  },
);
