import type { Rgb } from './canvas.ts';
import { fractal, mix, smoothstep } from './noise.ts';

/** A square of cloud seen from below, repeating in both directions: how thick it is, and how much light comes through from the sun's side. */
export type CloudDeck = { size: number; density: Float32Array; lit: Float32Array };

/** `cover` 0..1 is how much of the sky is hidden. The texture is mirrored at its edges by `sampleDeck`. */
export const createDeck = (size: number, seed: number, cover: number, scale: number): CloudDeck => {
  const raw = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = (x / size) * scale;
      const v = (y / size) * scale;
      const wx = fractal(u + 3.1, v + 7.7, 3, seed + 900) * 0.55;
      const wy = fractal(u + 9.2, v + 1.3, 3, seed + 950) * 0.55;
      raw[y * size + x] = fractal(u + wx, v * 1.5 + wy, 6, seed, 0.52) * 0.5 + 0.5;
    }
  }
  const density = raw.map((value) => smoothstep(1 - cover - 0.12, 1 - cover + 0.26, value));
  const lit = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let shade = 0;
      for (let k = 1; k <= 5; k++) {
        const sy = Math.min(size - 1, y + k * Math.ceil(size / 150));
        shade += density[sy * size + x];
      }
      lit[y * size + x] = Math.exp(-shade * 0.42 - density[y * size + x] * 0.35);
    }
  }
  return { size, density, lit };
};

const fold = (value: number, size: number): number => {
  const period = 2 * size - 2;
  const m = ((value % period) + period) % period;
  return m < size ? m : period - m;
};

/** Bilinear (density, lit) at texture coordinates in units of the texture's side. */
export const sampleDeck = (deck: CloudDeck, u: number, v: number, out: { density: number; lit: number }): void => {
  const x = fold(u * deck.size, deck.size);
  const y = fold(v * deck.size, deck.size);
  const x0 = Math.min(deck.size - 2, x | 0);
  const y0 = Math.min(deck.size - 2, y | 0);
  const fx = x - x0;
  const fy = y - y0;
  const i = y0 * deck.size + x0;
  const j = i + deck.size;
  const d = deck.density;
  const l = deck.lit;
  out.density = mix(mix(d[i], d[i + 1], fx), mix(d[j], d[j + 1], fx), fy);
  out.lit = mix(mix(l[i], l[i + 1], fx), mix(l[j], l[j + 1], fx), fy);
};

export type SkyLook = {
  zenith: Rgb;
  middle: Rgb;
  horizon: Rgb;
  /** Colour of the glow around the sun, and of the lit sides of clouds. */
  glow: Rgb;
  cloudLit: Rgb;
  cloudShade: Rgb;
  /** Direction of the sun: x over the frame's width from its middle, elevation in the same unit. */
  sun: readonly [number, number];
};

/**
 * Radiance of the sky at screen direction (x, e): x across from the middle, e up from the horizon, both over the frame's width.
 * `drift` moves the clouds. Writes linear RGB to `out`.
 */
export const skyAt = (
  look: SkyLook,
  deck: CloudDeck,
  x: number,
  e: number,
  drift: number,
  out: [number, number, number],
  scratch: { density: number; lit: number },
): void => {
  const up = Math.max(0, e);
  const low = smoothstep(0, 0.17, up);
  const high = smoothstep(0.1, 0.5, up);
  const d = Math.hypot(x - look.sun[0], (e - look.sun[1]) * 1.25);
  const halo = Math.exp(-d * 4.5) * 0.75 + Math.exp(-d * 16) * 0.9;
  const disc = smoothstep(0.0125, 0.0112, Math.hypot(x - look.sun[0], e - look.sun[1])) * 7;
  const depth = 0.16 / (up + 0.045);
  sampleDeck(deck, 0.5 + x * depth * 0.9 + drift, depth * 0.55 + drift * 0.3, scratch);
  const thin = smoothstep(0.01, 0.09, up);
  const cover = scratch.density * thin;
  const back = Math.exp(-d * 3.2);
  for (let c = 0; c < 3; c++) {
    const clear = mix(mix(look.horizon[c], look.middle[c], low), look.zenith[c], high) + look.glow[c] * (halo + disc);
    const lit = look.cloudLit[c] * (0.45 + 1.5 * back) * scratch.lit + look.cloudShade[c] * (0.5 + 0.6 * low);
    const hazy = mix(clear, lit, 0.55 + 0.45 * low);
    out[c] = mix(clear, hazy, cover * 0.92);
  }
};
