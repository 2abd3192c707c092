import { endOf, linkedWith, sequenceOfClip } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import type { Clip, Sequence, Track } from '../timeline/entities.ts';
import type { Media } from '../timeline/media.ts';
import { add, ceil, compare, divide, floor, multiply, rational, subtract } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import { sourceTimeAt } from '../timeline/source-time.ts';

/** Frames on either side of new ones that a task looks at: farthestKnown of engine/diffusion/windows.ts. */
export const contextFrames = 25;

/** A media whose frames are one after the other, with its rate. */
export type MovingMedia = { media: Media; rate: Rational; duration: Rational };

/**
 * A clip as generation sees it: shown forwards at its own speed, from a media with frames. `in` and `out` are seconds of the media; `out`
 * may lie up to a timeline frame past its end, where the last frame is still seen.
 */
export type PlainClip = MovingMedia & { clip: Clip; track: Track; sequence: Sequence; in: Rational; out: Rational };

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

/** @throws EditRefused in one sentence with a remedy when new frames cannot be made of this clip */
export const plainClip = (document: Document, clipId: string): PlainClip => {
  const clip = document.clips.get(clipId);
  const track = clip && document.tracks.get(clip.trackId);
  const sequence = clip && sequenceOfClip(document, clip);
  if (!clip || !track || !sequence) throw refused('not-found');
  if (clip.kind === 'still')
    throw refused('wrong-kind', 'A still has no motion that could go on.', 'Use Animate to make it move.');
  if (clip.placement === null || clip.mediaId === null)
    throw refused('wrong-kind', 'New frames can only be made of a picture.', 'Select a clip of the picture.');
  if (track.locked) throw refused('locked-track');
  if (clip.speed.num !== clip.speed.den || clip.reverse) {
    throw refused(
      'wrong-kind',
      'This clip is played at another speed or backwards.',
      'Set its speed to 100 % forwards, or export the stretch and bring the file in as a clip.',
    );
  }
  const moving = movingMedia(document, clip.mediaId);
  const out = sourceTimeAt(clip, sequence.frameRate, clip.duration);
  return { ...moving, clip, track, sequence, in: clip.sourceIn, out };
};

/**
 * The end of what is shown up to a time of the media: of a source that is slower than the sequence, the whole frame that is seen last.
 */
export const endShown = ({ media, rate, sequence }: PlainClip, time: Rational): Rational => {
  const slower = compare(rate, sequence.frameRate) < 0 && media.picture?.variableRate === false;
  return slower ? secondsOfFrames(ceil(multiply(time, rate)), rate) : time;
};

/** Source time at the start of a frame of the sequence. */
export const timeAtFrame = ({ clip, sequence }: PlainClip, frame: number): Rational =>
  sourceTimeAt(clip, sequence.frameRate, frame - clip.start);

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

/** What is read up to `edge`, nothing before `from`. */
export const contextBefore = (from: Rational, edge: Rational, media: MovingMedia, sound = false): Stretch => {
  const out = earlier(edge, media.duration);
  return { in: later(from, subtract(out, secondsOfFrames(readFrames(media.rate, sound), media.rate))), out };
};

/** What is read from `edge` on, nothing from `to` on. */
export const contextAfter = (edge: Rational, to: Rational, media: MovingMedia, sound = false): Stretch => ({
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
export const soundAt = (document: Document, clip: Clip, edge: 'head' | 'tail'): Clip | undefined => {
  const frameOf = (of: Clip): number => (edge === 'head' ? of.start : endOf(of));
  return linkedWith(document, clip).find((mate) => mate.gain !== null && frameOf(mate) === frameOf(clip));
};
