import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromSdr, toSdr } from '../../../engine/frames/colour.ts';
import type { Colour } from '../../../engine/frames/image.ts';
import { createImage } from '../../../engine/frames/image.ts';
import { resizeImage, toSourcePlanes, toWorking, workingSize } from '../../../engine/frames/resize.ts';
import { formats, golden, greyImage, largestDifference, scene, sdr, smoothImage } from './scene.ts';

describe('resizeImage', () => {
  const picture = greyImage(scene(24, 18), 24, 18);

  it.each(golden.area)('shrinks to $size as OpenCV INTER_AREA', ({ size, data }) => {
    expect(largestDifference(resizeImage(picture, ...size).data, data)).toBeLessThan(2e-4);
  });

  it.each(golden.linear)('grows to $size as PyTorch bilinear', ({ size, data }) => {
    expect(largestDifference(resizeImage(picture, ...size).data, data)).toBeLessThan(2e-4);
  });

  it('keeps flat pictures flat and shrinking keeps the mean', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer(), (w, h, tw, th, seed) => {
        const flat = createImage(1, w, h);
        flat.data.fill(0.37);
        expect(largestDifference(resizeImage(flat, tw, th).data, new Float32Array(tw * th).fill(0.37))).toBeLessThan(
          1e-6,
        );
        const wave = smoothImage(1, w, h, 0.3, 0.5, seed);
        const small = resizeImage(wave, Math.min(w, tw), Math.min(h, th));
        const mean = (data: Float32Array): number => data.reduce((a, b) => a + b, 0) / data.length;
        expect(mean(small.data)).toBeCloseTo(mean(wave.data), 5);
      }),
    );
  });
});

describe('colour of working pictures', () => {
  it('knows the code values of white, black and the primaries', () => {
    const rgb = createImage(3, 4, 1);
    // white, black, red, blue
    rgb.data.set([1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1]);
    const codes = toSourcePlanes(rgb, { format: formats.yuv420p, colour: sdr }).data;
    // BT.709 limited: red is Y 63, Cb 102, Cr 240; blue is Y 32, Cb 240, Cr 118 (rounded).
    expect([...codes].map(Math.round)).toEqual([235, 16, 63, 32, 128, 128, 102, 240, 128, 128, 240, 118]);
    const full: Colour = { ...sdr, matrix: 'bt601', range: 'full' };
    const jpeg = toSourcePlanes(rgb, { format: formats.yuv420p, colour: full }).data;
    // JFIF: red is Y 76, Cb 85, Cr 255.5.
    expect([jpeg[0], jpeg[1], jpeg[2], jpeg[6]].map((v) => Math.round(v))).toEqual([255, 0, 76, 85]);
  });

  it('comes back to the same code values for every format, matrix, range and transfer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(formats)),
        fc.constantFrom<Colour['matrix']>('bt601', 'bt709', 'bt2020'),
        fc.constantFrom<Colour['range']>('limited', 'full'),
        fc.constantFrom<Colour['transfer']>('sdr', 'pq', 'hlg'),
        fc.array(fc.double({ min: 0.02, max: 0.98, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (format, matrix, range, transfer, value) => {
          const colour: Colour = { matrix, range, transfer, tags: {} };
          const rgb = createImage(3, 32, 32);
          value.forEach((v, c) => rgb.data.fill(v, c * 1024, (c + 1) * 1024));
          const codes = toSourcePlanes(rgb, { format, colour });
          const planes = [0, 1, 2].map((p) => {
            const shrunk = format.rgb || p === 0 ? 0 : format.log2ChromaW + format.log2ChromaH;
            const plane = new (format.bits === 8 ? Uint8Array : Uint16Array)(1024 >> shrunk);
            return plane.fill(Math.round(codes.data[p * 1024]));
          });
          const back = toWorking({ format, colour, width: 32, height: 32, planes }, { width: 16, height: 16 });
          // Rounding of three 8-bit codes moves R'G'B' by at most about 2/219; PQ's way back multiplies it by up to 2.
          for (let c = 0; c < 3; c++)
            expect(Math.abs(back.data[c * 256 + 5] - value[c])).toBeLessThan(5 / 2 ** format.bits + 0.001);
        },
      ),
    );
  });

  it('maps PQ one to one and puts diffuse white where SDR pictures have it', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.2, max: 1.2, noNaN: true }), (s) => {
        expect(fromSdr(toSdr(s, 'pq'), 'pq')).toBeCloseTo(s, 9);
      }),
    );
    for (let s = 0; s < 1; s += 0.01) expect(toSdr(s + 0.01, 'pq')).toBeGreaterThan(toSdr(s, 'pq'));
    expect(toSdr(0, 'pq')).toBeCloseTo(0, 12);
    expect(toSdr(1, 'pq')).toBeCloseTo(1, 12);
    expect(toSdr(0.5806, 'pq')).toBeGreaterThan(0.7);
  });
});

describe('workingSize', () => {
  it.each([
    [1920, 1080, 256, 144],
    [3840, 2160, 256, 144],
    [1080, 1920, 144, 256],
    [640, 640, 192, 192],
    [64, 64, 192, 192],
    [640, 480, 224, 160],
  ])('%ix%i works at %ix%i', (width, height, w, h) => {
    expect(workingSize(width, height)).toEqual({ width: w, height: h });
  });

  it('counts the shape of pixels: anamorphic PAL is 16:9', () => {
    expect(workingSize(720, 576, { num: 64, den: 45 })).toEqual({ width: 256, height: 144 });
  });

  it('gives multiples of 16, bounded area and the aspect within a step for any picture', () => {
    const side = fc.integer({ min: 64, max: 8192 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const { width: w, height: h } = workingSize(width, height);
        expect([w % 16, h % 16]).toEqual([0, 0]);
        expect(Math.min(w, h)).toBeGreaterThanOrEqual(64);
        expect((w * h) / 36864).toBeGreaterThanOrEqual(0.75);
        expect((w * h) / 36864).toBeLessThanOrEqual(1.3);
        const aspect = width / height;
        if (aspect < 8 && aspect > 1 / 8) expect(Math.abs(Math.log(w / h / aspect))).toBeLessThan(0.13);
      }),
    );
  });
});
