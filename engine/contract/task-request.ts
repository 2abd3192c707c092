import { z } from 'zod';
import { keyedMaskSchema, motionRegionSchema } from './generation/wish.ts';

const frameRange = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]);

/** Options that every task takes; the defaults are those of the command line. */
export const commonOptions = z.object({
  out: z.string().min(1),
  prompt: z.string().optional(),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  denoiser: z.enum(['on', 'prior', 'shuffled']).default('on'),
  takes: z.number().int().min(1).max(16).default(1),
  steps: z.union([z.literal(4), z.literal(8), z.literal(16)]).default(4),
  model: z.string().default('longtake-embedded'),
  device: z.enum(['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu']).default('auto'),
  threads: z.number().int().min(1).max(256).optional(),
  crf: z.number().int().min(0).max(63).optional(),
  /** Frames from one key frame to the next at most; two seconds' worth unless told. */
  gop: z.number().int().min(1).max(600).optional(),
  codec: z.enum(['h264', 'h265', 'av1', 'prores', 'vp9', 'ffv1']).optional(),
  size: z.tuple([z.number().int().min(16).max(8192), z.number().int().min(16).max(8192)]).optional(),
  audio: z.boolean().default(true),
  force: z.boolean().default(false),
});

/** Seconds of new material: new frames = round(seconds × average rate), at least 1. */
const seconds = z.number().positive().max(60);

/** Source pixels; the displacement is over the whole result. */
export const hintSchema = z.object({ x: z.number(), y: z.number(), dx: z.number(), dy: z.number() });
export type Hint = z.infer<typeof hintSchema>;

export const animateRequest = commonOptions.extend({
  task: z.literal('animate'),
  image: z.string(),
  seconds: seconds.default(2),
  fps: z.number().min(1).max(240).default(24),
  camera: z.string().optional(),
  hints: z.array(hintSchema).default([]),
  /** Painted regions that move, in pixels of the picture; hints are spread over them. Not on the command line, as `loop`. */
  regions: z.array(motionRegionSchema).max(50).default([]),
  keep: z.string().optional(),
  /** There and back again, so that the clip plays round without a seam: the whole motion is reached half way. */
  loop: z.boolean().default(false),
});
export const extendRequest = commonOptions.extend({
  task: z.literal('extend'),
  clip: z.string(),
  seconds,
  direction: z.enum(['forward', 'backward', 'both']).default('forward'),
  loop: z.boolean().default(false),
  onlyNew: z.boolean().default(false),
});
export const fillRequest = commonOptions.extend({
  task: z.literal('fill'),
  clip: z.string(),
  /** Frame ranges, both ends included; empty when frames are to be detected. */
  ranges: z.array(frameRange).default([]),
  detect: z.array(z.enum(['black', 'duplicate'])).default([]),
  onlyNew: z.boolean().default(false),
});
export const blendRequest = commonOptions.extend({
  task: z.literal('blend'),
  a: z.string(),
  b: z.string(),
  seconds,
  insert: z.boolean().default(false),
  onlyNew: z.boolean().default(false),
});
/** `picture`: the size of what was painted on, where the clip was made smaller. */
const paintedMaskSchema = z.object({
  painted: keyedMaskSchema,
  picture: z.object({ width: z.number().int().positive(), height: z.number().int().positive() }),
});

export const inpaintRequest = commonOptions.extend({
  task: z.literal('inpaint'),
  clip: z.string(),
  /** A picture or a video; or painted, with keys by frames of the clip: it is led through the clip first (not on the command line). */
  mask: z.union([z.string(), paintedMaskSchema]),
  feather: z.number().min(0).max(256).default(8),
});

export const taskRequest = z.discriminatedUnion('task', [
  animateRequest,
  extendRequest,
  fillRequest,
  blendRequest,
  inpaintRequest,
]);
export type TaskRequest = z.infer<typeof taskRequest>;
export type AnimateRequest = z.infer<typeof animateRequest>;
export type ExtendRequest = z.infer<typeof extendRequest>;
export type FillRequest = z.infer<typeof fillRequest>;
export type BlendRequest = z.infer<typeof blendRequest>;
export type InpaintRequest = z.infer<typeof inpaintRequest>;
