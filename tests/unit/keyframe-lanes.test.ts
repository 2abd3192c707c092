import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easings, valueAt } from '../../engine/contract/timeline/animated.ts';
import type { Animated } from '../../engine/contract/timeline/animated.ts';
import {
  laneCurve,
  laneFrame,
  laneX,
  laneY,
  moveKeySteps,
  removeKeySteps,
  roomOfKey,
  setKeySteps,
  snappedKey,
} from '../../renderer/inspector/keyframes/lane-maths.ts';
import { appendFilm, newTimeline } from '../support/timeline.ts';

const lane = { width: 280, height: 36, pad: 10 };
const duration = fc.integer({ min: 1, max: 100_000 });
const animated = fc
  .uniqueArray(
    fc.record({
      frame: fc.integer({ min: -50, max: 400 }),
      value: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      easing: fc.constantFrom(...easings),
    }),
    {
      ...{ selector: ({ frame }) => frame, minLength: 1, maxLength: 12 },
    },
  )
  .map((keys): Animated => ({ value: 0, keys: keys.sort((a, b) => a.frame - b.frame) }));

describe('a lane of keyframes', () => {
  it('has every frame of a short clip at a place of its own, from one end to the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (frames) => {
        for (let frame = 0; frame < frames; frame += 1)
          expect(laneFrame(lane, frames, laneX(lane, frames, frame))).toBe(frame);
      }),
      { numRuns: 30 },
    );
    expect([laneX(lane, 48, 0), laneX(lane, 48, 47), laneX(lane, 1, 0)]).toEqual([10, 270, 10]);
  });

  it('never leaves the clip, wherever the pointer is, and however narrow the lane', () => {
    fc.assert(
      fc.property(duration, fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.nat(600), (frames, x, width) => {
        const frame = laneFrame({ ...lane, width }, frames, x);
        expect(frame >= 0 && frame < frames && Number.isInteger(frame)).toBe(true);
      }),
    );
  });

  it('draws values within it, and a step where a key holds', () => {
    fc.assert(
      fc.property(animated, fc.integer({ min: -60, max: 420 }), (value, frame) => {
        const y = laneY(lane, value, valueAt(value, frame));
        expect(y).toBeGreaterThanOrEqual(lane.pad - 1e-6);
        expect(y).toBeLessThanOrEqual(lane.height - lane.pad + 1e-6);
        expect(laneCurve(lane, 300, value)).toMatch(/^M[\d.-]+ [\d.-]+(L[\d.-]+ [\d.-]+)*$/);
      }),
    );
    const held = { value: 0, keys: [10, 20].map((frame) => ({ frame, value: frame, easing: 'hold' as const })) };
    const points = laneCurve(lane, 27, held).slice(1).split('L');
    expect(
      points.filter((point) => point.startsWith('200.0 ')).concat(points.filter((point) => point.startsWith('210.0 '))),
    ).toEqual(['200.0 26.0', '210.0 10.0']);
  });

  it('snaps to what is near on the lane', () => {
    expect(snappedKey(lane, 27, 113, [10, 20], 5)).toBe(10);
    expect(snappedKey(lane, 27, 123, [10, 20], 5)).toBe(11);
    expect(snappedKey(lane, 27, 12, [-1, 90], 50)).toBe(0);
  });
});

describe('a key that is moved', () => {
  const keyed = () => {
    const timeline = newTimeline();
    const [film] = appendFilm(timeline, 300, 0, 60);
    for (const [frame, value] of [
      [5, 1],
      [20, 2],
      [40, 3],
    ])
      timeline.run('set-keyframe', { clipId: film, property: 'scale', frame, value, easing: 'smooth' });
    const at = () => ({ clip: timeline.clip(film), property: 'scale' as const });
    const keys = () => timeline.clip(film).placement?.scale.keys.map(({ frame, value }) => `${frame}:${value}`);
    return { timeline, at, keys };
  };

  it('stays between the keys beside it, whole and with what it is', () => {
    const { timeline, at, keys } = keyed();
    timeline.run('batch', { operations: moveKeySteps(at(), 1, 33) });
    expect(keys()).toEqual(['5:1', '33:2', '40:3']);
    expect(at().clip.placement?.scale.keys[1].easing).toBe('smooth');
    timeline.run('batch', { operations: moveKeySteps(at(), 1, 200) });
    expect(keys()).toEqual(['5:1', '39:2', '40:3']);
    timeline.run('batch', { operations: moveKeySteps(at(), 2, 200) });
    timeline.run('batch', { operations: moveKeySteps(at(), 0, -7) });
    expect(keys()).toEqual(['0:1', '39:2', '59:3']);
    expect(moveKeySteps(at(), 0, -7)).toEqual([]);
    expect(moveKeySteps(at(), 9, 5)).toEqual([]);
    expect(roomOfKey(at().clip.placement?.scale.keys ?? [], 1, 60)).toEqual({ from: 1, to: 58 });
  });

  it('is set on the course of the value, changed and removed', () => {
    const { timeline, at, keys } = keyed();
    timeline.run('batch', { operations: setKeySteps(at(), 30, {}) });
    expect(keys()).toEqual(['5:1', '20:2', '30:2.5', '40:3']);
    timeline.run('batch', { operations: setKeySteps(at(), 20, { easing: 'hold' }) });
    expect(at().clip.placement?.scale.keys[1]).toEqual({ frame: 20, value: 2, easing: 'hold' });
    timeline.run('batch', { operations: removeKeySteps(at(), 5) });
    expect(keys()).toEqual(['20:2', '30:2.5', '40:3']);
  });
});
