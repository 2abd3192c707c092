import type { Schedule } from './schedule.ts';

export type SampleInput = {
  schedule: Schedule;
  /** Known values, and zeros where unknown. */
  known: Float32Array;
  /** 1 where known, 0 where to be made; same length as `known`. */
  mask: Float32Array;
  /** Where the flow starts (level 1), same length; read where the mask is 0. */
  start: Float32Array;
  /** The network: noisy latents and their level → clean latents. */
  clean: (noisy: Float32Array, level: number) => Promise<Float32Array>;
  /** Told after every step what the network holds for clean then; may throw to stop. */
  afterStep: (done: number, clean: Float32Array) => Promise<void>;
};

/**
 * Euler steps of a rectified flow z = (1−τ)·x0 + τ·start for a network that gives x0: v = (z − x0)/τ, z ← z + (τ' − τ)·v, the last τ' = 0.
 * Known values stay as they are throughout. Returns the clean latents.
 */
export const sample = async ({
  schedule,
  known,
  mask,
  start,
  clean,
  afterStep,
}: SampleInput): Promise<Float32Array> => {
  const z = Float32Array.from(known, (k, i) => (mask[i] > 0 ? k : start[i]));
  for (const [step, level] of schedule.levels.entries()) {
    const next = schedule.levels[step + 1] ?? 0;
    const x0 = await clean(z, level);
    const pull = next / level;
    // z + (τ' − τ)(z − x0)/τ, written as a blend so that the last step is exactly x0.
    for (let i = 0; i < z.length; i++) if (mask[i] === 0) z[i] = pull * z[i] + (1 - pull) * x0[i];
    await afterStep(step + 1, x0);
  }
  return z;
};
