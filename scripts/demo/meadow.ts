import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, disc, fillPolygon, layOver, mixRgb, putPixel, scaleRgb, stroke } from './canvas.ts';
import { fractal, noise, randomStream, smoothstep } from './noise.ts';

type Blade = {
  x: number;
  foot: number;
  tall: number;
  lean: number;
  rgb: Rgb;
  thick: number;
  near: number;
  head: number;
};
type Leaf = { x: number; y: number; r: number; rgb: Rgb; swing: number };

/** The nearest ground: a grassy bank, single blades and flower heads that bend in gusts, and a birch that frames the picture. */
export type Meadow = { bank: Canvas; blades: Blade[]; trunk: Canvas; leaves: Leaf[]; scale: number };

const bankTop = (x: number, s: number): number =>
  (985 - 46 * fractal(x / (880 * s), 0.2, 2, 77) - 0.035 * Math.abs(x / s - 300)) * s;

export const growMeadow = (width: number, height: number, seed: number): Meadow => {
  const s = height / 1080;
  const random = randomStream(seed);
  const bank = createCanvas(width, height);
  for (let x = 0; x < width; x++) {
    const top = bankTop(x, s);
    for (let y = Math.max(0, Math.floor(top)); y < height; y++) {
      const tuft = fractal(x / (9 * s), y / (26 * s), 4, 55) * 0.5 + 0.5;
      const light = smoothstep(120 * s, 0, y - top) * 0.7;
      const rgb = mixRgb(scaleRgb(colour('#26301a'), 0.35 + tuft * 0.6), [0.42, 0.3, 0.09], light * tuft * 0.6);
      putPixel(bank, y * width + x, rgb, Math.min(1, y + 1 - top));
    }
  }
  const blades: Blade[] = [];
  const count = Math.round(7200 * (width / (1920 * s)));
  for (let k = 0; k < count; k++) {
    const near = random();
    const x = random() * width;
    const foot = bankTop(x, s) + (4 + near * 190) * s;
    const warm = random();
    const lit = smoothstep(1, 0.1, near);
    const green = mixRgb(colour('#2c3a17'), colour('#8a8432'), warm * warm);
    blades.push({
      x,
      foot,
      tall: (24 + 58 * random() ** 1.5) * (0.75 + 0.75 * near) * s,
      lean: (random() - 0.42) * 0.55,
      rgb: mixRgb(scaleRgb(green, 0.55 + 0.3 * random()), [0.95, 0.62, 0.22], lit * 0.22 * (0.3 + warm)),
      thick: (0.9 + 1.1 * near) * s,
      near,
      head: random() < 0.055 ? 1 + Math.floor(random() * 3) : 0,
    });
  }
  blades.sort((a, b) => a.near - b.near);
  const { trunk, leaves } = growBirch(Math.ceil(900 * s), height, s, seed + 9);
  return { bank, blades, trunk, leaves, scale: s };
};

/** A birch at the left edge: limbs drawn once, some thousand leaves drawn anew on every frame. */
const growBirch = (width: number, height: number, s: number, seed: number): { trunk: Canvas; leaves: Leaf[] } => {
  const trunk = createCanvas(width, height);
  const leaves: Leaf[] = [];
  const random = randomStream(seed);
  const limb = (x: number, y: number, angle: number, length: number, r: number, depth: number): void => {
    const parts = 7;
    let heading = angle;
    for (let i = 0; i < parts; i++) {
      heading += (random() - 0.5) * 0.22 + (depth > 1 ? 0.05 * Math.sign(Math.sin(heading)) : 0);
      const nx = x + (Math.sin(heading) * length) / parts;
      const ny = y - (Math.cos(heading) * length) / parts;
      const ra = r * (1 - (i / parts) * 0.42);
      const rb = r * (1 - ((i + 1) / parts) * 0.42);
      const bark: Rgb = depth < 2 ? [0.13, 0.115, 0.105] : [0.05, 0.042, 0.036];
      stroke(trunk, x, y, nx, ny, ra, rb, scaleRgb(bark, 0.75));
      stroke(trunk, x + ra * 0.42, y, nx + rb * 0.42, ny, ra * 0.55, rb * 0.55, mixRgb(bark, [0.95, 0.6, 0.32], 0.3));
      stroke(trunk, x + ra * 0.86, y, nx + rb * 0.86, ny, ra * 0.16, rb * 0.16, [1.05, 0.68, 0.36]);
      if (depth < 2) {
        for (let k = 0; k < 5; k++) {
          const t = random();
          const w = ra * (0.3 + 0.9 * random());
          const mx = x + (nx - x) * t + (random() - 0.6) * ra;
          const my = y + (ny - y) * t;
          stroke(
            trunk,
            mx - w * 0.5,
            my,
            mx + w * 0.5,
            my + 1.5 * s,
            0.7 * s,
            1.3 * s * random(),
            [0.02, 0.018, 0.016],
            0.75,
          );
        }
      }
      if (depth < 5 && i > (depth === 0 ? 2 : 0) && random() < (depth === 0 ? 0.9 : 0.62)) {
        const side = random() < 0.5 ? -1 : 1;
        limb(
          nx,
          ny,
          heading + side * (0.5 + 0.45 * random()),
          length * (depth === 0 ? 0.2 + 0.14 * random() : 0.42 + 0.25 * random()),
          rb * 0.52,
          depth + 1,
        );
      }
      if (depth >= 2) {
        for (let k = 0; k < 4; k++) {
          const gold = random();
          const lit = random();
          leaves.push({
            x: nx + (random() - 0.5) * 66 * s,
            y: ny + (random() - 0.4) * 58 * s,
            r: (2.6 + 3.4 * random()) * s,
            rgb: scaleRgb(mixRgb(colour('#3d4a14'), [0.85, 0.5, 0.1], gold * 0.75), 0.16 + 1.15 * lit ** 3),
            swing: random() * 6.28,
          });
        }
      }
      x = nx;
      y = ny;
    }
  };
  limb(96 * s, 1090 * s, 0.02, 1120 * s, 27 * s, 0);
  limb(196 * s, 1090 * s, -0.02, 860 * s, 15 * s, 0);
  return { trunk, leaves };
};

/** Gusts cross the meadow from the left; -1..1 or so. */
const gust = (x: number, seconds: number, s: number): number =>
  noise(x / (420 * s) - seconds * 0.85, seconds * 0.25, 91) * 0.9 +
  0.35 * Math.sin(seconds * 3.1 + x / (70 * s)) +
  0.25;

export const paintMeadow = (target: Canvas, meadow: Meadow, camera: number, lift: number, seconds: number): void => {
  const s = meadow.scale;
  layOver(target, meadow.bank, camera, lift, [Math.floor(850 * s), target.height]);
  for (const blade of meadow.blades) {
    const x = blade.x - camera * (1 + 0.22 * blade.near) + 30 * s * blade.near;
    if (x < -60 * s || x > target.width + 60 * s) continue;
    const foot = blade.foot - lift;
    const bend = (blade.lean + 0.34 * gust(blade.x, seconds, s)) * blade.tall;
    const mx = x + bend * 0.3;
    const my = foot - blade.tall * 0.55;
    const tx = x + bend;
    const ty = foot - blade.tall * (1 - 0.12 * Math.abs(bend / blade.tall));
    const w = blade.thick;
    fillPolygon(target, [x - w, foot, mx - w * 0.8, my, tx, ty, mx + w * 0.8, my, x + w, foot], blade.rgb);
    if (blade.head === 1)
      for (let k = 0; k < 5; k++)
        disc(target, tx - bend * 0.03 * k, ty + k * 3 * s, (2.4 - 0.25 * k) * s, [0.62, 0.4, 0.13], 0.9);
    if (blade.head === 2) disc(target, tx, ty, 3.4 * s, [1.0, 0.86, 0.66], 0.95, 1.5);
    if (blade.head === 3) disc(target, tx, ty, 3.1 * s, [0.62, 0.17, 0.3], 0.95, 1.5);
  }
  const sway = 1.1;
  layOver(target, meadow.trunk, camera * sway + 40 * s, lift * sway);
  for (const leaf of meadow.leaves) {
    const x = leaf.x - camera * sway - 40 * s + 2.6 * s * gust(leaf.x + leaf.y, seconds, s);
    const y = leaf.y - lift * sway + 1.5 * s * Math.sin(seconds * 4.3 + leaf.swing);
    if (x < -9 || y < -9) continue;
    const turn = leaf.swing + 0.7 * Math.sin(seconds * 3.3 + leaf.swing * 3);
    const c = Math.cos(turn) * leaf.r;
    const d = Math.sin(turn) * leaf.r;
    fillPolygon(
      target,
      [x - c, y - d, x + d * 0.55, y - c * 0.55, x + c, y + d, x - d * 0.55, y + c * 0.55],
      leaf.rgb,
      0.95,
    );
  }
};
