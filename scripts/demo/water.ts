import { boat, reeds } from './shore.ts';
import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, putPixel, mixRgb } from './canvas.ts';
import type { Scene } from './clip.ts';
import type { SkyLook } from './clouds.ts';
import { createDeck, skyAt } from './clouds.ts';
import { fractal, mix, randomStream, ridges, smoothstep } from './noise.ts';
import { createWaves, slopeAt, waveRow } from './waves.ts';

/** A lake at dawn: ripples under a small wind, rings of drops, a moored boat, reeds, and the whole sky in the water. */

const sky: SkyLook = {
  zenith: colour('#31557f'),
  middle: colour('#93aec4'),
  horizon: colour('#f7c3b0'),
  glow: [1.3, 0.66, 0.4],
  cloudLit: [1.7, 0.86, 0.66],
  cloudShade: [0.2, 0.2, 0.28],
  sun: [-0.16, 0.05],
};

const mist: Rgb = [0.9, 0.66, 0.6];
const deep: Rgb = [0.012, 0.05, 0.066];

/** Hills around the lake as (height over the horizon in units of the frame's width, tint, air) of far to near. */
const shores = [
  { tall: 0.085, length: 0.3, seed: 5, tint: colour('#6c7f9c'), air: 0.55, wooded: 0 },
  { tall: 0.055, length: 0.24, seed: 17, tint: colour('#46607a'), air: 0.38, wooded: 0.002 },
  { tall: 0.034, length: 0.2, seed: 29, tint: colour('#22384a'), air: 0.14, wooded: 0.006 },
];

const paintShores = (upper: Canvas, width: number, base: number): void => {
  for (const shore of shores) {
    for (let x = 0; x < width; x++) {
      const u = x / width;
      const swell = ridges(u / shore.length, 0.7, 4, shore.seed) * 0.8 + 0.3 * fractal(u * 4, 0.3, 3, shore.seed + 3);
      const trees = shore.wooded * Math.max(0, fractal(u * 420, 0.1, 2, shore.seed + 8) + 0.5);
      const top = base - (Math.max(0.004, shore.tall * swell) + trees) * width;
      for (let y = Math.max(0, Math.floor(top)); y < base; y++) {
        const near = smoothstep(0, 1, (y - top) / (base - top + 1));
        const grain = 1 + 0.25 * fractal(x / 9, y / 7, 3, shore.seed + 60);
        const body: Rgb = [shore.tint[0] * grain, shore.tint[1] * grain, shore.tint[2] * grain];
        putPixel(
          upper,
          y * width + x,
          mixRgb(body, mist, Math.min(0.95, shore.air + near * 0.42)),
          Math.min(1, y + 1 - top),
        );
      }
    }
  }
};

export const water = (width: number, height: number): Scene => {
  const s = height / 1080;
  const horizon = Math.round(430 * s);
  const upperHeight = Math.round(700 * s);
  const waterHeight = height - horizon;
  const deck = createDeck(Math.min(1024, width), 19, 0.5, 5);
  const backdrop = createCanvas(width, upperHeight);
  paintShores(backdrop, width, upperHeight);
  const upper = createCanvas(width, upperHeight);
  const canvas = createCanvas(width, height);
  const waves = createWaves(26, 61);
  const focal = width * 1.05;
  const cameraHeight = 1.7;
  const drops = ((): { x: number; z: number; start: number }[] => {
    const random = randomStream(15);
    return Array.from({ length: 11 }, (_, k) => ({
      x: (random() - 0.45) * (2.5 + 0.6 * k),
      z: 3.1 + k * 0.85 + random(),
      start: -1.6 + random() * 5.4,
    }));
  })();
  const rowboat = boat(s);
  const reedBed = reeds(width, height, s, 77);
  const rgb: [number, number, number] = [0, 0, 0];
  const scratch = { density: 0, lit: 0 };
  const slope: [number, number] = [0, 0];

  const draw = (seconds: number): Canvas => {
    for (let y = 0; y < upperHeight; y++) {
      for (let x = 0; x < width; x++) {
        const i = (y * width + x) * 4;
        skyAt(sky, deck, (x + 0.5) / width - 0.5, (upperHeight - y) / width, 0.21 + seconds * 0.006, rgb, scratch);
        const keep = 1 - backdrop.data[i + 3];
        for (let c = 0; c < 3; c++) upper.data[i + c] = rgb[c] * keep + backdrop.data[i + c];
      }
    }
    for (let y = 0; y < horizon; y++) {
      const from = (y + upperHeight - horizon) * width * 4;
      canvas.data.set(upper.data.subarray(from, from + width * 4), y * width * 4);
    }
    const bob = 2.2 * s * Math.sin(seconds * 1.5);
    const roll = 0.012 * Math.sin(seconds * 1.1 + 0.8);
    const sprite = rowboat(bob, roll, seconds);
    for (let row = 0; row < waterHeight; row++) {
      const d = row + 0.5;
      const z = (cameraHeight * focal) / d;
      const tools = waveRow(waves, z, (z * z) / (cameraHeight * focal), z / focal, seconds);
      const grazing = d / focal;
      const fresnel = 0.05 + 0.95 * (1 - Math.min(1, grazing / 0.62)) ** 2.1;
      const fog = Math.exp(-row / (46 * s)) * 0.75;
      for (let x = 0; x < width; x++) {
        const wx = ((x - width / 2) * z) / focal;
        slopeAt(tools, wx, slope);
        for (const drop of drops) ring(drop, wx, z, seconds, slope);
        // A tilt of the surface turns the reflected ray by twice as much: near the viewer that is most of the picture's height.
        const sx = x + slope[0] * focal * 0.75;
        const lift = slope[1] * focal * (0.55 + 0.9 * grazing);
        sample(upper, sx, upperHeight - 1 - Math.abs(d - lift), rgb);
        const f = Math.min(1, Math.max(0.03, fresnel + slope[1] * 1.4));
        const i = ((horizon + row) * width + x) * 4;
        const billow = fog * (0.75 + 0.35 * fractal(x / (240 * s) - seconds * 0.12, row / (30 * s), 2, 88));
        for (let c = 0; c < 3; c++) canvas.data[i + c] = mix(mix(deep[c], rgb[c], f), mist[c], Math.min(0.9, billow));
        sprite.reflect(canvas, i, x, horizon + row, slope, f);
        canvas.data[i + 3] = 1;
      }
    }
    sprite.draw(canvas);
    bank(canvas, horizon, s, seconds);
    reedBed(canvas, seconds);
    return canvas;
  };
  return { look: { exposure: 0.95, grain: 1.2, vignette: 0.45 }, draw };
};

/** Rings that run outward from a drop; adds their slope to `out`. */
const ring = (
  drop: { x: number; z: number; start: number },
  x: number,
  z: number,
  seconds: number,
  out: [number, number],
): void => {
  const age = seconds - drop.start;
  if (age <= 0 || age > 4) return;
  const dx = x - drop.x;
  const dz = z - drop.z;
  if (Math.abs(dx) > 3.2 || Math.abs(dz) > 3.2) return;
  const r = Math.hypot(dx, dz) + 1e-4;
  const front = r - 0.62 * age;
  const width = 0.1 + 0.09 * age;
  const shape = Math.exp(-((front / width) ** 2)) * Math.exp(-age * 0.75);
  if (shape < 0.003) return;
  const tilt = 0.2 * shape * Math.sin(front * 42);
  out[0] += (dx / r) * tilt;
  out[1] += (dz / r) * tilt;
};

/** Bilinear read of a canvas, mirrored at its top edge and held at the others. */
const sample = (from: Canvas, x: number, y: number, out: [number, number, number]): void => {
  const cy = Math.min(from.height - 1.001, Math.abs(y));
  const cx = Math.min(from.width - 1.001, Math.max(0, x));
  const x0 = cx | 0;
  const y0 = cy | 0;
  const fx = cx - x0;
  const fy = cy - y0;
  const i = (y0 * from.width + x0) * 4;
  const j = i + from.width * 4;
  const d = from.data;
  for (let c = 0; c < 3; c++) out[c] = mix(mix(d[i + c], d[i + 4 + c], fx), mix(d[j + c], d[j + 4 + c], fx), fy);
};

/** A bank of mist lying on the far water. */
const bank = (canvas: Canvas, horizon: number, s: number, seconds: number): void => {
  for (let y = Math.floor(horizon - 70 * s); y < horizon + 26 * s; y++) {
    const fall = Math.exp(-(((y - horizon + 4 * s) / (26 * s)) ** 2));
    for (let x = 0; x < canvas.width; x++) {
      const wisps = smoothstep(-0.35, 0.75, fractal(x / (300 * s) - seconds * 0.1, y / (34 * s), 4, 301));
      putPixel(canvas, y * canvas.width + x, mist, fall * wisps * 0.62);
    }
  }
};
