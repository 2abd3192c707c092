import { beforeEach, describe, expect, it } from 'vitest';
import { remakeTake } from '../../engine/contract/generation/remake.ts';
import { outOfDate, takesOf, takesWith } from '../../engine/contract/generation/takes.ts';
import { clipsOf, transitionAtStart } from '../../engine/contract/timeline/document.ts';
import { a1, filmId, photoId, sequenceId, testId, threeClips, threeClipsLayout, v1 } from '../support/timeline.ts';
import { planFor, takeFor } from '../support/wishes.ts';

let { timeline, first, second, third } = threeClips();
beforeEach(() => {
  ({ timeline, first, second, third } = threeClips());
});

const extend = (clipId: string, edge: 'head' | 'tail', frames: number) =>
  planFor(timeline.document, { task: 'extend', clipId, edge, frames });

/** Places a take for a plan; its clips on V1. */
const place = (plan: ReturnType<typeof extend>, n: number) => {
  const media = takeFor(plan, n);
  timeline.run('place-take', { media, place: plan.place });
  return clipsOf(timeline.document, v1).filter((clip) => clip.mediaId === media.id);
};

describe('placing a take', () => {
  it('grows a clip at its end with its sound, and moves what comes later only where there is no room', () => {
    place(extend(second, 'tail', 10), 500);
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-80@0 80-120@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('delete', { clipIds: [first] });
    place(extend(second, 'head', 10), 501);
    expect(timeline.layout(v1)).toBe('30-40@0 40-70@100 70-80@0 80-120@160');
  });

  it('moves the sound of later clips too when the take is silent', () => {
    const plan = { ...extend(second, 'tail', 10), sound: false };
    place(plan, 500);
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-80@0 80-120@160');
    expect(timeline.layout(a1)).toBe('0-40@20 40-70@100 80-120@160');
  });

  it('lies in the picture as its clip does, and takes over the fade and the transition of the edge', () => {
    timeline.run('set-clip', {
      clipIds: [second],
      changes: { fadeOut: 6, placement: { scale: { value: 2, keys: [] } } },
    });
    timeline.run('add-transition', { leftClipId: second, rightClipId: third, duration: 8 });
    const [clip] = place(extend(second, 'tail', 10), 500);
    expect(clip).toMatchObject({ fadeOut: 6, kind: 'take' });
    expect(clip.placement?.scale.value).toBe(2);
    expect(timeline.clip(second).fadeOut).toBe(0);
    // Beyond its end a take has no frames: what is left of the transition lies before the cut.
    expect(transitionAtStart(timeline.document, third)).toMatchObject({ leftClipId: clip.id, before: 4, after: 0 });
  });

  it('fills frames in a clip, wherever the clip has gone meanwhile, in one edit', () => {
    const plan = planFor(timeline.document, {
      task: 'fill',
      clipId: second,
      ranges: [
        [45, 46],
        [60, 62],
      ],
    });
    timeline.run('ripple-delete', { clipIds: [first] });
    const before = timeline.document;
    place(plan, 500);
    expect(timeline.layout(v1)).toBe('0-5@100 5-7@0 7-20@107 20-23@2 23-30@123 30-70@160');
    expect(timeline.layout(a1)).toBe('0-30@100 30-70@160');
    const edit = timeline.edits.at(-1);
    expect(edit?.op).toBe('place-take');
    expect(before.media.has(testId(500))).toBe(false);
  });

  it('goes over a cut, into a gap, and between two media at the end', () => {
    place(planFor(timeline.document, { task: 'blend', leftClipId: first, rightClipId: second, frames: 7 }), 500);
    expect(timeline.layout(v1)).toBe('0-36@20 36-43@0 43-70@103 70-110@160');
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
    timeline.run('delete', { clipIds: [second] });
    const gap = planFor(timeline.document, { task: 'fill-gap', sequenceId, trackId: v1, start: 43, duration: 27 });
    place(gap, 501);
    expect(timeline.layout(v1)).toBe('0-36@20 36-43@0 43-70@0 70-110@160');
    const ends = { leftMediaId: filmId, rightMediaId: filmId, sequenceId } as const;
    place(planFor(timeline.document, { task: 'blend-media', frames: 8, ...ends }), 502);
    expect(timeline.layout(v1)).toBe('0-36@20 36-43@0 43-70@0 70-110@160 110-346@0 346-354@0 354-590@4');
  });

  it('is refused where the timeline is another one now', () => {
    const plan = planFor(timeline.document, { task: 'blend', leftClipId: first, rightClipId: second, frames: 6 });
    timeline.run('delete', { clipIds: [second] });
    expect(timeline.refusal('place-take', { media: takeFor(plan, 500), place: plan.place })).toBe('not-found');
    timeline.run('add-media', { media: [takeFor(plan, 500)] });
    expect(takesOf(timeline.document, first).map(({ id }) => id)).toEqual([testId(500)]);
  });
});

describe('choosing another take', () => {
  it('swaps picture and sound, keeps the place, and can be undone', () => {
    const plan = extend(second, 'tail', 10);
    const [clip] = place(plan, 500);
    timeline.run('add-media', { media: [takeFor(plan, 501)] });
    timeline.run('choose-take', { clipId: clip.id, mediaId: testId(501) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-80@0 80-120@160');
    const shown = [...clipsOf(timeline.document, v1), ...clipsOf(timeline.document, a1)];
    expect(shown.filter(({ kind }) => kind === 'take').map(({ mediaId }) => mediaId)).toEqual([
      testId(501),
      testId(501),
    ]);
    expect(takesOf(timeline.document, clip.id).map(({ id }) => id)).toEqual([testId(500), testId(501)]);
    expect(timeline.refusal('choose-take', { clipId: clip.id, mediaId: testId(501) })).toBe('nothing-to-do');
    expect(timeline.refusal('choose-take', { clipId: second, mediaId: testId(501) })).toBe('wrong-kind');
  });

  it('of another length takes its own where a clip was grown, at either end', () => {
    const [clip] = place(extend(second, 'tail', 10), 500);
    timeline.run('add-media', {
      media: [takeFor(extend(second, 'tail', 16), 501), takeFor(extend(second, 'tail', 4), 502)],
    });
    timeline.run('choose-take', { clipId: clip.id, mediaId: testId(501) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-86@0 86-126@160');
    timeline.run('choose-take', { clipId: clip.id, mediaId: testId(502) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-74@0 74-114@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
  });

  it('that is too short for the place is refused', () => {
    const plan = planFor(timeline.document, { task: 'fill', clipId: second, ranges: [[45, 52]] });
    const [clip] = place(plan, 500);
    const short = planFor(timeline.document, { task: 'extend', clipId: first, edge: 'tail', frames: 3 });
    timeline.run('add-media', { media: [takeFor(short, 501)] });
    expect(timeline.refusal('choose-take', { clipId: clip.id, mediaId: testId(501) })).toBe('outside-source');
  });
});

describe('a take', () => {
  const takeIn = (id: string) => {
    const media = timeline.document.media.get(id);
    if (!media) throw new Error('no such take');
    return media;
  };

  it('is out of date once the edge that it goes on from is another one', () => {
    place(extend(second, 'tail', 10), 500);
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBeUndefined();
    timeline.run('move', { clipIds: [second], by: 400 });
    timeline.run('blade', { sequenceId, frame: 450 });
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBeUndefined();
    const right = clipsOf(timeline.document, v1).find(({ start }) => start === 450);
    timeline.run('trim', { clipId: right?.id ?? '', edge: 'tail', by: -2 });
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBe('source-edit');
  });

  it('of a fill or blend still fits after it was placed, and not after a slip', () => {
    place(planFor(timeline.document, { task: 'fill', clipId: second, ranges: [[45, 52]] }), 500);
    place(planFor(timeline.document, { task: 'blend', leftClipId: first, rightClipId: second, frames: 6 }), 501);
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBeUndefined();
    expect(outOfDate(timeline.document, takeIn(testId(501)))).toBeUndefined();
    timeline.run('slip', { clipId: second, by: 3, withLinked: false });
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBe('source-edit');
    expect(outOfDate(timeline.document, takeIn(testId(501)))).toBe('source-edit');
  });

  it('is out of date when its file is another one', () => {
    place(extend(second, 'tail', 10), 500);
    timeline.run('change-media', { id: filmId, changes: { hash: 'b'.repeat(64) } });
    expect(outOfDate(timeline.document, takeIn(testId(500)))).toBe('source-file');
  });
});

describe('making a take again from its source as it is now', () => {
  const again = (id: string) => {
    const media = timeline.document.media.get(id);
    if (!media) throw new Error('no such take');
    return remakeTake(timeline.document, media, 5);
  };
  const frames = (plan: ReturnType<typeof again>) =>
    plan.sources.map((part) => [part.in, part.out].map(({ num, den }) => (num * 24) / den));
  /** What is made again fits: once it is chosen, nothing is out of date. */
  const fits = (plan: ReturnType<typeof again>, clipId: string): void => {
    timeline.run('add-media', { media: [takeFor(plan, 600, 5)] });
    timeline.run('choose-take', { clipId, mediaId: testId(600) });
    const take = timeline.document.media.get(testId(600));
    expect(take && outOfDate(timeline.document, take)).toBeUndefined();
  };

  it('goes between the clips that lie beside it', () => {
    const [clip] = place(
      planFor(timeline.document, { task: 'blend', leftClipId: first, rightClipId: second, frames: 6 }),
      500,
    );
    timeline.run('slip', { clipId: second, by: 3, withLinked: false });
    const plan = again(testId(500));
    expect(plan).toMatchObject({ newFrames: 6, place: { kind: 'none' }, wish: { seed: 5, takes: 1 } });
    expect(frames(plan)).toEqual([
      [32, 57],
      [106, 131],
    ]);
    fits(plan, clip.id);
    timeline.run('delete', { clipIds: [first] });
    expect(() => again(testId(600))).toThrow('either side');
  });

  it('follows a clip that was slipped around what was filled', () => {
    const [clip] = place(planFor(timeline.document, { task: 'fill', clipId: second, ranges: [[45, 52]] }), 500);
    const before = again(testId(500));
    timeline.run('slip', { clipId: second, by: 3, withLinked: false });
    const plan = again(testId(500));
    expect(frames(plan)).toEqual(frames(before).map((part) => part.map((frame) => frame + 3)));
    fits(plan, clip.id);
  });

  it('goes on from the clip where it ends now, with another file too', () => {
    const [clip] = place(extend(second, 'tail', 10), 500);
    timeline.run('ripple-trim', { clipId: second, edge: 'tail', by: -4 });
    timeline.run('change-media', { id: filmId, changes: { hash: 'b'.repeat(64) } });
    const plan = again(testId(500));
    expect(frames(plan)[0][1]).toBe(126);
    fits(plan, clip.id);
  });

  it('of a still, and with another motion in its place', () => {
    const stillClip = testId(700);
    timeline.run('append', {
      ...{ sequenceId, source: { mediaId: photoId, duration: 48 }, videoTrackId: v1, audioTrackId: null },
      videoClipId: stillClip,
    });
    const motion = { camera: '', arrows: [{ x: 100, y: 100, dx: 40, dy: 0 }], regions: [], keep: null };
    const wish = { task: 'animate' as const, mediaId: photoId, seconds: 2, ...motion };
    const [clip] = place(planFor(timeline.document, { ...wish, clipId: stillClip }), 500);
    expect(timeline.document.clips.has(stillClip)).toBe(false);
    timeline.run('change-media', { id: photoId, changes: { hash: 'b'.repeat(64) } });
    fits(again(testId(500)), clip.id);
    // Asked for the clip that shows a take of it.
    const other = planFor(timeline.document, { ...wish, camera: 'pan left', clipId: clip.id });
    expect(other).toMatchObject({ clipId: clip.id, wish: { clipId: stillClip }, timelineFrames: 48 });
    const take = takeFor(other, 601);
    timeline.run('add-media', { media: [take] });
    timeline.run('choose-take', { clipId: clip.id, mediaId: take.id });
    expect(takesWith(timeline.document, take)).toHaveLength(3);
    const ofAnother = { ...wish, mediaId: filmId, clipId: clip.id };
    expect(() => planFor(timeline.document, ofAnother)).toThrow('no still');
  });
});
