import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComposeInput } from '../../../engine/frames/compose.ts';
import { compose } from '../../../engine/frames/compose.ts';
import type { Image, PlanarFrame } from '../../../engine/frames/image.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { planeSize, resizeImage, toSourcePlanes } from '../../../engine/frames/resize.ts';
import { formats, largestDifference, smoothImage, testFrame } from './scene.ts';

const flat = (values: number[], width: number, height: number): Image => {
  const image = createImage(values.length, width, height);
  values.forEach((value, c) => image.data.fill(value, c * width * height, (c + 1) * width * height));
  return image;
};

/** The definition in plain float64, a pixel at a time: what compose must give but for rounding of positions and kernel weights. */
const slowly = (input: ComposeInput, like: PlanarFrame, p: number): number[] => {
  const { width: w, height: h } = input.generated;
  const { width, height } = planeSize(like, p);
  const subX = !like.format.rgb && (p === 1 || p === 2) ? 2 ** like.format.log2ChromaW : 1;
  const subY = !like.format.rgb && (p === 1 || p === 2) ? 2 ** like.format.log2ChromaH : 1;
  const field = (image: Image, c: number, x: number, y: number): number => {
    const u = Math.min(w - 1, Math.max(0, ((x + 0.5) * subX * w) / like.width - 0.5));
    const v = Math.min(h - 1, Math.max(0, ((y + 0.5) * subY * h) / like.height - 0.5));
    const [x0, y0] = [Math.min(Math.floor(u), w - 2), Math.min(Math.floor(v), h - 2)];
    const at = (i: number, j: number): number => image.data[(c * h + y0 + j) * w + x0 + i];
    const [a, b] = [u - x0, v - y0];
    return (1 - b) * ((1 - a) * at(0, 0) + a * at(1, 0)) + b * ((1 - a) * at(0, 1) + a * at(1, 1));
  };
  const kernel = (t: number): number => {
    const s = Math.abs(t);
    return s < 1 ? 1.5 * s ** 3 - 2.5 * s ** 2 + 1 : s < 2 ? -0.5 * s ** 3 + 2.5 * s ** 2 - 4 * s + 2 : 0;
  };
  const sample = (plane: ArrayLike<number>, x: number, y: number): number => {
    let sum = 0;
    for (let j = Math.floor(y) - 1; j <= Math.floor(y) + 2; j++) {
      for (let i = Math.floor(x) - 1; i <= Math.floor(x) + 2; i++) {
        const row = Math.min(height - 1, Math.max(0, j));
        sum += kernel(x - i) * kernel(y - j) * plane[row * width + Math.min(width - 1, Math.max(0, i))];
      }
    }
    return sum;
  };
  const planes = toSourcePlanes(input.generated, like);
  const lifted = { ...input.generated, data: input.generated.data.map((v, i) => v + (input.residual?.data[i] ?? 0)) };
  const residual = toSourcePlanes(lifted, like);
  const base = createImage(1, w, h);
  for (let i = 0; i < w * h; i++) {
    base.data[i] = (input.weights.data[2 * w * h + i] - 1) * planes.data[p * w * h + i] + residual.data[p * w * h + i];
  }
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = field(base, 0, x, y);
      [input.before, input.after].forEach((reference, r) => {
        if (!reference) return;
        const sx = x + (field(reference.flow, 0, x, y) * like.width) / w / subX;
        const sy = y + (field(reference.flow, 1, x, y) * like.height) / h / subY;
        value += field(input.weights, r, x, y) * sample(reference.frame.planes[p], sx, sy);
      });
      out.push(Math.min(2 ** like.format.bits - 1, Math.max(0, Math.round(value))));
    }
  }
  return out;
};

const mixed = (like: PlanarFrame, w: number, h: number, seed: number): ComposeInput => {
  const weights = createImage(3, w, h);
  const [b, a] = [smoothImage(1, w, h, 0.3, 0.4, seed), smoothImage(1, w, h, 0.15, 0.15, seed + 1)];
  weights.data.set(b.data, 0);
  weights.data.set(a.data, w * h);
  for (let i = 0; i < w * h; i++) weights.data[2 * w * h + i] = 1 - b.data[i] - a.data[i];
  return {
    before: {
      frame: testFrame(like.format, like.width, like.height, seed, like.colour),
      flow: smoothImage(2, w, h, 3, 0.3, seed + 2),
    },
    after: {
      frame: testFrame(like.format, like.width, like.height, seed + 1, like.colour),
      flow: smoothImage(2, w, h, 2, -0.4, seed + 3),
    },
    generated: smoothImage(3, w, h, 0.3, 0.5, seed + 4),
    weights,
    residual: smoothImage(3, w, h, 0.03, 0, seed + 5),
  };
};

describe('compose', () => {
  it.each([
    [formats.yuv420p, 150, 87, 1],
    [formats.yuv422p10le, 131, 90, 2],
    [formats.yuv444p12le, 96, 64, 4],
    [formats.gbrp, 101, 77, 1],
    [formats.gbrap16le, 64, 66, 80],
  ])('follows its definition in $0.pixFmt at $1 x $2', (format, width, height, tolerance) => {
    const like = testFrame(format, width, height, 1);
    const input = mixed(like, 32, 20, 11);
    const result = compose(input, like);
    for (let p = 0; p < 3; p++) {
      const expected = slowly(input, like, p);
      let sum = 0;
      expected.forEach((value, i) => (sum += Math.abs(value - result.planes[p][i])));
      // Positions are rounded to 1/128 px and vertical weights of the 8-bit path to 1/64.
      expect(largestDifference(result.planes[p], expected)).toBeLessThanOrEqual(tolerance);
      expect(sum / expected.length).toBeLessThan(tolerance / 8);
    }
  });

  it('copies a reference bit by bit where nothing moves', () => {
    for (const format of Object.values(formats)) {
      const frame = testFrame(format, 75, 49, 3);
      const field = flat([0, 0], 16, 16);
      const input = {
        before: { frame, flow: field },
        generated: flat([0.1, 0.2, 0.3], 16, 16),
        weights: flat([1, 0, 0], 16, 16),
      };
      compose(input, frame).planes.forEach((plane, p) => expect(plane).toEqual(frame.planes[p]));
    }
  });

  it('takes the fourth and fifth part of the references seen a second way', () => {
    const frame = testFrame(formats.yuv420p, 128, 64, 4);
    const moved = { frame, flow: flat([1, -1], 16, 8) };
    const still = { frame, flow: flat([0, 0], 16, 8) };
    const compose5 = (shares: number[]) =>
      compose(
        { before: moved, secondBefore: still, generated: flat([0, 0, 0], 16, 8), weights: flat(shares, 16, 8) },
        frame,
      ).planes[0];
    expect(compose5([0, 0, 0, 1, 0])).toEqual(frame.planes[0]);
    const [there, here] = [frame.planes[0][12 * 128 + 38], frame.planes[0][20 * 128 + 30]];
    expect(Math.abs(compose5([0.5, 0, 0, 0.5, 0])[20 * 128 + 30] - (there + here) / 2)).toBeLessThanOrEqual(1);
    // There is no frame after: both its shares go to the generated one.
    expect(compose5([0, 0, 0.2, 0, 0.8])).toEqual(compose5([0, 0.8, 0.2, 0, 0]));
  });

  it('moves by the same fraction of the picture at every size', () => {
    const frame = testFrame(formats.yuv420p, 128, 64, 4);
    // One working pixel of 16 is eight pixels of 128: whole in luma and chroma, so nothing is interpolated.
    const input = {
      after: { frame, flow: flat([1, -1], 16, 8) },
      generated: flat([0, 0, 0], 16, 8),
      weights: flat([0, 1, 0], 16, 8),
    };
    const { planes } = compose(input, frame);
    expect(planes[0][20 * 128 + 30]).toBe(frame.planes[0][12 * 128 + 38]);
    expect(planes[1][20 * 64 + 30]).toBe(frame.planes[1][16 * 64 + 34]);
    expect(planes[0][2 * 128 + 127]).toBe(frame.planes[0][127]);
  });

  it('keeps a flat picture flat to the bit whatever the flow, for any share', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(formats)),
        fc.integer({ min: 0, max: 1e6 }),
        fc.boolean(),
        (format, seed, half) => {
          const frame = testFrame(format, 70, 50, 1);
          const top = 2 ** format.bits - 1;
          frame.planes.forEach((plane, p) => plane.fill(Math.round((top * ((seed % 97) + 3 * p)) / 110)));
          const input = mixed(frame, 32, 20, seed);
          input.before = { ...input.before, frame, flow: smoothImage(2, 32, 20, 40, 0, seed) };
          input.after = { ...input.after, frame, flow: smoothImage(2, 32, 20, 40, 0, seed + 1) };
          input.residual = undefined;
          const share = half ? 0.5 : 0.3;
          input.weights = flat([share, 1 - share, 0], 32, 20);
          compose(input, frame).planes.forEach((plane, p) =>
            expect(new Set(plane)).toEqual(new Set([frame.planes[p][0]])),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is the generation alone without references, at any size, and gives its alpha as opaque', () => {
    const like = testFrame(formats.yuva420p, 160, 96, 2);
    const generated = smoothImage(3, 32, 32, 0.3, 0.5, 9);
    const { planes } = compose({ generated, weights: flat([0.6, 0.3, 0.1], 32, 32) }, like);
    const codes = toSourcePlanes(generated, like);
    const luma = { channels: 1, width: 32, height: 32, data: codes.data.subarray(0, 1024) };
    expect(largestDifference(planes[0], resizeImage(luma, 160, 96).data.map(Math.round))).toBeLessThanOrEqual(1);
    expect(new Set(planes[3])).toEqual(new Set([255]));
  });

  it('fits pictures that are smaller than the working grid', () => {
    const like = testFrame(formats.yuv420p, 64, 64, 2);
    const input = mixed(like, 192, 192, 3);
    const { planes } = compose(input, like);
    const averaged = {
      ...input,
      before: { ...input.before!, flow: resizeImage(input.before!.flow, 64, 64) },
      after: { ...input.after!, flow: resizeImage(input.after!.flow, 64, 64) },
    };
    for (const key of ['before', 'after'] as const) averaged[key].flow.data.forEach((v, i, data) => (data[i] = v / 3));
    const small = {
      ...averaged,
      generated: resizeImage(input.generated, 64, 64),
      weights: resizeImage(input.weights, 64, 64),
      residual: resizeImage(input.residual!, 64, 64),
    };
    // Here shares and generation are averaged before they are multiplied, in compose after.
    expect(largestDifference(planes[0], compose(small, like).planes[0])).toBeLessThanOrEqual(2);
  });

  it('samples alpha from the references, by their shares', () => {
    const like = testFrame(formats.yuva420p, 64, 48, 2);
    const [before, after] = [testFrame(formats.yuva420p, 64, 48, 5), testFrame(formats.yuva420p, 64, 48, 6)];
    before.planes[3].fill(200);
    after.planes[3].fill(100);
    const input = {
      before: { frame: before, flow: flat([2, 1], 16, 16) },
      after: { frame: after, flow: flat([-2, 1], 16, 16) },
      generated: flat([0.5, 0.5, 0.5], 16, 16),
      weights: flat([0.3, 0.1, 0.6], 16, 16),
    };
    expect(new Set(compose(input, like).planes[3])).toEqual(new Set([175]));
  });

  it('gives the same bytes every time, clips to the code range and names what does not fit', () => {
    const like = testFrame(formats.yuv420p, 80, 60, 2);
    const input = mixed(like, 32, 20, 8);
    expect(compose(input, like)).toEqual(compose(input, like));
    input.residual = flat([3, 3, 3], 32, 20);
    expect(new Set(compose(input, like).planes[0])).toEqual(new Set([255]));
    expect(() => compose({ ...input, weights: flat([1, 0, 0], 16, 16) }, like)).toThrow(/weights is 3x16x16/);
    const other = testFrame(formats.yuv420p, 82, 60, 2);
    expect(() => compose({ ...input, before: { frame: other, flow: flat([0, 0], 32, 20) } }, like)).toThrow(
      /before is 82x60/,
    );
  });
});
