import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { add, compare, multiply, rational, toNumber } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { levelOfDecibels, sampleOfFrame, soundLevels, soundSpans } from '../../engine/contract/timeline/sound-spans.ts';
import type { SoundSpan } from '../../engine/contract/timeline/sound-spans.ts';
import { anyName, diceOf, furnished, tryEdit } from '../support/random-edits.ts';
import { a1, a2, audioMedia, newTimeline, sequenceId, testId, threeClips } from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';

let timeline: Timeline;
let [firstSound, secondSound, thirdSound] = ['', '', ''];

beforeEach(() => {
  ({ timeline, firstSound, secondSound, thirdSound } = threeClips());
});

const spansOf = (clipId: string, from = 0, to = 200): SoundSpan[] =>
  soundSpans(timeline.document, sequenceId, from, to).filter((span) => span.clipId === clipId);

/** Seconds of the stream that are heard at a timeline sample. */
const timeAt = ({ fromSample, soundTime, speed, reverse }: SoundSpan, sample: number): Rational =>
  add(soundTime, multiply(rational((reverse ? -1 : 1) * (sample - fromSample), 48000), speed));

const levelAt = (span: SoundSpan, sample: number): number => soundLevels(span, sample, 1)[0];

describe('sound spans', () => {
  it('start on the sample that a frame starts on, exact at NTSC rates hours later', () => {
    expect([0, 1, 2, 3].map((frame) => sampleOfFrame(frame, rational(30000, 1001)))).toEqual([0, 1601, 3203, 4804]);
    fc.assert(
      fc.property(
        fc.constantFrom(rational(24000, 1001), rational(30000, 1001), rational(60000, 1001), rational(25)),
        fc.nat(100_000_000),
        (rate, frame) => {
          const exact = (BigInt(frame) * 48000n * BigInt(rate.den)) / BigInt(rate.num);
          expect(BigInt(sampleOfFrame(frame, rate))).toBe(exact);
        },
      ),
    );
  });

  it('hear the source where the clip says, from its own sample on', () => {
    expect(spansOf(secondSound)).toMatchObject([
      { fromSample: 80000, toSample: 140000, soundTime: rational(100, 24), speed: rational(1), reverse: false },
    ]);
    expect(spansOf(secondSound, 50, 60)).toMatchObject([
      { fromSample: 100000, toSample: 120000, soundTime: rational(110, 24) },
    ]);
    expect(spansOf(secondSound, 70, 200)).toEqual([]);
  });

  it('follow the clip off the frame grid, into ranges that its frames do not reach', () => {
    timeline.run('set-clip', { clipIds: [secondSound], changes: { offsetSamples: -480 } });
    expect(spansOf(secondSound)).toMatchObject([{ fromSample: 79520, toSample: 139520, soundTime: rational(100, 24) }]);
    expect(spansOf(secondSound, 0, 40)).toMatchObject([{ fromSample: 79520, toSample: 80000 }]);
    timeline.run('set-clip', { clipIds: [secondSound], changes: { offsetSamples: 48000 } });
    expect(spansOf(secondSound, 85, 200)).toMatchObject([{ fromSample: 170000, toSample: 188000 }]);
  });

  it('count from the first sample of the stream, which may begin before or after the picture', () => {
    for (const [offset, expected] of [
      [rational(1, 2), rational(3, 2)],
      [rational(-1, 4), rational(9, 4)],
    ]) {
      const id = testId(700 + offset.num);
      timeline.run('add-media', { media: [audioMedia(id, 10, offset)] });
      const source = { mediaId: id, in: rational(2), out: rational(3) };
      timeline.run('overwrite', { sequenceId, source, audioTrackId: a2, at: 0 });
      const [span] = soundSpans(timeline.document, sequenceId, 0, 24).filter((one) => one.trackId === a2);
      expect(span.soundTime).toEqual(expected);
    }
  });

  it('are silent for freezes, disabled clips and muted tracks, and only of solo tracks while there are any', () => {
    const heard = () => soundSpans(timeline.document, sequenceId, 0, 200).map((span) => span.clipId);
    expect(heard()).toEqual([firstSound, secondSound, thirdSound]);
    timeline.run('set-speed', { clipId: firstSound, speed: rational(0) });
    timeline.run('set-clip', { clipIds: [secondSound], changes: { enabled: false } });
    expect(heard()).toEqual([thirdSound]);
    timeline.run('change-track', { id: a2, changes: { solo: true } });
    expect(heard()).toEqual([]);
    timeline.run('change-track', { id: a2, changes: { solo: false } });
    timeline.run('change-track', { id: a1, changes: { muted: true } });
    expect(heard()).toEqual([]);
    expect(() => soundSpans(timeline.document, testId(999), 0, 1)).toThrow(RangeError);
  });

  it('play the same samples backwards', () => {
    const [forwards] = spansOf(thirdSound);
    timeline.run('set-speed', { clipId: thirdSound, speed: rational(1), reverse: true });
    const [backwards] = spansOf(thirdSound);
    const last = backwards.toSample - 1;
    expect(timeAt(backwards, backwards.fromSample)).toEqual(timeAt(forwards, last));
    expect(timeAt(backwards, last)).toEqual(timeAt(forwards, forwards.fromSample));
  });

  it('go on without a jump where a clip was cut, at any rate, speed and direction', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(rational(24000, 1001), rational(30000, 1001), rational(25)),
        fc.constantFrom(rational(2, 3), rational(3, 7), rational(1001, 1000)),
        fc.boolean(),
        fc.integer({ min: 1, max: 19 }),
        (rate, speed, reverse, at) => {
          timeline = newTimeline(rate);
          const source = { mediaId: testId(103), in: rational(3), duration: 20 };
          timeline.run('overwrite', { sequenceId, source, audioTrackId: a1, at: 7, audioClipId: testId(800) });
          timeline.run('set-speed', { clipId: testId(800), speed, reverse });
          const [whole] = soundSpans(timeline.document, sequenceId, 0, 200);
          timeline.run('blade', { sequenceId, frame: 7 + at });
          const parts = soundSpans(timeline.document, sequenceId, 0, 200);
          expect([parts[0].fromSample, parts[1].toSample]).toEqual([whole.fromSample, whole.toSample]);
          expect(parts[0].toSample).toBe(parts[1].fromSample);
          for (const part of parts) expect(part.soundTime).toEqual(timeAt(whole, part.fromSample));
        },
      ),
    );
  });

  it('of neighbouring ranges join to those of the whole, after any edits', () => {
    const joined = (document: Document, cuts: number[]) => {
      const spans = cuts.slice(1).flatMap((to, i) => soundSpans(document, sequenceId, cuts[i], to));
      return [...Map.groupBy(spans, (span) => span.clipId)].map(([clipId, parts]) => {
        for (const [i, part] of parts.slice(1).entries()) {
          expect(part.fromSample).toBe(parts[i].toSample);
          expect(compare(part.soundTime, timeAt(parts[i], part.fromSample))).toBe(0);
        }
        return { clipId, from: parts[0].fromSample, to: parts[parts.length - 1].toSample, at: parts[0].soundTime };
      });
    };
    const byClip = (a: { clipId: string }, b: { clipId: string }): number => (a.clipId < b.clipId ? -1 : 1);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 10, maxLength: 60 }), (seeds) => {
        const any = furnished();
        for (const seed of seeds) tryEdit(any, diceOf(seed), anyName(diceOf(seed)));
        const pieces = joined(any.document, [0, 13, 14, 60, 90, 300]).sort(byClip);
        expect(pieces).toEqual(joined(any.document, [0, 300]).sort(byClip));
      }),
      { numRuns: 30 },
    );
  });
});

describe('sound levels', () => {
  it('multiply the gain of clip and track; -96 dB is silence', () => {
    timeline.run('change-track', { id: a1, changes: { gain: -6 } });
    timeline.run('set-clip', { clipIds: [firstSound], changes: { gain: { value: -14, keys: [] } } });
    expect(levelAt(spansOf(firstSound)[0], 100)).toBeCloseTo(0.1, 6);
    expect([levelOfDecibels(0), levelOfDecibels(-96)]).toEqual([1, 0]);
  });

  it('follow gain keys between frames', () => {
    const key = { clipId: secondSound, property: 'gain' } as const;
    timeline.run('set-keyframe', { ...key, frame: 0, value: 0 });
    timeline.run('set-keyframe', { ...key, frame: 10, value: -20 });
    const [span] = spansOf(secondSound, 45, 60);
    expect(levelAt(span, span.fromSample)).toBeCloseTo(levelOfDecibels(-10), 6);
    expect(levelAt(span, span.fromSample + 1000)).toBeCloseTo(levelOfDecibels(-11), 6);
  });

  it('fade with equal power from the clip’s first sample to its last', () => {
    timeline.run('set-clip', { clipIds: [firstSound], changes: { fadeIn: 12, fadeOut: 24 } });
    const [span] = spansOf(firstSound);
    expect(levelAt(span, 0)).toBeCloseTo(Math.sin((Math.PI / 4) * (1 / 24000)), 9);
    expect(levelAt(span, 12000)).toBeCloseTo(Math.SQRT1_2, 4);
    expect(levelAt(span, 24000)).toBe(1);
    expect(levelAt(span, 31999)).toBe(1);
    expect(levelAt(span, 56000)).toBeCloseTo(Math.SQRT1_2, 4);
    expect(levelAt(span, 79999)).toBeLessThan(1e-4);
  });

  it('cross-fade: both clips are heard beyond their cut, with constant power', () => {
    timeline.run('add-transition', {
      leftClipId: firstSound,
      rightClipId: secondSound,
      duration: 10,
      alignment: 'centre',
    });
    const [left, right] = [spansOf(firstSound)[0], spansOf(secondSound)[0]];
    expect([left.toSample, right.fromSample]).toEqual([90000, 70000]);
    expect(right.soundTime).toEqual(rational(95, 24));
    for (const sample of [70000, 75000, 80000, 89999]) {
      expect(levelAt(left, sample) ** 2 + levelAt(right, sample) ** 2).toBeCloseTo(1, 5);
    }
    expect(levelAt(left, 69999)).toBe(1);
    expect(spansOf(secondSound, 0, 36)).toMatchObject([{ fromSample: 70000, toSample: 72000 }]);
  });

  it('a transition on one side leads in from silence', () => {
    timeline.run('add-transition', { leftClipId: null, rightClipId: firstSound, duration: 10 });
    const [span] = spansOf(firstSound);
    expect(levelAt(span, 10000)).toBeCloseTo(Math.SQRT1_2, 4);
    expect(levelAt(span, 20000)).toBe(1);
  });

  it('are the same however a mixer cuts its blocks', () => {
    timeline.run('set-clip', { clipIds: [firstSound], changes: { fadeIn: 12, fadeOut: 24 } });
    timeline.run('set-keyframe', { clipId: firstSound, property: 'gain', frame: 5, value: -3, easing: 'smooth' });
    timeline.run('set-keyframe', { clipId: firstSound, property: 'gain', frame: 30, value: 3 });
    const [span] = spansOf(firstSound);
    const whole = soundLevels(span, 0, 80000);
    for (const [from, count] of [
      [0, 999],
      [23999, 2],
      [31990, 5000],
      [79999, 1],
    ]) {
      expect(soundLevels(span, from, count)).toEqual(whole.subarray(from, from + count));
    }
    expect(toNumber(span.soundTime)).toBeCloseTo(20 / 24, 12);
  });
});
