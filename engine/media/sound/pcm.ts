import { fourier, nextPowerOfTwo } from './fourier.ts';

/** Planar sound: one Float32Array a channel, all of one length, full scale ±1. */
export type Pcm = readonly Float32Array[];

export const silence = (channels: number, length: number): Float32Array[] =>
  Array.from({ length: channels }, () => new Float32Array(length));

export const lengthOf = (pcm: Pcm): number => pcm[0]?.length ?? 0;

/** A view, not a copy. */
export const cut = (pcm: Pcm, from: number, to: number): Float32Array[] =>
  pcm.map((channel) => channel.subarray(from, to));

export const reversed = (pcm: Pcm): Float32Array[] => pcm.map((channel) => channel.slice().reverse());

export const joined = (parts: readonly Pcm[], channels: number): Float32Array[] => {
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const out = silence(channels, length);
  let at = 0;
  for (const part of parts) {
    part.forEach((channel, c) => out[c].set(channel, at));
    at += lengthOf(part);
  }
  return out;
};

export const meanOf = (samples: Float32Array | Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  return samples.length ? sum / samples.length : 0;
};

/** Root mean square over all channels, means removed when asked. */
export const rms = (pcm: Pcm, around: readonly number[] = []): number => {
  let sum = 0;
  let count = 0;
  pcm.forEach((channel, c) => {
    const mean = around[c] ?? 0;
    for (let i = 0; i < channel.length; i++) sum += (channel[i] - mean) ** 2;
    count += channel.length;
  });
  return count ? Math.sqrt(sum / count) : 0;
};

/** A quantile (0..1) of the absolute differences between neighbouring samples of one channel. */
export const stepQuantile = (channel: Float32Array, quantile: number): number => {
  if (channel.length < 2) return 0;
  const steps = new Float32Array(channel.length - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = Math.abs(channel[i + 1] - channel[i]);
  steps.sort();
  return steps[Math.min(steps.length - 1, Math.floor(quantile * steps.length))];
};

/**
 * The largest normalised autocorrelation (of either sign) of one channel at lags from `fromLag` to half its length, mean removed; each lag is
 * normalised by the energies of its own two stretches. 0 for silence.
 */
export const largestAutocorrelation = (channel: Float32Array, fromLag: number): number => {
  const n = channel.length;
  const last = Math.floor(n / 2);
  if (last <= fromLag) return 0;
  const mean = meanOf(channel);
  const plan = fourier(nextPowerOfTwo(n + last + 1));
  const re = new Float64Array(plan.size);
  const im = new Float64Array(plan.size);
  const energy = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    re[i] = channel[i] - mean;
    energy[i + 1] = energy[i] + re[i] * re[i];
  }
  if (energy[n] === 0) return 0;
  plan.forward(re, im);
  for (let i = 0; i < plan.size; i++) {
    re[i] = re[i] * re[i] + im[i] * im[i];
    im[i] = 0;
  }
  plan.inverse(re, im);
  let largest = 0;
  for (let lag = fromLag; lag <= last; lag++) {
    const norm = Math.sqrt(energy[n - lag] * (energy[n] - energy[lag]));
    if (norm > 0) largest = Math.max(largest, Math.abs(re[lag]) / norm);
  }
  return largest;
};
