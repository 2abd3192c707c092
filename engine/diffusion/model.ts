import type { Image } from '../frames/image.ts';
import type { WindowLimits } from './windows.ts';

/** What the refiner says about one frame, all at the working size. */
export type Refined = {
  /** [4,H,W]: corrections of the displacement to the reference before (dx, dy) and after, pixels. */
  flow: Image;
  /** [3,H,W]: before, after, generated; sum 1. */
  weights: Image;
  /** [3,H,W]: R'G'B' to add. */
  residual: Image;
};

export type DenoiseInput = {
  frames: number;
  height: number;
  width: number;
  noisy: Float32Array;
  known: Float32Array;
  mask: Float32Array;
  prior: Float32Array;
  hints: Float32Array;
  info: Float32Array;
  positions: Float32Array;
  tau: number;
  sigma: number;
};

/** The motion-latent transformer as this room needs it; engine/models gives one. Shapes: docs/pack-format.md. */
export type DitModel = {
  limits: WindowLimits;
  presets: Record<string, number[]>;
  temperature: number;
  /** [3,H,W] R'G'B' 0..1 → [16,H/8,W/8]. */
  encode: (frames: Image[]) => Promise<Image[]>;
  decode: (latents: Image[]) => Promise<Image[]>;
  denoise: (input: DenoiseInput) => Promise<Float32Array>;
  refine: (input: { before: Image[]; after: Image[]; generated: Image[]; fields: Image[] }) => Promise<Refined[]>;
};
