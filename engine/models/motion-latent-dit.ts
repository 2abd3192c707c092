/*
 * The networks of the family `motion-latent-dit` as typed functions over pictures. It knows shapes and names, no task and no schedule.
 * Letters: N pictures, T frames of a window (even), H × W working pixels (multiples of 16), h = H/8, w = W/8.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { Image } from '../frames/image.ts';
import {
  openSession,
  type Device,
  type RuntimeSession,
  type RuntimeTensor,
  type UsedDevice,
} from '../runtime/sessions.ts';
import { checkGraphContract } from './graph-contract.ts';
import { modelError, remedies, hasFeature, roles, type Manifest, type Role } from './manifest.ts';
import type { Pack } from './registry.ts';
import { shuffledWeights } from './shuffled-weights.ts';

/** A window of small pictures: float32 `data[((c * frames + t) * height + y) * width + x]`. */
export type Volume = { channels: number; frames: number; width: number; height: number; data: Float32Array };

export const createVolume = (channels: number, frames: number, width: number, height: number): Volume => ({
  channels,
  frames,
  width,
  height,
  data: new Float32Array(channels * frames * width * height),
});

/** One evaluation of the denoiser. All volumes share T, h and w; L is 22 channels, or 24 where the pack weighs second references. */
export type DenoiseInput = {
  /** [L,T,h,w] z_τ on unknown cells, the known latents on known ones. */
  noisy: Volume;
  /** [L,T,h,w] mask · latents. */
  known: Volume;
  /** [1,T,h,w] 1 = known. */
  mask: Volume;
  /** [L,T,h,w] the motion prior's latents; zeros when dropped. */
  prior: Volume;
  /** [3,T,h,w] dx/8, dy/8, present. */
  hints: Volume;
  /** [4,T] seconds to the nearest known frame before and after (≤ 2), has before, has after. */
  info: Float32Array;
  /** [N,3] seconds, y, x of each token; N = T/2 · h/2 · w/2 in the order t, y, x. */
  positions: Float32Array;
  /** Time on the way from the clean latent (0) to noise (1]. */
  tau: number;
  /** Strength of the noise on the known latents. */
  sigma: number;
};

/** All at working size. `before` and `after` are the warped references, zeros where there is none. */
export type RefineInput = {
  before: Image;
  after: Image;
  generated: Image;
  /** 6 channels: vis_b, vis_a, near_b, near_a, has_b, has_a; with `second` 4 more: their trust before, after, has before, has after. */
  fields: Image;
  /** The references seen a second way, zeros where there is none: exactly where the pack weighs them. */
  second?: { before: Image; after: Image };
};
/** `flow`: 4 channels, residual (dx,dy) of before and of after in working pixels. `weights`: 3 (before, after, generated) or 5 (and before, after seen a second way), sum 1. `residual`: 3, R'G'B' added. */
export type RefineOutput = { flow: Image; weights: Image; residual: Image };

export type MotionLatentDit = {
  manifest: Manifest;
  device: UsedDevice;
  /** R'G'B' 0..1 [3,H,W] each, all of one size → normalised latents [16,h,w] each. */
  encode: (frames: readonly Image[]) => Promise<Image[]>;
  /** Latents [16,h,w] each → R'G'B' [3,H,W] each, not clipped. */
  decode: (latents: readonly Image[]) => Promise<Image[]>;
  /** → the clean latent x0 [L,T,h,w]. @throws Error when it was opened without its denoiser. */
  denoise: (input: DenoiseInput) => Promise<Volume>;
  refine: (inputs: readonly RefineInput[]) => Promise<RefineOutput[]>;
  release: () => Promise<void>;
};

export type DitOptions = {
  device?: Device;
  threads?: number;
  /** `prior`: the denoiser is not loaded. `shuffled`: its weights are permuted (for the quality table). */
  denoiser?: 'on' | 'prior' | 'shuffled';
  /** Told after each graph. */
  onLoad?: (done: number, total: number) => void;
};

/**
 * Working pixels that one run of a picture network takes: two frames of the usual grid. Batches of 1, 4 and 8 were measured equally fast per
 * frame on two cores, and each frame more is held at full width, so memory stays flat whatever the span.
 */
const pixelsPerRun = 2 * 36_864;

const expectShape = (what: string, actual: readonly number[], expected: readonly number[]): void => {
  if (actual.length !== expected.length || actual.some((length, i) => length !== expected[i])) {
    throw new Error(`${what} is [${actual.join(',')}], expected [${expected.join(',')}]`);
  }
};

const expectImage = (what: string, image: Image, channels: number, like: Image): void => {
  expectShape(what, [image.channels, image.height, image.width], [channels, like.height, like.width]);
  expectShape(`data of ${what}`, [image.data.length], [channels * like.height * like.width]);
};

const stack = (images: readonly Image[]): RuntimeTensor => {
  const [{ channels, height, width }] = images;
  const size = channels * height * width;
  const data = new Float32Array(images.length * size);
  images.forEach((image, i) => data.set(image.data, i * size));
  return { data, dims: [images.length, channels, height, width] };
};

/** The pictures of a stacked output, each with memory of its own so that keeping one does not keep the whole run. */
const unstack = (what: string, tensor: RuntimeTensor, expected: readonly [number, number, number, number]): Image[] => {
  expectShape(what, tensor.dims, expected);
  const [count, channels, height, width] = expected;
  const size = channels * height * width;
  const data = tensor.data as Float32Array;
  return Array.from({ length: count }, (_, i) => ({
    channels,
    height,
    width,
    data: data.slice(i * size, (i + 1) * size),
  }));
};

const batches = <T>(items: readonly T[], pixelsEach: number): T[][] => {
  const size = Math.max(1, Math.floor(pixelsPerRun / pixelsEach));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
};

/** A sum is finite only if every number is (or by a cancellation of infinities that gives NaN all the same). */
const expectFinite = (data: Float32Array, manifest: Manifest): void => {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  if (!Number.isFinite(sum)) {
    throw modelError(
      `The model ${manifest.id} gave numbers that are not finite.`,
      'Try --device cpu; if that gives the same, use another model.',
    );
  }
};

const volumeTensor = (what: string, volume: Volume, channels: number, like: Volume): RuntimeTensor => {
  const { frames, height, width } = like;
  expectShape(what, [volume.channels, volume.frames, volume.height, volume.width], [channels, frames, height, width]);
  expectShape(`data of ${what}`, [volume.data.length], [channels * frames * height * width]);
  return { data: volume.data, dims: [1, channels, frames, height, width] };
};

const denoiseFeeds = (input: DenoiseInput, channels: number): Record<string, RuntimeTensor> => {
  const { noisy, info, positions, tau, sigma } = input;
  const { frames, height, width } = noisy;
  if (frames % 2 || height % 2 || width % 2)
    throw new Error(`a window of ${frames}x${height}x${width} does not divide into 2x2x2 patches`);
  const tokens = (frames * height * width) / 8;
  expectShape('info', [info.length], [4 * frames]);
  expectShape('positions', [positions.length], [3 * tokens]);
  return {
    noisy: volumeTensor('noisy', noisy, channels, noisy),
    known: volumeTensor('known', input.known, channels, noisy),
    mask: volumeTensor('mask', input.mask, 1, noisy),
    prior: volumeTensor('prior', input.prior, channels, noisy),
    hints: volumeTensor('hints', input.hints, 3, noisy),
    info: { data: info, dims: [1, 4, frames] },
    positions: { data: positions, dims: [tokens, 3] },
    tau: { data: Float32Array.of(tau), dims: [1] },
    sigma: { data: Float32Array.of(sigma), dims: [1] },
  };
};

type Sessions = Partial<Record<Role, RuntimeSession>>;

const openRole = async (pack: Pack, role: Role, options: DitOptions): Promise<RuntimeSession> => {
  const graph = pack.manifest.graphs[role];
  const weights =
    role === 'denoise' && options.denoiser === 'shuffled' ? await shuffledWeights(pack.folder, graph) : undefined;
  const session = await openSession(join(pack.folder, graph.file), {
    device: options.device,
    threads: options.threads,
    weights,
  });
  try {
    checkGraphContract(role, graph.file, session, hasFeature(pack.manifest, 'second-references'));
  } catch (error) {
    await session.release();
    throw error;
  }
  return session;
};

const openAll = async (pack: Pack, options: DitOptions): Promise<Sessions> => {
  const wanted = roles.filter((role) => role !== 'denoise' || options.denoiser !== 'prior');
  const sessions: Sessions = {};
  try {
    for (const [i, role] of wanted.entries()) {
      sessions[role] = await openRole(pack, role, options);
      options.onLoad?.(i + 1, wanted.length);
    }
  } catch (error) {
    await releaseAll(sessions);
    throw error;
  }
  return sessions;
};

const releaseAll = async (sessions: Sessions): Promise<void> => {
  for (const session of Object.values(sessions)) await session.release();
};

const checkMemory = ({ memoryMb, id }: Manifest): void => {
  const total = process.constrainedMemory() || totalmem();
  const room = Math.min(total, totalmem()) / 1e6;
  if (memoryMb > room) {
    throw new UserFacingError(
      'room',
      `The model ${id} needs ${Math.ceil(memoryMb)} MB of memory; this machine has ${Math.floor(room)} MB.`,
      'Use a smaller model (`longtake models list`).',
    );
  }
};

/**
 * Loads the networks of a verified pack (`openPack`).
 * @throws UserFacingError `model` when a graph cannot be loaded or is not what its role says, `room` when memory is short.
 */
export const openMotionLatentDit = async (pack: Pack, options: DitOptions = {}): Promise<MotionLatentDit> => {
  const { manifest } = pack;
  const { channels } = manifest.latent;
  const twice = hasFeature(manifest, 'second-references');
  if (manifest.family !== 'motion-latent-dit')
    throw modelError(`The model ${manifest.id} is of another family.`, remedies.useAnother);
  checkMemory(manifest);
  const sessions = await openAll(pack, options);
  const session = (role: Role): RuntimeSession => {
    const found = sessions[role];
    if (!found) throw new Error(`the model was opened without its ${role} graph`);
    return found;
  };

  const encode = async (frames: readonly Image[]): Promise<Image[]> => {
    if (frames.length === 0) return [];
    const [first] = frames;
    const { height, width } = first;
    if (height % 16 || width % 16) throw new Error(`frames of ${width}x${height} are not on the grid of 16`);
    frames.forEach((frame, i) => expectImage(`frame ${i}`, frame, 3, first));
    const out: Image[] = [];
    for (const batch of batches(frames, height * width)) {
      const { latents } = await session('encode').run({ frames: stack(batch) });
      out.push(...unstack('latents', latents, [batch.length, 16, height / 8, width / 8]));
    }
    return out;
  };

  const decode = async (latents: readonly Image[]): Promise<Image[]> => {
    if (latents.length === 0) return [];
    const [first] = latents;
    const { height, width } = first;
    latents.forEach((latent, i) => expectImage(`latent ${i}`, latent, 16, first));
    const out: Image[] = [];
    for (const batch of batches(latents, height * width * 64)) {
      const { frames } = await session('decode').run({ latents: stack(batch) });
      out.push(...unstack('frames', frames, [batch.length, 3, height * 8, width * 8]));
    }
    return out;
  };

  const denoise = async (input: DenoiseInput): Promise<Volume> => {
    const { frames, height, width } = input.noisy;
    const { clean } = await session('denoise').run(denoiseFeeds(input, channels));
    expectShape('clean', clean.dims, [1, channels, frames, height, width]);
    const data = clean.data as Float32Array;
    expectFinite(data, manifest);
    return { channels, frames, height, width, data };
  };

  const refine = async (inputs: readonly RefineInput[]): Promise<RefineOutput[]> => {
    if (inputs.length === 0) return [];
    const [{ generated: like }] = inputs;
    const { height, width } = like;
    if (height % 16 || width % 16) throw new Error(`frames of ${width}x${height} are not on the grid of 16`);
    inputs.forEach((input, i) => {
      expectImage(`before ${i}`, input.before, 3, like);
      expectImage(`after ${i}`, input.after, 3, like);
      expectImage(`generated ${i}`, input.generated, 3, like);
      expectImage(`fields ${i}`, input.fields, twice ? 10 : 6, like);
      if (twice) {
        expectImage(`second before ${i}`, input.second!.before, 3, like);
        expectImage(`second after ${i}`, input.second!.after, 3, like);
      }
    });
    const out: RefineOutput[] = [];
    for (const batch of batches(inputs, height * width)) {
      const result = await session('refine').run({
        before: stack(batch.map((input) => input.before)),
        after: stack(batch.map((input) => input.after)),
        generated: stack(batch.map((input) => input.generated)),
        fields: stack(batch.map((input) => input.fields)),
        ...(twice && {
          second_before: stack(batch.map((input) => input.second!.before)),
          second_after: stack(batch.map((input) => input.second!.after)),
        }),
      });
      const flow = unstack('flow', result.flow, [batch.length, 4, height, width]);
      const weights = unstack('weights', result.weights, [batch.length, twice ? 5 : 3, height, width]);
      const residual = unstack('residual', result.residual, [batch.length, 3, height, width]);
      batch.forEach((_, i) => out.push({ flow: flow[i], weights: weights[i], residual: residual[i] }));
    }
    return out;
  };

  return {
    manifest,
    device: session('encode').device,
    encode,
    decode,
    denoise,
    refine,
    release: () => releaseAll(sessions),
  };
};
