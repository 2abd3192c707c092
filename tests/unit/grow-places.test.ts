import { describe, expect, it } from 'vitest';
import { describeWish } from '../../engine/contract/generation/preview.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { WishBody } from '../../renderer/generate/grow.svelte.ts';
import { subjectClip, subjectCut, subjectGap } from '../../renderer/generate/subject.ts';
import { allTakeGroups, arranged, inUse, takeGroupsOf } from '../../renderer/generate/take-groups.ts';
import { spansOfWish } from '../../renderer/generate/wish-spans.ts';
import { appendFilm, newTimeline, sequenceId, testId, v1 } from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';
import { takeFor } from '../support/wishes.ts';

const wishOf = (body: WishBody): GenerationWish => ({
  ...{ ...body, prompt: '', seed: 4, takes: 1, quality: 'draft', model: 'motion' },
});

/** Two clips of two seconds with their sound, a gap of a second, and another one. */
const cutting = (): { timeline: Timeline; clips: string[] } => {
  const timeline = newTimeline();
  const [a] = appendFilm(timeline, 500, 0, 48);
  const [b] = appendFilm(timeline, 510, 48, 96);
  const [between] = appendFilm(timeline, 520, 96, 120);
  const [c] = appendFilm(timeline, 530, 150, 190);
  timeline.run('delete', { clipIds: [between] });
  return { timeline, clips: [a, b, c] };
};

/** A take as the queue would make it of a wish, placed where the wish said or in the bin alone. */
const made = (timeline: Timeline, n: number, wish: GenerationWish, placed = true): Media => {
  const plan = describeWish(timeline.document, wish);
  const media = takeFor(plan, n, wish.seed);
  if (placed) timeline.run('place-take', { media, place: plan.place });
  else timeline.run('add-media', { media: [media] });
  return media;
};

describe('where growing happens', () => {
  it('is about what is selected, else about what lies under the playhead', () => {
    const { timeline, clips } = cutting();
    const { document } = timeline;
    const at = (frame: number, ...selected: string[]) => ({ sequenceId, selection: new Set(selected), frame });
    expect(subjectClip(document, at(10))?.id).toBe(clips[0]);
    // The sound of a clip stands for its picture.
    expect(subjectClip(document, at(10, testId(511)))?.id).toBe(clips[1]);
    expect(subjectClip(document, at(100))).toBeUndefined();
    expect(subjectCut(document, at(90))).toMatchObject({ left: { id: clips[0] }, right: { id: clips[1] } });
    expect(subjectGap(document, at(100))).toMatchObject({ trackId: v1, start: 96, duration: 24 });
    expect(subjectGap(document, at(10))).toBeUndefined();
  });

  it('shows where the result of every wish will lie', () => {
    const { timeline, clips } = cutting();
    const [a, b] = clips;
    const spans = (body: WishBody) =>
      spansOfWish(timeline.document, sequenceId, wishOf(body)).map(({ from, to }) => [from, to]);
    expect(spans({ task: 'extend', clipId: b, edge: 'tail', frames: 12 })).toEqual([[96, 108]]);
    expect(spans({ task: 'extend', clipId: b, edge: 'head', frames: 12 })).toEqual([[36, 48]]);
    expect(spans({ task: 'loop', clipId: b, frames: 12 })).toEqual([[96, 108]]);
    const ranges: [number, number][] = [
      [3, 4],
      [9, 9],
    ];
    expect(spans({ task: 'fill', clipId: a, ranges })).toEqual([
      [3, 5],
      [9, 10],
    ]);
    expect(spans({ task: 'fill-gap', sequenceId, trackId: v1, start: 96, duration: 24 })).toEqual([[96, 120]]);
    expect(spans({ task: 'blend', leftClipId: a, rightClipId: b, frames: 10 })).toEqual([[43, 53]]);
    expect(spans({ task: 'extend', clipId: testId(999), edge: 'tail', frames: 12 })).toEqual([]);
  });

  it('groups takes by what they were grown for, and knows which is in use', () => {
    const { timeline, clips } = cutting();
    const [, b] = clips;
    const extend = wishOf({ task: 'extend', clipId: b, edge: 'tail', frames: 12 });
    const first = made(timeline, 201, extend);
    const second = made(timeline, 202, { ...extend, seed: 5 }, false);
    const other = made(timeline, 203, wishOf({ task: 'extend', clipId: b, edge: 'head', frames: 6 }), false);
    const { document } = timeline;
    const [source] = [...document.clips.values()].filter(({ id }) => id === b);
    const groups = takeGroupsOf(document, source);
    expect(groups.map(({ takes }) => takes.map(({ id }) => id))).toEqual([[first.id, second.id], [other.id]]);
    expect(groups.map(inUse)).toEqual([0, -1]);
    const clip = groups[0].clip;
    if (!clip) throw new Error('the take is not on the timeline');
    // From the take itself its siblings are seen.
    expect(takeGroupsOf(document, clip)[0].takes).toHaveLength(2);
    timeline.run('choose-take', { clipId: clip.id, mediaId: second.id });
    expect(takeGroupsOf(timeline.document, source).map(inUse)).toEqual([1, -1]);
    expect(
      allTakeGroups(timeline.document)
        .at(0)
        ?.takes.map(({ id }) => id),
    ).toEqual([other.id]);
  });

  it('puts starred takes in front, or shows them alone with the one in use; their numbers stay', () => {
    const { timeline, clips } = cutting();
    const [, b] = clips;
    const extend = wishOf({ task: 'extend', clipId: b, edge: 'tail', frames: 12 });
    const takes = [201, 202, 203, 204].map((n, i) => made(timeline, n, { ...extend, seed: n }, i === 0));
    timeline.run('star-media', { mediaIds: [takes[3].id, takes[1].id], starred: true });
    const group = () => {
      const source = timeline.document.clips.get(b);
      if (!source) throw new Error('the clip is gone');
      return takeGroupsOf(timeline.document, source)[0];
    };
    const numbers = (order: Parameters<typeof arranged>[1]) => arranged(group(), order).map(({ number }) => number);
    expect(numbers('made')).toEqual([1, 2, 3, 4]);
    expect(numbers('starred-first')).toEqual([2, 4, 1, 3]);
    expect(numbers('starred')).toEqual([2, 4, 1]);
    timeline.run('star-media', { mediaIds: takes.map(({ id }) => id), starred: false });
    expect(numbers('starred')).toEqual([1]);
  });
});
