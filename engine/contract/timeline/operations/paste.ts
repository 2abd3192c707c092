import { z } from 'zod';
import { scaledKeys } from '../animated.ts';
import { withAnimated } from '../clip-animation.ts';
import { clipboardSchema } from '../clipboard.ts';
import { endOf, tracksOf } from '../document.ts';
import type { Clip, Sequence } from '../entities.ts';
import { idSchema } from '../media.ts';
import { divide, multiply, rational, round } from '../rational.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { clearUnder, openGap, withinSource } from './clip-steps.ts';
import { frameSchema } from './inputs.ts';
import { needed, neededTrack, operation, putAll, renamer } from './work.ts';
import type { Work } from './work.ts';

const inputSchema = z
  .object({
    sequenceId: idSchema,
    clipboard: clipboardSchema,
    /** Where the earliest of the clips begins. */
    at: frameSchema,
    /** The tracks for the first of each kind; the others lie as they lay. */
    videoTrackId: idSchema.nullable().default(null),
    audioTrackId: idSchema.nullable().default(null),
    mode: z.enum(['overwrite', 'insert', 'refuse']).default('overwrite'),
  })
  .strict();
type Input = z.infer<typeof inputSchema>;

/** Finds the track of an item. @throws EditRefused when there is none */
const trackFinder = (work: Work, sequence: Sequence, { videoTrackId, audioTrackId }: Input) => {
  const first = { video: videoTrackId, audio: audioTrackId };
  return (kind: 'video' | 'audio', place: number): string => {
    const id = first[kind];
    if (id === null) throw refused('wrong-track', `Nothing says which ${kind} track to paste to.`, 'Choose a track.');
    const { order } = neededTrack(work, id, sequence.id, kind);
    const track = tracksOf(work.document, sequence.id, kind)[order + place];
    if (!track) throw refused('wrong-track', 'There are too few tracks to paste to.', 'Add tracks first.');
    return track.id;
  };
};

/** Puts copied clips at a frame of any sequence; where its rate is another they keep their time in seconds. */
export const paste = operation('paste', inputSchema, (work, input) => {
  const { sequenceId, clipboard, at, mode } = input;
  const sequence = needed(work, 'sequence', sequenceId);
  const scale = divide(sequence.frameRate, clipboard.frameRate);
  const framesOf = (frames: number, by: Rational = scale): number => round(multiply(rational(frames), by));
  const origin = Math.min(...clipboard.items.map(({ clip }) => clip.start));
  const trackOf = trackFinder(work, sequence, input);
  const { rename, renameOrNull } = renamer(work);

  const clips = clipboard.items.map(({ clip, trackKind, place }): Clip => {
    if (clip.mediaId !== null) needed(work, 'media', clip.mediaId);
    const start = framesOf(clip.start - origin);
    const retimed = {
      ...withAnimated(clip, (animated) => scaledKeys(animated, scale)),
      id: rename(clip.id),
      trackId: trackOf(trackKind, place),
      linkId: renameOrNull(clip.linkId),
      groupId: renameOrNull(clip.groupId),
      start: at + start,
      duration: Math.max(1, framesOf(endOf(clip) - origin) - start),
      fadeIn: framesOf(clip.fadeIn),
      fadeOut: framesOf(clip.fadeOut),
    };
    return withinSource(work, retimed, sequence.frameRate);
  });
  const trackIds = [...new Set(clips.map((clip) => clip.trackId))];
  if (mode === 'overwrite') clearUnder(work, clips);
  if (mode === 'insert') openGap(work, trackIds, at, Math.max(...clips.map(endOf)) - at);
  putAll(work, 'clip', clips);

  const trackOfClip = new Map(clips.map((clip) => [clip.id, clip.trackId]));
  putAll(
    work,
    'transition',
    clipboard.transitions.flatMap((transition) => {
      const [leftClipId, rightClipId] = [renameOrNull(transition.leftClipId), renameOrNull(transition.rightClipId)];
      const trackId = trackOfClip.get(leftClipId ?? rightClipId ?? '');
      const [before, after] = [framesOf(transition.before), framesOf(transition.after)];
      if (trackId === undefined || before + after < 1) return [];
      return [{ ...transition, id: work.newId(), trackId, leftClipId, rightClipId, before, after }];
    }),
  );
  putAll(
    work,
    'marker',
    clipboard.markers.map((marker) => ({
      ...marker,
      id: work.newId(),
      sequenceId,
      clipId: renameOrNull(marker.clipId),
      frame: framesOf(marker.frame),
      duration: framesOf(marker.duration),
    })),
  );
});
