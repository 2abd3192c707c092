import { z } from 'zod';
import { endOf, linkedWith } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { clearRange, openGap, tracksInScope } from './clip-steps.ts';
import { frameSchema, scopeSchema } from './inputs.ts';
import { clipsFrom } from './new-clips.ts';
import { needed, operation, putAll, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

/** The clips of one group with all that is linked with a clip, made where there is none. */
const grouped = (work: Work, clip: Clip): string => {
  const groupId = clip.groupId ?? work.newId();
  putAll(
    work,
    'clip',
    linkedWith(work.document, clip).map((mate) => ({ ...mate, groupId })),
  );
  return groupId;
};

/**
 * Puts a take (a generated media) where it belongs: after or before its source clip (extend; what comes later moves), or instead of the
 * frames from `at` on (fill, inpaint, blend), over the clip's own end if it is longer. Take and source are grouped.
 */
export const replaceWithTake = operation(
  'replace-with-take',
  z
    .object({
      clipId: idSchema,
      mediaId: idSchema,
      place: z.enum(['instead', 'before', 'after']),
      /** With `instead`: the first frame that it replaces; the clip's first where left out. */
      at: frameSchema.optional(),
      /** For the take's sound; where left out the track of the linked sound, or none. */
      audioTrackId: idSchema.nullable().optional(),
      /** Before and after: makes room by moving what comes later, else there must be room. */
      ripple: z.boolean().default(true),
      scope: scopeSchema,
      videoClipId: idSchema.optional(),
      audioClipId: idSchema.optional(),
    })
    .strict(),
  (work, { clipId, mediaId, place, at, audioTrackId, ripple, scope, videoClipId, audioClipId }) => {
    const clip = needed(work, 'clip', clipId);
    if (needed(work, 'media', mediaId).kind !== 'take') {
      throw refused('wrong-kind', 'This media is no take.', 'Choose one that was generated.');
    }
    if (clip.placement === null)
      throw refused('wrong-kind', 'A take replaces pictures.', 'Select the clip of the picture.');
    const sequence = sequenceOf(work, clip);
    const sound = linkedWith(work.document, clip).find((mate) => mate.gain !== null);
    const targets = {
      videoTrackId: clip.trackId,
      audioTrackId: audioTrackId === undefined ? (sound?.trackId ?? null) : audioTrackId,
      videoClipId,
      audioClipId,
    };
    const start = { instead: at ?? clip.start, before: clip.start, after: endOf(clip) }[place];
    const made = clipsFrom(work, sequence, { mediaId }, targets, start);
    const { duration } = made[0];
    const trackIds = made.map((part) => part.trackId);
    const groupId = grouped(work, clip);
    if (place === 'instead') clearRange(work, trackIds, start, start + duration);
    else if (ripple) openGap(work, tracksInScope(work, sequence.id, trackIds, scope), start, duration);
    // A silent take that replaces a whole picture stays one with the sound that was linked with it.
    const whole = made.length === 1 && start === clip.start && duration === clip.duration && place === 'instead';
    putAll(
      work,
      'clip',
      made.map((part) => ({ ...part, groupId, linkId: whole ? clip.linkId : part.linkId })),
    );
  },
);
