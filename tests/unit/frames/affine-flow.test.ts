import fc from 'fast-check';
import { expect, it } from 'vitest';
import { affineFlow } from '../../../engine/frames/affine-flow.ts';
import { createImage } from '../../../engine/frames/image.ts';

const width = 96;
const height = 64;

it('finds the background past a thing that moves otherwise', () => {
  const part = fc.double({ min: -0.1, max: 0.1, noNaN: true });
  const shift = fc.double({ min: -12, max: 12, noNaN: true });
  fc.assert(
    fc.property(shift, shift, part, part, part, part, fc.nat(63), (tx, ty, a, b, c, d, left) => {
      const flow = createImage(2, width, height);
      const trusted = createImage(1, width, height);
      const count = width * height;
      const wanted = (x: number, y: number): [number, number] => [
        tx + a * (x - width / 2) + b * (y - height / 2),
        ty + c * (x - width / 2) + d * (y - height / 2),
      ];
      for (let i = 0; i < count; i++) {
        const [x, y] = [i % width, Math.floor(i / width)];
        const [dx, dy] = wanted(x, y);
        const other = x >= left && x < left + 32 && y >= 20 && y < 52;
        flow.data[i] = dx + (other ? 9 : 0);
        flow.data[count + i] = dy - (other ? 7 : 0);
        trusted.data[i] = y < 8 ? 0 : 1;
        // What is not trusted may be anything.
        if (y < 8) flow.data[i] = 1e6;
      }
      const found = affineFlow(flow, trusted);
      for (let i = 0; i < count; i++) {
        const [dx, dy] = wanted(i % width, Math.floor(i / width));
        expect(Math.abs(found.data[i] - dx)).toBeLessThan(0.75);
        expect(Math.abs(found.data[count + i] - dy)).toBeLessThan(0.75);
      }
    }),
    { numRuns: 40 },
  );
});
