import { clipsOf, endOf, firstAfter } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import { compare, subtract, zero } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import {
  contextAfter,
  contextBefore,
  endShown,
  goesOnSounding,
  growClip,
  knownIn,
  movingMedia,
  secondsOfFrames,
  sourceFrames,
  timeAtFrame,
} from './describe-clip.ts';
import type { GrowClip } from './describe-clip.ts';
import { anchor, ofClip, sizeOf, source, sourceOf } from './plan-parts.ts';
import type { TakePlace, WishPlan } from './plan.ts';
import type { WishOf } from './wish.ts';

/** New frames between two pictures that both go on beyond them: the left up to a frame of the sequence, the right from one on. */
export const between = (
  document: Document,
  wish: WishOf<'fill-gap' | 'blend'>,
  [left, right]: readonly [GrowClip, GrowClip],
  ends: { left: number; right: number; frames: number; sound: boolean },
  place: TakePlace,
): WishPlan => {
  const sound = ends.sound && goesOnSounding(document, left, 'tail') && !right.retimed;
  const before = contextBefore(left.in, endShown(left, ends.left), left, sound);
  const after = contextAfter(timeAtFrame(right, ends.right), endShown(right, endOf(right.clip)), right, sound);
  return {
    ...ofClip(left, wish),
    task: 'blend',
    knownFrames: knownIn(before, left.rate) + knownIn(after, right.rate),
    newFrames: sourceFrames(ends.frames, left.sequence.frameRate, left.rate),
    timelineFrames: ends.frames,
    sound,
    sources: [sourceOf(left, before), sourceOf(right, after)],
    holes: [],
    anchors: [anchor(left, 'tail', ends.left), anchor(right, 'head', ends.right)],
    place,
  };
};

export const fillGap = (document: Document, wish: WishOf<'fill-gap'>): WishPlan => {
  const clips = clipsOf(document, wish.trackId);
  const at = firstAfter(clips, wish.start);
  const [before, after] = [clips[at - 1], clips[at]];
  if (!before || !after || endOf(before) !== wish.start || after.start !== wish.start + wish.duration) {
    throw refused(
      'not-adjacent',
      'There is no such gap between two clips.',
      'Choose a gap with a clip on either side.',
    );
  }
  const [left, right] = [growClip(document, before.id), growClip(document, after.id)];
  const ends = { left: endOf(before), right: after.start, frames: wish.duration, sound: true };
  const place: TakePlace = {
    kind: 'gap',
    leftClipId: before.id,
    rightClipId: after.id,
    duration: wish.duration,
  };
  return between(document, wish, [left, right], ends, place);
};

export const blend = (document: Document, wish: WishOf<'blend'>): WishPlan => {
  const [left, right] = [growClip(document, wish.leftClipId), growClip(document, wish.rightClipId)];
  if (left.clip.trackId !== right.clip.trackId || endOf(left.clip) !== right.clip.start) throw refused('not-adjacent');
  const [before, after] = [Math.ceil(wish.frames / 2), Math.floor(wish.frames / 2)];
  if (before >= left.clip.duration || after >= right.clip.duration) {
    throw refused('too-short', 'The blend is longer than the clips on either side allow.', 'Make it shorter.');
  }
  const ends = {
    left: endOf(left.clip) - before,
    right: right.clip.start + after,
    frames: wish.frames,
    sound: false,
  };
  const place: TakePlace = { kind: 'cut', leftClipId: left.clip.id, rightClipId: right.clip.id, before, after };
  return between(document, wish, [left, right], ends, place);
};

export const blendMedia = (document: Document, wish: WishOf<'blend-media'>): WishPlan => {
  const left = movingMedia(document, wish.leftMediaId);
  const right = movingMedia(document, wish.rightMediaId);
  const sequence = wish.sequenceId === null ? undefined : document.sequences.get(wish.sequenceId);
  if (wish.sequenceId !== null && !sequence) throw refused('not-found');
  const rate = sequence?.frameRate ?? left.rate;
  const leftOut = subtract(left.duration, secondsOfFrames(Math.ceil(wish.frames / 2), rate));
  const rightIn = secondsOfFrames(Math.floor(wish.frames / 2), rate);
  if (leftOut.num <= 0 || compare(rightIn, right.duration) >= 0) {
    throw refused('too-short', 'The transition is longer than the clips on either side allow.', 'Make it shorter.');
  }
  const sound = left.media.sound !== null;
  const before = contextBefore(zero, leftOut, left, sound);
  const after = contextAfter(rightIn, right.duration, right, sound);
  return {
    wish,
    subject: `${left.media.name} – ${right.media.name}`,
    sequenceId: wish.sequenceId,
    clipId: null,
    frameRate: left.rate,
    ...sizeOf(left.media, wish),
    task: 'blend',
    knownFrames: knownIn(before, left.rate) + knownIn(after, right.rate),
    newFrames: sourceFrames(wish.frames, rate, left.rate),
    timelineFrames: wish.frames,
    sound,
    sources: [source(left, before), source(right, after)],
    holes: [],
    anchors: [],
    place: sequence
      ? {
          kind: 'append',
          sequenceId: sequence.id,
          left: { mediaId: left.media.id, in: zero, out: leftOut },
          right: { mediaId: right.media.id, in: rightIn, out: right.duration },
          duration: wish.frames,
        }
      : { kind: 'none' },
  };
};
