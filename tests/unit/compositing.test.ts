import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixed, over, times255, weighed, wipeWeight, type Pixel } from '../../engine/contract/compositing/blending.ts';
import { fromRgb, levelsOf, pqToSdr, toByte, toRgb, type Matrix } from '../../engine/contract/compositing/colour.ts';
import { inverse, placePicture, type Size } from '../../engine/contract/compositing/placement.ts';
import { edgeCoverage } from '../../engine/contract/compositing/sampling.ts';
import { codeMap, toSdr } from '../../engine/frames/colour.ts';
import { planarFormat } from '../../engine/media/pixel-format.ts';
import type { PlanarPicture } from '../../engine/render/compose/bitmap.ts';
import { createCompositor, type Drawing, type FrameLayer } from '../../engine/render/compose/frame.ts';
import { rgbaFromPlanes } from '../../engine/render/compose/from-planes.ts';
import { overWord } from '../../engine/render/compose/mix.ts';
import { outputBytes, writeOutput, type OutputFormat } from '../../engine/render/compose/to-planes.ts';
import { composeReference, type ReferenceDrawing, type ReferenceLayer, type ReferencePicture } from '../support/reference-compositor.ts'; // prettier-ignore

type Golden = {
  tolerance: number;
  frame: Size;
  pictures: Record<string, Omit<ReferencePicture, 'rgba'> & { rgba: string }>;
  cases: { name: string; layers: ReferenceLayer[]; expected: string }[];
  codes: { matrix: Matrix; range: 'limited' | 'full'; bits: 8 | 10 | 12; code: number[]; rgb: number[] }[];
  pq: { signal: number; sdr: number }[];
};
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/compositing/golden.json', import.meta.url), 'utf8'),
) as Golden;
const pictures: Record<string, ReferencePicture> = Object.fromEntries(
  Object.entries(golden.pictures).map(([name, picture]) => [
    name,
    { ...picture, rgba: Uint8Array.from(Buffer.from(picture.rgba, 'base64')) },
  ]),
);

const drawingOf = (drawing: ReferenceDrawing, frame: Size): Drawing => {
  const { width, height, rgba, sampleAspect } = pictures[drawing.picture];
  const opaque = rgba.every((value, i) => i % 4 !== 3 || value === 255);
  return {
    picture: { kind: 'bitmap', bitmap: { width, height, data: rgba, opaque }, key: drawing.picture },
    placed: placePicture(drawing, { width, height, sampleAspect }, frame),
    opacity: drawing.opacity,
    opaque,
  };
};
const layersOf = (layers: ReferenceLayer[], frame: Size): FrameLayer[] =>
  layers.map((layer) =>
    layer.type === 'picture'
      ? { type: 'picture', drawing: drawingOf(layer.drawing, frame) }
      : {
          ...layer,
          from: layer.from && drawingOf(layer.from, frame),
          to: layer.to && drawingOf(layer.to, frame),
        },
  );
const compositor = createCompositor();
const composed = (layers: ReferenceLayer[], frame: Size): Uint8Array => {
  const into = new Uint8Array(frame.width * frame.height * 4).fill(99);
  compositor.compose(layersOf(layers, frame), frame, into);
  return into;
};
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};

describe('the golden vectors', () => {
  it.each(golden.cases)('compositor: $name', ({ layers, expected }) => {
    expect(furthest(composed(layers, golden.frame), Buffer.from(expected, 'base64'))).toBeLessThanOrEqual(
      golden.tolerance,
    );
  });

  it.each(golden.codes)('colour: $matrix $range $bits', ({ matrix, range, bits, code, rgb }) => {
    const planes = code.map((value) => (bits === 8 ? Uint8Array.of(value) : Uint16Array.of(value)));
    const format = planarFormat({ bits, log2ChromaW: 0, log2ChromaH: 0, rgb: false, alpha: false });
    const into = new Uint8Array(4);
    rgbaFromPlanes({ width: 1, height: 1, format, colour: { matrix, range, transfer: 'sdr', tags: {} }, planes }, into);
    expect(furthest(into, [...rgb, 255])).toBeLessThanOrEqual(golden.tolerance);
  });

  it('PQ, and the same curve and matrices as the working pictures', () => {
    for (const { signal, sdr } of golden.pq) {
      expect(pqToSdr(signal)).toBeCloseTo(sdr, 5);
      expect(toSdr(signal, 'pq')).toBeCloseTo(sdr, 5);
    }
    for (const { matrix, range, bits, code } of golden.codes) {
      const format = planarFormat({ bits, log2ChromaW: 0, log2ChromaH: 0, rgb: false, alpha: false });
      const { offset, inverse: back } = codeMap(format, { matrix, range, transfer: 'sdr', tags: {} });
      const rgb = [0, 1, 2].map((c) => [0, 1, 2].reduce((sum, p) => sum + back[3 * c + p] * (code[p] - offset[p]), 0));
      expect(furthest(toRgb(code[0], code[1], code[2], matrix, levelsOf(bits, range)), rgb)).toBeLessThan(1e-9);
    }
  });
});

describe('formulas', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const weight = fc.integer({ min: 0, max: 256 });
  const pixel = byte.chain((a) => fc.tuple(fc.integer({ min: 0, max: a }), fc.integer({ min: 0, max: a }), fc.integer({ min: 0, max: a }), fc.constant(a))); // prettier-ignore

  it('round to nearest', () => {
    fc.assert(
      fc.property(byte, byte, weight, (a, b, w) => {
        expect(times255(a, b)).toBe(Math.floor((a * b) / 255 + 0.5));
        expect(weighed(a, w)).toBe(Math.floor((a * w) / 256 + 0.5));
        expect(mixed(a, b, w)).toBe(Math.floor((a * (256 - w) + b * w) / 256 + 0.5));
      }),
    );
  });

  it('words and channels agree to the last bit, and stay premultiplied', () => {
    const word = ([r, g, b, a]: Pixel): number => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
    fc.assert(
      fc.property(pixel, pixel, weight, (below, above, w) => {
        const result = over(below as Pixel, above as Pixel, w);
        expect(overWord(word(below as Pixel), word(above as Pixel), w) >>> 0).toBe(word(result));
        for (const value of result) expect(value).toBeLessThanOrEqual(result[3] + 1);
      }),
    );
  });

  it('a placement and its inverse undo each other', () => {
    const number = fc.double({ min: -500, max: 500, noNaN: true });
    fc.assert(
      fc.property(number, number, number, fc.double({ min: 0.01, max: 20, noNaN: true }), (x, y, rotation, scale) => {
        const crop = { left: 0, top: 0, right: 0, bottom: 0 };
        const { matrix } = placePicture(
          { fit: 'cover', x, y, rotation, scale, crop },
          { width: 720, height: 576, sampleAspect: { num: 16, den: 15 } },
          { width: 1920, height: 1080 },
        );
        const back = inverse(matrix)!;
        const [u, v] = [matrix.a * 10 + matrix.c * 20 + matrix.e, matrix.b * 10 + matrix.d * 20 + matrix.f];
        expect(back.a * u + back.c * v + back.e).toBeCloseTo(10, 5);
        expect(back.b * u + back.d * v + back.f).toBeCloseTo(20, 5);
      }),
    );
  });

  it('a wipe begins with nothing and ends with everything, edges cover what they cover', () => {
    const frame = { width: 100, height: 60 };
    for (const direction of ['left', 'right', 'up', 'down'] as const)
      for (const softness of [0, 0.3, 1])
        for (const index of [0, 30, 59]) {
          expect(wipeWeight(index, frame, 0, direction, softness)).toBe(0);
          expect(wipeWeight(index, frame, 1, direction, softness)).toBe(256);
        }
    expect(edgeCoverage(5, 5, 20, 1)).toBe(0.5);
    expect(edgeCoverage(5.2, 5, 5.4, 1)).toBeCloseTo(0.4, 12);
  });

  it('any layers: the fast compositor equals the slow one', () => {
    const frame = { width: 14, height: 10 };
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const drawing = fc.record({
      picture: fc.constantFrom(...Object.keys(pictures)),
      fit: fc.constantFrom('inside' as const, 'cover' as const, 'pixels' as const),
      opacity: fc.oneof(fc.constant(1), share),
      x: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -9, max: 9, noNaN: true })),
      y: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -9, max: 9, noNaN: true })),
      scale: fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 3, noNaN: true })),
      rotation: fc.oneof(fc.constantFrom(0, 90, 180, -90), fc.double({ min: -200, max: 200, noNaN: true })),
      crop: fc.record({ left: share, top: fc.constant(0), right: fc.constant(0.2), bottom: fc.constantFrom(0, 0.5) }),
    });
    const layer = fc.oneof(
      fc.record({ type: fc.constant('picture' as const), drawing }),
      fc.record({
        type: fc.constant('transition' as const),
        from: fc.option(drawing),
        to: fc.option(drawing),
        kind: fc.constantFrom('dissolve' as const, 'dip' as const, 'wipe' as const, 'push' as const),
        progress: share,
        colour: fc.constantFrom('#000000', '#ff8001'),
        direction: fc.constantFrom('left' as const, 'right' as const, 'up' as const, 'down' as const),
        softness: share,
      }),
    );
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 3 }), (layers) => {
        const slow = composeReference(layers, frame, pictures).flat();
        expect(furthest(composed(layers, frame), slow)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('planes', () => {
  const random = (count: number, bits: number, seed: number): Uint8Array | Uint16Array => {
    let state = seed;
    const values = Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      // Codes of colours that there are: around grey, so that nothing is clipped.
      return ((112 + (state >>> 27)) << (bits - 8)) + (bits > 8 ? state & 3 : 0);
    });
    return bits > 8 ? Uint16Array.from(values) : Uint8Array.from(values);
  };

  it.each([
    ['4:2:0', 8, 1, 1],
    ['4:2:2', 8, 1, 0],
    ['4:4:4', 8, 0, 0],
    ['4:2:0 of 10 bits', 10, 1, 1],
    ['4:2:2 of 10 bits', 10, 1, 0],
  ] as const)('%s goes through unharmed', (_, bits, log2ChromaW, log2ChromaH) => {
    const [width, height] = [12, 8];
    const chroma = (width >> log2ChromaW) * (height >> log2ChromaH);
    const format = planarFormat({ bits, log2ChromaW, log2ChromaH, rgb: false, alpha: false });
    const planes = [random(width * height, bits, 1), random(chroma, bits, 2), random(chroma, bits, 3)];
    const picture: PlanarPicture = { width, height, format, planes, colour: { matrix: 'bt709', range: 'limited', transfer: 'sdr', tags: {} } }; // prettier-ignore
    const rgba = new Uint8Array(width * height * 4);
    rgbaFromPlanes(picture, rgba);
    const output: OutputFormat = { kind: 'planar', bits, log2ChromaW, log2ChromaH };
    const out = new Uint8Array(outputBytes(output, width, height));
    writeOutput(rgba, width, height, output, out);
    const samples = bits > 8 ? new Uint16Array(out.buffer) : out;
    // R'G'B' of 8 bits stands between; in 10 bits its steps are four.
    expect(
      furthest(
        samples,
        planes.flatMap((plane) => [...plane]),
      ),
    ).toBeLessThanOrEqual(bits > 8 ? 5 : 1);
  });

  it('alpha is premultiplied on the way in and divided out on the way out', () => {
    const format = planarFormat({ bits: 8, log2ChromaW: 0, log2ChromaH: 0, rgb: true, alpha: true });
    const planes = [[10, 200, 77], [250, 0, 3], [1, 128, 99], [0, 128, 255]].map((plane) => Uint8Array.from(plane)); // prettier-ignore
    const colour = { matrix: 'bt709', range: 'full', transfer: 'sdr', tags: {} } as const;
    const rgba = new Uint8Array(12);
    rgbaFromPlanes({ width: 3, height: 1, format, colour, planes }, rgba);
    expect([...rgba]).toEqual([0, 0, 0, 0, 64, 100, 0, 128, 99, 77, 3, 255]);
    const out = new Uint8Array(12);
    writeOutput(rgba, 3, 1, { kind: 'rgba' }, out);
    expect(furthest(out, [0, 0, 0, 0, 128, 200, 0, 128, 99, 77, 3, 255])).toBeLessThanOrEqual(1);
  });

  it('code values and colours undo each other, bytes are clipped', () => {
    for (const matrix of ['bt601', 'bt709', 'bt2020'] as const) {
      const levels = levelsOf(10, 'limited');
      const there = toRgb(300, 600, 400, matrix, levels);
      expect(furthest(fromRgb(...there, matrix, levels), [300, 600, 400])).toBeLessThan(1e-9);
    }
    expect([toByte(-1), toByte(0.5), toByte(2)]).toEqual([0, 128, 255]);
  });
});
