import { clipsOf, endOf, firstAfter } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import type { Media } from '../timeline/media.ts';
import { add, compare, floor, multiply, rational, round, subtract, toNumber } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import {
  contextAfter,
  contextBefore,
  framesIn,
  movingMedia,
  plainClip,
  secondsOfFrames,
  soundAt,
  sourceFrames,
  timeAtFrame,
} from './describe-clip.ts';
import type { MovingMedia, PlainClip, Stretch } from './describe-clip.ts';
import type { Anchor, TakePlace, WishPlan } from './plan.ts';
import type { GenerationWish, WishOf } from './wish.ts';

/** The longest and the shortest side of a draft's picture, pixels. */
const draftSides = [640, 360] as const;
/** Of a take made of a still: larger photographs play on few machines. */
const stillSides = [3840, 2160] as const;

const fitted = (width: number, height: number, [long, short]: readonly [number, number]) => {
  const by = Math.min(1, long / Math.max(width, height), short / Math.min(width, height));
  const even = (side: number): number => Math.max(16, 2 * Math.round((side * by) / 2));
  return by === 1 ? { width, height } : { width: even(width), height: even(height) };
};

/** Size of the result: the source's, or a draft's. */
const sizeOf = ({ picture, kind }: Media, { quality }: GenerationWish): { width: number; height: number } => {
  const { width, height } = picture ?? { width: 16, height: 16 };
  if (quality === 'draft') return fitted(width, height, draftSides);
  return kind === 'still' ? fitted(width, height, stillSides) : { width, height };
};

const source = ({ media }: MovingMedia, stretch: Stretch): WishPlan['sources'][number] => ({
  mediaId: media.id,
  hash: media.hash,
  ...stretch,
});

/** What plans of one clip have in common. */
const ofClip = (clip: PlainClip, wish: GenerationWish) => ({
  wish,
  subject: clip.clip.name,
  sequenceId: clip.sequence.id,
  clipId: clip.clip.id,
  frameRate: clip.rate,
  ...sizeOf(clip.media, wish),
});

const anchor = ({ clip, media }: PlainClip, edge: Anchor['edge'], time: Rational): Anchor => ({
  clipId: clip.id,
  mediaId: media.id,
  edge,
  time,
});

const extend = (document: Document, wish: WishOf<'extend'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  const stretch = wish.edge === 'tail' ? contextBefore(clip.in, clip.out, clip) : contextAfter(clip.in, clip.out, clip);
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: framesIn(stretch, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound: clip.media.sound !== null && soundAt(document, clip.clip, wish.edge) !== undefined,
    sources: [source(clip, stretch)],
    holes: [],
    anchors: [anchor(clip, wish.edge, wish.edge === 'tail' ? clip.out : clip.in)],
    place: {
      kind: 'beside',
      clipId: clip.clip.id,
      side: wish.edge === 'tail' ? 'after' : 'before',
      duration: wish.frames,
    },
  };
};

const loop = (document: Document, wish: WishOf<'loop'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  const before = contextBefore(clip.in, clip.out, clip);
  const after = contextAfter(clip.in, clip.out, clip);
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: framesIn(before, clip.rate) + framesIn(after, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound: clip.media.sound !== null && soundAt(document, clip.clip, 'tail') !== undefined,
    sources: [source(clip, after), source(clip, before)],
    holes: [],
    anchors: [anchor(clip, 'tail', clip.out), anchor(clip, 'head', clip.in)],
    place: { kind: 'beside', clipId: clip.clip.id, side: 'after', duration: wish.frames },
  };
};

/** Ranges of the sequence as stretches of the clip's media, with the context that each is seen with; what touches is one. */
const fill = (document: Document, wish: WishOf<'fill'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  const end = endOf(clip.clip);
  let free = clip.clip.start;
  for (const [first, last] of wish.ranges) {
    if (first < free || last < first || last >= end)
      throw refused('bad-input', 'The frames to fill lie outside of the clip or overlap.', 'Mark them again.');
    free = last + 1;
  }
  const timelineFrames = wish.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (timelineFrames === clip.clip.duration)
    throw refused('too-short', 'Every frame of the clip is marked as damaged.', 'Leave at least one good frame.');
  const holes = wish.ranges.map(([first, last]): Stretch => ({
    in: timeAtFrame(clip, first),
    out: timeAtFrame(clip, last + 1),
  }));
  const sources: Stretch[] = [];
  for (const hole of holes) {
    const before = contextBefore(clip.in, hole.in, clip);
    const after = contextAfter(hole.out, clip.out, clip);
    const open = sources.at(-1);
    if (open && compare(before.in, open.out) <= 0) open.out = after.out;
    else sources.push({ in: before.in, out: after.out });
  }
  const count = (stretches: readonly Stretch[]): number =>
    stretches.reduce((sum, stretch) => sum + framesIn(stretch, clip.rate), 0);
  const newFrames = count(holes);
  let done = 0;
  const pieces = wish.ranges.map(([first, last], i) => {
    const from = add(secondsOfFrames(done, clip.rate), withinFrame(holes[i].in, clip));
    done += framesIn(holes[i], clip.rate);
    return { time: holes[i].in, duration: last - first + 1, from };
  });
  return {
    ...ofClip(clip, wish),
    task: 'fill',
    knownFrames: count(sources) - newFrames,
    newFrames,
    timelineFrames,
    sound: false,
    sources: sources.map((stretch) => source(clip, stretch)),
    holes,
    anchors: innerAnchors(clip, wish.ranges[0], holes[0]),
    place: { kind: 'inside', clipId: clip.clip.id, mediaId: clip.media.id, pieces },
  };
};

/** How far into a frame of a constant-rate media a time lies: the clip need not begin at one. */
const withinFrame = (time: Rational, { media, rate }: MovingMedia): Rational =>
  media.picture?.variableRate ? { num: 0, den: 1 } : subtract(time, secondsOfFrames(floor(multiply(time, rate)), rate));

/** The clip keeps its id in front of what is replaced, or behind it where nothing is left in front. */
const innerAnchors = (clip: PlainClip, [first, last]: readonly [number, number], hole: Stretch): Anchor[] => {
  if (first > clip.clip.start) return [anchor(clip, 'tail', hole.in)];
  return last + 1 < endOf(clip.clip) ? [anchor(clip, 'head', hole.out)] : [];
};

/** New frames between two pictures that both go on beyond them. */
const between = (
  document: Document,
  wish: WishOf<'fill-gap' | 'blend'>,
  [left, right]: readonly [PlainClip, PlainClip],
  times: { left: Rational; right: Rational; frames: number; sound: boolean },
  place: TakePlace,
): WishPlan => {
  const before = contextBefore(left.in, times.left, left);
  const after = contextAfter(times.right, right.out, right);
  return {
    ...ofClip(left, wish),
    task: 'blend',
    knownFrames: framesIn(before, left.rate) + framesIn(after, right.rate),
    newFrames: sourceFrames(times.frames, left.sequence.frameRate, left.rate),
    timelineFrames: times.frames,
    sound: times.sound && left.media.sound !== null && soundAt(document, left.clip, 'tail') !== undefined,
    sources: [source(left, before), source(right, after)],
    holes: [],
    anchors: [anchor(left, 'tail', times.left), anchor(right, 'head', times.right)],
    place,
  };
};

const fillGap = (document: Document, wish: WishOf<'fill-gap'>): WishPlan => {
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

const blend = (document: Document, wish: WishOf<'blend'>): WishPlan => {
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

const blendMedia = (document: Document, wish: WishOf<'blend-media'>): WishPlan => {
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
  const before = contextBefore({ num: 0, den: 1 }, leftOut, left);
  const after = contextAfter(rightIn, right.duration, right);
  return {
    wish,
    subject: `${left.media.name} – ${right.media.name}`,
    sequenceId: wish.sequenceId,
    clipId: null,
    frameRate: left.rate,
    ...sizeOf(left.media, wish),
    task: 'blend',
    knownFrames: framesIn(before, left.rate) + framesIn(after, right.rate),
    newFrames: sourceFrames(wish.frames, rate, left.rate),
    timelineFrames: wish.frames,
    sound: left.media.sound !== null,
    sources: [source(left, before), source(right, after)],
    holes: [],
    anchors: [],
    place: sequence
      ? {
          kind: 'append',
          sequenceId: sequence.id,
          left: { mediaId: left.media.id, in: { num: 0, den: 1 }, out: leftOut },
          right: { mediaId: right.media.id, in: rightIn, out: right.duration },
          duration: wish.frames,
        }
      : { kind: 'none' },
  };
};

const animate = (document: Document, wish: WishOf<'animate'>): WishPlan => {
  const media = document.media.get(wish.mediaId);
  if (!media) throw refused('not-found');
  if (media.kind !== 'still' || !media.picture) {
    throw refused('wrong-kind', `"${media.name}" is no still.`, 'Use Extend to make a clip go on.');
  }
  const clip = wish.clipId === null ? undefined : document.clips.get(wish.clipId);
  const track = clip && document.tracks.get(clip.trackId);
  if (wish.clipId !== null && (!clip || clip.mediaId !== media.id)) throw refused('not-found');
  if (track?.locked) throw refused('locked-track');
  const sequence = track ? document.sequences.get(track.sequenceId) : document.sequences.values().next().value;
  const frameRate = sequence?.frameRate ?? { num: 24, den: 1 };
  const frames = Math.max(2, round(multiply(rational(Math.round(wish.seconds * 1000), 1000), frameRate)));
  const length = secondsOfFrames(frames, frameRate);
  return {
    wish,
    subject: clip?.name ?? media.name,
    sequenceId: track?.sequenceId ?? null,
    clipId: clip?.id ?? null,
    frameRate,
    ...sizeOf(media, wish),
    task: 'animate',
    knownFrames: 1,
    newFrames: frames - 1,
    timelineFrames: frames,
    sound: false,
    sources: [{ mediaId: media.id, hash: media.hash, in: { num: 0, den: 1 }, out: length }],
    holes: [],
    anchors: [],
    place: clip ? { kind: 'still', clipId: clip.id, duration: Math.min(frames, clip.duration) } : { kind: 'none' },
  };
};

const inpaint = (document: Document, wish: WishOf<'inpaint'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  if (wish.first < clip.clip.start || wish.last < wish.first || wish.last >= endOf(clip.clip))
    throw refused('bad-input', 'The frames to paint lie outside of the clip.', 'Choose frames of the clip.');
  const { keys } = wish.mask;
  if (keys[0].frame < wish.first || keys[keys.length - 1].frame > wish.last)
    throw refused('bad-input', 'The mask is painted on frames outside of the stretch.', 'Paint it on frames within.');
  if (keys.every(({ shapes }) => shapes.length === 0))
    throw refused('nothing-to-do', 'Nothing is masked.', 'Paint over what should go, or draw a box around it.');
  const stretch = { in: timeAtFrame(clip, wish.first), out: timeAtFrame(clip, wish.last + 1) };
  const timelineFrames = wish.last - wish.first + 1;
  return {
    ...ofClip(clip, wish),
    task: 'inpaint',
    knownFrames: 0,
    newFrames: framesIn(stretch, clip.rate),
    timelineFrames,
    sound: false,
    sources: [source(clip, stretch)],
    holes: [],
    anchors: innerAnchors(clip, [wish.first, wish.last], stretch),
    place: {
      kind: 'inside',
      clipId: clip.clip.id,
      mediaId: clip.media.id,
      pieces: [
        {
          time: stretch.in,
          duration: timelineFrames,
          from: withinFrame(stretch.in, clip),
        },
      ],
    },
  };
};

/**
 * What a wish means for a document as it is now: from which frames of which media how many new ones are made, how large, and where they
 * go. The panel shows it and the engine keeps it with the job.
 * @throws EditRefused, a sentence with a remedy, when it cannot be
 */
export const describeWish = (document: Document, wish: GenerationWish): WishPlan => {
  const plan = planOf(document, wish);
  if (plan.sources.some((part) => toNumber(subtract(part.out, part.in)) <= 0)) throw refused('too-short');
  return plan;
};

const planOf = (document: Document, wish: GenerationWish): WishPlan => {
  switch (wish.task) {
    case 'extend':
      return extend(document, wish);
    case 'loop':
      return loop(document, wish);
    case 'fill':
      return fill(document, wish);
    case 'fill-gap':
      return fillGap(document, wish);
    case 'blend':
      return blend(document, wish);
    case 'blend-media':
      return blendMedia(document, wish);
    case 'animate':
      return animate(document, wish);
    case 'inpaint':
      return inpaint(document, wish);
  }
};
