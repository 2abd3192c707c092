import { gaussian } from '../../frames/noise.ts';
import { choleskyReal } from './cholesky.ts';
import { lengthOf, silence, type Pcm } from './pcm.ts';

/** x[n] ≈ Σ coefficients[k] · x[n−1−k]. */
export type Predictor = Float64Array;

/**
 * Linear prediction by Burg's method (J. P. Burg, "Maximum entropy spectral analysis", 1975): always stable, so what is predicted never grows.
 * @param order at most a third of the samples is used.
 */
export const burg = (samples: Float32Array, order: number): Predictor => {
  const n = samples.length;
  const m = Math.max(0, Math.min(order, Math.floor(n / 3)));
  const forward = Float64Array.from(samples);
  const backward = Float64Array.from(samples);
  let a = new Float64Array(0);
  for (let k = 0; k < m; k++) {
    let cross = 0;
    let energy = 0;
    for (let i = k + 1; i < n; i++) {
      cross += forward[i] * backward[i - 1];
      energy += forward[i] * forward[i] + backward[i - 1] * backward[i - 1];
    }
    if (energy < 1e-20) break;
    // A hair inside the unit circle: a pure tone would otherwise ring for ever.
    const reflection = Math.max(-0.99999, Math.min(0.99999, (2 * cross) / energy));
    const next = new Float64Array(k + 1);
    for (let i = 0; i < k; i++) next[i] = a[i] - reflection * a[k - 1 - i];
    next[k] = reflection;
    a = next;
    for (let i = n - 1; i > k; i--) {
      const f = forward[i];
      const b = backward[i - 1];
      forward[i] = f - reflection * b;
      backward[i] = b - reflection * f;
    }
  }
  return a;
};

const predict = (a: Predictor, past: Float64Array, at: number): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * past[at - 1 - k];
  return sum;
};

/**
 * Carries sound on from its last samples with linear prediction, channel by channel.
 * @param before what was heard; its last half second is learned from.
 * @param innovation 1: driven by noise with the residuals' own covariance across channels, so that it is as lively as before from the first
 *   sample; 0: what is predictable rings on and dies away.
 */
export const carryOn = (
  before: Pcm,
  sampleRate: number,
  count: number,
  innovation: 0 | 1,
  seed: number,
  order = 64,
): Float32Array[] => {
  const channels = before.length;
  const out = silence(channels, count);
  const used = before.map((channel) => channel.subarray(Math.max(0, channel.length - Math.round(sampleRate / 2))));
  const predictors = used.map((channel) => burg(channel, order));
  const noise = innovation ? drive(used, predictors, count, seed) : undefined;
  used.forEach((channel, c) => {
    const a = predictors[c];
    const history = new Float64Array(a.length + count);
    for (let k = 0; k < a.length; k++) history[k] = channel[channel.length - a.length + k];
    for (let i = 0; i < count; i++) {
      const value = predict(a, history, a.length + i) + (noise ? noise[c][i] : 0);
      history[a.length + i] = value;
      out[c][i] = value;
    }
  });
  return out;
};

/** Normal noise with the covariance across channels that the prediction errors had. */
const drive = (used: Pcm, predictors: readonly Predictor[], count: number, seed: number): Float64Array[] => {
  const channels = used.length;
  const n = lengthOf(used);
  const errors = used.map((channel, c) => {
    const samples = Float64Array.from(channel);
    const a = predictors[c];
    return Float64Array.from({ length: n }, (_, i) => (i < a.length ? 0 : samples[i] - predict(a, samples, i)));
  });
  const covariance = new Float64Array(channels * channels);
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j <= i; j++) {
      const first = Math.max(predictors[i].length, predictors[j].length);
      let sum = 0;
      for (let t = first; t < n; t++) sum += errors[i][t] * errors[j][t];
      covariance[i * channels + j] = covariance[j * channels + i] = n > first ? sum / (n - first) : 0;
    }
  }
  const lower = choleskyReal(covariance, channels);
  const white = gaussian(seed, channels * count);
  return Array.from({ length: channels }, (_, c) =>
    Float64Array.from({ length: count }, (_, t) => {
      let sum = 0;
      for (let j = 0; j <= c; j++) sum += lower[c * channels + j] * white[j * count + t];
      return sum;
    }),
  );
};
