import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blendLength, blendSpan, gapAt, joinedRanges, partsOfDrag } from '../../renderer/generate/grow-maths.ts';
import { appendFilm, newTimeline, v1, v2 } from '../support/timeline.ts';

describe('growing by a drag', () => {
  it('goes over the handle first and grows what is beyond it', () => {
    expect(partsOfDrag(10, 24)).toEqual({ trim: 10, grow: 0 });
    expect(partsOfDrag(36, 24)).toEqual({ trim: 24, grow: 12 });
    expect(partsOfDrag(12, 0)).toEqual({ trim: 0, grow: 12 });
    expect(partsOfDrag(-8, 0)).toEqual({ trim: -8, grow: 0 });
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.nat(300), (outward, handle) => {
        const { trim, grow } = partsOfDrag(outward, handle);
        expect(trim + grow).toBe(outward);
        expect(grow).toBeGreaterThanOrEqual(0);
        expect(trim).toBeLessThanOrEqual(handle);
      }),
    );
  });

  it('lays a blend over its cut, as long as both clips keep a frame', () => {
    expect(blendSpan(48, 24)).toEqual({ from: 36, to: 60 });
    expect(blendSpan(48, 5)).toEqual({ from: 45, to: 50 });
    expect(blendLength(-9.4, { duration: 48 }, { duration: 48 })).toBe(18);
    expect(blendLength(0, { duration: 48 }, { duration: 48 })).toBe(2);
    expect(blendLength(100, { duration: 48 }, { duration: 20 })).toBe(38);
  });

  it('joins ranges that touch, whatever their order', () => {
    expect(
      joinedRanges([
        [8, 9],
        [1, 3],
        [4, 4],
        [9, 12],
      ]),
    ).toEqual([
      [1, 4],
      [8, 12],
    ]);
    const ranges = fc.array(
      fc.tuple(fc.nat(60), fc.nat(9)).map(([first, more]): [number, number] => [first, first + more]),
    );
    fc.assert(
      fc.property(ranges, (some) => {
        const framesOf = (list: readonly (readonly [number, number])[]): number[] => {
          const frames = new Set<number>();
          for (const [first, last] of list) for (let frame = first; frame <= last; frame++) frames.add(frame);
          return [...frames].sort((a, b) => a - b);
        };
        const joined = joinedRanges(some);
        expect(framesOf(joined)).toEqual(framesOf(some));
        for (const [i, [first]] of joined.entries()) if (i > 0) expect(first).toBeGreaterThan(joined[i - 1][1] + 1);
      }),
    );
  });

  it('finds the gap between two clips, and none beside them', () => {
    const timeline = newTimeline();
    const [left] = appendFilm(timeline, 500, 0, 48);
    const [middle] = appendFilm(timeline, 510, 48, 72);
    const [right] = appendFilm(timeline, 520, 100, 140);
    timeline.run('delete', { clipIds: [middle] });
    for (const frame of [48, 60, 71])
      expect(gapAt(timeline.document, v1, frame)).toMatchObject({
        ...{ start: 48, duration: 24 },
        ...{ left: { id: left }, right: { id: right } },
      });
    for (const frame of [0, 47, 72, 112, 400]) expect(gapAt(timeline.document, v1, frame)).toBeUndefined();
    expect(gapAt(timeline.document, v2, 50)).toBeUndefined();
  });
});
