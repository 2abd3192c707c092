import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reportDevices } from '../../engine/runtime/devices.ts';
import { isDeviceBuiltIn, isOutOfMemory, openSession } from '../../engine/runtime/sessions.ts';
import { onnxModel, rawBytes } from '../support/onnx-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'longtake-runtime-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const weights = Float32Array.from({ length: 64 * 48 }, (_, i) => Math.round(Math.sin(i) * 64) / 64);
const bias = Float32Array.from({ length: 48 }, (_, i) => i / 16);

/** y = x · cast(w) + b with w as float16 in an external file; also t = shape of x as int64. */
const writeLinear = (name: string, location = `${name}.weights`): string => {
  const w = rawBytes(weights, 'float16');
  const b = rawBytes(bias, 'float32');
  writeFileSync(
    join(folder, `${name}.onnx`),
    onnxModel({
      nodes: [
        { op: 'Cast', inputs: ['w'], outputs: ['w32'], attributes: { to: 1 } },
        { op: 'MatMul', inputs: ['x', 'w32'], outputs: ['xw'] },
        { op: 'Add', inputs: ['xw', 'b'], outputs: ['y'] },
        { op: 'Shape', inputs: ['x'], outputs: ['size'] },
      ],
      initialisers: [
        { name: 'w', type: 'float16', dims: [64, 48], data: w, external: { location, offset: 0 } },
        { name: 'b', type: 'float32', dims: [48], data: b, external: { location, offset: w.length } },
      ],
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 64] }],
      outputs: [
        { name: 'y', type: 'float32', dims: ['n', 48] },
        { name: 'size', type: 'int64', dims: [2] },
      ],
    }),
  );
  if (!location.includes('/')) writeFileSync(join(folder, location), Buffer.concat([w, b]));
  return join(folder, `${name}.onnx`);
};

const input = (n: number) => ({
  data: Float32Array.from({ length: n * 64 }, (_, i) => Math.cos(i * 0.7)),
  dims: [n, 64],
});
const product = (x: Float32Array, n: number): Float32Array => {
  const out = new Float32Array(n * 48);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < 48; c++) {
      let sum = bias[c];
      for (let k = 0; k < 64; k++) sum += x[r * 64 + k] * weights[k * 48 + c];
      out[r * 48 + c] = sum;
    }
  }
  return out;
};
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (v, i) => Math.abs(v - b[i])).reduce((x, y) => Math.max(x, y), 0);

describe('sessions', () => {
  it('runs a graph whose float16 weights lie in a file beside it, at any length of its dynamic axis', async () => {
    const session = await openSession(writeLinear('linear'), { device: 'cpu', threads: 2 });
    expect(session.device).toBe('cpu');
    expect(session.inputs).toEqual([{ name: 'x', dtype: 'float32', dims: ['n', 64] }]);
    expect(session.outputs.map((o) => o.name)).toEqual(['y', 'size']);
    for (const n of [1, 7, 130]) {
      const x = input(n);
      const { y, size } = await session.run({ x });
      expect(y.dims).toEqual([n, 48]);
      expect(size.data).toEqual(BigInt64Array.of(BigInt(n), 64n));
      expect(largest(y.data as Float32Array, product(x.data, n))).toBeLessThan(1e-4);
    }
    await session.release();
  });

  it('gives the same bytes on every run and in every session with the same threads', async () => {
    const path = writeLinear('same');
    const results: Buffer[] = [];
    for (let i = 0; i < 2; i++) {
      const session = await openSession(path, { device: 'cpu', threads: 2 });
      for (let run = 0; run < 2; run++) results.push(Buffer.from((await session.run({ x: input(96) })).y.data.buffer));
      await session.release();
    }
    for (const other of results) expect(other.equals(results[0])).toBe(true);
  });

  it('takes weights from memory in place of the file beside the graph', async () => {
    const path = writeLinear('memory');
    const zero = Buffer.concat([rawBytes(new Float32Array(64 * 48), 'float16'), rawBytes(bias, 'float32')]);
    const session = await openSession(path, { device: 'cpu', threads: 1, weights: { 'memory.weights': zero } });
    const { y } = await session.run({ x: input(2) });
    expect(y.data).toEqual(Float32Array.from([...bias, ...bias]));
    await session.release();
  });

  it('refuses weights that lie outside the folder of the graph', async () => {
    writeFileSync(join(folder, '..', 'longtake-outside.weights'), Buffer.alloc(7000));
    try {
      await expect(
        openSession(writeLinear('escape', '../longtake-outside.weights'), { device: 'cpu' }),
      ).rejects.toMatchObject({
        code: 'model',
      });
    } finally {
      rmSync(join(folder, '..', 'longtake-outside.weights'));
    }
  });

  it('refuses a missing file and a file that is no graph, each with what to do', async () => {
    await expect(openSession(join(folder, 'nowhere.onnx'))).rejects.toMatchObject({
      code: 'model',
      name: 'UserFacingError',
    });
    writeFileSync(join(folder, 'text.onnx'), 'not a graph at all');
    await expect(openSession(join(folder, 'text.onnx'), { device: 'cpu' })).rejects.toMatchObject({
      code: 'model',
      remedy: expect.stringContaining('verify'),
    });
  });

  it('refuses a device that this machine does not have, by name', async () => {
    const absent = (['dml', 'coreml'] as const).find((device) => !isDeviceBuiltIn(device))!;
    await expect(openSession(writeLinear('device'), { device: absent })).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(/DirectML|Core ML/),
      remedy: expect.stringContaining('--device'),
    });
    const reports = await reportDevices();
    expect(reports.find((r) => r.device === 'cpu')).toEqual({ device: 'cpu', works: true, reason: '' });
    for (const report of reports) expect(report.works === (report.reason === '')).toBe(true);
  });

  it('tells a lack of memory from other failures', () => {
    expect(isOutOfMemory('std::bad_alloc')).toBe(true);
    expect(isOutOfMemory('Failed to allocate memory for requested buffer of size 4608000000')).toBe(true);
    expect(isOutOfMemory('Got invalid dimensions for input: x')).toBe(false);
  });
});
