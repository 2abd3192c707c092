import { describe, expect, it } from 'vitest';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { createImage } from '../../engine/frames/image.ts';
import { createMadeUp, filmedShare } from '../../engine/tasks/made-up.ts';
import { madeUpPlaces } from '../../renderer/generate/made-up-places.ts';
import { clipsOf } from '../../engine/contract/timeline/document.ts';
import { threeClips, v1 } from '../support/timeline.ts';
import { planFor, takeFor } from '../support/wishes.ts';

describe('what of a take was filmed', () => {
  it('is counted by where the picture is taken from; what is not there was not filmed', () => {
    const weights = createImage(3, 2, 1);
    // Left: half from before, a quarter from after; right: all generated.
    weights.data.set([0.5, 0, 0.25, 0, 0.25, 2]);
    expect(filmedShare({ weights, before: true, after: true })).toBeCloseTo(0.375);
    expect(filmedShare({ weights, before: false, after: true })).toBeCloseTo(0.125);
    const twoWays = createImage(5, 1, 1);
    twoWays.data.set([0.2, 0.2, 0.2, 0.2, 0.2]);
    expect(filmedShare({ weights: twoWays, before: true, after: false })).toBeCloseTo(0.4);
  });

  it('is told in ranges of the frames of which little was', () => {
    const madeUp = createMadeUp();
    for (const [frame, share] of [0.9, 0.4, 0.49, 0.5, 0.1].entries()) madeUp.tell(frame, share);
    expect(madeUp.ranges()).toEqual([
      [1, 2],
      [4, 4],
    ]);
  });

  it('is shown where it lies on the timeline, and nothing of what is trimmed away', () => {
    const { timeline, second } = threeClips();
    const plan = planFor(timeline.document, { task: 'extend', clipId: second, edge: 'tail', frames: 10 });
    const media = takeFor(plan, 500);
    const settings = { ...media.provenance?.settings, madeUp: [[0, 1], [4, 5], [9, 9]] }; // prettier-ignore
    const take = { ...media, provenance: media.provenance && { ...media.provenance, settings } };
    timeline.run('place-take', { media: take, place: plan.place });
    const shown = () => clipsOf(timeline.document, v1).find(({ mediaId }) => mediaId === take.id);
    expect(madeUpPlaces(timeline.document, take, shown())).toEqual([
      { first: 70, last: 71 },
      { first: 74, last: 75 },
      { first: 79, last: 79 },
    ]);
    timeline.run('trim', { clipId: shown()?.id ?? '', edge: 'tail', by: -5 });
    expect(shown()?.sourceIn).toEqual(rational(0));
    expect(madeUpPlaces(timeline.document, take, shown())).toEqual([
      { first: 70, last: 71 },
      { first: 74, last: 74 },
    ]);
    expect(madeUpPlaces(timeline.document, take, undefined)).toEqual([]);
  });
});
