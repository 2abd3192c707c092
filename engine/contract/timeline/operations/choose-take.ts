import { z } from 'zod';
import { takeSettingsOf } from '../../generation/takes.ts';
import { clipsOf, endOf, linkedWith, tracksOf } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import type { Media } from '../media.ts';
import { add, ceil, multiply, subtract, zero } from '../rational.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { extentOf } from '../source-time.ts';
import { openGap, shiftAll } from './clip-steps.ts';
import { shownAsLarge } from './take-steps.ts';
import { needed, operation, putAll, rateOf, removeAll, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

const lengthOf = (media: Media): Rational => extentOf(media, 'video')?.to ?? zero;

/** Timeline frames of a whole take: what was asked for, else what its file holds. */
const wholeOf = (media: Media, frameRate: Rational): number => {
  const frames = ceil(multiply(lengthOf(media), frameRate));
  return Math.min(takeSettingsOf(media)?.plan.timelineFrames ?? frames, frames);
};

/** Takes that go on beyond a clip may be of any length; the others fill a place. */
const isOpen = (media: Media): boolean => {
  const task = takeSettingsOf(media)?.plan.wish.task;
  return task === 'extend' || task === 'loop';
};

/** A take in front of its clip ends with it, whatever its length. */
const endsWithClip = (media: Media): boolean => {
  const wish = takeSettingsOf(media)?.plan.wish;
  return wish?.task === 'extend' && wish.edge === 'head';
};

/** The clips of a take that stand for the same result: on this track and in this group, with their sound. */
const clipsOfTake = (work: Work, clip: Clip): Clip[] => {
  const same = clipsOf(work.document, clip.trackId).filter(
    (other) => other.mediaId === clip.mediaId && other.groupId === clip.groupId,
  );
  return same.flatMap((one) => linkedWith(work.document, one).filter((mate) => mate.mediaId === clip.mediaId));
};

/** Makes room behind a clip, or closes what becomes free, by moving what comes later on the tracks of both. */
const resize = (work: Work, clips: readonly Clip[], frames: number): void => {
  const [first] = clips;
  const by = frames - first.duration;
  if (by === 0) return;
  const trackIds = new Set(clips.map(({ trackId }) => trackId));
  // What is linked with later pictures keeps its place beside them, also where the take is silent.
  for (const track of tracksOf(work.document, sequenceOf(work, first).id, 'audio')) {
    if (clipsOf(work.document, track.id).some((clip) => clip.groupId !== null && clip.groupId === first.groupId))
      trackIds.add(track.id);
  }
  const end = endOf(first);
  if (by > 0) openGap(work, [...trackIds], end, by);
  putAll(
    work,
    'clip',
    clips.map((clip) => ({ ...clip, duration: frames, fadeOut: Math.min(clip.fadeOut, frames) })),
  );
  if (by < 0) shiftAll(work, [...trackIds], end, by);
};

/**
 * Shows another take where one lies: its clips keep their places, and the sound of the take goes with them. Where a take goes on beyond
 * its clip and lies there whole, one of another length takes its own, and what comes later moves.
 */
export const chooseTake = operation(
  'choose-take',
  z.object({ clipId: idSchema, mediaId: idSchema }).strict(),
  (work, { clipId, mediaId }) => {
    const clip = needed(work, 'clip', clipId);
    const to = needed(work, 'media', mediaId);
    if (clip.kind !== 'take' || clip.mediaId === null) {
      throw refused('wrong-kind', 'This clip shows no take.', 'Select a generated clip.');
    }
    if (to.kind !== 'take') throw refused('wrong-kind', 'This media is no take.', 'Choose one that was generated.');
    if (clip.mediaId === to.id) throw refused('nothing-to-do', 'This take is in use already.');
    const from = needed(work, 'media', clip.mediaId);
    const rate = rateOf(work, clip);
    const clips = clipsOfTake(work, clip);
    const pictures = clips.filter(({ placement }) => placement !== null);
    const [only] = pictures;
    if (pictures.length === 1 && isOpen(from) && isOpen(to) && only.duration === wholeOf(from, rate)) {
      resize(
        work,
        clips.filter((one) => one.start === only.start),
        wholeOf(to, rate),
      );
    }
    const longer = subtract(lengthOf(to), lengthOf(from));
    for (const { id } of clips) {
      const one = needed(work, 'clip', id);
      if (one.gain !== null && !to.sound) {
        removeAll(work, 'clip', [id]);
        continue;
      }
      const sourceIn = endsWithClip(from) && one.sourceIn.num !== 0 ? add(one.sourceIn, longer) : one.sourceIn;
      const name = one.name === from.name ? to.name : one.name;
      const end = add(sourceIn, multiply({ num: one.duration - 1, den: 1 }, { num: rate.den, den: rate.num }));
      if (sourceIn.num < 0 || subtract(lengthOf(to), end).num <= 0) {
        throw refused('outside-source', 'This take is shorter than the place that it should fill.', 'Trim it first.');
      }
      putAll(work, 'clip', [shownAsLarge({ ...one, name, mediaId: to.id, sourceIn }, from, to)]);
    }
  },
);
