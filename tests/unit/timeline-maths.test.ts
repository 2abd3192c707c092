import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { still, valueAt } from '../../engine/contract/timeline/animated.ts';
import type { Animated } from '../../engine/contract/timeline/animated.ts';
import { documentOf, endOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Transition } from '../../engine/contract/timeline/entities.ts';
import { checkDocument } from '../../engine/contract/timeline/check-document.ts';
import { layersAt } from '../../engine/contract/timeline/layers.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { handlesWithin, sourceFrameAt, sourceTimeAt } from '../../engine/contract/timeline/source-time.ts';
import { soundSpans } from '../../engine/contract/timeline/sound-spans.ts';
import { anyName, diceOf, furnished, tryEdit } from '../support/random-edits.ts';
import { contentOf, filmId, sequenceId, testId, threeClips, v2, videoMedia } from '../support/timeline.ts';

/** A fraction of whole numbers of any size: the slow way that the fast ones are held against. */
type Fraction = { n: bigint; d: bigint };
const fraction = (n: number | bigint, d: number | bigint = 1): Fraction => ({ n: BigInt(n), d: BigInt(d) });
const of = ({ num, den }: Rational): Fraction => fraction(num, den);
const plus = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
const over = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);
const floored = ({ n, d }: Fraction): bigint => n / d - (n % d < 0n !== d < 0n && n % d !== 0n ? 1n : 0n);
const sameAs = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d;

const rates = [
  rational(24000, 1001),
  rational(24),
  rational(25),
  rational(30000, 1001),
  rational(50),
  rational(60000, 1001),
  rational(120),
];
const speeds = [
  rational(1),
  rational(0),
  rational(2),
  rational(1, 3),
  rational(25, 24),
  rational(1001, 1000),
  rational(99),
];

const timed = fc.record({
  frameRate: fc.constantFrom(...rates),
  speed: fc.constantFrom(...speeds),
  reverse: fc.boolean(),
  duration: fc.integer({ min: 1, max: 500_000 }),
  sourceIn: fc
    .tuple(fc.integer({ min: 0, max: 500_000 }), fc.constantFrom(...rates))
    .map(([n, { num, den }]) => rational(n * den, num)),
});

const slowTime = (clip: Pick<Clip, 'sourceIn' | 'speed' | 'reverse' | 'duration'>, frameRate: Rational, k: number) =>
  plus(
    of(clip.sourceIn),
    over(times(of(clip.speed), fraction(clip.reverse ? clip.duration - 1 - k : k)), of(frameRate)),
  );

const { timeline: example, first } = threeClips();
const exampleClip = example.clip(first);

describe('source time', () => {
  it('is exact for NTSC rates, any speed, forwards and backwards', () => {
    fc.assert(
      fc.property(timed, fc.integer({ min: -1000, max: 500_000 }), ({ frameRate, ...clip }, k) => {
        expect(sameAs(of(sourceTimeAt(clip, frameRate, k)), slowTime(clip, frameRate, k))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('shows the last frame that has begun, within the media', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.integer({ min: 2, max: 200_000 }),
        fc.integer({ min: -10, max: 400_000 }),
        fc.integer({ min: 1, max: 90_000 }),
        (frameRate, frames, n, d) => {
          const media = videoMedia(filmId, { frameRate, frames });
          const frame = Number(floored(times(fraction(n, d), of(frameRate))));
          expect(sourceFrameAt(media, rational(n, d))).toBe(Math.min(frames - 1, Math.max(0, frame)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('shows every source frame once at equal rates, whatever the rate', () => {
    for (const frameRate of rates) {
      const media = videoMedia(filmId, { frameRate, frames: 100_000 });
      const clip = {
        sourceIn: rational(17 * frameRate.den, frameRate.num),
        speed: rational(1),
        reverse: false,
        duration: 99_000,
      };
      for (let k = 0; k < clip.duration; k += 997) {
        expect(sourceFrameAt(media, sourceTimeAt(clip, frameRate, k))).toBe(17 + k);
        expect(sourceFrameAt(media, sourceTimeAt({ ...clip, reverse: true }, frameRate, k))).toBe(
          17 + clip.duration - 1 - k,
        );
      }
    }
  });

  it('finds frames of a variable rate by their timestamps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 2, maxLength: 300 }),
        fc.integer({ min: -100, max: 400_000 }),
        fc.boolean(),
        (gaps, ticks, onFrame) => {
          // Ticks of 90 kHz; a probe writes seconds with six digits.
          const stamps = gaps.reduce<number[]>((all, gap) => [...all, all[all.length - 1] + gap * 9], [0]);
          const seconds = stamps.map((stamp) => Number((stamp / 90_000).toFixed(6)));
          const media = videoMedia(filmId, { variableRate: true, frames: stamps.length });
          const tick = onFrame ? stamps[Math.abs(ticks) % stamps.length] : ticks * 9 + 4;
          const wanted = Math.max(0, stamps.filter((stamp) => stamp <= tick).length - 1);
          expect(sourceFrameAt(media, rational(tick, 90_000), seconds)).toBe(wanted);
        },
      ),
      { numRuns: 500 },
    );
    expect(() => sourceFrameAt(videoMedia(filmId, { variableRate: true }), rational(1))).toThrow(RangeError);
  });

  it('handles are the most by which a clip can grow and stay in its source', () => {
    fc.assert(
      fc.property(timed, fc.constantFrom(...rates), fc.integer({ min: 1, max: 600_000 }), (values, rate, frames) => {
        const { frameRate, ...times } = values;
        const clip = { ...exampleClip, ...times };
        const extent = { from: rational(0), to: rational(frames * rate.den, rate.num) };
        const { head, tail } = handlesWithin(extent, clip, frameRate);
        if (clip.speed.num === 0) {
          expect([head, tail]).toEqual([Infinity, Infinity]);
          return;
        }
        const started = (k: number): boolean => slowTime(clip, frameRate, k).n >= 0n;
        const ended = (k: number): boolean => {
          const { n, d } = slowTime(clip, frameRate, k);
          return n * of(extent.to).d >= of(extent.to).n * d;
        };
        // Negative handles say by how much the clip is too long; the border lies where they say all the same.
        const [first, last] = [-head, clip.duration - 1 + tail];
        const border = clip.reverse
          ? [!ended(first), ended(first - 1), started(last), !started(last + 1)]
          : [started(first), !started(first - 1), !ended(last), ended(last + 1)];
        expect(border).toEqual([true, true, true, true]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Value of an animation by walking over all of its keys. */
const slowValue = ({ value, keys }: Animated, frame: number): number => {
  if (keys.length === 0) return value;
  const before = keys.filter((key) => key.frame <= frame).at(-1);
  const after = keys.find((key) => key.frame > frame);
  if (!before || !after) return (before ?? after)?.value ?? value;
  const t = (frame - before.frame) / (after.frame - before.frame);
  const eased = { hold: 0, linear: t, smooth: 3 * t ** 2 - 2 * t ** 3 }[before.easing];
  return before.value + (after.value - before.value) * eased;
};

/** What lies on a track at a frame, by looking at every clip and every transition. */
const slowLayers = (document: Document, id: string, frame: number) => {
  const rate = document.sequences.get(id)?.frameRate ?? rational(1);
  const clips = [...document.clips.values()];
  const transitions = [...document.transitions.values()];
  const picture = (clipId: string | null) => {
    const clip = clips.find((other) => other.id === clipId);
    if (!clip?.enabled || !clip.placement) return null;
    const k = frame - clip.start;
    const fromEnd = clip.duration - 1 - k;
    const fadesIn = k < clip.fadeIn && !transitions.some((transition) => transition.rightClipId === clip.id);
    const fadesOut = fromEnd < clip.fadeOut && !transitions.some((transition) => transition.leftClipId === clip.id);
    const placement = clip.placement;
    const at = (animated: Animated): number => slowValue(animated, k);
    const { n, d } = slowTime(clip, rate, k);
    return {
      clipId: clip.id,
      source: clip.title ? { title: clip.title } : { mediaId: clip.mediaId, time: rational(Number(n), Number(d)) },
      fit: placement.fit,
      opacity:
        at(placement.opacity) *
        (fadesIn ? (k + 0.5) / clip.fadeIn : 1) *
        (fadesOut ? (fromEnd + 0.5) / clip.fadeOut : 1),
      x: at(placement.x),
      y: at(placement.y),
      scale: at(placement.scale),
      rotation: at(placement.rotation),
      crop: {
        left: at(placement.cropLeft),
        top: at(placement.cropTop),
        right: at(placement.cropRight),
        bottom: at(placement.cropBottom),
      },
    };
  };
  const cutOf = ({ leftClipId, rightClipId }: Transition): number => {
    const left = clips.find((clip) => clip.id === leftClipId);
    return left ? endOf(left) : (clips.find((clip) => clip.id === rightClipId)?.start ?? 0);
  };
  const tracks = [...document.tracks.values()].filter((track) => track.sequenceId === id && track.kind === 'video');
  const solo = tracks.some((track) => track.solo);
  return tracks
    .filter((track) => !track.muted && (track.solo || !solo))
    .sort((a, b) => a.order - b.order)
    .flatMap((track): unknown[] => {
      const active = transitions.find(
        (transition) =>
          transition.trackId === track.id &&
          frame >= cutOf(transition) - transition.before &&
          frame < cutOf(transition) + transition.after,
      );
      if (active) {
        const { kind, colour, direction, softness, before, after } = active;
        const [from, to] = [picture(active.leftClipId), picture(active.rightClipId)];
        const progress = rational(2 * (frame - cutOf(active) + before) + 1, 2 * (before + after));
        const look = { kind, colour, direction, softness };
        return from || to ? [{ type: 'transition', trackId: track.id, from, to, progress, ...look }] : [];
      }
      const clip = clips.find((other) => other.trackId === track.id && other.start <= frame && frame < endOf(other));
      const shown = picture(clip?.id ?? null);
      return shown ? [{ type: 'picture', trackId: track.id, picture: shown }] : [];
    });
};

describe('times that cannot be reckoned with', () => {
  /** From `low` up to `high`, plain or with a denominator that hardly anything goes into. */
  const anyRatio = (low: number, high: number) =>
    fc
      .tuple(
        fc.integer({ min: low, max: high - 1 }),
        fc.oneof(fc.constantFrom(1, 24, 1001, 48000), fc.integer({ min: 1, max: 2 ** 40 })),
        fc.nat(2 ** 40),
      )
      .map(([whole, den, rest]) => rational(whole * den + (rest % den), den));

  it('are found by the check, and what passes it is always drawn and heard', () => {
    let passed = 0;
    const { timeline, first, firstSound } = threeClips();
    const content = contentOf(timeline.document);
    fc.assert(
      fc.property(
        anyRatio(1, 1000),
        anyRatio(0, 100),
        anyRatio(0, 10),
        fc.integer({ min: 1, max: 50 }),
        fc.oneof(fc.nat(1000), fc.nat(2 ** 40)),
        fc.boolean(),
        (frameRate, speed, sourceIn, duration, start, reverse) => {
          const document = documentOf({
            ...content,
            sequences: content.sequences.map((sequence) => ({ ...sequence, frameRate })),
            clips: content.clips
              .filter(({ id }) => id === first || id === firstSound)
              .map((clip) => ({ ...clip, speed, sourceIn, duration, start, reverse })),
          });
          if (checkDocument(document).length > 0) return;
          passed++;
          for (let k = 0; k < duration; k++) expect(layersAt(document, sequenceId, start + k)).toHaveLength(1);
          soundSpans(document, sequenceId, start, start + duration);
          soundSpans(document, sequenceId, start + 1, start + 2);
        },
      ),
      { numRuns: 1000 },
    );
    expect(passed).toBeGreaterThan(10);
  });
});

describe('layers', () => {
  it('are what looking at every clip and transition gives, after any edits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 10, maxLength: 60 }), (seeds) => {
        const timeline = furnished();
        for (const seed of seeds) tryEdit(timeline, diceOf(seed), anyName(diceOf(seed)));
        for (let frame = 0; frame < 160; frame += 3) {
          expect(layersAt(timeline.document, sequenceId, frame)).toEqual(
            slowLayers(timeline.document, sequenceId, frame),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('fade with the middle of each frame, but not under a transition', () => {
    const { timeline, first, second } = threeClips();
    const opacityAt = (frame: number) => {
      const [layer] = layersAt(timeline.document, sequenceId, frame);
      return layer.type === 'picture' ? layer.picture.opacity : layer.to?.opacity;
    };
    timeline.run('set-clip', { clipIds: [first, second], changes: { fadeIn: 4, fadeOut: 2 } });
    expect([0, 1, 2, 3, 4].map(opacityAt)).toEqual([0.125, 0.375, 0.625, 0.875, 1]);
    expect([37, 38, 39, 40].map(opacityAt)).toEqual([1, 0.75, 0.25, 0.125]);
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 2 });
    expect([37, 38, 39, 40, 41].map(opacityAt)).toEqual([1, 1, 1, 1, 1]);
  });

  it('go from the lower track to the upper; muted ones are not there, and only solo ones while there are any', () => {
    const { timeline, first } = threeClips();
    timeline.run('move', { clipIds: [first], by: 50, videoTracksBy: 1, withLinked: false });
    const tracks = () => layersAt(timeline.document, sequenceId, 60).map((layer) => layer.trackId);
    const [v1] = tracks();
    expect(tracks()).toEqual([v1, v2]);
    timeline.run('change-track', { id: v2, changes: { solo: true } });
    expect(tracks()).toEqual([v2]);
    timeline.run('change-track', { id: v2, changes: { muted: true } });
    expect(tracks()).toEqual([]);
    timeline.run('change-track', { id: v2, changes: { solo: false } });
    expect(tracks()).toEqual([v1]);
  });

  it('are none in a gap, behind the end, or of a disabled clip; a transition then has one side', () => {
    const { timeline, first, second } = threeClips();
    expect(layersAt(timeline.document, sequenceId, 110)).toEqual([]);
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 10, kind: 'push' });
    timeline.run('set-clip', { clipIds: [first], changes: { enabled: false } });
    expect(layersAt(timeline.document, sequenceId, 20)).toEqual([]);
    expect(layersAt(timeline.document, sequenceId, 36)).toMatchObject([
      { type: 'transition', kind: 'push', from: null, to: { clipId: second }, progress: { num: 3, den: 20 } },
    ]);
    expect(() => layersAt(timeline.document, testId(999), 0)).toThrow(RangeError);
  });

  it('animate between keys: held, straight, soft', () => {
    const key = (frame: number, value: number, easing: 'hold' | 'linear' | 'smooth') => ({ frame, value, easing });
    const animated = {
      value: 9,
      keys: [key(0, 0, 'linear'), key(10, 1, 'hold'), key(20, 3, 'smooth'), key(30, 5, 'linear')],
    };
    expect([-5, 0, 5, 10, 19, 20, 25, 22.5, 30, 99].map((frame) => valueAt(animated, frame))).toEqual([
      0, 0, 0.5, 1, 1, 3, 4, 3.3125, 5, 5,
    ]);
    expect(valueAt(still(7), 12)).toBe(7);
  });
});
