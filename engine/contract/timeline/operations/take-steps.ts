import type { Animated } from '../animated.ts';
import { shiftedKeys } from '../animated.ts';
import type { Change } from '../change.ts';
import { withAnimated, withProperty } from '../clip-animation.ts';
import { clipsBetween, endOf, linkedWith, transitionAtEnd, transitionAtStart } from '../document.ts';
import type { Clip } from '../entities.ts';
import type { Media } from '../media.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { clearRange, openGap, tracksInScope } from './clip-steps.ts';
import type { Scope } from './inputs.ts';
import { clipsFrom } from './new-clips.ts';
import { apply, putAll, putting, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

export type TakeSpot = {
  place: 'instead' | 'before' | 'after';
  /** With `instead`: the first frame that it replaces; the clip's first where left out. */
  at?: number;
  /** Timeline frames, and the take's second that is shown first; the whole take where left out. */
  duration?: number;
  from?: Rational;
  /** For the take's sound; where left out the track of the linked sound, or none. */
  audioTrackId?: string | null;
  /** Before and after: whether what comes later moves. `needed`: only where there is no room. */
  ripple: boolean | 'needed';
  scope: Scope;
  videoClipId?: string;
  audioClipId?: string;
};

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

const scaled = (animated: Animated, by: number): Animated => ({
  value: animated.value * by,
  keys: animated.keys.map((key) => ({ ...key, value: key.value * by })),
});

/** The clip for a media of another size: a picture that is shown pixel by pixel stays as large as it was. */
export const shownAsLarge = (clip: Clip, from: Media | undefined, to: Media): Clip => {
  if (clip.placement?.fit !== 'pixels' || !from?.picture || !to.picture) return clip;
  const by = from.picture.width / to.picture.width;
  return by === 1 ? clip : withProperty(clip, 'scale', scaled(clip.placement.scale, by));
};

/**
 * Lies in the picture, or sounds, as the clip that it goes on from; keys stay on the frames that they were set on.
 * @param by frames from the clip's first to the take's
 */
const like = (work: Work, part: Clip, clip: Clip, take: Media, by: number): Clip => {
  const source = clip.mediaId === null ? undefined : work.document.media.get(clip.mediaId);
  const { placement, gain } = withAnimated(clip, (animated) => shiftedKeys(animated, by));
  return shownAsLarge({ ...part, enabled: clip.enabled, placement, gain }, source, take);
};

/** A fade at an edge that the take now has goes over to it. */
const withFades = (part: Clip, clip: Clip, edges: { head: boolean; tail: boolean }): Clip => {
  const fadeIn = edges.head ? Math.min(clip.fadeIn, part.duration) : 0;
  const fadeOut = edges.tail ? Math.min(clip.fadeOut, part.duration - fadeIn) : 0;
  return { ...part, fadeIn, fadeOut };
};

/** The outer edge is the take's from now on: fade and transition of that edge are too. */
const handOver = (work: Work, clip: Clip, part: Clip, place: 'before' | 'after'): void => {
  const now = work.document.clips.get(clip.id);
  if (!now) return;
  const changes: Change[] = [putting('clip', place === 'after' ? { ...now, fadeOut: 0 } : { ...now, fadeIn: 0 })];
  const at = place === 'after' ? transitionAtEnd(work.document, clip.id) : transitionAtStart(work.document, clip.id);
  if (at) {
    changes.push(
      putting('transition', place === 'after' ? { ...at, leftClipId: part.id } : { ...at, rightClipId: part.id }),
    );
  }
  apply(work, changes);
};

/** Puts a take next to a clip or instead of frames of it. @throws EditRefused */
export const putTake = (work: Work, clip: Clip, take: Media, spot: TakeSpot): Clip[] => {
  const { place, at, duration, from, audioTrackId, ripple, scope, videoClipId, audioClipId } = spot;
  if (take.kind !== 'take') throw refused('wrong-kind', 'This media is no take.', 'Choose one that was generated.');
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
  const first = { instead: at ?? clip.start, before: clip.start, after: endOf(clip) }[place];
  const fresh = clipsFrom(work, sequence, { mediaId: take.id, in: from, duration }, targets, first);
  const length = fresh[0].duration;
  const trackIds = fresh.map((part) => part.trackId);
  // What is linked with later pictures keeps its place beside them, also where the take is silent.
  const moved = sound && !trackIds.includes(sound.trackId) ? [...trackIds, sound.trackId] : trackIds;
  const roomFrom = place === 'before' ? first - length : first;
  const isFree = (id: string): boolean =>
    roomFrom >= 0 && clipsBetween(work.document, id, roomFrom, roomFrom + length).length === 0;
  const makesRoom = ripple === 'needed' ? !moved.every(isFree) : ripple;
  const start = place === 'instead' || makesRoom ? first : roomFrom;
  if (start < 0) throw refused('negative-time');
  const groupId = grouped(work, clip);
  if (place === 'instead') clearRange(work, trackIds, start, start + length);
  else if (makesRoom) openGap(work, tracksInScope(work, sequence.id, moved, scope), start, length);
  // A silent take that replaces a whole picture stays one with the sound that was linked with it.
  const whole = fresh.length === 1 && start === clip.start && length === clip.duration && place === 'instead';
  const made = fresh.map((part): Clip => {
    const placed = { ...part, start, groupId, linkId: whole ? clip.linkId : part.linkId };
    const source = part.gain === null ? clip : sound;
    if (!source) return placed;
    const by = { instead: start - source.start, before: -length, after: source.duration }[place];
    const edges = {
      head: place === 'before' || (place === 'instead' && by <= 0),
      tail: place === 'after' || (place === 'instead' && start + length >= endOf(source)),
    };
    return withFades(like(work, placed, source, take, by), source, edges);
  });
  putAll(work, 'clip', made);
  if (place !== 'instead') {
    for (const part of made) {
      const source = part.gain === null ? clip : sound;
      if (source) handOver(work, source, part, place);
    }
  }
  return made;
};
