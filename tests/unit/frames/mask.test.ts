import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createImage } from '../../../engine/frames/image.ts';
import { featherMask, maskFromFrame, pasteMasked, shrinkMask } from '../../../engine/frames/mask.ts';
import { planeSize } from '../../../engine/frames/resize.ts';
import { formats, testFrame } from './scene.ts';

const boxMask = (width: number, height: number, x0: number, y0: number, x1: number, y1: number) => {
  const mask = createImage(1, width, height);
  for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) mask.data[y * width + x] = 1;
  return mask;
};

describe('featherMask', () => {
  it('is 1 inside, 0 from the feather on, and falls with the Euclidean distance in between', () => {
    const coordinate = fc.integer({ min: 0, max: 29 });
    fc.assert(
      fc.property(coordinate, coordinate, fc.double({ min: 0, max: 15, noNaN: true }), (px, py, feather) => {
        const soft = featherMask(boxMask(30, 30, px, py, px, py), feather);
        for (let y = 0; y < 30; y++) {
          for (let x = 0; x < 30; x++) {
            const distance = Math.hypot(x - px, y - py);
            const t = distance === 0 ? 1 : Math.max(0, 1 - distance / feather);
            expect(soft.data[y * 30 + x]).toBeCloseTo(t * t * (3 - 2 * t), 5);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('leaves an empty mask empty', () => {
    expect(Math.max(...featherMask(createImage(1, 20, 10), 8).data)).toBe(0);
  });
});

describe('pasteMasked', () => {
  it.each(Object.values(formats))('is bit-identical outside mask and feather, and new inside, in $pixFmt', (format) => {
    const [width, height] = [71, 53];
    const original = testFrame(format, width, height, 1);
    const generated = testFrame(format, width, height, 2);
    const mask = featherMask(boxMask(width, height, 20, 15, 40, 30), 6);
    const result = pasteMasked(original, generated, mask);
    result.planes.forEach((plane, p) => {
      const size = planeSize(original, p);
      const [stepX, stepY] = [Math.round(width / size.width), Math.round(height / size.height)];
      let changed = 0;
      for (let y = 0; y < size.height; y++) {
        for (let x = 0; x < size.width; x++) {
          const i = y * size.width + x;
          // Distance of the nearest pixel of the sample's block from the box.
          const dx = Math.max(20 - (x * stepX + stepX - 1), x * stepX - 40, 0);
          const dy = Math.max(15 - (y * stepY + stepY - 1), y * stepY - 30, 0);
          const distance = Math.hypot(dx, dy);
          if (p === 3 || distance >= 6) expect(plane[i]).toBe(original.planes[p][i]);
          else if (distance === 0) expect(plane[i]).toBe(generated.planes[p][i]);
          if (plane[i] !== original.planes[p][i]) changed++;
        }
      }
      if (p < 3) expect(changed).toBeGreaterThan(50);
    });
  });

  it('refuses frames and masks that do not fit', () => {
    const frame = testFrame(formats.yuv420p, 32, 32, 1);
    expect(() => pasteMasked(frame, testFrame(formats.gbrp, 32, 32, 1), createImage(1, 32, 32))).toThrow(RangeError);
    expect(() => pasteMasked(frame, frame, createImage(1, 16, 32))).toThrow(RangeError);
  });
});

it('reads a mask picture by the middle of its luma range, at the size that is asked for', () => {
  const frame = testFrame(formats.yuv420p, 64, 32, 1);
  for (let i = 0; i < 64 * 32; i++) frame.planes[0][i] = i % 64 < 32 ? 20 : 230;
  const mask = maskFromFrame(frame, 128, 64);
  expect([mask.width, mask.height]).toEqual([128, 64]);
  expect([mask.data[10], mask.data[60], mask.data[70], mask.data[127]]).toEqual([0, 0, 1, 1]);
});

it('shrinks a mask without losing a single masked pixel', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 102 }),
      fc.integer({ min: 0, max: 76 }),
      fc.integer({ min: 1, max: 103 }),
      fc.integer({ min: 1, max: 77 }),
      (x, y, w, h) => {
        const small = shrinkMask(boxMask(103, 77, x, y, x, y), w, h);
        expect(small.data[Math.floor((y * h) / 77) * w + Math.floor((x * w) / 103)]).toBe(1);
        // A pixel astride a boundary counts on both sides, never further.
        expect(small.data.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(4);
      },
    ),
  );
});
