import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { times255 } from '../../engine/contract/compositing/blending.ts';
import { levelsOf, pqToSdr, toByte, toRgb } from '../../engine/contract/compositing/colour.ts';
import type { PlanarPixels } from '../../renderer/playback/picture.ts';
import { scaledBitmap } from '../../renderer/playback/software/scaled-bitmap.ts';

type Shape = Omit<PlanarPixels, 'kind' | 'data' | 'planes'> & { alphaPlane: boolean; padding: number };

const bit = fc.constantFrom<0 | 1>(0, 1);
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    ...{ codedWidth: fc.integer({ min: 1, max: 24 }), lines: fc.integer({ min: 1, max: 24 }) },
    ...{ halvedAcross: bit, halvedDown: bit, interleaved: fc.boolean(), padding: fc.integer({ min: 0, max: 5 }) },
    matrix: fc.constantFrom<'bt601' | 'bt709' | 'bt2020'>('bt601', 'bt709', 'bt2020'),
    range: fc.constantFrom<'limited' | 'full'>('limited', 'full'),
    rotation: fc.constantFrom<0 | 90 | 180 | 270>(0, 90, 180, 270),
    ...{ flip: fc.boolean(), pq: fc.boolean() },
    alpha: fc.constantFrom<'none' | 'plane' | 'stacked'>('none', 'none', 'plane', 'stacked'),
  })
  .map(({ lines, alpha, ...shape }) => ({
    ...shape,
    ...{ stackedAlpha: alpha === 'stacked', alphaPlane: alpha === 'plane' },
    interleaved: shape.interleaved && alpha !== 'plane',
    codedHeight: alpha === 'stacked' ? 2 * lines : lines,
  }));

const pixelsOf = ({ alphaPlane, padding, ...shape }: Shape, value: (at: number) => number): PlanarPixels => {
  const { codedWidth, codedHeight, halvedAcross, halvedDown, interleaved } = shape;
  const chroma = {
    width: (codedWidth + halvedAcross) >> halvedAcross,
    height: (codedHeight + halvedDown) >> halvedDown,
  };
  const sizes = [
    { width: codedWidth, height: codedHeight },
    interleaved ? { width: 2 * chroma.width, height: chroma.height } : chroma,
    ...(interleaved ? [] : [chroma]),
    ...(alphaPlane ? [{ width: codedWidth, height: codedHeight }] : []),
  ];
  let bytes = 0;
  const planes = sizes.map(({ width, height }) => {
    const plane = { offset: bytes, stride: width + padding };
    bytes += plane.stride * height;
    return plane;
  });
  return { kind: 'planes', ...shape, planes, data: Uint8Array.from({ length: bytes }, (_, at) => value(at)) };
};

const uprightSize = ({ codedWidth, codedHeight, stackedAlpha, rotation }: PlanarPixels) => {
  const tall = stackedAlpha ? codedHeight / 2 : codedHeight;
  return rotation % 180 === 0 ? { width: codedWidth, height: tall } : { width: tall, height: codedWidth };
};

/** The contract's formulas, one pixel after the other: R, G, B, A, premultiplied. */
const slowly = (pixels: PlanarPixels, x: number, y: number): number[] => {
  const { data, planes, halvedAcross, halvedDown, interleaved, rotation, flip, codedWidth, codedHeight } = pixels;
  const tall = pixels.stackedAlpha ? codedHeight / 2 : codedHeight;
  const across = flip ? uprightSize(pixels).width - 1 - x : x;
  const [i, j] = {
    0: [across, y],
    90: [y, tall - 1 - across],
    180: [codedWidth - 1 - across, tall - 1 - y],
    270: [codedWidth - 1 - y, across],
  }[rotation];
  const at = (plane: number, column: number, row: number): number =>
    data[planes[plane].offset + row * planes[plane].stride + column];
  const [column, row] = [i >> halvedAcross, j >> halvedDown];
  const [cb, cr] = interleaved
    ? [at(1, 2 * column, row), at(1, 2 * column + 1, row)]
    : [at(1, column, row), at(2, column, row)];
  const rgb = toRgb(at(0, i, j), cb, cr, pixels.matrix, levelsOf(8, pixels.range));
  const alpha = pixels.stackedAlpha ? toByte((at(0, i, j + tall) - 16) / 219) : planes.length === 4 ? at(3, i, j) : 255;
  return [...rgb.map((value) => times255(toByte(pixels.pq ? pqToSdr(value) : value), alpha)), alpha];
};

describe('a decoded frame as bytes, on the processor', () => {
  it('follows the contract at its own size, whatever the layout', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 1e6 }), (shape, seed) => {
        const pixels = pixelsOf(shape, (at) => (Math.imul(at + seed, 2654435761) >>> 16) & 255);
        const { width, height } = uprightSize(pixels);
        const { data, opaque } = scaledBitmap(pixels, width, height, new Uint8Array(width * height * 4));
        expect(opaque).toBe(!shape.alphaPlane && !shape.stackedAlpha);
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            slowly(pixels, x, y).forEach((value, c) =>
              expect(Math.abs(value - data[(y * width + x) * 4 + c])).toBeLessThanOrEqual(1),
            );
      }),
      { numRuns: 150 },
    );
  });

  it('is the same colour smaller where it is of one colour, and keeps its brightness where not', () => {
    const sizes = fc.record({ width: fc.double({ min: 0.05, max: 1, noNaN: true }), height: fc.double({ min: 0.05, max: 1, noNaN: true }) }); // prettier-ignore
    fc.assert(
      fc.property(shapes, sizes, fc.integer({ min: 0, max: 255 }), (shape, by, level) => {
        const flat = pixelsOf(shape, () => level);
        const whole = uprightSize(flat);
        const width = Math.max(1, Math.round(whole.width * by.width));
        const height = Math.max(1, Math.round(whole.height * by.height));
        const { data } = scaledBitmap(flat, width, height, new Uint8Array(width * height * 4));
        const expected = slowly(flat, 0, 0);
        for (let i = 0; i < data.length; i++) expect(Math.abs(data[i] - expected[i % 4])).toBeLessThanOrEqual(1);
      }),
    );
    // A grey ramp, turned every way, read backwards and forwards.
    for (const rotation of [0, 90, 180, 270] as const)
      for (const size of [64, 50, 32, 21, 10]) {
        const plain = { halvedAcross: 1, halvedDown: 1, interleaved: false, matrix: 'bt709', range: 'full' } as const;
        const shape = { ...plain, codedWidth: 64, codedHeight: 64, rotation, flip: false, pq: false };
        const ramp = pixelsOf({ ...shape, stackedAlpha: false, alphaPlane: false, padding: 0 }, (at) =>
          at < 4096 ? 3 * (at % 64) + 20 : 128,
        );
        const { data } = scaledBitmap(ramp, size, size, new Uint8Array(size * size * 4));
        const along = Array.from({ length: size }, (_, i) => (rotation % 180 === 0 ? data[i * 4] : data[i * size * 4]));
        const upwards = rotation === 0 || rotation === 90 ? along : along.toReversed();
        const each = 64 / size;
        upwards.forEach((value, i) => expect(Math.abs(value - (3 * ((i + 0.5) * each - 0.5) + 20))).toBeLessThan(3.1));
      }
  });
});
