import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, disc, fillPolygon, mixRgb, scaleRgb, stroke } from './canvas.ts';
import { noise, randomStream } from './noise.ts';

type Floating = {
  /** Mixes the mirrored sprite into water pixel `index` at (x, y), shifted by the water's slope there. */
  reflect: (
    target: Canvas,
    index: number,
    x: number,
    y: number,
    slope: readonly [number, number],
    mirror: number,
  ) => void;
  draw: (target: Canvas) => void;
};

/** A rowing boat at its mooring, seen from the side. Returns the boat for one moment: lifted by `bob` pixels, turned by `roll` radians. */
export const boat = (s: number): ((bob: number, roll: number, seconds: number) => Floating) => {
  const wide = Math.round(520 * s);
  const tall = Math.round(230 * s);
  const left = Math.round(1010 * s);
  const waterline = Math.round(640 * s);
  const line = Math.round(190 * s);
  const sprite = createCanvas(wide, tall);
  const hull = colour('#7d2f22');
  const wood = colour('#a87445');
  return (bob, roll) => {
    sprite.data.fill(0);
    const turn = (x: number, y: number): [number, number] => {
      const dx = (x - 260) * s;
      const dy = (y - 190) * s;
      return [
        260 * s + dx * Math.cos(roll) - dy * Math.sin(roll),
        190 * s + bob + dx * Math.sin(roll) + dy * Math.cos(roll),
      ];
    };
    const shape = (points: number[], rgb: Rgb, alpha = 1): void => {
      const turned: number[] = [];
      for (let i = 0; i < points.length; i += 2) turned.push(...turn(points[i], points[i + 1]));
      fillPolygon(sprite, turned, rgb, alpha);
    };
    const sheer = (t: number): number => 128 + 34 * (1 - (2 * t - 1) ** 2) - 16 * t;
    const curve = (from: number, to: number, lift: number): number[] => {
      const out: number[] = [];
      for (let i = 0; i <= 24; i++) {
        const t = from + ((to - from) * i) / 24;
        const inset = 26 * lift * (1 - Math.abs(2 * t - 1) * 0.2);
        out.push(
          40 + 440 * t + (t < 0.5 ? inset : -inset) * Math.abs(2 * t - 1) ** 2,
          sheer(t) + lift * (196 - sheer(t)),
        );
      }
      return out;
    };
    const between = (top: number, bottom: number): number[] => {
      const low = curve(1, 0, bottom);
      return [...curve(0, 1, top), ...low];
    };
    // The far side of the inside, the thwarts, then the planks of the near side from the rail down.
    shape(
      [46, 126, 140, 140, 260, 148, 380, 136, 472, 110, 468, 132, 380, 160, 260, 168, 140, 164, 60, 146],
      scaleRgb(wood, 0.3),
    );
    for (const x of [150, 262, 372]) shape([x, 146, x + 46, 145, x + 48, 154, x + 2, 155], scaleRgb(wood, 0.85));
    const planks = 5;
    for (let k = 0; k < planks; k++) {
      const top = k / planks;
      const light = 0.5 + 0.75 * (1 - top) ** 1.6;
      shape(between(top, (k + 1) / planks), scaleRgb(mixRgb(hull, [0.9, 0.5, 0.36], 0.16 * (1 - top)), light * 0.8));
      shape(between(top + 0.16, top + 0.19), scaleRgb(hull, 0.22), 0.7);
    }
    shape(between(-0.05, 0.06), mixRgb(wood, [1.1, 0.72, 0.5], 0.45));
    shape(between(0.72, 0.8), [0.62, 0.56, 0.5], 0.85);
    // Oars laid over the rail, and the mooring line.
    const oar = (ax: number, ay: number, bx: number, by: number, wideA: number, wideB: number): void => {
      const [px, py] = turn(ax, ay);
      const [qx, qy] = turn(bx, by);
      stroke(sprite, px, py, qx, qy, wideA * s, wideB * s, mixRgb(wood, [1, 0.7, 0.5], 0.3));
    };
    oar(190, 150, 452, 82, 2.6, 2.6);
    oar(440, 85, 492, 71, 3, 8);
    oar(210, 154, 424, 70, 2.4, 2.4);
    oar(414, 74, 460, 55, 3, 7.5);
    const reflect: Floating['reflect'] = (target, index, x, y, slope, mirror) => {
      const below = y - waterline;
      if (below < -4 * s || below > 200 * s || x < left - 60 * s || x > left + wide + 60 * s) return;
      const sx = Math.round(x - left + slope[0] * 620 * s);
      const sy = Math.round(line - below * 1.02 + slope[1] * 760 * s);
      if (sx < 0 || sy < 0 || sx >= wide || sy >= line + 6 * s) return;
      const from = (sy * wide + sx) * 4;
      const alpha = sprite.data[from + 3] * (0.55 + 0.35 * mirror);
      if (alpha <= 0) return;
      for (let c = 0; c < 3; c++) {
        target.data[index + c] =
          target.data[index + c] * (1 - alpha) + sprite.data[from + c] * 0.8 * (0.55 + 0.35 * mirror);
      }
    };
    const draw: Floating['draw'] = (target) => {
      for (let y = 0; y < Math.min(tall, line + 5 * s); y++) {
        const fade = Math.min(1, (line + 5 * s - y) / (5 * s));
        for (let x = 0; x < wide; x++) {
          const from = (y * wide + x) * 4;
          const alpha = sprite.data[from + 3] * fade;
          if (alpha <= 0) continue;
          const to = ((y + waterline - line) * target.width + x + left) * 4;
          for (let c = 0; c < 3; c++)
            target.data[to + c] = target.data[to + c] * (1 - alpha) + sprite.data[from + c] * fade;
        }
      }
    };
    return { reflect, draw };
  };
};

/** Reeds in the lower corners, bending in the same air as the ripples. */
export const reeds = (
  width: number,
  height: number,
  s: number,
  seed: number,
): ((target: Canvas, seconds: number) => void) => {
  const random = randomStream(seed);
  const stems = Array.from({ length: 210 }, () => {
    const leftSide = random() < 0.68;
    const spread = random() ** 1.7;
    return {
      x: leftSide ? spread * 520 * s - 30 * s : width - spread * 300 * s + 20 * s,
      foot: height + 20 * s,
      tall: (150 + 420 * random() * (1 - 0.55 * spread)) * s,
      lean: (random() - 0.45) * 0.34 * (leftSide ? 1 : -1),
      thick: (1.5 + 2.6 * random()) * s,
      head: random() < 0.2,
      tone: random(),
      leaf: random() < 0.75,
    };
  }).sort((a, b) => b.tall - a.tall);
  return (target, seconds) => {
    for (const stem of stems) {
      const air =
        noise(stem.x / (300 * s) - seconds * 0.7, seconds * 0.3, 12) * 0.1 + 0.03 * Math.sin(seconds * 2.3 + stem.x);
      const bend = (stem.lean + air) * stem.tall;
      const rgb = mixRgb([0.012, 0.02, 0.016], [0.1, 0.085, 0.035], stem.tone * stem.tone);
      const at = (t: number): [number, number] => [stem.x + bend * t * t, stem.foot - stem.tall * t];
      const parts = 8;
      for (let i = 0; i < parts; i++) {
        const [ax, ay] = at(i / parts);
        const [bx, by] = at((i + 1) / parts);
        const w = stem.thick * (1 - (0.75 * i) / parts);
        stroke(target, ax, ay, bx, by, w, w * 0.92, rgb);
        stroke(target, ax - w * 0.6, ay, bx - w * 0.6, by, w * 0.24, w * 0.2, [0.5, 0.3, 0.2], 0.6);
      }
      if (stem.head) {
        const [ax, ay] = at(0.86);
        const [bx, by] = at(0.99);
        stroke(target, ax, ay, bx, by, 6.5 * s, 6 * s, [0.045, 0.02, 0.012]);
        disc(target, ax, ay, 6.5 * s, [0.045, 0.02, 0.012]);
        disc(target, bx, by, 6 * s, [0.045, 0.02, 0.012]);
        stroke(target, ax - 4 * s, ay, bx - 4 * s, by, 1.2 * s, 1.2 * s, [0.55, 0.28, 0.17], 0.7);
      }
      if (stem.leaf) {
        const side = stem.tone > 0.5 ? 1 : -1;
        const [ax, ay] = at(0.3 + 0.3 * stem.tone);
        const reach = stem.tall * 0.32;
        const tx = ax + side * reach * 0.75 + bend * 0.4;
        const ty = ay - reach * (0.55 - 0.5 * air);
        fillPolygon(
          target,
          [
            ax,
            ay + 5 * s,
            ax + side * reach * 0.3,
            ay - reach * 0.42,
            tx,
            ty,
            ax + side * reach * 0.24,
            ay - reach * 0.36,
          ],
          rgb,
        );
      }
    }
  };
};
