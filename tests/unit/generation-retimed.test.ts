/** Clips at another speed and backwards: what is cut out of the media is what compositing shows, frame by frame. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextFrames } from '../../engine/contract/generation/describe-clip.ts';
import type { WishPlan } from '../../engine/contract/generation/plan.ts';
import { wishPlanSchema } from '../../engine/contract/generation/plan.ts';
import { remakeTake } from '../../engine/contract/generation/remake.ts';
import { sampledRange, sampledTimes } from '../../engine/contract/generation/retime.ts';
import { outOfDate } from '../../engine/contract/generation/takes.ts';
import { clipsOf, endOf } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { compare, floor, multiply, rational, add } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { sourceFrameAt, sourceTimeAt } from '../../engine/contract/timeline/source-time.ts';
import { newTimeline, sequenceId, testId, v1, videoMedia } from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';
import { planFor, takeFor } from '../support/wishes.ts';

const mediaId = testId(700);
const sequenceRate = rational(24);

type Played = { mediaRate: Rational; speed: Rational; reverse: boolean; from: number; length: number };

/** A clip of a film of 400 frames, at a speed; undefined where there is not enough of it. */
const played = ({
  mediaRate,
  speed,
  reverse,
  from,
  length,
}: Played): { timeline: Timeline; clip: Clip } | undefined => {
  const timeline = newTimeline();
  timeline.run('add-media', { media: [videoMedia(mediaId, { frameRate: mediaRate, frames: 400 })] });
  timeline.run('append', {
    ...{ sequenceId, source: { mediaId, in: rational(from, 120), duration: length } },
    ...{ videoTrackId: v1, audioTrackId: null, videoClipId: testId(710) },
  });
  if (timeline.refusal('set-speed', { clipId: testId(710), speed, reverse })) return undefined;
  timeline.run('set-speed', { clipId: testId(710), speed, reverse });
  return { timeline, clip: timeline.clip(testId(710)) };
};

const mediaOf = (timeline: Timeline) => {
  const media = timeline.document.media.get(mediaId);
  if (!media) throw new Error('no media');
  return media;
};
/** Frames of the media that compositing shows in frames of the clip, from the clip's first. */
const shown = (timeline: Timeline, clip: Clip, from = 0, to = clip.duration - 1): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    sourceFrameAt(mediaOf(timeline), sourceTimeAt(clip, sequenceRate, from + i)),
  );
const distinct = (frames: readonly number[]): number[] => frames.filter((frame, i) => frame !== frames[i - 1]);
/** Frames of the media that the engine is told to cut out. */
const cut = (timeline: Timeline, part: WishPlan['sources'][number]): number[] => {
  if (!part.sampled) throw new Error('cut as a plain part');
  return sampledTimes(part, part.sampled).map((time) => sourceFrameAt(mediaOf(timeline), time));
};

const anyPlayed = fc.record({
  mediaRate: fc.constantFrom(rational(24), rational(25), rational(30000, 1001), rational(12), rational(60)),
  speed: fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }))
    .map(([num, den]) => rational(num, den))
    .filter(({ num, den }) => num !== den && num <= 6 * den && 10 * num >= den),
  reverse: fc.boolean(),
  from: fc.integer({ min: 0, max: 200 }),
  length: fc.integer({ min: 8, max: 60 }),
});
const anyLength = fc.integer({ min: 1, max: 6 });
const orBackwards = fc.oneof(
  anyPlayed,
  anyPlayed.map((wish) => ({ ...wish, speed: rational(1), reverse: true })),
);

describe('a clip at another speed or backwards', () => {
  it('is gone on with from the frames that are seen last or first, in the order in which they are seen', () => {
    let tried = 0;
    fc.assert(
      fc.property(orBackwards, (wish) => {
        const made = played(wish);
        if (!made) return;
        tried += 1;
        const { timeline, clip } = made;
        const all = distinct(shown(timeline, clip));
        for (const edge of ['tail', 'head'] as const) {
          const plan = wishPlanSchema.parse(
            planFor(timeline.document, { task: 'extend', clipId: clip.id, edge, frames: 12 }),
          );
          const known = edge === 'tail' ? all.slice(-contextFrames) : all.slice(0, contextFrames);
          expect(cut(timeline, plan.sources[0])).toEqual(known);
          expect(plan.knownFrames).toBe(known.length);
          expect(plan.sound).toBe(false);
          // Never more frames a second than the sequence has, nor than are seen.
          expect(compare(plan.frameRate, sequenceRate)).toBeLessThanOrEqual(0);
          expect(compare(plan.frameRate, multiply(wish.mediaRate, wish.speed))).toBeLessThanOrEqual(0);
          expect(plan.newFrames).toBe(Math.max(1, Math.ceil((12 * plan.frameRate.num) / (24 * plan.frameRate.den))));
        }
      }),
      { numRuns: 300 },
    );
    expect(tried).toBeGreaterThan(100);
  });

  it('is filled at the very frames that were marked, with what lies around them as it is seen', () => {
    let tried = 0;
    fc.assert(
      fc.property(orBackwards, fc.nat(), anyLength, anyLength, anyLength, (wish, at, count, gap, more) => {
        const made = played(wish);
        if (!made) return;
        const { timeline, clip } = made;
        const first = at % clip.duration;
        const last = Math.min(clip.duration - 1, first + count - 1);
        // A second range soon after: of a slow clip both may show the same frame.
        const [next, end] = [last + gap, Math.min(clip.duration - 1, last + gap + more - 1)];
        const places = next <= end ? [[first, last] as const, [next, end] as const] : [[first, last] as const];
        const marked = distinct(places.flatMap(([from, to]) => shown(timeline, clip, from, to)));
        const all = distinct(shown(timeline, clip));
        if (marked.length >= all.length) return;
        tried += 1;
        const ranges = places.map(([from, to]): [number, number] => [clip.start + from, clip.start + to]);
        const plan = wishPlanSchema.parse(planFor(timeline.document, { task: 'fill', clipId: clip.id, ranges }));
        expect(plan.sources).toHaveLength(1);
        const [part] = plan.sources;
        const { sampled } = part;
        if (!sampled) throw new Error('cut as a plain part');
        const frames = cut(timeline, part);
        const opened = plan.holes.map((hole) => sampledRange(part, hole, sampled));
        expect(opened.flatMap(([from, to]) => frames.slice(from, to + 1))).toEqual(marked);
        expect(plan.newFrames).toBe(marked.length);
        const [begin, finish] = [all.indexOf(marked[0]), all.indexOf(marked[marked.length - 1])];
        expect(frames).toEqual(all.slice(Math.max(0, begin - contextFrames), finish + 1 + contextFrames));
        // Placed, each frame of the sequence shows the new frame that stands for the one that it showed.
        if (plan.place.kind !== 'inside') throw new Error('placed elsewhere');
        for (const [i, piece] of plan.place.pieces.entries()) {
          const [from, to] = places[i];
          for (let k = from; k <= to; k++) {
            const time = add(piece.from, rational(k - from, 24));
            expect(floor(multiply(time, plan.frameRate))).toBe(marked.indexOf(shown(timeline, clip, k, k)[0]));
          }
        }
        timeline.run('place-take', { media: takeFor(plan, 900), place: plan.place });
        const takes = clipsOf(timeline.document, v1).filter(({ mediaId: shownId }) => shownId === testId(900));
        expect(takes.map((take) => [take.start, endOf(take) - 1])).toEqual(ranges);
        expect(takes.every(({ speed }) => compare(speed, rational(1)) === 0)).toBe(true);
        const media = timeline.document.media.get(testId(900));
        expect(media && outOfDate(timeline.document, media)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    expect(tried).toBeGreaterThan(100);
  });

  it('is painted over, blended with another one and played round as it is seen', () => {
    const made = played({ mediaRate: sequenceRate, speed: rational(1, 2), reverse: true, from: 100, length: 24 });
    if (!made) throw new Error('not enough of it');
    const { timeline, clip } = made;
    const all = distinct(shown(timeline, clip));
    const mask = {
      keys: [{ frame: clip.start + 8, shapes: [{ shape: 'box' as const, x: 0, y: 0, width: 9, height: 9 }] }],
      ...{ track: true, feather: 0, grow: 0 },
    };
    const [first, last] = [clip.start + 8, clip.start + 15];
    const painted = planFor(timeline.document, { task: 'inpaint', clipId: clip.id, first, last, mask });
    expect(cut(timeline, painted.sources[0])).toEqual(distinct(shown(timeline, clip, 8, 15)));
    expect(painted).toMatchObject({ newFrames: 4, timelineFrames: 8, frameRate: rational(12) });

    const loop = planFor(timeline.document, { task: 'loop', clipId: clip.id, frames: 10 });
    expect(loop.sources.map((part) => cut(timeline, part))).toEqual([
      all.slice(0, contextFrames),
      all.slice(-contextFrames),
    ]);

    timeline.run('append', {
      ...{ sequenceId, source: { mediaId, in: rational(0), duration: 30 } },
      ...{ videoTrackId: v1, audioTrackId: null, videoClipId: testId(720) },
    });
    const sides = { leftClipId: clip.id, rightClipId: testId(720) };
    const blend = planFor(timeline.document, { task: 'blend', ...sides, frames: 7 });
    // The left side's rate, of which four frames of the sequence are seen for two; the right side is a plain one.
    expect(cut(timeline, blend.sources[0])).toEqual(
      distinct(shown(timeline, clip, 0, clip.duration - 5)).slice(-contextFrames),
    );
    expect(blend.sources[1].sampled).toBeUndefined();
    expect(blend.frameRate).toEqual(rational(12));
    const border = endOf(clip);
    timeline.run('place-take', { media: takeFor(blend, 903), place: blend.place });
    const take = clipsOf(timeline.document, v1).find(({ mediaId: shownId }) => shownId === testId(903));
    expect([take?.start, take && endOf(take)]).toEqual([border - 4, border + 3]);
    // What is left of both sides shows what it showed.
    expect(shown(timeline, timeline.clip(clip.id))).toEqual(shown(timeline, clip, 0, clip.duration - 5));
    const media = timeline.document.media.get(testId(903));
    expect(media && outOfDate(timeline.document, media)).toBeUndefined();
  });

  it('cannot be made again from what it was cut from, but from its edges', () => {
    const made = played({ mediaRate: sequenceRate, speed: rational(2), reverse: false, from: 0, length: 48 });
    if (!made) throw new Error('not enough of it');
    const { timeline, clip } = made;
    const fill = planFor(timeline.document, { task: 'fill', clipId: clip.id, ranges: [[5, 6]] });
    const grown = planFor(timeline.document, { task: 'extend', clipId: clip.id, edge: 'tail', frames: 6 });
    timeline.run('add-media', { media: [takeFor(fill, 901), takeFor(grown, 902)] });
    const again = (n: number) => {
      const media = timeline.document.media.get(testId(n));
      if (!media) throw new Error('no take');
      return remakeTake(timeline.document, media, 3);
    };
    expect(() => again(901)).toThrow('another speed');
    expect(again(902).sources).toEqual(grown.sources);
    // Another speed is another edge.
    const take = timeline.document.media.get(testId(902));
    expect(take && outOfDate(timeline.document, take)).toBeUndefined();
    timeline.run('set-speed', { clipId: clip.id, speed: rational(3) });
    expect(take && outOfDate(timeline.document, take)).toBe('source-edit');
  });
});
