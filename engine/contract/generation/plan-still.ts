import type { Document } from '../timeline/document.ts';
import { multiply, rational, round, zero } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import { secondsOfFrames } from './describe-clip.ts';
import { sizeOf } from './plan-parts.ts';
import type { WishPlan } from './plan.ts';
import { takeOfStill } from './takes.ts';
import type { WishOf } from './wish.ts';

/** A still's clip, or one that shows a take of it already: then the result is another take for the same place. */
export const animate = (document: Document, wish: WishOf<'animate'>): WishPlan => {
  const media = document.media.get(wish.mediaId);
  if (!media) throw refused('not-found');
  if (media.kind !== 'still' || !media.picture) {
    throw refused('wrong-kind', `"${media.name}" is no still.`, 'Use Extend to make a clip go on.');
  }
  const clip = wish.clipId === null ? undefined : document.clips.get(wish.clipId);
  const track = clip && document.tracks.get(clip.trackId);
  const before = clip && takeOfStill(document, clip.id, media.id);
  if (wish.clipId !== null && (!clip || (clip.mediaId !== media.id && !before))) throw refused('not-found');
  if (track?.locked) throw refused('locked-track');
  const sequence = track ? document.sequences.get(track.sequenceId) : document.sequences.values().next().value;
  const frameRate = sequence?.frameRate ?? { num: 24, den: 1 };
  const frames = Math.max(2, round(multiply(rational(Math.round(wish.seconds * 1000), 1000), frameRate)));
  const length = secondsOfFrames(frames, frameRate);
  return {
    // Takes of one target: the clip that the still had there.
    wish: before ? { ...wish, clipId: before.wish.clipId } : wish,
    subject: before ? media.name : (clip?.name ?? media.name),
    sequenceId: track?.sequenceId ?? null,
    clipId: clip?.id ?? null,
    frameRate,
    ...sizeOf(media, wish),
    task: 'animate',
    knownFrames: 1,
    newFrames: frames - 1,
    timelineFrames: frames,
    sound: false,
    sources: [{ mediaId: media.id, hash: media.hash, in: zero, out: length }],
    holes: [],
    anchors: [],
    place: clip ? { kind: 'still', clipId: clip.id, duration: Math.min(frames, clip.duration) } : { kind: 'none' },
  };
};
