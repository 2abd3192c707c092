/**
 * Sound at any positions between its samples: a windowed sinc, Kaiser's window with beta 9 over 48 zero crossings a side, lowered so that
 * it ends in 0 (else a position just before a sample and one just behind it would differ by a step of 5e-6). Flat to 20 kHz
 * at 44.1 kHz and above, other frequencies and images 90 dB down. Where the source is used faster than it is made for, the filter widens
 * and keeps out what could not be heard as itself. Every output sample depends on its own position alone: there is no state that could
 * drift over hours or differ between two ways of cutting a range.
 */
type Kernel = {
  /** Source samples on each side that a position takes in. */
  half: number;
  /** Rows for fractions 0, 1/phases .. 1 of a sample; 2·half taps each, adding up to 1. */
  phases: number;
  taps: Float32Array;
};

const zeroCrossings = 48;
const beta = 9;
/** Share of the lower of both Nyquist frequencies where the filter has fallen by half. */
const cutoffShare = 0.97;
/** Neighbouring rows are mixed linearly; at 1024 that is 118 dB from the true curve. */
const finestPhases = 1024;

/** The modified Bessel function of order 0, by its series. */
const bessel0 = (x: number): number => {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

const makeKernel = (stretch: number): Kernel => {
  const cutoff = cutoffShare / stretch;
  const half = Math.ceil(zeroCrossings * stretch);
  const phases = Math.max(16, Math.ceil(finestPhases / stretch));
  const width = 2 * half;
  const taps = new Float32Array((phases + 1) * width);
  const row = new Float64Array(width);
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const distance = k - half + 1 - phase / phases;
      const inside = 1 - (distance / half) ** 2;
      const x = Math.PI * cutoff * distance;
      row[k] = inside < 0 ? 0 : (x === 0 ? 1 : Math.sin(x) / x) * (bessel0(beta * Math.sqrt(inside)) - 1);
      sum += row[k];
    }
    for (let k = 0; k < width; k++) taps[phase * width + k] = row[k] / sum;
  }
  return { half, phases, taps };
};

/** A film has few speeds and rates; an unbounded map would keep every one that was ever tried. */
const mostKernels = 8;
const kernels = new Map<number, Kernel>();

const kernelFor = (step: number): Kernel => {
  const stretch = Math.max(1, Math.abs(step));
  const kernel = kernels.get(stretch) ?? makeKernel(stretch);
  kernels.delete(stretch);
  kernels.set(stretch, kernel);
  for (const oldest of kernels.keys()) if (kernels.size > mostKernels) kernels.delete(oldest);
  return kernel;
};

/** Output sample i is heard at `whole + part + i·step`, source samples; `whole` is an integer, so that hours keep their fractions. */
export type Positions = { whole: number; part: number; step: number; count: number };

/** The source samples [from, to) that positions take in; may begin before 0. */
export const samplesNeeded = ({ whole, part, step, count }: Positions): { from: number; to: number } => {
  const { half } = kernelFor(step);
  const last = part + (count - 1) * step;
  return {
    from: whole + Math.floor(Math.min(part, last)) - half + 1,
    to: whole + Math.floor(Math.max(part, last)) + half + 1,
  };
};

/**
 * @param channels planar source samples from `samplesNeeded().from` on
 * @returns planar, `count` samples a channel
 */
export const resample = (channels: readonly Float32Array[], positions: Positions): Float32Array[] => {
  const { whole, part, step, count } = positions;
  const { half, phases, taps } = kernelFor(step);
  const first = samplesNeeded(positions).from - whole;
  const width = 2 * half;
  const weights = new Float64Array(width);
  const out = channels.map(() => new Float32Array(count));
  for (let i = 0; i < count; i++) {
    const position = part + i * step;
    const before = Math.floor(position);
    const phase = (position - before) * phases;
    const row = Math.floor(phase);
    const share = phase - row;
    const lower = row * width;
    const upper = Math.min(row + 1, phases) * width;
    for (let k = 0; k < width; k++) weights[k] = taps[lower + k] + share * (taps[upper + k] - taps[lower + k]);
    const start = before - half + 1 - first;
    for (let c = 0; c < channels.length; c++) {
      const source = channels[c];
      let sum = 0;
      for (let k = 0; k < width; k++) sum += weights[k] * source[start + k];
      out[c][i] = sum;
    }
  }
  return out;
};
