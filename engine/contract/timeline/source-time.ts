import type { Document } from './document.ts';
import { sequenceOfClip } from './document.ts';
import type { Clip, Track } from './entities.ts';
import type { Media } from './media.ts';
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  leastCommonMultiple,
  multiply,
  rational,
  subtract,
  toNumber,
  zero,
} from './rational.ts';
import type { Rational } from './rational.ts';

/** Samples a second of the timeline. */
export const timelineSampleRate = 48000;

/** Seconds of a media's own time that there is something of: from `from` up to, not including, `to`. */
export type Extent = { from: Rational; to: Rational };

const later = (a: Rational, b: Rational): Rational => (compare(a, b) >= 0 ? a : b);
const earlier = (a: Rational, b: Rational): Rational => (compare(a, b) <= 0 ? a : b);

/**
 * What a track of a kind can show of a media; null when there is no end to it (stills). Sound is as long as the longer of picture and
 * sound, silent where there is none, so that linked clips have the same handles.
 */
export const extentOf = (media: Media, kind: Track['kind']): Extent | null => {
  if (kind === 'video' || !media.sound) {
    return media.picture?.duration ? { from: zero, to: media.picture.duration } : null;
  }
  const { offset, samples, sampleRate } = media.sound;
  const end = add(offset, rational(samples, sampleRate));
  return { from: earlier(zero, offset), to: media.picture?.duration ? later(end, media.picture.duration) : end };
};

/** The extent of a clip's media; null for a title, a still, or a clip whose media or track is missing. */
export const extentOfClip = (document: Document, clip: Clip): Extent | null => {
  const media = clip.mediaId === null ? undefined : document.media.get(clip.mediaId);
  const track = document.tracks.get(clip.trackId);
  return media && track && clip.kind !== 'still' ? extentOf(media, track.kind) : null;
};

/** Seconds of source that pass in one timeline frame. */
export const sourceStep = (clip: Pick<Clip, 'speed'>, frameRate: Rational): Rational => divide(clip.speed, frameRate);

/** `sourceIn` moved by timeline frames at the clip's speed. */
export const sourceInMoved = (clip: Clip, frameRate: Rational, frames: number): Rational =>
  frames === 0 ? clip.sourceIn : add(clip.sourceIn, multiply(sourceStep(clip, frameRate), { num: frames, den: 1 }));

/**
 * Source time, seconds, at the start of frame `k` of a clip; in a transition k may lie outside of 0..duration-1.
 */
export const sourceTimeAt = (
  clip: Pick<Clip, 'sourceIn' | 'speed' | 'reverse' | 'duration'>,
  frameRate: Rational,
  k: number,
): Rational => {
  const steps = clip.reverse ? clip.duration - 1 - k : k;
  if (steps === 0 || clip.speed.num === 0) return clip.sourceIn;
  return add(clip.sourceIn, multiply(sourceStep(clip, frameRate), { num: steps, den: 1 }));
};

/**
 * The last frame whose timestamp is at or before `time`, in presentation order, within the media's frames.
 * @param time seconds from the media's first frame
 * @param timestamps seconds of every frame from the first's, ascending; needed for a variable rate. Read with a microsecond of patience,
 *   since containers and probes round them.
 * @throws RangeError for a variable rate without timestamps
 */
export const sourceFrameAt = (media: Media, time: Rational, timestamps?: ArrayLike<number>): number => {
  const picture = media.picture;
  if (!picture || picture.frameCount === 1) return 0;
  const last = picture.frameCount - 1;
  if (!picture.variableRate && picture.frameRate) {
    return Math.min(last, Math.max(0, floor(multiply(time, picture.frameRate))));
  }
  if (!timestamps) throw new RangeError(`source time: ${media.id} has a variable rate and needs timestamps`);
  const limit = toNumber(time) + 1e-6;
  let [low, high] = [0, Math.min(timestamps.length, picture.frameCount)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timestamps[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
};

/** Timeline frames by which a clip could grow at its head and at its tail before its source ends; Infinity where it does not. */
export type Handles = { head: number; tail: number };

export const handlesWithin = (extent: Extent | null, clip: Clip, frameRate: Rational): Handles => {
  if (!extent || clip.speed.num === 0) return { head: Infinity, tail: Infinity };
  const step = sourceStep(clip, frameRate);
  const before = floor(divide(subtract(clip.sourceIn, extent.from), step));
  // Every frame's start lies in the source; the last frame may be seen past the end of it.
  const after = ceil(divide(subtract(extent.to, clip.sourceIn), step)) - clip.duration;
  return clip.reverse ? { head: after, tail: before } : { head: before, tail: after };
};

/** Negative where a clip is already outside its source. */
export const handlesOf = (document: Document, clip: Clip): Handles => {
  const sequence = sequenceOfClip(document, clip);
  if (!sequence) return { head: 0, tail: 0 };
  return handlesWithin(extentOfClip(document, clip), clip, sequence.frameRate);
};

/** A freeze shows one moment, which must be one that there is. */
export const insideSource = (document: Document, clip: Clip): boolean => {
  const extent = extentOfClip(document, clip);
  if (extent && clip.speed.num === 0) {
    return compare(clip.sourceIn, extent.from) >= 0 && compare(clip.sourceIn, extent.to) < 0;
  }
  const { head, tail } = handlesOf(document, clip);
  return head >= 0 && tail >= 0;
};

/**
 * Whether every time that a clip can show or sound at is a ratio of safe integers, so that working one out never fails. Only speeds, rates
 * and in points with huge denominators are not.
 */
export const keepsExact = (document: Document, clip: Clip): boolean => {
  const extent = extentOfClip(document, clip);
  const sequence = sequenceOfClip(document, clip);
  if (!extent || !sequence) return true;
  const offset = clip.gain && clip.mediaId !== null ? document.media.get(clip.mediaId)?.sound?.offset : undefined;
  const { num: perSecond } = sequence.frameRate;
  const steps = offset ? leastCommonMultiple(timelineSampleRate, perSecond) : perSecond;
  const times = [clip.sourceIn, extent.from, extent.to, ...(offset ? [offset] : [])];
  const common = times.map(({ den }) => den).reduce(leastCommonMultiple, clip.speed.den * steps);
  const longest = Math.max(...times.map((time) => Math.abs(toNumber(time))));
  return common * (longest + 1) <= Number.MAX_SAFE_INTEGER;
};
