import { expect, it } from 'vitest';
import { disFlow, toGrey } from '../../../engine/frames/dis-flow.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { golden, scene } from './scene.ts';

it.each(golden.dis)('agrees with OpenCV at $width x $height moved by $shift', ({ width, height, shift, flow }) => {
  const found = disFlow(
    { width, height, data: scene(width, height) },
    { width, height, data: scene(width, height, ...shift) },
  );
  let sum = 0;
  let count = 0;
  const half = flow.length / 2;
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4, count++) {
      const at = y * width + x;
      sum += Math.hypot(found.data[at] - flow[count], found.data[width * height + at] - flow[half + count]);
    }
  }
  // float64 here, float32 there: about 3e-5 px on real clips, with rare patches that stop one step apart.
  expect(sum / count).toBeLessThan(0.005);
});

it('finds a known shift, with a(x) = b(x + flow)', () => {
  const [width, height] = [128, 96];
  const found = disFlow(
    { width, height, data: scene(width, height) },
    { width, height, data: scene(width, height, 1.5, -1) },
  );
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
  const left: number[][] = [[], []];
  for (let y = 16; y < height - 16; y++) {
    for (let x = 12; x < width / 2 - 12; x++) {
      left[0].push(found.data[y * width + x]);
      left[1].push(found.data[(height + y) * width + x]);
    }
  }
  expect(median(left[0])).toBeCloseTo(1.5, 0);
  expect(median(left[1])).toBeCloseTo(-1, 0);
});

it('is zero between a picture and itself, and refuses pictures that cannot be compared', () => {
  const picture = { width: 64, height: 64, data: scene(64, 64) };
  expect(Math.max(...disFlow(picture, picture).data.map(Math.abs))).toBeLessThan(1e-6);
  expect(() => disFlow(picture, { width: 64, height: 48, data: scene(64, 48) })).toThrow(RangeError);
  expect(() =>
    disFlow({ width: 16, height: 16, data: scene(16, 16) }, { width: 16, height: 16, data: scene(16, 16) }),
  ).toThrow(RangeError);
});

it("makes OpenCV's grey of R'G'B'", () => {
  const rgb = createImage(3, 64, 1);
  for (let i = 0; i < 64; i++) [37, 91, 53].forEach((step, c) => (rgb.data[c * 64 + i] = ((i * step) % 256) / 255));
  expect([...toGrey(rgb).data]).toEqual(golden.grey);
});
