import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, disc, fillPolygon, layOver, mixRgb, scaleRgb, stroke } from './canvas.ts';
import type { Scene } from './clip.ts';
import { drawFigure, rimLight, strideOf, walk } from './figure.ts';
import { fractal, hash, mix, noise, randomStream, smoothstep } from './noise.ts';

/** A street at night in light rain: someone walks home under a red umbrella and the camera walks along. */

const night: Rgb = colour('#141c33');

/** Out-of-focus houses with lit windows, then lights as the lens draws them: discs, brighter at the rim. */
const houses = (width: number, height: number, ground: number, s: number): Canvas => {
  const canvas = createCanvas(width, height);
  const random = randomStream(91);
  for (let x = -60 * s; x < width;) {
    const wide = (190 + 190 * random()) * s;
    const top = (40 + 190 * random()) * s;
    const wall = mixRgb(night, mixRgb(colour('#3a2f3f'), colour('#243a52'), random()), 0.55 + 0.3 * random());
    fillPolygon(canvas, [x, top, x + wide, top, x + wide, ground, x, ground], scaleRgb(wall, 0.75));
    const columns = 3 + Math.floor(random() * 3);
    const cell = wide / columns;
    for (let y = top + 40 * s; y < ground - 260 * s; y += 92 * s) {
      for (let k = 0; k < columns; k++) {
        const lit = random();
        const glow: Rgb = lit > 0.66 ? mixRgb([1.3, 0.72, 0.3], [0.7, 0.85, 1.1], random() ** 3) : [0.03, 0.04, 0.065];
        const wx = x + cell * (k + 0.24);
        fillPolygon(
          canvas,
          [wx, y, wx + cell * 0.5, y, wx + cell * 0.5, y + 56 * s, wx, y + 56 * s],
          scaleRgb(glow, 0.25 + 0.4 * random()),
        );
      }
    }
    // Shop fronts: one bright field each, with an awning.
    const shop = mixRgb([1.5, 0.82, 0.36], [0.55, 0.9, 1.15], random() ** 2.4);
    const y0 = ground - 205 * s;
    const open = random() > 0.25;
    fillPolygon(
      canvas,
      [x + 16 * s, y0, x + wide - 16 * s, y0, x + wide - 16 * s, ground - 30 * s, x + 16 * s, ground - 30 * s],
      scaleRgb(shop, open ? 0.62 : 0.05),
    );
    for (let k = 0; k < 5; k++) {
      const gx = x + 30 * s + (wide - 90 * s) * random();
      const gy = ground - (50 + 70 * random()) * s;
      fillPolygon(canvas, [gx, gy, gx + 46 * s, gy, gx + 46 * s, ground, gx, ground], scaleRgb(shop, 0.12), 0.75);
    }
    for (let k = 1; k < 4; k++) {
      const mx = x + 16 * s + ((wide - 32 * s) * k) / 4;
      fillPolygon(
        canvas,
        [mx - 4 * s, y0, mx + 4 * s, y0, mx + 4 * s, ground, mx - 4 * s, ground],
        scaleRgb(wall, 0.35),
      );
    }
    const awning = mixRgb(colour('#5c1f26'), colour('#1f4a4a'), random());
    fillPolygon(
      canvas,
      [x + 6 * s, y0 - 34 * s, x + wide - 6 * s, y0 - 34 * s, x + wide + 8 * s, y0 + 22 * s, x - 8 * s, y0 + 22 * s],
      awning,
    );
    x += wide + (random() > 0.7 ? 60 * s : 4 * s);
  }
  for (let pass = 0; pass < 3; pass++) blur(canvas, Math.round(7 * s));
  const lights = Math.round(width / (46 * s));
  for (let k = 0; k < lights; k++) {
    const r = (12 + 26 * random()) * s;
    const rgb = (
      [
        [1.5, 0.8, 0.3],
        [1.4, 0.35, 0.2],
        [0.5, 0.9, 1.2],
        [1.2, 1.0, 0.75],
      ] as const
    )[Math.floor(random() * 4)];
    const cx = random() * width;
    const cy = ground - (60 + 470 * random() ** 1.4) * s;
    const strength = 0.06 + 0.24 * random() ** 2;
    disc(canvas, cx, cy, r, scaleRgb(rgb, 0.9), strength * 0.75, 2.5 * s);
    ringOf(canvas, cx, cy, r, rgb, strength, s);
  }
  return canvas;
};

const ringOf = (canvas: Canvas, cx: number, cy: number, r: number, rgb: Rgb, alpha: number, s: number): void => {
  for (let k = 0; k < 40; k++) {
    const a = (k / 40) * 2 * Math.PI;
    const b = ((k + 1) / 40) * 2 * Math.PI;
    stroke(
      canvas,
      cx + r * Math.cos(a),
      cy + r * Math.sin(a),
      cx + r * Math.cos(b),
      cy + r * Math.sin(b),
      1.2 * s,
      1.2 * s,
      rgb,
      alpha,
    );
  }
};

/** Box blur of `radius` pixels, both ways. */
const blur = (canvas: Canvas, radius: number): void => {
  const { width, height, data } = canvas;
  const run = (count: number, step: number, start: number): void => {
    const line = new Float32Array(count * 4);
    for (let i = 0; i < count; i++) for (let c = 0; c < 4; c++) line[i * 4 + c] = data[start + i * step + c];
    for (let c = 0; c < 4; c++) {
      let sum = 0;
      for (let i = -radius; i <= radius; i++) sum += line[Math.min(count - 1, Math.max(0, i)) * 4 + c];
      for (let i = 0; i < count; i++) {
        data[start + i * step + c] = sum / (2 * radius + 1);
        sum += line[Math.min(count - 1, i + radius + 1) * 4 + c] - line[Math.max(0, i - radius) * 4 + c];
      }
    }
  };
  for (let y = 0; y < height; y++) run(width, 4, y * width * 4);
  for (let x = 0; x < width; x++) run(height, width * 4, x * 4);
};

/** Posts of street lamps, a little out of focus, with the light around their heads. */
const lamp = (target: Canvas, x: number, ground: number, s: number): void => {
  const top = ground - 560 * s;
  stroke(target, x, ground + 8 * s, x, top, 7 * s, 4.5 * s, [0.02, 0.023, 0.03]);
  stroke(target, x + 4 * s, ground, x + 3 * s, top, 1.4 * s, 1 * s, [0.5, 0.36, 0.22], 0.5);
  fillPolygon(
    target,
    [x - 26 * s, top, x + 26 * s, top, x + 17 * s, top - 48 * s, x - 17 * s, top - 48 * s],
    [2.6, 1.7, 0.85],
  );
  fillPolygon(target, [x - 24 * s, top - 46 * s, x + 24 * s, top - 46 * s, x, top - 66 * s], [0.02, 0.023, 0.03]);
  const r = 420 * s;
  for (let y = Math.max(0, Math.floor(top - 24 * s - r)); y < Math.min(target.height, top + r); y++) {
    for (let px = Math.max(0, Math.floor(x - r)); px < Math.min(target.width, x + r); px++) {
      const d = Math.hypot(px - x, y - top + 24 * s) / r;
      if (d >= 1) continue;
      const light = 0.5 * (1 - d) ** 3 + 0.9 * Math.exp(-((d * 11) ** 2));
      const i = (y * target.width + px) * 4;
      target.data[i] += light * 1.0;
      target.data[i + 1] += light * 0.6;
      target.data[i + 2] += light * 0.28;
    }
  }
};

export const street = (width: number, height: number): Scene => {
  const s = height / 1080;
  const ground = 800 * s;
  const feet = 905 * s;
  const tall = 520 * s;
  const cycle = 1.02;
  const walking = (strideOf * tall) / cycle;
  const drift = 42 * s;
  const seconds0 = 5;
  const back = houses(Math.ceil(width + walking * 0.55 * seconds0 + 8), Math.ceil(ground), ground, s);
  const canvas = createCanvas(width, height);
  const upper = createCanvas(width, height);
  const spriteWidth = Math.round(760 * s);
  const spriteHeight = Math.round(760 * s);
  const sprite = createCanvas(spriteWidth, spriteHeight);
  const stand = spriteHeight - Math.round(40 * s);

  const draw = (seconds: number): Canvas => {
    const camera = (walking - drift) * seconds;
    for (let y = 0; y < height; y++) {
      const sky = mixRgb(scaleRgb(night, 0.5), colour('#3b3550'), smoothstep(0, ground, y));
      for (let x = 0; x < width; x++) {
        upper.data.set(sky, (y * width + x) * 4);
        upper.data[(y * width + x) * 4 + 3] = 1;
      }
    }
    layOver(upper, back, camera * 0.5, 0);
    const lamps: number[] = [];
    for (let k = -1; k < 5; k++) lamps.push((260 + k * 760) * s - camera * 0.8);
    for (const x of lamps) if (x > -450 * s && x < width + 450 * s) lamp(upper, x, ground - 14 * s, s);
    canvas.data.set(upper.data);

    const x = 800 * s + drift * seconds;
    sprite.data.fill(0);
    drawFigure(sprite, walk(seconds / cycle), spriteWidth / 2 - 20 * s, stand, tall, seconds);
    let warm = 0;
    let side = 0;
    for (const at of lamps) {
      const near = Math.exp(-(((at - x) / (380 * s)) ** 2));
      warm += near;
      side += near * Math.sign(at - x) * Math.min(1, Math.abs(at - x) / (120 * s));
    }
    rimLight(sprite, 11 * s * side, -9 * s, scaleRgb([1.25, 0.72, 0.34], 0.3 + 0.75 * warm));
    rimLight(sprite, -8 * s, -2 * s, [0.1, 0.19, 0.32]);

    pavement(canvas, upper, sprite, { ground, feet, s, camera, seconds, left: x - spriteWidth / 2 + 20 * s, stand });
    const left = x - spriteWidth / 2 + 20 * s;
    layOver(canvas, sprite, -left, -(feet - stand));
    rainfall(canvas, seconds, camera, s);
    return canvas;
  };
  return { look: { exposure: 1.25, grain: 1.5, vignette: 0.6 }, draw };
};

type Wet = { ground: number; feet: number; s: number; camera: number; seconds: number; left: number; stand: number };

/** Wet paving: the street and the walker upside down, drawn out by the roughness of the stones, sharper in the puddles. */
const pavement = (target: Canvas, upper: Canvas, sprite: Canvas, wet: Wet): void => {
  const { ground, feet, s, camera, seconds } = wet;
  const { width, height } = target;
  for (let y = Math.floor(ground - 14 * s); y < height; y++) {
    const depth = (y - ground + 15 * s) / (height - ground + 15 * s);
    // Rows nearer to the viewer move faster; the row under the feet moves exactly with the walk.
    const speed = mix(0.8, 1.0, (y - ground) / (feet - ground));
    const spread = 0.45 + 0.55 * depth;
    for (let x = 0; x < width; x++) {
      const wx = (x - width / 2) / speed + camera + width / 2;
      const v = (y - ground + 15 * s) / (0.35 + depth);
      const stones = fractal(wx / (26 * s), v / (7 * s), 3, 5);
      const puddle = smoothstep(-0.05, 0.28, fractal(wx / (330 * s), v / (52 * s), 3, 17));
      const joint = seam(wx, v, s);
      const rough = (1 - puddle) * stones;
      const ring = puddle * ripple(wx, v, seconds, s);
      const my = ground - 14 * s - (y - ground + 14 * s) * 1.55 + rough * 60 * s * spread + ring * 90 * s;
      const mx = x + rough * 9 * s + ring * 26 * s;
      const sx = Math.min(width - 1, Math.max(0, Math.round(mx)));
      const sy = Math.min(Math.floor(ground - 16 * s), Math.max(0, Math.round(my)));
      const i = (y * width + x) * 4;
      const j = (sy * width + sx) * 4;
      const mirror = (0.16 + 0.5 * puddle) * (0.8 + 0.5 * depth) * (1 - 0.5 * joint);
      const base = 0.02 + 0.013 * stones - 0.012 * joint;
      for (let c = 0; c < 3; c++)
        target.data[i + c] = Math.max(0, base) * [0.9, 1, 1.25][c] + upper.data[j + c] * mirror;
      if (y < feet - 4 * s) continue;
      const px = Math.round(mx - wet.left);
      const py = Math.round(wet.stand - (y - feet) * 1.25 + rough * 26 * s + ring * 40 * s);
      if (px < 0 || py < 0 || px >= sprite.width || py >= sprite.height) continue;
      const k = (py * sprite.width + px) * 4;
      const alpha = sprite.data[k + 3] * 0.85;
      for (let c = 0; c < 3; c++)
        target.data[i + c] = target.data[i + c] * (1 - alpha) + sprite.data[k + c] * mirror * 1.1;
    }
  }
};

const seam = (x: number, v: number, s: number): number => {
  const row = Math.floor(v / (46 * s));
  const across = Math.abs(((v / (46 * s)) % 1) - 0.5);
  const along = Math.abs((((((x + row * 61 * s) / (124 * s)) % 1) + 1) % 1) - 0.5);
  return Math.max(smoothstep(0.47, 0.495, across), smoothstep(0.485, 0.497, along));
};

/** Drops in the puddles: one small ring per cell and moment. */
const ripple = (x: number, v: number, seconds: number, s: number): number => {
  const cell = 58 * s;
  const cx = Math.floor(x / cell);
  const cy = Math.floor(v / (cell * 0.5));
  const clock = seconds * 1.9 + hash(cx, cy, 8) * 7;
  const age = clock - Math.floor(clock);
  const beat = Math.floor(clock);
  const ox = (cx + 0.3 + 0.4 * hash(cx, cy, beat)) * cell;
  const oy = (cy + 0.3 + 0.4 * hash(cy, cx, beat)) * cell * 0.5;
  const r = Math.hypot(x - ox, (v - oy) * 2);
  const front = r - age * 26 * s;
  return Math.exp(-((front / (5 * s)) ** 2)) * Math.sin(front / (2.4 * s)) * (1 - age) * 0.5;
};

const rainfall = (target: Canvas, seconds: number, camera: number, s: number): void => {
  for (let k = 0; k < 420; k++) {
    const near = hash(k, 3, 70) ** 2;
    const speed = (1500 + 1700 * near) * s;
    const span = 1400 * s;
    const fall = seconds * speed + hash(k, 5, 71) * span;
    const turn = Math.floor(fall / span);
    const y = fall - turn * span - 160 * s;
    const lane = hash(k, turn, 72) * 2300 * s - camera * (0.6 + 0.8 * near);
    const x = (((lane % (2300 * s)) + 2300 * s) % (2300 * s)) - 190 * s;
    const length = speed / 55;
    const light = 0.35 + 0.3 * noise(x / (300 * s), y / (300 * s), 4);
    stroke(
      target,
      x,
      y,
      x - length * 0.07,
      y + length,
      0.55 * s,
      (0.7 + 0.9 * near) * s,
      [light, light * 1.02, light * 1.1],
      0.14 + 0.2 * near,
    );
  }
};
