import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedCache } from '../../renderer/timeline/bounded-cache.ts';
import { furthest } from '../../renderer/timeline/furthest.ts';
import { keyName, usualKeys } from '../../renderer/timeline/keys.ts';
import { nearestRow, rowAt, rowsOf, heightOf } from '../../renderer/timeline/rows.ts';
import { ticksFor } from '../../renderer/timeline/ruler-ticks.ts';
import { fitted, held, timeAt, xOf, zoomedAt } from '../../renderer/timeline/time-scale.ts';
import { extremesBetween } from '../../renderer/timeline/waveform.ts';
import { newTrack } from '../../engine/contract/timeline/operations/sequences.ts';
import { nominalRate } from '../../engine/contract/timeline/timecode.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { timelineCommands } from '../../renderer/timeline/commands.ts';

const width = fc.integer({ min: 50, max: 4000 });
const frames = fc.integer({ min: 0, max: 2_000_000 });

describe('what of the sequence is on screen', () => {
  it('shows all of it when fitted, with room behind', () => {
    fc.assert(
      fc.property(frames, width, (length, pixels) => {
        const time = fitted(length, pixels);
        expect(xOf(time, length)).toBeLessThanOrEqual(pixels);
        expect(xOf(time, 0)).toBe(0);
      }),
    );
  });

  it('keeps the frame under the pointer where it is while zooming, unless an end is met', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 500_000 }),
        width,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (length, pixels, share, factor) => {
          const before = held({ left: length * share * 0.5, scale: 2 }, length, pixels);
          const x = share * pixels;
          const after = zoomedAt(before, x, factor, length, pixels);
          expect(after.left).toBeGreaterThanOrEqual(0);
          const met = after.left === 0 || after.left >= length - (pixels * 0.25) / after.scale - 1e-6;
          if (!met) expect(timeAt(after, x)).toBeCloseTo(timeAt(before, x), 4);
        },
      ),
    );
  });

  it('never loses the clips to either side', () => {
    fc.assert(
      fc.property(frames, width, fc.double({ min: -1e7, max: 1e7, noNaN: true }), (length, pixels, left) => {
        const time = held({ left, scale: 3 }, length, pixels);
        expect(time.left).toBeGreaterThanOrEqual(0);
        expect(time.left).toBeLessThanOrEqual(length);
      }),
    );
  });
});

describe('the ruler', () => {
  it('has labels that do not touch, small ticks that divide them, and whole seconds where it counts seconds', () => {
    const rates = [rational(24), rational(25), rational(30000, 1001), rational(60), rational(1)];
    fc.assert(
      fc.property(fc.constantFrom(...rates), fc.double({ min: 0.002, max: 60, noNaN: true }), (rate, scale) => {
        const { label, small } = ticksFor(rate, scale, 100);
        expect(label * scale).toBeGreaterThanOrEqual(Math.min(100, 36000 * nominalRate(rate) * scale));
        expect(label % small).toBe(0);
        expect(label % nominalRate(rate) === 0 || nominalRate(rate) % label === 0).toBe(true);
      }),
    );
  });
});

describe('rows', () => {
  const rows = rowsOf([
    { ...newTrack('v2', 's', 'video', 1), height: 40 },
    { ...newTrack('v1', 's', 'video', 0), height: 60 },
    { ...newTrack('a1', 's', 'audio', 0), height: 30 },
  ]);

  it('lie one below the other', () => {
    expect(heightOf(rows)).toBe(130);
    expect(heightOf([])).toBe(0);
    expect([0, 39, 40, 99, 100, 129, 130, -1].map((y) => rowAt(rows, y)?.track.id)).toEqual([
      'v2',
      'v2',
      'v1',
      'v1',
      'a1',
      'a1',
      undefined,
      undefined,
    ]);
  });

  it('are found by kind from anywhere', () => {
    expect(nearestRow(rows, 500, 'video')?.track.id).toBe('v1');
    expect(nearestRow(rows, -20, 'video')?.track.id).toBe('v2');
    expect(nearestRow(rows, 0, 'audio')?.track.id).toBe('a1');
    expect(nearestRow([], 0, 'audio')).toBeUndefined();
  });
});

describe('a drag', () => {
  it('goes as far as it can', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.nat(3000), fc.nat(3000), (wanted, left, right) => {
        const found = furthest(wanted, (by) => by >= -left && by <= right);
        expect(found).toBe(Math.max(-left, Math.min(right, wanted)) || 0);
      }),
    );
  });
});

describe('a bounded cache', () => {
  it('keeps what was used last, and drops the rest', () => {
    const dropped: string[] = [];
    const cache = boundedCache<string>(10, (value) => dropped.push(value));
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 4);
    expect(cache.get('a')).toBe('A');
    cache.set('c', 'C', 4);
    expect(dropped).toEqual(['B']);
    cache.set('big', 'BIG', 100);
    expect(cache.get('big')).toBe('BIG');
    expect(dropped).toEqual(['B', 'A', 'C']);
    cache.clear();
    expect(cache.get('big')).toBeUndefined();
  });
});

describe('a waveform', () => {
  const points = Int16Array.from([-100, 200, -3000, 4000, 0, 0, -32767, 32767]);
  const peaks = {
    ...{ sampleRate: 400, channels: 1, samples: 400 },
    levels: [{ samplesPerPoint: 100, points: 4, offset: 0 }],
    points: [points],
  };

  it('says the lowest and highest between two moments, and silence outside', () => {
    expect(extremesBetween(peaks, 0, 0.5)).toEqual({ low: -3000 / 32767, high: 4000 / 32767 });
    expect(extremesBetween(peaks, 0.75, 1)).toEqual({ low: -1, high: 1 });
    expect(extremesBetween(peaks, 5, 6)).toEqual({ low: 0, high: 0 });
    expect(extremesBetween(peaks, -2, -1)).toEqual({ low: 0, high: 0 });
  });
});

describe('keys', () => {
  const press = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

  it('have one spelling, with Command as Ctrl', () => {
    expect(keyName({ ...press, key: 'b' })).toBe('B');
    expect(keyName({ ...press, key: 'D', metaKey: true })).toBe('Ctrl+D');
    expect(keyName({ ...press, key: 'Z', shiftKey: true, ctrlKey: true, altKey: true })).toBe('Ctrl+Alt+Shift+Z');
    expect(keyName({ ...press, key: 'Delete', shiftKey: true })).toBe('Shift+Delete');
  });

  it('lead to commands that there are, and every tool has one', () => {
    for (const command of Object.values(usualKeys)) expect(timelineCommands).toHaveProperty([command]);
    const named = new Set<string>(Object.values(usualKeys));
    for (const command of Object.keys(timelineCommands)) expect(named.has(command), command).toBe(true);
  });
});
