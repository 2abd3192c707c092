import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, fillPolygon, layOver, mixRgb, putPixel, scaleRgb, stroke } from './canvas.ts';
import type { Scene } from './clip.ts';
import type { SkyLook } from './clouds.ts';
import { createDeck, skyAt } from './clouds.ts';
import { growMeadow, paintMeadow } from './meadow.ts';
import { fractal, hash, mix, noise, randomStream, ridges, smoothstep } from './noise.ts';

/** Evening in a mountain valley: the camera drifts to the right past mountains, three wooded hills, mist and a meadow in the wind. */

const sky: SkyLook = {
  zenith: colour('#2a5596'),
  middle: colour('#88a7cf'),
  horizon: colour('#ffc58c'),
  glow: [1.35, 0.72, 0.3],
  cloudLit: [1.75, 0.92, 0.5],
  cloudShade: [0.21, 0.19, 0.25],
  sun: [0.2, 0.115],
};

const haze: Rgb = colour('#cfaaa6');
const mist: Rgb = [0.92, 0.66, 0.5];
const shadowBlue: Rgb = colour('#3f5374');

type Layer = {
  canvas: Canvas;
  rows: readonly [number, number];
  /** Pixels moved per pixel of camera travel. */ near: number;
};

/** A far range: folded noise for the crest, its slope for light and snow. */
const mountains = (width: number, height: number, base: number, tall: number, seed: number, far: number): Canvas => {
  const canvas = createCanvas(width, height);
  const s = height / 1080;
  const crest = (x: number): number =>
    base - tall * s * (ridges(x / (520 * s), 0.37, 7, seed) * 0.95 + 0.25 * noise(x / (900 * s), 3.3, seed + 5));
  for (let x = 0; x < width; x++) {
    const top = crest(x);
    for (let y = Math.max(0, Math.floor(top)); y < height; y++) {
      const cover = Math.min(1, y + 1 - top);
      const down = (y - top) / (tall * s);
      // Gullies run downhill: noise stretched along the slope, bent by a slower noise.
      const bend = fractal(x / (170 * s), y / (170 * s), 3, seed + 40) * 34 * s;
      const gully = (px: number): number =>
        ridges((px + bend + (y - top) * 0.35) / (86 * s), y / (260 * s), 5, seed + 60);
      const light = (gully(x - 1.5 * s) - gully(x + 1.5 * s)) * 5;
      const sunny = smoothstep(-0.3, 0.5, light);
      const snow = smoothstep(0.5, 0.16, down + 0.28 * fractal(x / (30 * s), y / (30 * s), 4, seed + 90) - 0.1 * light);
      const rock = mixRgb(scaleRgb(shadowBlue, 0.55), colour('#b08a6c'), sunny);
      const white = mixRgb(colour('#6d86b4'), [1.1, 0.92, 0.76], sunny);
      const body = scaleRgb(mixRgb(rock, white, snow * 0.9), 0.84);
      const air = Math.min(0.97, far + smoothstep(0.1, 1.1, down) * 0.5);
      putPixel(canvas, y * width + x, mixRgb(body, haze, air), cover);
    }
  }
  return canvas;
};

const conifer = (
  canvas: Canvas,
  x: number,
  foot: number,
  tall: number,
  body: Rgb,
  rim: Rgb,
  random: () => number,
): void => {
  const wide = tall * (0.19 + 0.06 * random());
  stroke(canvas, x, foot, x, foot - tall * 0.3, tall * 0.018, tall * 0.014, scaleRgb(body, 0.6));
  const tiers = 9;
  for (let i = 0; i < tiers; i++) {
    const low = foot - tall * (0.06 + (0.86 * i) / tiers);
    const high = low - (tall * 1.9) / tiers;
    const reach = wide * (1 - i / tiers) ** 0.85 * (0.8 + 0.4 * random());
    const sag = tall * 0.02;
    const tone = 0.72 + 0.45 * (i / tiers) + 0.12 * random();
    const left = [
      x - reach,
      low + sag,
      x - reach * 0.45,
      low - sag * 0.4,
      x,
      low + sag * 0.5,
      x,
      Math.max(high, foot - tall),
    ];
    fillPolygon(canvas, left, scaleRgb(body, tone * 0.85));
    const right = [
      x + reach,
      low + sag,
      x + reach * 0.45,
      low - sag * 0.4,
      x,
      low + sag * 0.5,
      x,
      Math.max(high, foot - tall),
    ];
    fillPolygon(canvas, right, mixRgb(scaleRgb(body, tone), rim, 0.15));
  }
};

/** A hill with a wood on it: trees planted row by row from the crest down, each row nearer, larger and less hazy. */
const wood = (
  width: number,
  height: number,
  crestAt: (x: number) => number,
  tall: number,
  air: number,
  fog: number,
  seed: number,
): Canvas => {
  const canvas = createCanvas(width, height);
  const s = height / 1080;
  const random = randomStream(seed);
  const body = colour('#1d2f2a');
  const rim: Rgb = [0.42, 0.24, 0.07];
  const ground = mixRgb(colour('#2b3524'), haze, air);
  for (let x = 0; x < width; x++) {
    const top = crestAt(x);
    for (let y = Math.max(0, Math.floor(top)); y < height; y++)
      putPixel(canvas, y * width + x, ground, Math.min(1, y + 1 - top));
  }
  const rows = 9;
  for (let row = 0; row < rows; row++) {
    const down = (row / rows) ** 1.15 * 230 * s;
    const size = tall * s * (0.72 + 0.5 * (row / rows));
    for (let x = -20 * s; x < width + 20 * s; x += size * (0.13 + 0.2 * random())) {
      const stand = fractal(x / (230 * s), row * 0.4, 2, seed + 7);
      const foot = crestAt(x) + down + random() * 16 * s + size * 0.1;
      if (stand < -0.3 || random() > 0.93 || foot > height + size) continue;
      const tint = mixRgb(mixRgb(body, colour('#4a5a2c'), random() * 0.5), haze, air * (1 - 0.25 * (row / rows)));
      conifer(canvas, x, foot, size * (0.62 + 0.55 * random() + 0.2 * stand), tint, mixRgb(rim, haze, air), random);
    }
  }
  // Mist gathers at the foot, in slow billows.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      if (canvas.data[i + 3] < 0.01) continue;
      const deep = smoothstep(36 * s, 250 * s, y - crestAt(x));
      const billow = 0.5 + 0.5 * fractal(x / (330 * s), y / (95 * s), 4, seed + 31);
      const m = deep * Math.min(0.92, 0.25 + 0.8 * billow) * fog * canvas.data[i + 3];
      for (let c = 0; c < 3; c++) canvas.data[i + c] = mix(canvas.data[i + c], mist[c] * canvas.data[i + 3], m);
    }
  }
  return canvas;
};

const birds = (canvas: Canvas, seconds: number, s: number): void => {
  for (let k = 0; k < 7; k++) {
    const x = (520 + k * 34 + 26 * hash(k, 1, 3) + seconds * (46 + 3 * hash(k, 4, 3))) * s;
    const y = (262 + Math.abs(k - 2.4) * 15 + 9 * Math.sin(seconds * 1.1 + k) - seconds * 5) * s;
    const flap = Math.sin(seconds * (8.5 + hash(k, 2, 3)) + k * 1.7) * (k % 3 === 0 ? 0.35 : 1);
    const span = (9 + 2 * hash(k, 6, 3)) * s;
    const ink: Rgb = [0.045, 0.045, 0.06];
    for (const side of [-1, 1]) {
      const elbowX = x + side * span * 0.5;
      const elbowY = y - (2 + 2.6 * flap) * s;
      stroke(canvas, x, y, elbowX, elbowY, 1.5 * s, 1.2 * s, ink, 0.85);
      stroke(canvas, elbowX, elbowY, x + side * span, y + (0.6 - 3.1 * flap) * s, 1.2 * s, 0.3 * s, ink, 0.85);
    }
  }
};

export const landscape = (width: number, height: number): Scene => {
  const s = height / 1080;
  const travel = 250 * s;
  const deck = createDeck(Math.min(1024, width), 5, 0.55, 6);
  const horizon = 600 * s;
  const layer = (near: number, make: (w: number) => Canvas): Layer => {
    const canvas = make(Math.ceil(width + travel * near + 6));
    const top = canvas.data.findIndex((_, i) => i % 4 === 3 && canvas.data[i] > 0);
    return { canvas, rows: [Math.floor(top / 4 / canvas.width), height], near };
  };
  const hill =
    (base: number, swell: number, length: number, seed: number) =>
    (x: number): number =>
      (base - swell * fractal(x / (length * s), 0.5, 3, seed)) * s;
  const layers = [
    layer(0.05, (w) => mountains(w, height, 600 * s, 330, 71, 0.42)),
    layer(0.1, (w) => mountains(w, height, 640 * s, 250, 133, 0.2)),
    layer(0.2, (w) => wood(w, height, hill(628, 105, 560, 9), 26, 0.46, 0.9, 301)),
    layer(0.36, (w) => wood(w, height, hill(712, 150, 640, 26), 56, 0.2, 0.95, 302)),
    layer(0.62, (w) => wood(w, height, hill(835, 150, 900, 58), 128, 0.03, 0.35, 303)),
  ];
  const meadow = growMeadow(Math.ceil(width + travel + 6), height, 41);
  const canvas = createCanvas(width, height);
  const rgb: [number, number, number] = [0, 0, 0];
  const scratch = { density: 0, lit: 0 };
  const draw = (seconds: number): Canvas => {
    const camera = travel * smoothstep(-1.2, 5.8, seconds);
    const lift = 3 * s * Math.sin(seconds * 0.9);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = (y * width + x) * 4;
        if (y < horizon + 60 * s)
          skyAt(
            sky,
            deck,
            (x + 0.5 + camera * 0.02) / width - 0.5,
            (horizon - y) / width,
            seconds * 0.0035,
            rgb,
            scratch,
          );
        canvas.data[i] = rgb[0];
        canvas.data[i + 1] = rgb[1];
        canvas.data[i + 2] = rgb[2];
        canvas.data[i + 3] = 1;
      }
    }
    birds(canvas, seconds, s);
    for (const one of layers) layOver(canvas, one.canvas, camera * one.near, lift * one.near, one.rows);
    paintMeadow(canvas, meadow, camera, lift, seconds);
    bloom(canvas, (0.5 + sky.sun[0]) * width - camera * 0.02, horizon - sky.sun[1] * width);
    return canvas;
  };
  return { look: { exposure: 0.92, grain: 1, vignette: 0.5 }, draw };
};

/** Light of the low sun spread by the lens, over everything. */
const bloom = (canvas: Canvas, cx: number, cy: number): void => {
  const { width, height, data } = canvas;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const d = Math.hypot(x - cx, y - cy) / width;
      const light = 0.16 * Math.exp(-d * 7) + 0.05 * Math.exp(-d * 2.4);
      const i = (y * width + x) * 4;
      data[i] += light * 1.2;
      data[i + 1] += light * 0.72;
      data[i + 2] += light * 0.36;
    }
  }
};
