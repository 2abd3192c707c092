import { describe, expect, it } from 'vitest';
import { createImage } from '../../../engine/frames/image.ts';
import { linearBlend, minterpolateFrames, mixFrames, warpFrame } from './baselines.ts';
import { movingBox } from './case-inpaint.ts';
import { apply, fitHomography, gridPoints, track } from './homography.ts';
import { detail, luma, psnr, ssim, ssimSide } from './metrics.ts';
import type { Report } from './report.ts';
import { mergeReport, renderReport } from './report.ts';
import type { Frame } from './video-file.ts';

/** The pictures on which OpenCV and numpy gave the numbers below (../shared/eval/quality.py with opencv 5.0.0). */
const width = 56;
const height = 44;
const picture = (seed: number): Frame => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const wave = 128 + 80 * Math.sin((x * (3 + c) + y * 2 + seed * 5) / 9);
        const value = Math.round(wave + ((x * 7 + y * 13 + c * 29 + x * y * (seed + 1)) % 32));
        data[(y * width + x) * 3 + c] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return { width, height, data };
};
const sum = (data: Uint8Array): number => data.reduce((a, b) => a + b, 0);
const pixel = (frame: Frame, x: number, y: number): number[] => [
  ...frame.data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const [a, b] = [picture(0), picture(1)];

describe('figures agree with the reference implementation', () => {
  it('PSNR, SSIM and detail', () => {
    expect(sum(luma(a).data)).toBe(352900);
    expect(psnr(a, b)).toBeCloseTo(17.59244, 4);
    expect(ssim(ssimSide(a), ssimSide(b))).toBeCloseTo(0.69847, 4);
    expect(detail(a)).toBeCloseTo(27.260098, 4);
    expect(psnr(a, a)).toBe(99);
    expect(ssim(ssimSide(a), ssimSide(a))).toBeCloseTo(1, 6);
  });

  it('cross-fade as cv2.addWeighted', () => {
    const mixed = mixFrames(a, b, 3 / 8);
    expect(sum(mixed.data)).toBe(1059850);
    expect(pixel(mixed, 20, 10)).toEqual([178, 77, 211]);
    expect(linearBlend(a, b, 7)[2].data).toEqual(mixed.data);
  });

  it('warp as cv2.remap, to the rounding of its kernels', () => {
    const flow = createImage(2, width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        flow.data[y * width + x] = 2.3 * Math.sin(y / 7);
        flow.data[width * height + y * width + x] = 1.7 * Math.cos(x / 5) - 0.4;
      }
    }
    for (const [gain, total, middle] of [
      [1, 1066138, [152, 89, 222]],
      [-0.375, 1059699, [186, 55, 189]],
    ] as const) {
      const warped = warpFrame(a, flow, gain);
      expect(Math.abs(sum(warped.data) - total) / warped.data.length).toBeLessThan(0.05);
      pixel(warped, 20, 10).forEach((value, c) => expect(Math.abs(value - middle[c])).toBeLessThanOrEqual(2));
    }
  });
});

describe('cases', () => {
  it('minterpolate thins the clip so that the hole becomes one gap', () => {
    expect(minterpolateFrames(96, [45, 51])).toEqual([28, 36, 44, 52, 60, 68]);
    expect(minterpolateFrames(20, [8, 10])).toEqual([3, 7, 11, 15, 19]);
  });

  it('the box to be painted out covers 20% a side, stays inside and uncovers every place that it hides', () => {
    const boxes = Array.from({ length: 24 }, (_, i) => movingBox(1280, 720, i, 24));
    for (const box of boxes) {
      expect([box.w, box.h]).toEqual([256, 144]);
      expect(Math.min(box.x, box.y)).toBeGreaterThan(1);
      expect(box.x + box.w).toBeLessThan(1279);
      expect(box.y + box.h).toBeLessThan(719);
    }
    expect(boxes[23].x).toBeGreaterThan(boxes[0].x + boxes[0].w);
  });

  it('a homography is found among points of which a quarter moves on its own', () => {
    const from = gridPoints(640, 360, 24, 14, 0.1);
    const truth = Float64Array.from([1.05, 0.02, 9, -0.02, 1.05, -4, 2e-5, -1e-5, 1]);
    const to = from.slice();
    for (let i = 0; i < from.length; i += 2) {
      const [x, y] = apply(truth, from[i], from[i + 1]);
      to[i] = x + (i % 8 === 0 ? 30 : 0);
      to[i + 1] = y;
    }
    const found = fitHomography(from, to, 640);
    const [x, y] = apply(found, 320, 180);
    const [wx, wy] = apply(truth, 320, 180);
    expect(Math.hypot(x - wx, y - wy)).toBeLessThan(0.5);
  });

  it('points are carried along one flow after the other', () => {
    const flow = createImage(2, 64, 48);
    flow.data.fill(1.5, 0, 64 * 48);
    flow.data.fill(-0.5, 64 * 48);
    expect([...track(Float64Array.from([20, 30]), [flow, flow])]).toEqual([23, 29]);
  });
});

describe('report', () => {
  const row = (method: string, clip: string, value: number) => ({
    task: 'fill',
    case: 'fill-7',
    clip,
    method,
    figures: { psnr: value, ssim: 0.9 },
  });
  const report: Report = { pack: 'p 1', rows: [row('blend', 'x.mp4', 25), row('longtake', 'x.mp4', 24)], sheets: [] };

  it('says so where a baseline wins', () => {
    expect(renderReport(report)).toContain('**trails blend by 1.00** dB (better on 0 of 1)');
  });

  it('keeps rows of earlier runs and replaces those that were run again', () => {
    const merged = mergeReport(report, {
      pack: '',
      rows: [row('longtake', 'x.mp4', 26), row('longtake', 'y.mp4', 30)],
      sheets: [],
    });
    expect(merged.pack).toBe('p 1');
    expect(merged.rows.map((one) => one.figures.psnr)).toEqual([25, 26, 30]);
    expect(renderReport(merged)).toContain('leads blend by 1.00 dB (better on 1 of 1)');
  });
});
