import { endOf, linkedWith, sequenceOfClip } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import type { Clip, Sequence, Track } from '../timeline/entities.ts';
import type { Media } from '../timeline/media.ts';
import { add, ceil, compare, divide, floor, multiply, rational, subtract } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import { sourceTimeAt } from '../timeline/source-time.ts';
import { isPlain } from './retime.ts';
import { retimedClip } from './retimed-clip.ts';
import type { RetimedClip } from './retimed-clip.ts';

/** Frames on either side of new ones that a task looks at: farthestKnown of engine/diffusion/windows.ts. */
export const contextFrames = 25;

/** A media whose frames are one after the other, with its rate. */
export type MovingMedia = { media: Media; rate: Rational; duration: Rational };

/** A clip of a picture that moves, and where it lies. */
export type MovingClip = MovingMedia & { clip: Clip; track: Track; sequence: Sequence };

/**
 * A clip as generation sees it: seconds of *shown* time, in which its frames follow each other at `rate`. For a clip that is played forwards at
 * its own speed that is the media's own time, and `rate` the media's; for any other what retimed-clip.ts makes of it. `in` is
 * where the clip begins.
 */
export type GrowClip = MovingClip & {
  in: Rational;
  /** Whether one frame is as long as every other. */
  steady: boolean;
  /** Undefined for a clip that is played forwards at its own speed. */
  retimed: RetimedClip | undefined;
};

/** @throws EditRefused when it is a still or sound */
export const movingMedia = (document: Document, mediaId: string): MovingMedia => {
  const media = document.media.get(mediaId);
  if (!media) throw refused('not-found');
  const picture = media.picture;
  if (media.kind === 'audio' || !picture?.frameRate || !picture.duration) {
    throw refused('wrong-kind', `"${media.name}" has no moving picture.`, 'Choose a clip; a still can be animated.');
  }
  return { media, rate: picture.frameRate, duration: picture.duration };
};

/** @throws EditRefused in one sentence with a remedy when the clip shows no moving picture that may be changed */
export const movingClip = (document: Document, clipId: string): MovingClip => {
  const clip = document.clips.get(clipId);
  const track = clip && document.tracks.get(clip.trackId);
  const sequence = clip && sequenceOfClip(document, clip);
  if (!clip || !track || !sequence) throw refused('not-found');
  if (clip.kind === 'still')
    throw refused('wrong-kind', 'A still has no motion that could go on.', 'Use Animate to make it move.');
  if (clip.placement === null || clip.mediaId === null)
    throw refused('wrong-kind', 'New frames can only be made of a picture.', 'Select a clip of the picture.');
  if (track.locked) throw refused('locked-track');
  return { ...movingMedia(document, clip.mediaId), clip, track, sequence };
};

/** @throws EditRefused in one sentence with a remedy when new frames cannot be made of this clip */
export const growClip = (document: Document, clipId: string): GrowClip => {
  const moving = movingClip(document, clipId);
  const { clip, media } = moving;
  if (clip.speed.num === 0)
    throw refused('wrong-kind', 'A frozen picture has no motion that could go on.', 'Use a clip that moves.');
  if (!isPlain(clip)) {
    const retimed = retimedClip(moving);
    const { rate, duration } = retimed;
    return { ...moving, rate, duration, in: retimed.timeAt(clip.start), steady: true, retimed };
  }
  return { ...moving, in: clip.sourceIn, steady: !media.picture?.variableRate, retimed: undefined };
};

/** Seconds of the media at the start of a frame of the sequence. */
export const mediaTimeAt = ({ clip, sequence }: MovingClip, frame: number): Rational =>
  sourceTimeAt(clip, sequence.frameRate, frame - clip.start);

/** Seconds of shown time there. */
export const timeAtFrame = (clip: GrowClip, frame: number): Rational =>
  clip.retimed ? clip.retimed.timeAt(frame) : mediaTimeAt(clip, frame);

/**
 * The end of what is shown before a frame of the sequence: of a source that is slower than the sequence, the whole frame that is seen last.
 */
export const endShown = (clip: GrowClip, frame: number): Rational => {
  const { steady, rate, sequence } = clip;
  const slower = compare(rate, sequence.frameRate) < 0 && steady;
  return slower
    ? secondsOfFrames(floor(multiply(timeAtFrame(clip, frame - 1), rate)) + 1, rate)
    : timeAtFrame(clip, frame);
};

/** Frames of the media that cover so many frames of a timeline. */
export const sourceFrames = (frames: number, timelineRate: Rational, sourceRate: Rational): number =>
  Math.max(1, ceil(multiply(divide(rational(frames), timelineRate), sourceRate)));

/** Seconds of `frames` frames. */
export const secondsOfFrames = (frames: number, rate: Rational): Rational => divide(rational(frames), rate);

/** Sound that goes on is learnt from so many seconds of what is there. */
const soundSeconds = 2;

/** Frames that are read beside new ones: more than are looked at where sound is to go on too. */
const readFrames = (rate: Rational, sound: boolean): number =>
  sound ? Math.max(contextFrames, ceil(multiply(rate, rational(soundSeconds)))) : contextFrames;

const earlier = (a: Rational, b: Rational): Rational => (compare(a, b) < 0 ? a : b);
const later = (a: Rational, b: Rational): Rational => (compare(a, b) > 0 ? a : b);

/** A stretch [in, out) of a media, seconds of its own time. */
export type Stretch = { in: Rational; out: Rational };

type Timed = Pick<MovingMedia, 'rate' | 'duration'>;

/** What is read up to `edge`, nothing before `from`. */
export const contextBefore = (from: Rational, edge: Rational, media: Timed, sound = false): Stretch => {
  const out = earlier(edge, media.duration);
  return { in: later(from, subtract(out, secondsOfFrames(readFrames(media.rate, sound), media.rate))), out };
};

/** What is read from `edge` on, nothing from `to` on. */
export const contextAfter = (edge: Rational, to: Rational, media: Timed, sound = false): Stretch => ({
  in: edge,
  out: earlier(earlier(to, media.duration), add(edge, secondsOfFrames(readFrames(media.rate, sound), media.rate))),
});

/**
 * Frames of a constant-rate media that are shown in a stretch, from the one that is seen at its beginning up to the last that is over
 * before its end; for a variable rate what the average says.
 */
export const framesIn = (stretch: Stretch, rate: Rational): number =>
  Math.max(1, floor(multiply(stretch.out, rate)) - floor(multiply(stretch.in, rate)));

/** Of those, the ones that are looked at. */
export const knownIn = (stretch: Stretch, rate: Rational): number => Math.min(contextFrames, framesIn(stretch, rate));

/** The sound that is linked with a clip and reaches its edge. */
const soundAt = (document: Document, clip: Clip, edge: 'head' | 'tail'): Clip | undefined => {
  const frameOf = (of: Clip): number => (edge === 'head' ? of.start : endOf(of));
  return linkedWith(document, clip).find((mate) => mate.gain !== null && frameOf(mate) === frameOf(clip));
};

/** Whether a take goes on with the clip's sound. Sound at another speed is left as it is: how it should go on is not there to be learnt. */
export const goesOnSounding = (
  document: Document,
  { clip, media, retimed }: GrowClip,
  edge: 'head' | 'tail',
): boolean => media.sound !== null && !retimed && soundAt(document, clip, edge) !== undefined;
