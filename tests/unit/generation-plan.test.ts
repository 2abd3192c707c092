import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wishPlanSchema } from '../../engine/contract/generation/plan.ts';
import { contextFrames } from '../../engine/contract/generation/describe-clip.ts';
import { describeWish } from '../../engine/contract/generation/preview.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import { generationWishSchema } from '../../engine/contract/generation/wish.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import { rational, toNumber } from '../../engine/contract/timeline/rational.ts';
import { farthestKnown } from '../../engine/diffusion/windows.ts';
import {
  appendFilm,
  filmId,
  newTimeline,
  photoId,
  sequenceId,
  testId,
  threeClips,
  v1,
  videoMedia,
} from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';
import { planFor, wishFor } from '../support/wishes.ts';

const refusalOf = (timeline: Timeline, wish: GenerationWish): EditRefused => {
  try {
    describeWish(timeline.document, wish);
  } catch (error) {
    if (error instanceof EditRefused) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

const seconds = (stretch: {
  in: { num: number; den: number };
  out: { num: number; den: number };
}): [number, number] => [toNumber(stretch.in) * 24, toNumber(stretch.out) * 24];

describe('what a wish means', () => {
  it('looks at as many frames as the engine does', () => expect(contextFrames).toBe(farthestKnown));

  it('goes on from the frames that the clip shows at its edge', () => {
    const { timeline, second } = threeClips();
    const tail = planFor(timeline.document, { task: 'extend', clipId: second, edge: 'tail', frames: 36 });
    expect(tail).toMatchObject({
      task: 'extend',
      newFrames: 36,
      knownFrames: 25,
      width: 1920,
      height: 1080,
      sound: true,
    });
    expect(tail.sources.map(seconds)).toEqual([[100, 130]]);
    expect(tail.place).toMatchObject({ kind: 'beside', clipId: second, side: 'after', duration: 36 });
    const head = planFor(timeline.document, { task: 'extend', clipId: second, edge: 'head', frames: 12 });
    expect(head.sources.map(seconds)).toEqual([[100, 130]]);
  });

  it('counts new frames at the rate of the source, and the timeline in its own', () => {
    const timeline = newTimeline();
    timeline.run('add-media', { media: [videoMedia(testId(106), { frameRate: rational(30000, 1001), frames: 300 })] });
    timeline.run('append', {
      sequenceId,
      source: { mediaId: testId(106) },
      videoTrackId: v1,
      videoClipId: testId(300),
    });
    const plan = planFor(timeline.document, { task: 'extend', clipId: testId(300), edge: 'tail', frames: 24 });
    expect(plan).toMatchObject({ newFrames: 30, timelineFrames: 24, frameRate: rational(30000, 1001), sound: false });
  });

  it('makes a draft small and a final as large as its source', () => {
    const { timeline, first } = threeClips();
    const draft = planFor(timeline.document, { task: 'loop', clipId: first, frames: 8, quality: 'draft' });
    expect([draft.width, draft.height]).toEqual([640, 360]);
    expect(draft.sources.map(seconds)).toEqual([
      [20, 60],
      [20, 60],
    ]);
  });

  it('fills damaged frames from both sides, far ones apart', () => {
    const timeline = newTimeline();
    const [clipId] = appendFilm(timeline, 300, 0, 200);
    const plan = planFor(timeline.document, {
      task: 'fill',
      clipId,
      ranges: [
        [10, 12],
        [20, 20],
        [150, 155],
      ],
    });
    expect(plan).toMatchObject({ newFrames: 10, timelineFrames: 10, sound: false });
    expect(plan.sources.map(seconds)).toEqual([
      [0, 46],
      [125, 181],
    ]);
    expect(plan.knownFrames).toBe(46 + 56 - 10);
    expect(plan.place).toMatchObject({
      pieces: [
        { duration: 3, from: rational(0) },
        { duration: 1, from: rational(3, 24) },
        { duration: 6, from: rational(4, 24) },
      ],
    });
  });

  it('blends over a cut, the larger half before it', () => {
    const { timeline, first, second } = threeClips();
    const plan = planFor(timeline.document, { task: 'blend', leftClipId: first, rightClipId: second, frames: 7 });
    expect(plan.sources.map(seconds)).toEqual([
      [31, 56],
      [103, 128],
    ]);
    expect(plan).toMatchObject({ newFrames: 7, sound: false, place: { kind: 'cut', before: 4, after: 3 } });
  });

  it('animates a still at the rate of its sequence', () => {
    const { timeline } = threeClips();
    const still = { camera: '', arrows: [], regions: [], keep: null };
    const plan = planFor(timeline.document, { task: 'animate', mediaId: photoId, clipId: null, seconds: 2, ...still });
    expect(plan).toMatchObject({ newFrames: 47, timelineFrames: 48, knownFrames: 1, place: { kind: 'none' } });
    const other = wishFor({ task: 'animate', mediaId: filmId, clipId: null, seconds: 2, ...still });
    expect(refusalOf(timeline, other).reason).toBe('wrong-kind');
  });

  it('refuses in words what cannot be', () => {
    const { timeline, first, firstSound, second, third } = threeClips();
    const extend = (clipId: string): GenerationWish => wishFor({ task: 'extend', clipId, edge: 'tail', frames: 4 });
    expect(refusalOf(timeline, extend(testId(999))).reason).toBe('not-found');
    expect(refusalOf(timeline, extend(firstSound)).message).toContain('picture');
    expect(
      refusalOf(timeline, wishFor({ task: 'blend', leftClipId: first, rightClipId: third, frames: 4 })).reason,
    ).toBe('not-adjacent');
    expect(
      refusalOf(timeline, wishFor({ task: 'blend', leftClipId: first, rightClipId: second, frames: 90 })).reason,
    ).toBe('too-short');
    const gap = wishFor({ task: 'fill-gap', sequenceId, trackId: v1, start: 40, duration: 5 });
    expect(refusalOf(timeline, gap).reason).toBe('not-adjacent');
    expect(refusalOf(timeline, wishFor({ task: 'fill', clipId: first, ranges: [[30, 45]] })).reason).toBe('bad-input');
    expect(refusalOf(timeline, wishFor({ task: 'fill', clipId: first, ranges: [[0, 39]] })).reason).toBe('too-short');
    const mask = { keys: [{ frame: 3, shapes: [] }], track: true, feather: 4, grow: 0 };
    expect(refusalOf(timeline, wishFor({ task: 'inpaint', clipId: first, first: 2, last: 9, mask })).reason).toBe(
      'nothing-to-do',
    );
    timeline.run('set-speed', { clipId: second, speed: rational(0) });
    expect(refusalOf(timeline, extend(second)).message).toContain('frozen');
    timeline.run('change-track', { id: v1, changes: { locked: true } });
    expect(refusalOf(timeline, extend(first)).reason).toBe('locked-track');
  });

  it('is a plan that the contract takes, or a refusal, for any wish of any frames', () => {
    const { timeline, first, second } = threeClips();
    const frame = fc.integer({ min: 0, max: 120 });
    const count = fc.integer({ min: 1, max: 200 });
    const clip = fc.constantFrom(first, second);
    const any = fc.oneof(
      fc
        .record({ clip, count, edge: fc.constantFrom('head' as const, 'tail' as const) })
        .map(({ clip, count, edge }) => wishFor({ task: 'extend', clipId: clip, edge, frames: count })),
      count.map((frames) => wishFor({ task: 'blend', leftClipId: first, rightClipId: second, frames })),
      fc
        .array(fc.tuple(frame, frame), { minLength: 1, maxLength: 5 })
        .chain((ranges) => clip.map((clipId) => wishFor({ task: 'fill', clipId, ranges }))),
    );
    fc.assert(
      fc.property(any, (wish) => {
        generationWishSchema.parse(wish);
        try {
          const plan = wishPlanSchema.parse(describeWish(timeline.document, wish));
          expect(plan.newFrames).toBe(plan.timelineFrames);
          expect(plan.sources.every((part) => toNumber(part.out) > toNumber(part.in))).toBe(true);
        } catch (error) {
          if (!(error instanceof EditRefused)) throw error;
          expect(error.message).toMatch(/\.$/);
        }
      }),
    );
  });
});
