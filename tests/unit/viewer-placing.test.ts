import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { still } from '../../engine/contract/timeline/animated.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import {
  handlePlaces,
  scaleBetween,
  snappedMove,
  snappedRotation,
  turnBetween,
} from '../../renderer/viewer/place/place-maths.ts';
import { moveSteps, scaleSteps, turnSteps } from '../../renderer/viewer/place/place-steps.ts';
import { clipUnder, seenClips, seenTitles } from '../../renderer/viewer/place/seen-clips.ts';
import type { Point } from '../../renderer/viewer/place/seen-clips.ts';
import { appendFilm, newTimeline, sequenceId, testId, titleOf, v2 } from '../support/timeline.ts';

const frame = { width: 1920, height: 1080 };
const point = fc.tuple(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: -3000, max: 3000 }));
const box = (left: number, top: number, right: number, bottom: number) => ({
  corners: [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ] as [Point, Point, Point, Point],
  anchor: [(left + right) / 2, (top + bottom) / 2] as Point,
});

describe('a picture that is moved', () => {
  it('meets the middle, the edges and the safe areas, and says which', () => {
    const small = box(100, 100, 300, 200);
    expect(snappedMove(small, [757, 394], frame, 8)).toEqual({ by: [760, 390], lines: { x: 960, y: 540 } });
    expect(snappedMove(small, [-97, 0], frame, 8)).toEqual({ by: [-100, 8], lines: { x: 0, y: 108 } });
    expect(snappedMove(small, [1430, 300], frame, 8)).toEqual({ by: [1428, 300], lines: { x: 1728, y: null } });
    expect(snappedMove(small, [757, 394], frame, 0)).toEqual({ by: [757, 394], lines: { x: null, y: null } });
  });

  it('never goes further than it snaps from where the pointer is', () => {
    fc.assert(
      fc.property(point, fc.integer({ min: 0, max: 40 }), (by, within) => {
        const moved = snappedMove(box(100, 100, 300, 200), by, frame, within);
        expect(Math.abs(moved.by[0] - by[0])).toBeLessThanOrEqual(within);
        expect(Math.abs(moved.by[1] - by[1])).toBeLessThanOrEqual(within);
      }),
    );
  });
});

describe('a picture that is resized and turned', () => {
  it('follows the pointer about its anchor', () => {
    fc.assert(
      fc.property(
        point,
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: 0.1, max: 8, noNaN: true }),
        fc.integer({ min: -179, max: 179 }),
        (anchor, radius, times, degrees) => {
          const from: Point = [anchor[0] + radius, anchor[1]];
          const angle = (degrees * Math.PI) / 180;
          const to: Point = [
            anchor[0] + radius * times * Math.cos(angle),
            anchor[1] + radius * times * Math.sin(angle),
          ];
          expect(scaleBetween(anchor, from, to)).toBeCloseTo(times, 6);
          expect(turnBetween(anchor, from, to)).toBeCloseTo(degrees, 6);
        },
      ),
    );
    expect(scaleBetween([1, 1], [1, 1], [5, 5])).toBe(1);
  });

  it('stops at eighths of a round, unless it is free or goes by steps', () => {
    expect([88.5, 91.9, 92.26].map((degrees) => snappedRotation(degrees, 'near'))).toEqual([90, 90, 92.3]);
    expect(snappedRotation(88.54, 'free')).toBe(88.5);
    expect(snappedRotation(38, 'steps')).toBe(45);
  });

  it('has its handles where they can be taken hold of', () => {
    const half = handlePlaces({ ...box(400, 400, 800, 600), rotation: 0 }, frame, 0.5);
    expect(half).toEqual({
      corners: [
        [200, 200],
        [400, 200],
        [400, 300],
        [200, 300],
      ],
      ...{ top: [300, 200], turn: [300, 174], middle: [300, 250] },
    });
    // What fills the frame has its own inside, and so has what reaches far out of it.
    const full = handlePlaces({ ...box(-5000, 0, 5000, 1080), rotation: 0 }, frame, 0.5);
    expect(full.corners[2]).toEqual([950, 530]);
    expect(full.turn).toEqual([10, 26]);
  });
});

/** A film on V1, and on V2 from frame 10 on a title; its ink is 400 x 100 in the middle of the frame. */
const titled = () => {
  const timeline = newTimeline();
  const [film] = appendFilm(timeline, 300, 0, 60);
  const title = testId(400);
  const source = { title: titleOf('Morning'), duration: 20 };
  timeline.run('overwrite', { sequenceId, source, videoTrackId: v2, videoClipId: title, at: 10 });
  const seen = (at: number) =>
    seenClips(timeline.document, sequenceId, at, () => ({ left: 760, top: 490, right: 1160, bottom: 590 }));
  return { timeline, film, title, seen };
};

describe('what is seen on the picture', () => {
  it('is taken from the top, a title only where its letters are', () => {
    const { timeline, film, title, seen } = titled();
    const under = (x: number, y: number) => clipUnder(seen(12), [x, y])?.clip.id;
    expect([under(960, 540), under(700, 540), under(2000, 540)]).toEqual([title, film, undefined]);
    expect(clipUnder(seen(5), [960, 540])?.clip.id).toBe(film);
    expect(seenTitles(timeline.document, sequenceId, 12).map(({ id }) => id)).toEqual([title]);
    expect(seenClips(timeline.document, sequenceId, 12, () => undefined).map(({ clip }) => clip.id)).toEqual([film]);
  });

  it('has its corners where the placement puts them', () => {
    const { timeline, title, seen } = titled();
    const placement = { x: still(100), y: still(-40), rotation: still(90), scale: still(2) };
    timeline.run('set-clip', { clipIds: [title], changes: { placement } });
    const turned = seen(12).at(-1);
    expect(turned?.anchor).toEqual([1060, 500]);
    expect(turned?.corners).toEqual([
      [1160, 100],
      [1160, 900],
      [960, 900],
      [960, 100],
    ]);
    expect(clipUnder(seen(12), [1100, 880])?.clip.id).toBe(title);
  });
});

describe('what a handle does to a clip', () => {
  const after = (act: (clip: Clip) => ReturnType<typeof moveSteps>): Clip => {
    const { timeline, film } = titled();
    timeline.run('batch', { operations: act(timeline.clip(film)) });
    return timeline.clip(film);
  };

  it('moves to whole pixels, scales and turns', () => {
    expect(after((clip) => moveSteps(clip, 5, [10.4, -3.6])).placement).toMatchObject({ x: still(10), y: still(-4) });
    expect(after((clip) => scaleSteps(clip, 5, 0.5)).placement?.scale).toEqual(still(0.5));
    expect(after((clip) => scaleSteps(clip, 5, 1e9)).placement?.scale).toEqual(still(100));
    expect(after((clip) => turnSteps(clip, 5, 45)).placement?.rotation).toEqual(still(45));
    const { timeline, film } = titled();
    expect(moveSteps(timeline.clip(film), 5, [0, 0])).toEqual([]);
  });

  it('resizes the letters of a title, within what they can be', () => {
    const { timeline, title } = titled();
    const sized = (times: number): number | undefined => {
      timeline.run('batch', { operations: scaleSteps(timeline.clip(title), 12, times) });
      return timeline.clip(title).title?.size;
    };
    expect([sized(2), sized(0.25), sized(1e-9), sized(1e9)]).toEqual([0.2, 0.05, 0.005, 1]);
    expect(timeline.clip(title).placement?.scale).toEqual(still(1));
  });

  it('sets a key at the playhead where the clip moves already', () => {
    const { timeline, film } = titled();
    timeline.run('set-keyframe', { clipId: film, property: 'x', frame: 0, value: 0 });
    timeline.run('batch', { operations: moveSteps(timeline.clip(film), 24, [50, 6]) });
    const { x, y } = timeline.clip(film).placement ?? {};
    expect(x?.keys.map(({ frame, value }) => [frame, value])).toEqual([
      [0, 0],
      [24, 50],
    ]);
    expect(y).toEqual(still(6));
  });
});
