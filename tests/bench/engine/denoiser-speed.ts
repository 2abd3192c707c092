import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeTensor } from '../../../engine/runtime/sessions.ts';
import { openSession } from '../../../engine/runtime/sessions.ts';
import { matmulGraph } from './matmul-graph.ts';

export type Transformer = { width: number; depth: number; registers: number };

/** One window: latent size and frames. */
export type Window = { frames: number; height: number; width: number; channels: number };

/** Noisy, known and prior latents, mask, hints, info. */
const channelsIn = (latent: number): number => latent * 3 + 1 + 3 + 4;
const patch = 8;

/**
 * Floating-point operations of one pass, 2 per multiply-add, matrix products only (embedding, projections, attention, head).
 * Norms, rotations and activations are left out, and what runs once per window instead of once per token.
 */
export const denoiserFlops = ({ width, depth, registers }: Transformer, window: Window): number => {
  const tokens = (window.frames * window.height * window.width) / patch;
  const all = tokens + registers;
  const projections = 2 * all * 12 * width * width;
  const attention = 2 * 2 * all * all * width;
  const ends = 2 * tokens * width * patch * (channelsIn(window.channels) + window.channels);
  return depth * (projections + attention) + ends;
};

type WeightTable = { dtype: string; bytes: number }[];

/** Width and depth from the sizes of the weights: every layer has one matrix of 3w² and two of 4w² elements. */
export const transformerOf = (tensors: WeightTable): Transformer => {
  const size: Record<string, number> = { float16: 2, float32: 4, int8: 1, uint8: 1 };
  const counts = new Map<number, number>();
  for (const { dtype, bytes } of tensors) {
    const elements = bytes / (size[dtype] ?? 2);
    counts.set(elements, (counts.get(elements) ?? 0) + 1);
  }
  for (let width = 2048; width >= 32; width -= 8) {
    const depth = counts.get(3 * width * width) ?? 0;
    if (depth > 0 && (counts.get(4 * width * width) ?? 0) >= 2 * depth) return { width, depth, registers: 4 };
  }
  throw new Error(
    'The weights of the denoiser do not look like those of a transformer of the family motion-latent-dit.',
  );
};

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

const noise = (dims: number[]): RuntimeTensor => {
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 12.9898) * 0.9;
  return { data, dims };
};

const denoiseFeeds = ({ frames: t, height: h, width: w, channels }: Window): Record<string, RuntimeTensor> => {
  const tokens = (t * h * w) / patch;
  const one = (value: number): RuntimeTensor => ({ data: Float32Array.of(value), dims: [1] });
  return {
    noisy: noise([1, channels, t, h, w]),
    known: noise([1, channels, t, h, w]),
    mask: { data: new Float32Array(t * h * w), dims: [1, 1, t, h, w] },
    prior: noise([1, channels, t, h, w]),
    hints: { data: new Float32Array(3 * t * h * w), dims: [1, 3, t, h, w] },
    info: noise([1, 4, t]),
    positions: noise([tokens, 3]),
    tau: one(0.5),
    sigma: one(0),
  };
};

export type DenoiserSpeed = {
  threads: number;
  /** GFLOP/s of the plain product and of the denoiser, and the second over the first. */
  matmul: number;
  denoiser: number;
  share: number;
  passSeconds: number;
  passGflop: number;
  tokens: number;
};

/**
 * Times one pass of the pack's denoiser over a full 16-frame window at 256x144 against float32 MatMul of 2048³, both in onnxruntime, on
 * the same threads, taking turns so that whatever else the machine does falls on both. Medians.
 */
export const measureDenoiser = async (packFolder: string, threads: number, rounds = 7): Promise<DenoiserSpeed> => {
  const manifest = JSON.parse(await readFile(join(packFolder, 'manifest.json'), 'utf8')) as {
    latent: { channels: number };
    graphs: { denoise: { file: string; weights: { tensors: WeightTable } } };
  };
  const window: Window = { frames: 16, height: 18, width: 32, channels: manifest.latent.channels };
  const flops = denoiserFlops(transformerOf(manifest.graphs.denoise.weights.tensors), window);
  const product = await openProduct(threads);
  const denoiser = await openSession(join(packFolder, manifest.graphs.denoise.file), { device: 'cpu', threads });
  const feeds = denoiseFeeds(window);
  const times = { product: [] as number[], denoiser: [] as number[] };
  try {
    for (let round = -1; round < rounds; round++) {
      const a = await product.time();
      const started = performance.now();
      await denoiser.run(feeds);
      const b = (performance.now() - started) / 1000;
      if (round < 0) continue;
      times.product.push(a);
      times.denoiser.push(b);
    }
  } finally {
    await denoiser.release();
    await product.release();
  }
  const passSeconds = median(times.denoiser);
  const matmul = productFlops / median(times.product) / 1e9;
  const denoiserRate = flops / passSeconds / 1e9;
  return {
    threads,
    matmul,
    denoiser: denoiserRate,
    share: denoiserRate / matmul,
    passSeconds,
    passGflop: flops / 1e9,
    tokens: (window.frames * window.height * window.width) / patch,
  };
};

const productSize = 2048;
const productFlops = 2 * productSize ** 3;

const openProduct = async (threads: number): Promise<{ time: () => Promise<number>; release: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'longtake-product-'));
  const file = join(folder, 'product.onnx');
  await writeFile(file, matmulGraph(productSize));
  const session = await openSession(file, { device: 'cpu', threads });
  const feeds = { a: noise([productSize, productSize]), b: noise([productSize, productSize]) };
  return {
    time: async () => {
      const started = performance.now();
      await session.run(feeds);
      return (performance.now() - started) / 1000;
    },
    release: async () => {
      await session.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** GFLOP/s of the plain product alone. */
export const measureProduct = async (threads: number, rounds = 5): Promise<number> => {
  const product = await openProduct(threads);
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const time = await product.time();
    if (round >= 0) times.push(time);
  }
  await product.release();
  return productFlops / median(times) / 1e9;
};
