import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImage, type Image } from '../../engine/frames/image.ts';
import { gaussian } from '../../engine/frames/noise.ts';
import { hasFeature, packBytes } from '../../engine/models/manifest.ts';
import {
  createVolume,
  openMotionLatentDit,
  type DenoiseInput,
  type MotionLatentDit,
  type Volume,
} from '../../engine/models/motion-latent-dit.ts';
import { openPack, type Pack } from '../../engine/models/registry.ts';

/* The pack that ships, as it ships: whole, small, and fit for every size of picture and window that the engine feeds it. */

let pack: Pack;
let dit: MotionLatentDit;
beforeAll(async () => {
  pack = await openPack('longtake-embedded');
  dit = await openMotionLatentDit(pack, { device: 'cpu', threads: 2 });
});
afterAll(() => dit?.release());

/** Soft blobs of colour, such as a defocused photograph has. */
const blobs = (width: number, height: number, shift = 0): Image => {
  const image = createImage(3, width, height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const wave =
          Math.sin((x + shift) * 0.05 + c) * Math.cos(y * 0.07 - c) + 0.4 * Math.sin((x + shift + 2 * y) * 0.021);
        image.data[(c * height + y) * width + x] = 0.5 + 0.25 * wave;
      }
    }
  }
  return image;
};

const noise = (channels: number, frames: number, width: number, height: number, seed: number): Volume => ({
  channels,
  frames,
  width,
  height,
  data: gaussian(seed, channels * frames * width * height),
});

/** The first half known, the rest to be made; the prior is dropped. */
const input = (frames: number, width: number, height: number): DenoiseInput => {
  const mask = createVolume(1, frames, width, height);
  mask.data.fill(1, 0, mask.data.length / 2);
  const known = noise(pack.manifest.latent.channels, frames, width, height, 2);
  const perChannel = mask.data.length;
  known.data.forEach((v, i) => (known.data[i] = v * mask.data[i % perChannel]));
  const noisy = noise(pack.manifest.latent.channels, frames, width, height, 1);
  known.data.forEach((v, i) => mask.data[i % perChannel] && (noisy.data[i] = v));
  const tokens = (frames * width * height) / 8;
  return {
    noisy,
    known,
    mask,
    prior: createVolume(pack.manifest.latent.channels, frames, width, height),
    hints: createVolume(3, frames, width, height),
    info: Float32Array.from({ length: 4 * frames }, (_, i) =>
      i < frames && i >= frames / 2 ? (i - frames / 2 + 1) / 24 : 0,
    ),
    positions: gaussian(3, 3 * tokens),
    tau: 1,
    sigma: 0,
  };
};

const psnr = (a: Image, b: Image): number =>
  -10 * Math.log10(a.data.reduce((sum, v, i) => sum + (v - b.data[i]) ** 2, 0) / a.data.length);

describe('longtake-embedded', () => {
  it('is whole and under 30 MB', () => {
    expect(pack.origin).toBe('embedded');
    expect(packBytes(pack.manifest)).toBeLessThan(30e6);
    expect(pack.manifest.trainedOn.length).toBeGreaterThan(0);
  });

  it.each([
    [256, 144],
    [144, 256],
    [192, 192],
    [576, 64],
  ])('takes pictures of %i x %i through its latents', async (width, height) => {
    const picture = blobs(width, height);
    const [latents] = await dit.encode([picture]);
    const [back] = await dit.decode([latents]);
    expect([back.width, back.height, back.channels]).toEqual([width, height, 3]);
    expect(psnr(picture, back)).toBeGreaterThan(24);
  });

  it.each([
    [2, 32, 18],
    [16, 32, 18],
    [6, 18, 32],
    [4, 24, 24],
  ])('denoises a window of %i frames of %i x %i', async (frames, width, height) => {
    const clean = await dit.denoise(input(frames, width, height));
    expect([clean.frames, clean.width, clean.height]).toEqual([frames, width, height]);
    const spread = Math.sqrt(clean.data.reduce((sum, v) => sum + v * v, 0) / clean.data.length);
    expect(spread).toBeGreaterThan(0.05);
    expect(spread).toBeLessThan(5);
  });

  it('gives weights that sum to one, and leaves a picture that needs nothing nearly as it is', async () => {
    const picture = blobs(256, 144);
    const twice = hasFeature(pack.manifest, 'second-references');
    const fields = createImage(twice ? 10 : 6, 256, 144);
    fields.data.fill(1);
    const [{ flow, weights, residual }] = await dit.refine([
      { before: picture, after: picture, generated: picture, fields, second: { before: picture, after: picture } },
    ]);
    const area = 256 * 144;
    for (const i of [0, 1234, area - 1]) {
      const shares = Array.from({ length: weights.channels }, (_, k) => weights.data[k * area + i]);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    }
    expect(flow.data.every((v) => Math.abs(v) < 8)).toBe(true);
    expect(residual.data.every((v) => Math.abs(v) < 0.5)).toBe(true);
  });

  it('gives the same bytes again, other ones with its weights shuffled', async () => {
    const question = input(4, 32, 18);
    const again = await openMotionLatentDit(pack, { device: 'cpu', threads: 2 });
    const shuffled = await openMotionLatentDit(pack, { device: 'cpu', threads: 2, denoiser: 'shuffled' });
    const answers = [await dit.denoise(question), await again.denoise(question), await shuffled.denoise(question)];
    const [a, b, c] = answers.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
    await again.release();
    await shuffled.release();
  });
});
