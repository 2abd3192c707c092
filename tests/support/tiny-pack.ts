/*
 * A pack of a few kilobytes with the edges of `motion-latent-dit` and simple arithmetic inside, so that a test can foretell what comes out.
 * It tests shapes, names and files; nothing that it makes is ever shown as a result.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphContracts } from '../../engine/models/graph-contract.ts';
import type { Role } from '../../engine/models/manifest.ts';
import {
  onnxModel,
  rawBytes,
  type GraphSpec,
  type InitialiserSpec,
  type TensorType,
  type ValueSpec,
} from './onnx-writer.ts';

type Weight = { name: string; dims: number[]; values: ArrayLike<number>; type?: TensorType };

const edges = (role: Role, side: 'inputs' | 'outputs', twice: boolean): ValueSpec[] =>
  graphContracts(twice)[role][side].map(([name, dims]) => ({ name, type: 'float32', dims: [...dims] }));

/** Lays weights one after another; in the graph a float16 weight `w` is read as `w32` through a Cast. */
const withWeights = (role: Role, weights: Weight[], nodes: GraphSpec['nodes'], twice = false) => {
  const location = `${role}.weights`;
  const initialisers: InitialiserSpec[] = [];
  const tensors: { name: string; offset: number; bytes: number; dtype: TensorType }[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, dims, values, type = 'float16' } of weights) {
    const data = rawBytes(values, type);
    initialisers.push({ name, type, dims, data, external: { location, offset } });
    tensors.push({ name, offset, bytes: data.length, dtype: type });
    parts.push(data);
    offset += data.length;
  }
  const casts = weights.map(({ name }) => ({
    op: 'Cast',
    inputs: [name],
    outputs: [`${name}32`],
    attributes: { to: 1 },
  }));
  const onnx = onnxModel({
    nodes: [...casts, ...nodes],
    initialisers,
    inputs: edges(role, 'inputs', twice),
    outputs: edges(role, 'outputs', twice),
  });
  return { onnx, weights: Buffer.concat(parts), location, tensors };
};

/** Latent c < 3 is colour c's mean over 8x8; the others are 0. Decoding spreads it again. */
const meanKernel = Float32Array.from({ length: 16 * 3 * 64 }, (_, i) => {
  const out = Math.floor(i / (3 * 64));
  const channel = Math.floor(i / 64) % 3;
  return out === channel ? 1 / 64 : 0;
});
const spreadKernel = Float32Array.from({ length: 16 * 3 * 64 }, (_, i) =>
  Math.floor(i / 64) % 3 === Math.floor(i / 192) ? 1 : 0,
);

/** Per channel: clean = noisy · gain + prior · (1 − gain) + mean of all the other inputs, so that every edge is used. */
export const tinyGain = Float32Array.from({ length: 24 }, (_, i) => (i + 1) / 32);

/** `twice`: the edges of a pack that sees references a second way. */
export const tinyGraphs = (twice = false) => ({
  encode: withWeights(
    'encode',
    [{ name: 'w', dims: [16, 3, 8, 8], values: meanKernel }],
    [
      {
        op: 'Conv',
        inputs: ['frames', 'w32'],
        outputs: ['latents'],
        attributes: { strides: [8, 8], kernel_shape: [8, 8] },
      },
    ],
  ),
  decode: withWeights(
    'decode',
    [{ name: 'w', dims: [16, 3, 8, 8], values: spreadKernel }],
    [
      {
        op: 'ConvTranspose',
        inputs: ['latents', 'w32'],
        outputs: ['frames'],
        attributes: { strides: [8, 8], kernel_shape: [8, 8] },
      },
    ],
  ),
  denoise: withWeights(
    'denoise',
    [
      { name: 'gain', dims: [1, twice ? 24 : 22, 1, 1, 1], values: gains(twice) },
      { name: 'rest', dims: [1, twice ? 24 : 22, 1, 1, 1], values: gains(twice).map((g) => 1 - g) },
    ],
    [
      { op: 'Mul', inputs: ['noisy', 'gain32'], outputs: ['a'] },
      { op: 'Mul', inputs: ['prior', 'rest32'], outputs: ['b'] },
      ...['known', 'mask', 'hints', 'info', 'positions', 'tau', 'sigma'].map((name) => ({
        op: 'ReduceMean',
        inputs: [name],
        outputs: [`${name}Mean`],
        attributes: { keepdims: 0 },
      })),
      {
        op: 'Sum',
        inputs: [
          'a',
          'b',
          ...['known', 'mask', 'hints', 'info', 'positions', 'tau', 'sigma'].map((name) => `${name}Mean`),
        ],
        outputs: ['clean'],
      },
    ],
    twice,
  ),
  /** flow = before's first channel and after's three, weights = softmax of generated (and of one channel of each second one), residual = generated − before, + mean of fields. */
  refine: withWeights(
    'refine',
    [{ name: 'one', dims: [1], values: [1] }],
    [
      { op: 'ReduceMean', inputs: ['before'], outputs: ['b1'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'Concat', inputs: ['b1', 'after'], outputs: ['flow'], attributes: { axis: 1 } },
      ...(twice
        ? ['before', 'after'].map((side) => ({
            op: 'ReduceMean',
            inputs: [`second_${side}`],
            outputs: [`s_${side}`],
            attributes: { axes: [1], keepdims: 1 },
          }))
        : []),
      {
        op: 'Concat',
        inputs: twice ? ['generated', 's_before', 's_after'] : ['generated'],
        outputs: ['parts'],
        attributes: { axis: 1 },
      },
      { op: 'Softmax', inputs: ['parts'], outputs: ['weights'], attributes: { axis: 1 } },
      { op: 'ReduceMean', inputs: ['fields'], outputs: ['f1'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'Sub', inputs: ['generated', 'before'], outputs: ['d'] },
      { op: 'Mul', inputs: ['d', 'one32'], outputs: ['d1'] },
      { op: 'Add', inputs: ['d1', 'f1'], outputs: ['residual'] },
    ],
    twice,
  ),
});

const gains = (twice: boolean): Float32Array => tinyGain.slice(0, twice ? 24 : 22);

export const digest = (bytes: Uint8Array) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
});

/** Writes a pack into `folder` and gives its manifest, which a test may change and write again with `writeManifest`. */
export const writeTinyPack = (folder: string, id = 'tiny', graphs = tinyGraphs()) => {
  mkdirSync(folder, { recursive: true });
  const describe = (role: Role) => {
    const { onnx, weights, location, tensors } = graphs[role];
    writeFileSync(join(folder, `${role}.onnx`), onnx);
    writeFileSync(join(folder, location), weights);
    return { file: `${role}.onnx`, ...digest(onnx), weights: { file: location, ...digest(weights), tensors } };
  };
  const card = Buffer.from('# Tiny\nArithmetic for tests.\n');
  writeFileSync(join(folder, 'MODEL_CARD.md'), card);
  const manifest = {
    format: 1,
    id,
    version: '1.0.0',
    name: 'Tiny',
    licence: 'Apache-2.0',
    trainedOn: ['nothing: arithmetic for tests'],
    family: 'motion-latent-dit',
    tasks: ['animate', 'extend', 'fill', 'blend', 'inpaint'],
    features: { required: [] as string[] },
    grid: { area: 36864, multiple: 16 },
    spatialStride: 8,
    temporalStride: 1,
    causal: false,
    patch: [2, 2, 2],
    frameRule: 'any',
    window: { frames: 16, known: 4 },
    latent: { channels: 22, appearance: 16, motionScale: 8 },
    schedule: { presets: { '4': [1, 0.75, 0.5, 0.25] }, temperature: 1, source: 'noise' },
    prompt: { kind: 'motion-vocabulary' },
    memoryMb: 64,
    graphs: {
      encode: describe('encode'),
      decode: describe('decode'),
      denoise: describe('denoise'),
      refine: describe('refine'),
    },
    files: [{ file: 'MODEL_CARD.md', ...digest(card) }],
  };
  writeManifest(folder, manifest);
  return manifest;
};

export const writeManifest = (folder: string, manifest: unknown): void =>
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
