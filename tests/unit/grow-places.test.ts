import { describe, expect, it } from 'vitest';
import { spansOfJob } from '../../engine/contract/generation/place-spans.ts';
import { describeWish } from '../../engine/contract/generation/preview.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { WishBody } from '../../renderer/generate/grow.svelte.ts';
import { subjectClip, subjectCut, subjectGap } from '../../renderer/generate/subject.ts';
import { allTakeGroups, arranged, inUse, takeGroupsOf } from '../../renderer/generate/take-groups.ts';
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

  /** Where the ghost of a job lies; the job was asked for on the timeline as it is now. */
  const ghostOf = (timeline: Timeline, body: WishBody, replaces: string | null = null) => {
    const { place } = describeWish(timeline.document, wishOf(body));
    return () => spansOfJob(timeline.document, sequenceId, { place, replaces }).map(({ from, to }) => [from, to]);
  };

  it('shows where the result of every job will lie', () => {
    const { timeline, clips } = cutting();
    const [a, b] = clips;
    const spans = (body: WishBody) => ghostOf(timeline, body)();
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
    // A take whose place it takes, wherever that one lies.
    const take = made(timeline, 201, wishOf({ task: 'extend', clipId: b, edge: 'tail', frames: 12 }));
    expect(ghostOf(timeline, { task: 'extend', clipId: b, edge: 'tail', frames: 12 }, take.id)()).toEqual([[96, 108]]);
  });

  it('follows the clips wherever they go while a job waits, and the take lands there', () => {
    const { timeline, clips } = cutting();
    const [a, b, c] = clips;
    const fill: WishBody = { task: 'fill', clipId: b, ranges: [[60, 62]] };
    const jobs: [body: WishBody, n: number][] = [
      [fill, 301],
      [{ task: 'extend', clipId: c, edge: 'tail', frames: 8 }, 302],
      [{ task: 'blend', leftClipId: a, rightClipId: b, frames: 6 }, 303],
    ];
    const plans = jobs.map(([body]) => describeWish(timeline.document, wishOf(body)));
    const ghosts = jobs.map(([body]) => ghostOf(timeline, body));
    // All of it later, one of them cut in two behind what is to be filled, another one in two before its end.
    timeline.run('move', { clipIds: [a, b, c], by: 100 });
    timeline.run('blade', { sequenceId, frame: 180 });
    timeline.run('blade', { sequenceId, frame: 240 });
    expect(ghosts.map((ghost) => ghost())).toEqual([[[160, 163]], [[260, 268]], [[145, 151]]]);
    for (const [i, [, n]] of jobs.entries()) {
      const [span] = ghosts[i]();
      timeline.run('place-take', { media: takeFor(plans[i], n), place: plans[i].place });
      const take = [...timeline.document.clips.values()].find(({ mediaId }) => mediaId === testId(n));
      expect(take && [take.start, take.start + take.duration]).toEqual(span);
    }
  });

  it('shows nothing where the clips have gone', () => {
    const { timeline, clips } = cutting();
    const [, b] = clips;
    const ghosts = [
      ghostOf(timeline, { task: 'extend', clipId: b, edge: 'tail', frames: 12 }),
      ghostOf(timeline, { task: 'fill', clipId: b, ranges: [[60, 62]] }),
      ghostOf(timeline, { task: 'fill-gap', sequenceId, trackId: v1, start: 96, duration: 24 }),
    ];
    timeline.run('delete', { clipIds: [b] });
    expect(ghosts.map((ghost) => ghost())).toEqual([[], [], []]);
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
