import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createImage } from '../../engine/frames/image.ts';
import { outlinesOf } from '../../engine/tasks/mask-outline.ts';
import type { Outline } from '../../engine/tasks/mask-outline.ts';

/** Even-odd, as what draws them fills them. */
const holds = (outlines: Outline[], x: number, y: number): boolean =>
  outlines.reduce((inside, line) => {
    let crossings = 0;
    line.forEach(([ax, ay], i) => {
      const [bx, by] = line[(i + 1) % line.length];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) crossings++;
    });
    return inside !== (crossings % 2 === 1);
  }, false);

describe('lines around a mask', () => {
  it('hold what it holds: boxes with holes, whatever their size', () => {
    const box = fc.tuple(fc.nat(18), fc.nat(12), fc.integer({ min: 3, max: 12 }), fc.integer({ min: 3, max: 10 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(box, fc.boolean()), { maxLength: 5 }), (boxes) => {
        const mask = createImage(1, 32, 24);
        for (const [[x, y, width, height], on] of boxes)
          for (let row = y; row < Math.min(24, y + height); row++)
            mask.data.fill(on ? 1 : 0, row * 32 + x, row * 32 + Math.min(32, x + width));
        const outlines = outlinesOf(mask, { width: 640, height: 480 });
        // Corners may be cut off: a pixel that is not as it was lies at the edge.
        const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= 32 || y >= 24 ? 0 : mask.data[y * 32 + x]);
        for (let y = 0; y < 24; y++)
          for (let x = 0; x < 32; x++) {
            if (holds(outlines, (x + 0.5) * 20, (y + 0.5) * 20) === at(x, y) > 0) continue;
            const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => at(x + dx, y + dy)));
            expect(new Set(around).size, `${x},${y}`).toBe(2);
          }
      }),
    );
  });

  it('are few corners, and none around nothing', () => {
    const mask = createImage(1, 40, 30);
    expect(outlinesOf(mask, { width: 400, height: 300 })).toEqual([]);
    for (let row = 5; row < 20; row++) mask.data.fill(1, row * 40 + 10, row * 40 + 30);
    const [line, ...others] = outlinesOf(mask, { width: 400, height: 300 });
    expect(others).toEqual([]);
    expect(new Set(line.map(String))).toEqual(new Set(['100,50', '300,50', '300,200', '100,200']));
  });
});
