import type { Canvas } from './canvas.ts';
import { hash } from './noise.ts';

export type Look = {
  exposure: number;
  /** Strength of the film grain in 8-bit steps; also hides the banding of smooth skies. */
  grain: number;
  /** How much darker the corners are, 0..1. */
  vignette: number;
};

const steps = 8192;
const curve = ((): Float32Array => {
  // A filmic shoulder (the fit of the ACES curve by K. Narkowicz) and the sRGB curve, as one table over 0..8 on a square-root axis.
  const table = new Float32Array(steps + 1);
  for (let i = 0; i <= steps; i++) {
    const x = (i / steps) ** 2 * 8 * 0.6;
    const y = Math.min(1, (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14));
    table[i] = 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
  }
  return table;
})();

const tone = (linear: number): number => curve[Math.min(steps, Math.max(0, (Math.sqrt(linear / 8) * steps) | 0))];

/** Linear light to 8-bit R'G'B' rows for ffmpeg: exposure, filmic curve, vignette and grain. `frame` seeds the grain. */
export const develop = (picture: Canvas, look: Look, frame: number): Uint8Array => {
  const { width, height, data } = picture;
  const out = new Uint8Array(width * height * 3);
  const grain = grainField(width, height, frame);
  for (let y = 0; y < height; y++) {
    const v = (y + 0.5) / height - 0.5;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width - 0.5;
      const d = u * u + v * v;
      const gain = look.exposure * (1 - look.vignette * Math.min(1, d * d * 4 + d * 0.5));
      const i = (y * width + x) * 4;
      const o = (y * width + x) * 3;
      const r = tone(Math.max(0, data[i]) * gain);
      const g = tone(Math.max(0, data[i + 1]) * gain);
      const b = tone(Math.max(0, data[i + 2]) * gain);
      // Film shows its grain in the middle tones.
      const middle = (r + g + b) / 765;
      const n = grain[y * width + x] * look.grain * (0.35 + 2.6 * middle * (1 - middle));
      out[o] = Math.min(255, Math.max(0, r + n + 0.5));
      out[o + 1] = Math.min(255, Math.max(0, g + n + 0.5));
      out[o + 2] = Math.min(255, Math.max(0, b + n + 0.5));
    }
  }
  return out;
};

/** Noise of about unit spread, softened over neighbours so that a video codec can afford it. */
const grainField = (width: number, height: number, frame: number): Float32Array => {
  const raw = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raw[y * width + x] = (hash(x, y, frame + 7) + hash(y, x, frame + 5003) - 1) * 2.45;
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const up = Math.max(0, y - 1) * width;
    const down = Math.min(height - 1, y + 1) * width;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const l = Math.max(0, x - 1);
      const r = Math.min(width - 1, x + 1);
      out[row + x] = (2 * raw[row + x] + raw[row + l] + raw[row + r] + raw[up + x] + raw[down + x]) * 0.36;
    }
  }
  return out;
};
