import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../engine/runtime/sessions.ts';
import { denoiserFlops, transformerOf } from './denoiser-speed.ts';
import { matmulGraph } from './matmul-graph.ts';

describe('FLOP count of the denoiser', () => {
  it('is what counting by hand gives for a tiny transformer', () => {
    // 2x2x2 latent: one token and one register. Embedding 592x4, one layer of width 4, head 4x176.
    const embed = 2 * 1 * (74 * 8) * 4;
    const layer = 2 * 2 * (4 * 12 + 4 * 4 + 4 * 16 + 16 * 4) + 2 * (2 * 2 * 2 * 4);
    const head = 2 * 1 * 4 * (22 * 8);
    const window = { frames: 2, height: 2, width: 2, channels: 22 };
    expect(denoiserFlops({ width: 4, depth: 1, registers: 1 }, window)).toBe(embed + layer + head);
  });

  it('finds width and depth in a table of weights', () => {
    const half = (elements: number) => ({ dtype: 'float16', bytes: 2 * elements });
    const width = 256;
    const layer = [half(3 * width ** 2), half(width ** 2), half(4 * width ** 2), half(4 * width ** 2)];
    const table = [half(592 * width), half(6 * width ** 2), ...layer, ...layer, ...layer, half(176 * width)];
    expect(transformerOf(table)).toEqual({ width, depth: 3, registers: 4 });
    expect(() => transformerOf([half(1000)])).toThrow(/transformer/);
  });
});

describe('hand-written matrix product graph', () => {
  it('runs in onnxruntime and multiplies', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longtake-test-'));
    try {
      const file = join(folder, 'product.onnx');
      await writeFile(file, matmulGraph(2));
      const session = await openSession(file, { device: 'cpu', threads: 1 });
      const feed = (values: number[]) => ({ data: Float32Array.from(values), dims: [2, 2] });
      const { c } = await session.run({ a: feed([1, 2, 3, 4]), b: feed([5, 6, 7, 8]) });
      expect([...c.data]).toEqual([19, 22, 43, 50]);
      await session.release();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
