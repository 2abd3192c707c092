import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImage, type Image } from '../../engine/frames/image.ts';
import { checkGraphContract } from '../../engine/models/graph-contract.ts';
import { parseManifest } from '../../engine/models/manifest.ts';
import {
  createVolume,
  openMotionLatentDit,
  type DenoiseInput,
  type DitOptions,
  type Volume,
} from '../../engine/models/motion-latent-dit.ts';
import type { Pack } from '../../engine/models/registry.ts';
import { shuffledWeights } from '../../engine/models/shuffled-weights.ts';
import { rawBytes } from '../support/onnx-writer.ts';
import { tinyGain, tinyGraphs, writeTinyPack } from '../support/tiny-pack.ts';

let root: string;
let pack: Pack;
const makePack = (id: string, graphs = tinyGraphs()): Pack => {
  const folder = join(root, id);
  return { folder, origin: 'imported', manifest: parseManifest(JSON.stringify(writeTinyPack(folder, id, graphs)), id) };
};
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'longtake-dit-'));
  pack = makePack('tiny');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const cpu: DitOptions = { device: 'cpu', threads: 2 };
const wave = (image: Image, phase: number): Image => {
  for (let i = 0; i < image.data.length; i++) image.data[i] = 0.5 + 0.5 * Math.sin(i * 0.01 + phase);
  return image;
};
const fillVolume = (volume: Volume, f: (i: number) => number): Volume => {
  for (let i = 0; i < volume.data.length; i++) volume.data[i] = f(i);
  return volume;
};
const denoiseInput = (frames: number, width: number, height: number, channels = 22): DenoiseInput => ({
  noisy: fillVolume(createVolume(channels, frames, width, height), (i) => Math.sin(i)),
  known: fillVolume(createVolume(channels, frames, width, height), () => 0.25),
  mask: fillVolume(createVolume(1, frames, width, height), () => 0.5),
  prior: fillVolume(createVolume(channels, frames, width, height), (i) => Math.cos(i * 0.3)),
  hints: createVolume(3, frames, width, height),
  info: new Float32Array(4 * frames).fill(2),
  positions: new Float32Array((3 * frames * width * height) / 8).fill(-1),
  tau: 0.75,
  sigma: 0.125,
});

describe('motion-latent-dit', () => {
  it('encodes and decodes any number of pictures of any grid size, each its own', async () => {
    const dit = await openMotionLatentDit(pack, cpu);
    for (const [count, width, height] of [
      [1, 64, 64],
      [11, 256, 144],
      [3, 144, 256],
    ]) {
      const frames = Array.from({ length: count }, (_, i) => wave(createImage(3, width, height), i));
      const latents = await dit.encode(frames);
      expect(latents.map((l) => [l.channels, l.width, l.height, l.data.length])).toEqual(
        frames.map(() => [16, width / 8, height / 8, (16 * width * height) / 64]),
      );
      // The tiny encoder's first latent is the mean of the red block; look at the last picture's last block.
      const last = frames[count - 1];
      let mean = 0;
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++) mean += last.data[(height - 8 + y) * width + width - 8 + x] / 64;
      expect(latents[count - 1].data[(width * height) / 64 - 1]).toBeCloseTo(mean, 4);
      const back = await dit.decode(latents);
      expect(back.map((f) => [f.channels, f.width, f.height])).toEqual(frames.map(() => [3, width, height]));
      expect(back[count - 1].data[width * height - 1]).toBeCloseTo(mean, 4);
    }
    expect(await dit.encode([])).toEqual([]);
    await dit.release();
  });

  it('gives every input of the denoiser to the graph, at any window size', async () => {
    const dit = await openMotionLatentDit(pack, cpu);
    for (const [frames, width, height] of [
      [2, 8, 8],
      [16, 32, 18],
    ]) {
      const input = denoiseInput(frames, width, height);
      const clean = await dit.denoise(input);
      expect([clean.channels, clean.frames, clean.width, clean.height]).toEqual([22, frames, width, height]);
      const offset = 0.25 + 0.5 + 0 + 2 - 1 + 0.75 + 0.125;
      const perChannel = frames * width * height;
      for (const i of [0, perChannel, clean.data.length - 1]) {
        const gain = tinyGain[Math.floor(i / perChannel)];
        expect(clean.data[i]).toBeCloseTo(input.noisy.data[i] * gain + input.prior.data[i] * (1 - gain) + offset, 3);
      }
    }
    await dit.release();
  });

  it('refines in chunks and keeps pictures in order', async () => {
    const dit = await openMotionLatentDit(pack, cpu);
    const inputs = Array.from({ length: 6 }, (_, i) => ({
      before: wave(createImage(3, 256, 144), i),
      after: wave(createImage(3, 256, 144), i + 0.5),
      generated: wave(createImage(3, 256, 144), i + 1),
      fields: wave(createImage(6, 256, 144), 0),
    }));
    const outputs = await dit.refine(inputs);
    expect(outputs.map((o) => [o.flow.channels, o.weights.channels, o.residual.channels])).toEqual(
      inputs.map(() => [4, 3, 3]),
    );
    const area = 256 * 144;
    outputs.forEach((output, i) => {
      expect(output.flow.data[area]).toBeCloseTo(inputs[i].after.data[0], 5);
      expect(output.weights.data[7] + output.weights.data[area + 7] + output.weights.data[2 * area + 7]).toBeCloseTo(
        1,
        5,
      );
    });
    await dit.release();
  });

  it('gives packs with second references two more trusts and two more pictures', async () => {
    const folder = join(root, 'second');
    const manifest = writeTinyPack(folder, 'second', tinyGraphs(true));
    const needs = { features: { required: ['second-references'] }, latent: { ...manifest.latent, channels: 24 } };
    const read = (changes: object) => parseManifest(JSON.stringify({ ...manifest, ...changes }), 'second');
    expect(() => read({ latent: needs.latent })).toThrow(/24 channels/);
    expect(() => read({ features: needs.features })).toThrow(/22 channels/);
    const dit = await openMotionLatentDit({ folder, origin: 'imported', manifest: read(needs) }, cpu);
    expect((await dit.denoise(denoiseInput(2, 8, 8, 24))).channels).toBe(24);
    await expect(dit.denoise(denoiseInput(2, 8, 8))).rejects.toThrow(/noisy is \[22,/);
    const picture = (phase: number) => wave(createImage(3, 64, 48), phase);
    const input = { before: picture(0), after: picture(1), generated: picture(2), fields: createImage(10, 64, 48) };
    const second = { before: createImage(3, 64, 48), after: picture(3) };
    const [{ weights }] = await dit.refine([{ ...input, second }]);
    const at = (channel: number): number => weights.data[channel * 64 * 48];
    expect(weights.channels).toBe(5);
    expect(at(0) + at(1) + at(2) + at(3) + at(4)).toBeCloseTo(1, 5);
    expect(at(3)).toBeLessThan(at(4));
    await dit.release();
  });

  it('gives the same bytes again with the same threads', async () => {
    const [a, b] = [await openMotionLatentDit(pack, cpu), await openMotionLatentDit(pack, cpu)];
    const [x, y] = [await a.denoise(denoiseInput(4, 8, 8)), await b.denoise(denoiseInput(4, 8, 8))];
    expect(Buffer.from(x.data.buffer).equals(Buffer.from(y.data.buffer))).toBe(true);
    await a.release();
    await b.release();
  });

  it('reports loading, and leaves the denoiser out where the prior stands in', async () => {
    const loads: number[][] = [];
    const dit = await openMotionLatentDit(pack, {
      ...cpu,
      denoiser: 'prior',
      onLoad: (done, total) => loads.push([done, total]),
    });
    expect(loads).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    await expect(dit.denoise(denoiseInput(2, 8, 8))).rejects.toThrow(/without its denoise graph/);
    await dit.release();
  });

  it('shuffles each weight tensor of the denoiser, the same way each time, and touches no file', async () => {
    const [first, second, other] = [
      await shuffledWeights(pack.folder, pack.manifest.graphs.denoise),
      await shuffledWeights(pack.folder, pack.manifest.graphs.denoise),
      await shuffledWeights(pack.folder, pack.manifest.graphs.denoise, 2),
    ];
    const bytes = first['denoise.weights'];
    expect(Buffer.from(bytes).equals(second['denoise.weights'])).toBe(true);
    expect(Buffer.from(bytes).equals(other['denoise.weights'])).toBe(false);
    const original = rawBytes(tinyGain, 'float16');
    const halves = (b: Uint8Array) => Array.from({ length: 22 }, (_, i) => b[2 * i] + 256 * b[2 * i + 1]);
    expect(halves(bytes)).not.toEqual(halves(original));
    expect(halves(bytes).sort()).toEqual(halves(original).sort());
    const [plain, shuffled] = [
      await openMotionLatentDit(pack, cpu),
      await openMotionLatentDit(pack, { ...cpu, denoiser: 'shuffled' }),
    ];
    const input = denoiseInput(2, 8, 8);
    expect((await shuffled.denoise(input)).data).not.toEqual((await plain.denoise(input)).data);
    const frame = wave(createImage(3, 64, 64), 0);
    expect(await shuffled.encode([frame])).toEqual(await plain.encode([frame]));
    await plain.release();
    await shuffled.release();
  });

  it('refuses graphs that do not fit their role, in words', async () => {
    const graphs = tinyGraphs();
    const swapped = makePack('swapped', { ...graphs, refine: { ...graphs.encode, location: 'encode.weights' } });
    await expect(openMotionLatentDit(swapped, cpu)).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(/refine\.onnx does not fit its role "refine": before is missing/),
    });
    const spec = (name: string, dims: (number | string)[], dtype = 'float32') => ({ name, dims, dtype });
    const outputs = [spec('latents', ['n', 16, 'h', 'w'])];
    const check = (inputs: ReturnType<typeof spec>[]) => () =>
      checkGraphContract('encode', 'e.onnx', { inputs, outputs }, false);
    expect(check([spec('frames', ['b', 3, 'y', 'x'])])).not.toThrow();
    expect(check([spec('frames', ['b', 4, 'y', 'x'])])).toThrow(/length 4 instead of 3 on axis 1/);
    expect(check([spec('frames', ['b', 3, 'y', 'x'], 'float16')])).toThrow(/float16 instead of float32/);
    expect(check([spec('frames', [3, 'y', 'x'])])).toThrow(/3 axes instead of 4/);
    expect(check([spec('frames', ['b', 3, 'y', 'x']), spec('extra', [1])])).toThrow(/wants extra/);
  });

  it('says so when the network gives numbers that are not finite, and when memory cannot suffice', async () => {
    const dit = await openMotionLatentDit(pack, cpu);
    const input = denoiseInput(2, 8, 8);
    input.prior.data[3] = Number.POSITIVE_INFINITY;
    await expect(dit.denoise(input)).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(/not finite/),
    });
    await dit.release();
    const huge = { ...pack, manifest: { ...pack.manifest, memoryMb: 1e9 } };
    await expect(openMotionLatentDit(huge, cpu)).rejects.toMatchObject({ code: 'room' });
  });

  it('throws on shapes that a caller got wrong', async () => {
    const dit = await openMotionLatentDit(pack, cpu);
    await expect(dit.encode([createImage(3, 60, 64)])).rejects.toThrow(/grid of 16/);
    await expect(dit.encode([createImage(3, 64, 64), createImage(3, 64, 80)])).rejects.toThrow(/frame 1 is/);
    await expect(dit.denoise(denoiseInput(3, 8, 8))).rejects.toThrow(/2x2x2/);
    await expect(dit.denoise({ ...denoiseInput(2, 8, 8), positions: new Float32Array(3) })).rejects.toThrow(
      /positions/,
    );
    await expect(dit.denoise({ ...denoiseInput(2, 8, 8), mask: createVolume(2, 2, 8, 8) })).rejects.toThrow(/mask/);
    await dit.release();
  });
});
