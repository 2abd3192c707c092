/*
 * Normal numbers that are the same bytes on every machine: a 32-bit integer generator (sfc32 of PractRand, by Chris Doty-Humphrey, public
 * domain) and Box-Muller in float64. Logarithm, sine and cosine are summed here from + − × ÷ alone, because the last bit of Math.log and
 * Math.cos is the engine's own business and a pinned seed must outlive an upgrade of Node.
 */

const mix = (value: number): number => {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
};

/** One seed out of a seed and the numbers that tell a use of it (window, take, …): uint32. Another order gives another seed. */
export const mixSeed = (seed: number, ...parts: number[]): number =>
  parts.reduce((state, part) => mix(Math.imul(state, 0x9e3779b1) + mix(part + 0x3c6ef372)), mix(seed));

/** A generator of uint32 numbers from a uint32 seed. */
export const createRandom = (seed: number): (() => number) => {
  let a = mix(seed);
  let b = mix(a ^ 0x243f6a88);
  let c = mix(b ^ 0x85a308d3);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
};

/** ln(x) for 0 < x ≤ 1: halvings counted out, then the series of 2·artanh((m−1)/(m+1)), m in [√½, √2). */
const logarithm = (x: number): number => {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * t * sum + exponent * Math.LN2;
};

/** sin and cos of a quarter turn's part, angle in [0, π/2): Taylor, error below 1e-13. */
const sine = (x: number): number => {
  const s = x * x;
  let sum = 1;
  for (let k = 20; k >= 2; k -= 2) sum = 1 - (s / (k * (k + 1))) * sum;
  return x * sum;
};
const cosine = (x: number): number => {
  const s = x * x;
  let sum = 1;
  for (let k = 21; k >= 1; k -= 2) sum = 1 - (s / (k * (k + 1))) * sum;
  return sum;
};

/** `count` independent standard normal numbers, fully determined by `seed` (uint32). */
export const gaussian = (seed: number, count: number): Float32Array => {
  const random = createRandom(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * logarithm((random() + 1) / 4294967296));
    const turn = random();
    const angle = ((turn & 0x3fffffff) / 1073741824) * (Math.PI / 2);
    const quadrant = turn >>> 30;
    const s = sine(angle);
    const c = cosine(angle);
    const x = quadrant === 0 ? c : quadrant === 1 ? -s : quadrant === 2 ? -c : s;
    const y = quadrant === 0 ? s : quadrant === 1 ? c : quadrant === 2 ? -s : -c;
    out[i] = radius * x;
    if (i + 1 < count) out[i + 1] = radius * y;
  }
  return out;
};
