/*
 * The only file that touches onnxruntime. What stands here was measured on onnxruntime-node 1.30 under Node 24:
 * - Graphs are loaded by path; weights lie beside them. Full optimisation folds `Cast(fp16 weight)` into a float32 constant once, at load
 *   (0.4–0.7 s for 56 MB of weights); without it the cast is paid at every run, with twice the memory.
 * - Threads do not spin between runs: with two cores a spinning pool takes the core that optical flow and the encoder need.
 * - Memory patterns are off: they are planned for one shape and kept, while windows and chunks come in many.
 * - `run` blocks the thread that calls it and cannot be cancelled: sessions live in the inference process, which is killed instead.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { UserFacingError } from '../contract/errors.ts';

export type Device = 'auto' | 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';
export type UsedDevice = Exclude<Device, 'auto'>;

/** Row-major; `int64` values are given and read as BigInt64Array, everything else at a graph's edge is float32. */
export type RuntimeTensor = { data: Float32Array | BigInt64Array; dims: readonly number[] };

/** One input or output of a graph. Dynamic axes carry their name, fixed ones their length. */
export type TensorSpec = { name: string; dtype: string; dims: readonly (number | string)[] };

export type SessionOptions = {
  /** `auto`: CUDA where its provider is installed and starts, else the processor. The others are taken as asked, or refused. */
  device?: Device;
  /** Threads inside one operator; default: every core that the process may use. */
  threads?: number;
  /** Weights files handed over in memory instead of being read from beside the graph: file name → whole content. */
  weights?: Readonly<Record<string, Uint8Array>>;
};

export type RuntimeSession = {
  device: UsedDevice;
  inputs: readonly TensorSpec[];
  outputs: readonly TensorSpec[];
  /** Runs the graph once. Blocks the calling thread until it is done. @throws UserFacingError `room` when memory runs out. */
  run: (feeds: Readonly<Record<string, RuntimeTensor>>) => Promise<Record<string, RuntimeTensor>>;
  release: () => Promise<void>;
};

const deviceNames: Record<UsedDevice, string> = {
  cpu: 'the processor',
  cuda: 'an NVIDIA card (CUDA)',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
};

export const defaultThreads = (): number => Math.max(1, availableParallelism());

/** True for the messages with which onnxruntime says that memory ran out. */
export const isOutOfMemory = (message: string): boolean =>
  /bad[ _]?alloc|failed to allocate memory|out of memory|OOM|cannot allocate memory|array buffer allocation failed/i.test(
    message,
  );

const outOfMemory = (): UserFacingError =>
  new UserFacingError(
    'room',
    'There was not enough memory to run the model.',
    'Close other programs, or ask for a shorter span or a smaller --size.',
  );

const toOptions = (device: UsedDevice, options: SessionOptions): ort.InferenceSession.SessionOptions => ({
  executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
  intraOpNumThreads: options.threads ?? defaultThreads(),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' }, force_spinning_stop: '1' } },
  ...(options.weights ? { externalData: Object.entries(options.weights).map(([path, data]) => ({ path, data })) } : {}),
});

const specs = (metadata: readonly ort.InferenceSession.ValueMetadata[]): TensorSpec[] =>
  metadata.map((value) =>
    value.isTensor
      ? { name: value.name, dtype: value.type, dims: value.shape }
      : { name: value.name, dtype: 'not a tensor', dims: [] },
  );

const toRuntimeTensor = (name: string, value: ort.OnnxValue): RuntimeTensor => {
  const { data, dims } = value as ort.Tensor;
  if (!(data instanceof Float32Array) && !(data instanceof BigInt64Array)) {
    throw new Error(`output ${name} is neither float32 nor int64`);
  }
  return { data, dims };
};

/** Whether this build of onnxruntime knows a device at all; whether it starts is only known by starting it. */
export const isDeviceBuiltIn = (device: UsedDevice): boolean =>
  device === 'cpu' || ort.listSupportedBackends().some((backend) => backend.name === device);

const start = async (graphPath: string, device: UsedDevice, options: SessionOptions): Promise<RuntimeSession> => {
  if (device !== 'cpu' && !isDeviceBuiltIn(device)) throw new Error(`${device} is not part of this build`);
  ort.env.logLevel = 'fatal';
  const session = await ort.InferenceSession.create(graphPath, toOptions(device, options));
  return {
    device,
    inputs: specs(session.inputMetadata),
    outputs: specs(session.outputMetadata),
    run: async (feeds) => {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int64', data, dims),
        ]),
      );
      try {
        const results = await session.run(tensors);
        return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, toRuntimeTensor(name, value)]));
      } catch (error) {
        if (error instanceof Error && isOutOfMemory(error.message)) throw outOfMemory();
        throw error;
      }
    },
    release: () => session.release(),
  };
};

/** CUDA's provider is a download of its own: where it is missing the attempt fails within milliseconds and the processor takes over. */
const devicesToTry = (device: Device): UsedDevice[] => {
  if (device !== 'auto') return [device];
  return isDeviceBuiltIn('cuda') ? ['cuda', 'cpu'] : ['cpu'];
};

/**
 * Loads one ONNX graph.
 * @throws UserFacingError `model` when the device cannot be had or the graph cannot be loaded, `room` when memory runs out.
 */
export const openSession = async (graphPath: string, options: SessionOptions = {}): Promise<RuntimeSession> => {
  const device = options.device ?? 'auto';
  const present = await stat(graphPath).then(
    (entry) => entry.isFile(),
    () => false,
  );
  if (!present) {
    throw new UserFacingError(
      'model',
      `A model file is missing: ${graphPath}.`,
      'Run `longtake models verify`, then import the model again.',
    );
  }
  let failure = '';
  for (const candidate of devicesToTry(device)) {
    try {
      return await start(graphPath, candidate, options);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      if (isOutOfMemory(failure)) throw outOfMemory();
      if (device === candidate && candidate !== 'cpu') {
        throw new UserFacingError(
          'model',
          `${deviceNames[candidate]} cannot be used on this machine (${oneLine(failure)}).`,
          'Leave --device out to use what there is, or run `longtake doctor` to see which devices work.',
        );
      }
    }
  }
  throw new UserFacingError(
    'model',
    `A model file cannot be loaded: ${graphPath} (${oneLine(failure)}).`,
    'Run `longtake models verify`, then import the model again.',
  );
};

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 197)}…` : line;
};
