/** Discrete Fourier transform of a power-of-two length, in place: iterative radix 2 (Cooley and Tukey), float64. */
export type Fourier = {
  size: number;
  forward: (re: Float64Array, im: Float64Array) => void;
  /** Inverse, divided by `size`. */
  inverse: (re: Float64Array, im: Float64Array) => void;
};

const plans = new Map<number, Fourier>();

export const fourier = (size: number): Fourier => {
  const known = plans.get(size);
  if (known) return known;
  if (size < 2 || (size & (size - 1)) !== 0) throw new Error(`a transform of ${size} points is no power of two`);
  const plan = makePlan(size);
  plans.set(size, plan);
  return plan;
};

const makePlan = (size: number): Fourier => {
  const cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const bits = Math.log2(size);
  const reversed = Uint32Array.from({ length: size }, (_, i) => {
    let r = 0;
    for (let b = 0; b < bits; b++) if (i & (1 << b)) r |= 1 << (bits - 1 - b);
    return r >>> 0;
  });
  const forward = (re: Float64Array, im: Float64Array): void => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i];
      if (j > i) {
        const a = re[i];
        re[i] = re[j];
        re[j] = a;
        const b = im[i];
        im[i] = im[j];
        im[j] = b;
      }
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = cos[k * stride];
          const s = -sin[k * stride];
          const p = start + k;
          const q = p + half;
          const x = re[q] * c - im[q] * s;
          const y = re[q] * s + im[q] * c;
          re[q] = re[p] - x;
          im[q] = im[p] - y;
          re[p] += x;
          im[p] += y;
        }
      }
    }
  };
  const inverse = (re: Float64Array, im: Float64Array): void => {
    forward(im, re);
    for (let i = 0; i < size; i++) {
      re[i] /= size;
      im[i] /= size;
    }
  };
  return { size, forward, inverse };
};

export const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, n)));
export const previousPowerOfTwo = (n: number): number => 2 ** Math.floor(Math.log2(Math.max(2, n)));

/** Periodic Hann window: at half overlap its copies sum to 1. */
export const hann = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
