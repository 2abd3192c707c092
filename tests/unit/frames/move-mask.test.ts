import { describe, expect, it } from 'vitest';
import type { Image } from '../../../engine/frames/image.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { moveMask } from '../../../engine/frames/move-mask.ts';

const [width, height] = [320, 180];
const boxAt = (left: number, top: number, right: number, bottom: number): Image => {
  const mask = createImage(1, width, height);
  for (let y = top; y < bottom; y++) mask.data.fill(1, y * width + left, y * width + right);
  return mask;
};
/** The same displacement everywhere, in pixels of a quarter of the size. */
const shift = (dx: number, dy: number): Image => {
  const way = createImage(2, width / 4, height / 4);
  const count = way.width * way.height;
  way.data.fill(dx, 0, count).fill(dy, count);
  return way;
};

describe('a mask that is moved', () => {
  it('goes the way in its own pixels, to the pixel', () => {
    const box = boxAt(100, 60, 140, 90);
    expect(moveMask(box, shift(0, 0)).data).toEqual(box.data);
    expect(moveMask(box, shift(5, -2)).data).toEqual(boxAt(80, 68, 120, 98).data);
  });

  it('leaves the picture, and is nothing then; at the border it stays whole', () => {
    expect(moveMask(boxAt(10, 10, 30, 30), shift(20, 20)).data.every((v) => v === 0)).toBe(true);
    expect(moveMask(createImage(1, width, height), shift(1, 1)).data.every((v) => v === 0)).toBe(true);
    expect(moveMask(boxAt(300, 160, 320, 180), shift(0, 0)).data).toEqual(boxAt(300, 160, 320, 180).data);
  });

  it('grows where the picture does', () => {
    const way = createImage(2, width / 4, height / 4);
    const count = way.width * way.height;
    for (let y = 0, i = 0; y < way.height; y++) {
      for (let x = 0; x < way.width; x++, i++) {
        way.data[i] = (way.width / 2 - 0.5 - x) / 2;
        way.data[count + i] = (way.height / 2 - 0.5 - y) / 2;
      }
    }
    const area = (mask: Image): number => mask.data.reduce((sum, value) => sum + value, 0);
    const box = boxAt(140, 80, 180, 100);
    expect(Math.abs(area(moveMask(box, way)) / area(box) - 4)).toBeLessThan(0.1);
  });
});
