import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { createRandom, mixSeed } from '../frames/noise.ts';
import { modelError, type PackGraph } from './manifest.ts';

const weightBytes: Partial<Record<string, 1 | 2 | 4>> = { float32: 4, float16: 2, bfloat16: 2, int8: 1, uint8: 1 };

/** Fisher–Yates over elements of `size` bytes, in place. `bytes.length` is a multiple of `size`. */
export const shuffleElements = (bytes: Uint8Array, size: 1 | 2 | 4, seed: number): void => {
  // A copy, aligned to whole elements (a Buffer's own slice() would be a view).
  const elements = new Uint8Array(bytes);
  const view = elementView(elements.buffer, size);
  const random = createRandom(seed);
  for (let i = view.length - 1; i > 0; i--) {
    const j = random() % (i + 1);
    const kept = view[i];
    view[i] = view[j];
    view[j] = kept;
  }
  bytes.set(elements);
};

const elementView = (buffer: ArrayBuffer, size: 1 | 2 | 4): Uint8Array | Uint16Array | Uint32Array => {
  if (size === 1) return new Uint8Array(buffer);
  return size === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
};

/**
 * The weights file of a graph with the elements of every weight tensor in another order (`--denoiser shuffled`): each tensor keeps its
 * distribution and loses what it learned. Integer tensors (shapes, indices) stay as they are. Kept in memory, nothing is written.
 * @returns what `openSession` takes as `weights`: file name → content.
 * @throws UserFacingError `model` when the graph has no weights file, so that nothing could be shuffled.
 */
export const shuffledWeights = async (
  folder: string,
  graph: PackGraph,
  seed = 1,
): Promise<Record<string, Uint8Array>> => {
  const { weights } = graph;
  if (!weights || weights.tensors.length === 0) {
    throw modelError(
      `The weights of ${graph.file} cannot be shuffled: its manifest lists no tensors.`,
      'Use a pack whose denoiser lists them.',
    );
  }
  const content = await readFile(join(folder, weights.file));
  weights.tensors.forEach(({ offset, bytes, dtype }, index) => {
    const size = weightBytes[dtype];
    if (size) shuffleElements(content.subarray(offset, offset + bytes), size, mixSeed(seed, index));
  });
  return { [posix.basename(weights.file)]: content };
};
