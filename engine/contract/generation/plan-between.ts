import { clipsOf, endOf, firstAfter } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import { compare, subtract, zero } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import {
  contextAfter,
  contextBefore,
  endShown,
  knownIn,
  movingMedia,
  plainClip,
  secondsOfFrames,
  soundAt,
  sourceFrames,
  timeAtFrame,
} from './describe-clip.ts';
import type { PlainClip } from './describe-clip.ts';
import { anchor, ofClip, sizeOf, source } from './plan-parts.ts';
import type { TakePlace, WishPlan } from './plan.ts';
import type { WishOf } from './wish.ts';

/** New frames between two pictures that both go on beyond them. */
export const between = (
  document: Document,
  wish: WishOf<'fill-gap' | 'blend'>,
  [left, right]: readonly [PlainClip, PlainClip],
  times: { left: Rational; right: Rational; frames: number; sound: boolean },
  place: TakePlace,
): WishPlan => {
  const sound = times.sound && left.media.sound !== null && soundAt(document, left.clip, 'tail') !== undefined;
  const before = contextBefore(left.in, endShown(left, times.left), left, sound);
  const after = contextAfter(times.right, endShown(right, right.out), right, sound);
  return {
    ...ofClip(left, wish),
    task: 'blend',
    knownFrames: knownIn(before, left.rate) + knownIn(after, right.rate),
    newFrames: sourceFrames(times.frames, left.sequence.frameRate, left.rate),
    timelineFrames: times.frames,
    sound,
    sources: [source(left, before), source(right, after)],
    holes: [],
    anchors: [anchor(left, 'tail', times.left), anchor(right, 'head', times.right)],
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
  const [left, right] = [plainClip(document, before.id), plainClip(document, after.id)];
  const ends = { left: left.out, right: right.in, frames: wish.duration, sound: true };
  const place: TakePlace = {
    kind: 'gap',
    leftClipId: before.id,
    rightClipId: after.id,
    duration: wish.duration,
  };
  return between(document, wish, [left, right], ends, place);
};

export const blend = (document: Document, wish: WishOf<'blend'>): WishPlan => {
  const [left, right] = [plainClip(document, wish.leftClipId), plainClip(document, wish.rightClipId)];
  if (left.clip.trackId !== right.clip.trackId || endOf(left.clip) !== right.clip.start) throw refused('not-adjacent');
  const [before, after] = [Math.ceil(wish.frames / 2), Math.floor(wish.frames / 2)];
  if (before >= left.clip.duration || after >= right.clip.duration) {
    throw refused('too-short', 'The blend is longer than the clips on either side allow.', 'Make it shorter.');
  }
  const times = {
    left: timeAtFrame(left, endOf(left.clip) - before),
    right: timeAtFrame(right, right.clip.start + after),
    frames: wish.frames,
    sound: false,
  };
  const place: TakePlace = { kind: 'cut', leftClipId: left.clip.id, rightClipId: right.clip.id, before, after };
  return between(document, wish, [left, right], times, place);
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
