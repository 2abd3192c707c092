import { gaussian, mixSeed } from '../../frames/noise.ts';
import { choleskyComplex } from './cholesky.ts';
import { fourier, hann, previousPowerOfTwo } from './fourier.ts';
import { lengthOf, meanOf, silence, type Pcm } from './pcm.ts';

/**
 * What steady noise sounds like: for each frequency the lower root of the channels' cross-spectral matrix, so that colour, level and the
 * correlation between channels are kept, and nothing else is.
 */
export type Texture = {
  channels: number;
  /** Points of a frame. Noise made from it is uncorrelated beyond that many samples, which is under 50 ms. */
  size: number;
  /** [size/2+1][channels × channels], rows major. */
  re: Float64Array[];
  im: Float64Array[];
};

/** Seconds over which the texture remembers itself; just under the 50 ms beyond which a repetition would be heard. */
const memory = 0.0475;

/** Welch's method (P. D. Welch, 1967) with Hann windows at three quarters of overlap; means removed. At least 64 samples. */
export const learnTexture = (context: Pcm, sampleRate: number): Texture => {
  const channels = context.length;
  const length = lengthOf(context);
  const size = Math.max(32, previousPowerOfTwo(Math.min(memory * sampleRate, length / 2)));
  const plan = fourier(size);
  const window = hann(size);
  const bins = size / 2 + 1;
  const re = Array.from({ length: bins }, () => new Float64Array(channels * channels));
  const im = Array.from({ length: bins }, () => new Float64Array(channels * channels));
  const means = context.map(meanOf);
  const xr = context.map(() => new Float64Array(size));
  const xi = context.map(() => new Float64Array(size));
  let frames = 0;
  for (let start = 0; start + size <= length; start += size / 4, frames++) {
    context.forEach((channel, c) => {
      for (let i = 0; i < size; i++) xr[c][i] = (channel[start + i] - means[c]) * window[i];
      xi[c].fill(0);
      plan.forward(xr[c], xi[c]);
    });
    for (let k = 0; k < bins; k++) {
      for (let i = 0; i < channels; i++) {
        for (let j = 0; j <= i; j++) {
          re[k][i * channels + j] += xr[i][k] * xr[j][k] + xi[i][k] * xi[j][k];
          im[k][i * channels + j] += xi[i][k] * xr[j][k] - xr[i][k] * xi[j][k];
        }
      }
    }
  }
  // White noise of variance 1 has |X|² = Σ window² in every bin: divided by that, the matrix is a variance per bin.
  const scale = 1 / (Math.max(1, frames) * window.reduce((sum, w) => sum + w * w, 0));
  for (let k = 0; k < bins; k++) {
    for (let i = 0; i < channels * channels; i++) {
      re[k][i] *= scale;
      im[k][i] *= scale;
    }
    choleskyComplex(re[k], im[k], channels);
  }
  return { channels, size, re, im };
};

/**
 * `count` samples of noise with a learned texture: frames of white noise, coloured and mixed per frequency, overlapped by half under the root
 * of a Hann window (independent frames add in power, so the level is even). Same seed, same bytes.
 */
export const makeTexture = (texture: Texture, count: number, seed: number): Float32Array[] => {
  const { channels, size, re, im } = texture;
  const plan = fourier(size);
  const window = hann(size).map(Math.sqrt);
  const out = silence(channels, count);
  const wr = Array.from({ length: channels }, () => new Float64Array(size));
  const wi = Array.from({ length: channels }, () => new Float64Array(size));
  const yr = new Float64Array(size);
  const yi = new Float64Array(size);
  for (let start = -size / 2, frame = 0; start < count; start += size / 2, frame++) {
    const white = gaussian(mixSeed(seed, frame), channels * size);
    for (let c = 0; c < channels; c++) {
      wr[c].set(white.subarray(c * size, (c + 1) * size));
      wi[c].fill(0);
      plan.forward(wr[c], wi[c]);
    }
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k <= size / 2; k++) {
        let x = 0;
        let y = 0;
        for (let j = 0; j <= c; j++) {
          const a = re[k][c * channels + j];
          const b = im[k][c * channels + j];
          x += a * wr[j][k] - b * wi[j][k];
          y += a * wi[j][k] + b * wr[j][k];
        }
        yr[k] = x;
        yi[k] = k === 0 || k === size / 2 ? 0 : y;
        if (k > 0 && k < size / 2) {
          yr[size - k] = x;
          yi[size - k] = -y;
        }
      }
      plan.inverse(yr, yi);
      const first = Math.max(0, -start);
      const end = Math.min(size, count - start);
      for (let i = first; i < end; i++) out[c][start + i] += yr[i] * window[i];
    }
  }
  return out;
};
