import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, openCheckpoints } from '../../engine/tasks/checkpoints.ts';
import { createPreviews } from '../../engine/tasks/preview-pictures.ts';
import { createImage } from '../../engine/frames/image.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-checkpoints-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const silent = (): void => undefined;

describe('checkpoints', () => {
  it('give back exactly what was kept, and only to who asks for the same thing', async () => {
    const value = new Map([
      [3, { flow: Float32Array.of(0.1, -0, NaN, 1e-40), bytes: Uint8Array.of(1, 255), none: null }],
    ]);
    const kept = openCheckpoints(folder, silent);
    await kept.at('7/0-1', 'a').save(value);
    const again = openCheckpoints(folder, silent);
    expect(await again.at('7/0-1', 'b').load()).toBe(null);
    expect(await again.at('7/0-2', 'a').load()).toBe(null);
    expect(again.used()).toBe(false);
    expect(await again.at('7/0-1', 'a').load()).toEqual(value);
    expect(again.used()).toBe(true);
    expect(readdirSync(path.join(folder, '7'))).toEqual(['0-1.kept']);
    await again.drop('7');
    expect(await again.at('7/0-1', 'a').load()).toBe(null);
  });

  it('count as missing when any bit is wrong or any byte is gone', async () => {
    const file = path.join(folder, 'x.kept');
    const kept = openCheckpoints(folder, silent).at<number[]>('x', 'a');
    await kept.save([1, 2, 3]);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 7 }), fc.boolean(), async (at, bit, cut) => {
        const bytes = Buffer.from(whole);
        bytes[at] ^= 1 << bit;
        writeFileSync(file, cut ? whole.subarray(0, at) : bytes);
        expect(await kept.load()).toBe(null);
      }),
      { numRuns: 60 },
    );
  });

  it('that cannot be written stop nobody, and are told of once', async () => {
    const notes: string[] = [];
    writeFileSync(path.join(folder, 'file'), '');
    const kept = openCheckpoints(path.join(folder, 'file'), (text) => notes.push(text));
    await kept.at('a', 'a').save(1);
    await kept.at('b', 'a').save(1);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('cannot be kept');
  });

  it('have a fingerprint that no other parts share', () => {
    const texts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(fingerprintOf(a) === fingerprintOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(fingerprintOf([Float32Array.of(0)])).not.toBe(fingerprintOf([Float32Array.of(-0)]));
  });
});

describe('previews', () => {
  it('take no more than a twentieth of the time, and keep the last four', async () => {
    let time = 0;
    const told: [string, number][] = [];
    const previews = createPreviews(
      path.join(folder, 'shown'),
      (file, frame) => told.push([path.basename(file), frame]),
      () => time,
    );
    const show = previews.from(10);
    const offered = 400;
    for (let step = 0; step < offered; step++) {
      time += 1;
      await show(step, async () => {
        time += 0.5;
        return createImage(3, 16, 16);
      });
    }
    const spent = 0.5 * told.length;
    expect(spent).toBeLessThanOrEqual(0.05 * time + 0.5);
    expect(spent).toBeGreaterThan(0.04 * time);
    expect(told[0]).toEqual(['1.jpg', 10]);
    expect(readdirSync(path.join(folder, 'shown'))).toHaveLength(4);
  });
});
