import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createImage } from '../../../engine/frames/image.ts';
import { warp } from '../../../engine/frames/warp.ts';
import { golden, greyImage, largestDifference, scene, smoothImage } from './scene.ts';

it('fetches as cv2.remap with INTER_LINEAR and BORDER_REPLICATE', () => {
  const picture = greyImage(scene(24, 18), 24, 18);
  const flow = { ...createImage(2, 24, 18), data: Float32Array.from(golden.warp.flow) };
  // The flow itself is rounded to 1e-4 in the file, a step of the texture is up to 30 codes a pixel.
  expect(largestDifference(warp(picture, flow).data, golden.warp.data)).toBeLessThan(5e-3);
});

it('moves whole pixels exactly, and any displacement stays within the picture', () => {
  fc.assert(
    fc.property(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -60, max: 60 }), fc.integer(), (dx, dy, seed) => {
      const picture = smoothImage(2, 19, 13, 0.4, 0.5, seed);
      const flow = createImage(2, 19, 13);
      flow.data.fill(dx, 0, 19 * 13);
      flow.data.fill(dy, 19 * 13);
      const moved = warp(picture, flow);
      for (let c = 0; c < 2; c++) {
        for (let y = 0; y < 13; y++) {
          for (let x = 0; x < 19; x++) {
            const sx = Math.min(18, Math.max(0, x + dx));
            const sy = Math.min(12, Math.max(0, y + dy));
            expect(moved.data[(c * 13 + y) * 19 + x]).toBe(picture.data[(c * 13 + sy) * 19 + sx]);
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

it('survives a flow that is not a number', () => {
  const picture = smoothImage(1, 8, 8, 0.4, 0.5, 1);
  const flow = createImage(2, 8, 8);
  flow.data.fill(NaN);
  expect(warp(picture, flow).data[20]).toBe(picture.data[0]);
});
