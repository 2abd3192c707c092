import { floor, type Rational, rational, subtract, toNumber } from '../../contract/timeline/rational.ts';

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

/** Fractions that are kept as finished rows: all that standard rates and plain speeds have (147/160 has 160). */
const mostRows = 2048;

/** Gives the samples of one clip. Sample 0 is the one at `start`; stereo is planar. */
export type Resampler = {
  /** The source samples [from, to) that output samples [first, first + count) take in; may begin before 0. */
  needed: (first: number, count: number) => { from: number; to: number };
  /** @param source the samples that are needed */
  render: (source: readonly [Float32Array, Float32Array], first: number, count: number) => [Float32Array, Float32Array];
};

/**
 * @param start source samples at which output sample 0 is heard, exact
 * @param step source samples from one output sample to the next, exact; negative backwards
 */
export const resampler = (start: Rational, step: Rational): Resampler => {
  const { half, phases, taps } = kernelFor(toNumber(step));
  const width = 2 * half;
  const startWhole = floor(start);
  const startPart = toNumber(subtract(start, rational(startWhole)));
  const few = step.den <= mostRows;
  const rows = new Map<number, Float64Array>();
  const scratch = new Float64Array(width);

  const fillRow = (row: Float64Array, fraction: number): Float64Array => {
    const phase = fraction * phases;
    const lower = Math.min(phases - 1, Math.floor(phase));
    const share = phase - lower;
    const at = lower * width;
    for (let k = 0; k < width; k++) row[k] = taps[at + k] + share * (taps[at + width + k] - taps[at + k]);
    return row;
  };
  /** Source sample before output sample m, and the weights of the samples around. From m itself, so that no error adds up. */
  const at = (m: number): { before: number; row: Float64Array } => {
    const turned = few ? m * step.num : 0;
    const whole = few ? Math.floor(turned / step.den) : 0;
    const rest = few ? turned - whole * step.den : 0;
    const position = few ? startPart + rest / step.den : startPart + m * (step.num / step.den);
    const before = Math.floor(position);
    if (!few) return { before: startWhole + before, row: fillRow(scratch, position - before) };
    let row = rows.get(rest);
    if (!row) rows.set(rest, (row = fillRow(new Float64Array(width), position - before)));
    return { before: startWhole + whole + before, row };
  };

  const needed: Resampler['needed'] = (first, count) => {
    const ends = [at(first).before, at(first + count - 1).before];
    return { from: Math.min(...ends) - half + 1, to: Math.max(...ends) + half + 1 };
  };

  const render: Resampler['render'] = (source, first, count) => {
    const { from } = needed(first, count);
    const [sourceLeft, sourceRight] = source;
    const left = new Float32Array(count);
    const right = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const { before, row } = at(first + i);
      let sample = before - half + 1 - from;
      let [sumLeft, sumRight] = [0, 0];
      for (let k = 0; k < width; k++, sample++) {
        sumLeft += row[k] * sourceLeft[sample];
        sumRight += row[k] * sourceRight[sample];
      }
      left[i] = sumLeft;
      right[i] = sumRight;
    }
    return [left, right];
  };

  return { needed, render };
};
