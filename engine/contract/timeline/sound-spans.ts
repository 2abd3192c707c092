import { valueAt } from './animated.ts';
import type { Animated } from './animated.ts';
import { clipsOf, endOf, firstAfter, transitionAtEnd, transitionAtStart } from './document.ts';
import type { Document } from './document.ts';
import type { Clip, Track } from './entities.ts';
import { shownTracks } from './layers.ts';
import { add, divide, floor, multiply, rational, subtract, toNumber } from './rational.ts';
import type { Rational } from './rational.ts';
import { timelineSampleRate } from './source-time.ts';

/** The timeline sample at which a frame starts: floor(frame · 48000 / rate), exact. */
export const sampleOfFrame = (frame: number, frameRate: Rational): number =>
  floor(divide(rational(frame * timelineSampleRate), frameRate));

/** Equal power, sin or cos of a quarter turn: from 0 to 1 over [from, to) where it rises, from 1 to 0 where it falls. Timeline samples. */
export type Ramp = { from: number; to: number; rising: boolean };

/** A stretch of one clip's sound, as a mixer needs it. */
export type SoundSpan = {
  clipId: string;
  trackId: string;
  mediaId: string;
  /** Timeline samples of 48 kHz from the sequence's start: [fromSample, toSample). */
  fromSample: number;
  toSample: number;
  /**
   * Seconds from the first sample of the media's sound stream (its offset against the picture is worked in) that are heard at fromSample;
   * each further sample is speed/48000 later, or earlier with `reverse`. Before 0 and after the stream's end there is silence.
   */
  soundTime: Rational;
  /** Never 0: a freeze is silent and makes no span. */
  speed: Rational;
  reverse: boolean;
  /** Decibels. */
  trackGain: number;
  /** Decibels by clip-relative frame; sample s is at frame `gainFrame` + (s - fromSample)·`gainFramesPerSample`. */
  gain: Animated;
  gainFrame: number;
  gainFramesPerSample: number;
  /** Fades and cross-fades; their product counts. */
  ramps: Ramp[];
};

/** Linear level of decibels; -96 and below is silence. */
export const levelOfDecibels = (decibels: number): number => (decibels <= -96 ? 0 : 10 ** (decibels / 20));

const rampAt = ({ from, to, rising }: Ramp, sample: number): number => {
  const share = Math.min(1, Math.max(0, (sample - from + 0.5) / (to - from)));
  return rising ? Math.sin((share * Math.PI) / 2) : Math.cos((share * Math.PI) / 2);
};

/**
 * Linear levels of `count` samples from a timeline sample on, which the span's samples are multiplied with: gain of clip and track, fades,
 * cross-fades.
 */
export const soundLevels = (span: SoundSpan, from: number, count: number): Float32Array => {
  const levels = new Float32Array(count);
  const track = levelOfDecibels(span.trackGain);
  if (span.gain.keys.length === 0) {
    levels.fill(track * levelOfDecibels(span.gain.value));
  } else {
    for (let i = 0; i < count; i++) {
      const frame = span.gainFrame + (from + i - span.fromSample) * span.gainFramesPerSample;
      levels[i] = track * levelOfDecibels(valueAt(span.gain, frame));
    }
  }
  for (const ramp of span.ramps) {
    const [first, last] = ramp.rising
      ? [from, Math.min(from + count, ramp.to)]
      : [Math.max(from, ramp.from), from + count];
    for (let sample = first; sample < last; sample++) levels[sample - from] *= rampAt(ramp, sample);
  }
  return levels;
};

type Edge = { sample: number; ramp: Ramp | undefined };

/** Where a clip's sound begins or ends, and how: in a transition on the frame grid, else off it by the clip's own offset. */
const edgesOf = (document: Document, clip: Clip, sampleOf: (frame: number) => number): { start: Edge; end: Edge } => {
  const own = (frame: number): number => sampleOf(frame) + clip.offsetSamples;
  const crossed = (cut: number, { before, after }: { before: number; after: number }, rising: boolean): Edge => {
    const ramp = { from: sampleOf(cut - before), to: sampleOf(cut + after), rising };
    return { sample: rising ? ramp.from : ramp.to, ramp };
  };
  const faded = (from: number, to: number, rising: boolean): Edge => ({
    sample: own(rising ? from : to),
    ramp: from < to ? { from: own(from), to: own(to), rising } : undefined,
  });
  const atStart = transitionAtStart(document, clip.id);
  const atEnd = transitionAtEnd(document, clip.id);
  const end = endOf(clip);
  return {
    start: atStart ? crossed(clip.start, atStart, true) : faded(clip.start, clip.start + clip.fadeIn, true),
    end: atEnd ? crossed(end, atEnd, false) : faded(end - clip.fadeOut, end, false),
  };
};

/**
 * Media time, seconds, heard at a timeline sample. Frames begin between samples, so the time is counted from the exact start of the clip and
 * not from the sample that stands for it: the two halves of a bladed clip go on without a jump. Reversed, the same samples come in the
 * opposite order.
 */
const mediaTimeAt = (clip: Clip, frameRate: Rational, sample: number): Rational => {
  const sinceStart = subtract(
    rational(sample - clip.offsetSamples, timelineSampleRate),
    divide(rational(clip.start), frameRate),
  );
  if (!clip.reverse) return add(clip.sourceIn, multiply(sinceStart, clip.speed));
  const untilEnd = subtract(divide(rational(clip.duration), frameRate), sinceStart);
  return add(clip.sourceIn, multiply(subtract(untilEnd, rational(1, timelineSampleRate)), clip.speed));
};

const spanOf = (
  document: Document,
  track: Track,
  clip: Clip,
  frameRate: Rational,
  range: { from: number; to: number },
): SoundSpan | undefined => {
  const media = document.media.get(clip.mediaId ?? '');
  if (!clip.enabled || clip.speed.num === 0 || !clip.gain || !media?.sound) return undefined;
  const { start, end } = edgesOf(document, clip, (frame) => sampleOfFrame(frame, frameRate));
  const fromSample = Math.max(start.sample, range.from);
  const toSample = Math.min(end.sample, range.to);
  if (fromSample >= toSample) return undefined;
  const framesPerSample = toNumber(frameRate) / timelineSampleRate;
  return {
    clipId: clip.id,
    trackId: track.id,
    mediaId: media.id,
    fromSample,
    toSample,
    soundTime: subtract(mediaTimeAt(clip, frameRate, fromSample), media.sound.offset),
    speed: clip.speed,
    reverse: clip.reverse,
    trackGain: track.gain,
    gain: clip.gain,
    gainFrame: (fromSample - clip.offsetSamples) * framesPerSample - clip.start,
    gainFramesPerSample: framesPerSample,
    ramps: [start.ramp, end.ramp].filter((ramp) => ramp !== undefined),
  };
};

/**
 * What is heard in the frames [fromFrame, toFrame) of a sequence, track by track from the first. Spans of neighbouring ranges join without
 * a gap or a common sample.
 * @throws RangeError for a sequence that is not there
 */
export const soundSpans = (document: Document, sequenceId: string, fromFrame: number, toFrame: number): SoundSpan[] => {
  const sequence = document.sequences.get(sequenceId);
  if (!sequence) throw new RangeError(`sound: no sequence ${sequenceId}`);
  const { frameRate } = sequence;
  const range = { from: sampleOfFrame(fromFrame, frameRate), to: sampleOfFrame(toFrame, frameRate) };
  // A clip is heard up to a second off its frames, and a transition lets it be heard within its neighbour.
  const margin = Math.ceil(toNumber(frameRate)) + 1;
  return shownTracks(document, sequenceId, 'audio').flatMap((track) => {
    const clips = clipsOf(document, track.id);
    const first = Math.max(0, firstAfter(clips, fromFrame - margin) - 2);
    const last = firstAfter(clips, toFrame + margin) + 1;
    return clips
      .slice(first, last)
      .map((clip) => spanOf(document, track, clip, frameRate, range))
      .filter((span) => span !== undefined);
  });
};
