import type { Canvas, Rgb } from './canvas.ts';
import { createCanvas, disc, fillPolygon, mixRgb, scaleRgb, stroke } from './canvas.ts';

/** Points of the body in units of the figure's height: x forward, y up from the ground. */
type Point = readonly [number, number];

export type Pose = {
  hip: Point;
  chest: Point;
  head: Point;
  knees: [Point, Point];
  ankles: [Point, Point];
  toes: [Point, Point];
  /** Hand of the free arm, elbow of it. */
  elbow: Point;
  hand: Point;
  lean: number;
};

/** Share of a step cycle that a foot stands still on the ground, and how far it reaches before and behind the hip. */
const stance = 0.6;
const reach = 0.165;

/** Heights walked per cycle (two steps), so that the standing foot does not slide. */
export const strideOf = (2 * reach) / stance;

const wave = (t: number): number => Math.sin(2 * Math.PI * t);

const foot = (phase: number): { at: Point; pitch: number } => {
  const p = phase - Math.floor(phase);
  if (p < stance) {
    const t = p / stance;
    const rise = t > 0.72 ? (t - 0.72) / 0.28 : 0;
    const pitch = t < 0.14 ? 0.34 * (1 - t / 0.14) : -0.62 * rise ** 1.5;
    return { at: [reach - 2 * reach * t, 0.045 + 0.035 * rise ** 1.5], pitch };
  }
  const t = (p - stance) / (1 - stance);
  const ease = t * t * (3 - 2 * t);
  const lift = 0.08 * (1 - t) ** 1.2 + 0.075 * Math.sin(Math.PI * t) * (1 - 0.35 * t);
  return { at: [-reach + 2 * reach * ease, 0.045 + lift * 0.75], pitch: -0.62 * (1 - t) ** 1.3 + 0.34 * t * t };
};

/** The knee of a leg of two bones, bent forward. */
const bend = (from: Point, to: Point, upper: number, lower: number, forward: number): Point => {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const d = Math.min(Math.hypot(dx, dy), (upper + lower) * 0.999);
  const along = (upper * upper - lower * lower + d * d) / (2 * d);
  const out = Math.sqrt(Math.max(0, upper * upper - along * along)) * forward;
  const ux = dx / Math.hypot(dx, dy);
  const uy = dy / Math.hypot(dx, dy);
  return [from[0] + ux * along - uy * out, from[1] + uy * along + ux * out];
};

/** A person in the middle of a walk; `cycle` counts cycles of two steps. */
export const walk = (cycle: number): Pose => {
  const sink = 0.012 * Math.cos(4 * Math.PI * (cycle - 0.03));
  const hip: Point = [0, 0.515 - sink];
  const lean = 0.05 + 0.012 * wave(2 * cycle);
  const chest: Point = [lean * 0.6 + 0.005 * wave(cycle), 0.8 - sink];
  const head: Point = [lean + 0.026, 0.915 - sink * 0.8];
  const feet = [foot(cycle), foot(cycle + 0.5)] as const;
  const ankles: [Point, Point] = [feet[0].at, feet[1].at];
  const knee = (k: 0 | 1): Point => bend(hip, ankles[k], 0.25, 0.243, 1);
  const toe = (k: 0 | 1): Point => [
    ankles[k][0] + 0.105 * Math.cos(feet[k].pitch),
    Math.max(0.008, ankles[k][1] - 0.035 + 0.105 * Math.sin(feet[k].pitch)),
  ];
  const swing = -0.42 * wave(cycle + 0.22);
  const elbow: Point = [chest[0] + 0.16 * Math.sin(swing - 0.12), chest[1] - 0.02 - 0.16 * Math.cos(swing - 0.12)];
  const fore = swing + 0.32;
  const hand: Point = [elbow[0] + 0.15 * Math.sin(fore), elbow[1] - 0.15 * Math.cos(fore)];
  return { hip, chest, head, knees: [knee(0), knee(1)], ankles, toes: [toe(0), toe(1)], elbow, hand, lean };
};

const coat: Rgb = [0.05, 0.062, 0.085];
const trousers: Rgb = [0.03, 0.032, 0.04];
const leather: Rgb = [0.028, 0.02, 0.016];
const skin: Rgb = [0.42, 0.24, 0.16];
const hair: Rgb = [0.035, 0.02, 0.014];
const scarf: Rgb = [0.55, 0.3, 0.05];
const silk: Rgb = [0.6, 0.035, 0.03];

/** Draws the figure, feet at (x, ground) and `tall` pixels high, with umbrella; `seconds` moves cloth. */
export const drawFigure = (
  target: Canvas,
  pose: Pose,
  x: number,
  ground: number,
  tall: number,
  seconds: number,
): void => {
  const px = (p: Point): [number, number] => [x + p[0] * tall, ground - p[1] * tall];
  const limb = (a: Point, b: Point, ra: number, rb: number, rgb: Rgb): void => {
    const [ax, ay] = px(a);
    const [bx, by] = px(b);
    stroke(target, ax, ay, bx, by, ra * tall, rb * tall, rgb);
    disc(target, ax, ay, ra * tall, rgb);
    disc(target, bx, by, rb * tall, rgb);
  };
  const shape = (points: readonly Point[], rgb: Rgb, alpha = 1): void =>
    fillPolygon(target, points.flatMap(px), rgb, alpha);
  const leg = (k: 0 | 1, light: number): void => {
    limb(pose.hip, pose.knees[k], 0.058, 0.042, scaleRgb(trousers, light));
    limb(pose.knees[k], pose.ankles[k], 0.04, 0.027, scaleRgb(trousers, light));
    const [a, t] = [pose.ankles[k], pose.toes[k]];
    limb([a[0] - 0.012, a[1] - 0.012], [t[0] - 0.012, t[1] + 0.012], 0.027, 0.016, scaleRgb(leather, light));
    limb([a[0] - 0.022, a[1] - 0.02], [a[0] + 0.01, a[1] - 0.012], 0.018, 0.024, scaleRgb(leather, light));
  };
  leg(1, 0.6);
  leg(0, 1);

  // The coat hangs from the shoulders; its hem is pushed by the knees and trails a little.
  const { hip, chest, head } = pose;
  const front = Math.max(pose.knees[0][0], pose.knees[1][0]);
  const back = Math.min(pose.knees[0][0], pose.knees[1][0], pose.ankles[0][0] * 0.55, pose.ankles[1][0] * 0.55);
  const flap = 0.012 * Math.sin(seconds * 7.1);
  const hem = 0.25 + 0.008 * wave(seconds * 1.9);
  const outline: Point[] = [
    [chest[0] - 0.035, chest[1] + 0.045],
    [chest[0] - 0.092, chest[1] - 0.02],
    [chest[0] - 0.1, chest[1] - 0.12],
    [hip[0] - 0.082, hip[1] + 0.06],
    [(hip[0] - 0.1 + back) / 2 - 0.02, 0.4],
    [back - 0.058 + flap, hem + 0.012],
    [(back + front) / 2 - 0.01, hem - 0.008],
    [front + 0.05, hem + 0.004 - flap],
    [(hip[0] + 0.1 + front) / 2 + 0.022, 0.42],
    [hip[0] + 0.078, hip[1] + 0.07],
    [chest[0] + 0.085, chest[1] - 0.1],
    [chest[0] + 0.075, chest[1] + 0.0],
    [chest[0] + 0.04, chest[1] + 0.045],
  ];
  shape(smooth(outline), coat);
  shape(
    smooth([
      [hip[0] - 0.02, 0.6],
      [(back + front) / 2 - 0.02, hem],
      [(back + front) / 2 + 0.005, hem],
      [hip[0] - 0.004, 0.6],
    ]),
    scaleRgb(coat, 0.35),
  );
  shape(
    [
      [hip[0] - 0.085, hip[1] + 0.085],
      [hip[0] + 0.08, hip[1] + 0.075],
      [hip[0] + 0.081, hip[1] + 0.05],
      [hip[0] - 0.086, hip[1] + 0.06],
    ],
    scaleRgb(coat, 0.45),
  );

  // Free arm, then neck, scarf and head in profile.
  limb([chest[0] - 0.012, chest[1] - 0.01], pose.elbow, 0.046, 0.036, scaleRgb(coat, 1.3));
  limb(pose.elbow, pose.hand, 0.035, 0.028, scaleRgb(coat, 1.3));
  const [hx, hy] = pose.hand;
  limb([hx, hy], [hx + 0.012, hy - 0.022], 0.021, 0.017, skin);
  limb([chest[0] + 0.012, chest[1] + 0.03], [head[0] - 0.006, head[1] - 0.035], 0.033, 0.03, skin);
  const [sx, sy] = [chest[0] - 0.03, chest[1] + 0.052];
  const tail = (t: number, up: number): Point => [
    sx - 0.2 * t,
    sy - 0.05 * t + up + 0.03 * t * Math.sin(seconds * 6.3 - t * 4.4) + 0.03 * t * t,
  ];
  const ribbon: Point[] = [];
  for (let i = 0; i <= 12; i++) ribbon.push(tail(i / 12, 0.016));
  for (let i = 12; i >= 0; i--) ribbon.push(tail(i / 12, -0.02 - 0.006 * Math.sin(seconds * 5 + i)));
  shape(ribbon, scaleRgb(scarf, 0.62));
  limb([chest[0] - 0.042, chest[1] + 0.048], [chest[0] + 0.05, chest[1] + 0.04], 0.026, 0.026, scarf);
  drawHead(shape, head);

  // The umbrella, and the arm that holds it.
  const grip: Point = [chest[0] + 0.135, chest[1] - 0.085 + 0.004 * wave(seconds * 1.9)];
  const tip: Point = [chest[0] + 0.06, 1.235 + 0.005 * wave(seconds * 1.9 + 0.2)];
  limb([grip[0] + 0.004, grip[1] - 0.05], tip, 0.0045, 0.0045, [0.1, 0.1, 0.11]);
  canopy(shape, tip, seconds);
  const joint: Point = [chest[0] + 0.055, chest[1] - 0.155];
  limb([chest[0] + 0.02, chest[1] - 0.008], joint, 0.043, 0.036, scaleRgb(coat, 0.85));
  limb(joint, grip, 0.034, 0.026, scaleRgb(coat, 0.95));
  limb(grip, [grip[0] + 0.004, grip[1] + 0.016], 0.021, 0.02, skin);
};

type Shape = (points: readonly Point[], rgb: Rgb, alpha?: number) => void;

const drawHead = (shape: Shape, head: Point): void => {
  const at = (dx: number, dy: number): Point => [head[0] + dx, head[1] + dy];
  // Profile, clockwise from the back of the neck: skull, brow, nose, lips, chin, jaw.
  const face = [
    at(-0.035, -0.055),
    at(-0.056, -0.02),
    at(-0.06, 0.02),
    at(-0.045, 0.055),
    at(-0.01, 0.072),
    at(0.028, 0.064),
    at(0.048, 0.04),
    at(0.052, 0.018),
    at(0.05, 0.01),
    at(0.067, -0.012),
    at(0.053, -0.018),
    at(0.057, -0.028),
    at(0.052, -0.034),
    at(0.054, -0.042),
    at(0.044, -0.06),
    at(0.018, -0.064),
    at(0.0, -0.05),
  ];
  shape(face, skin);
  shape([at(0.036, 0.012), at(0.046, 0.013), at(0.045, 0.006), at(0.037, 0.005)], [0.02, 0.015, 0.015]);
  shape(
    smooth([
      at(0.034, 0.058),
      at(0.02, 0.03),
      at(0.004, 0.026),
      at(-0.004, -0.012),
      at(-0.018, -0.02),
      at(-0.03, -0.075),
      at(-0.062, -0.07),
      at(-0.07, -0.02),
      at(-0.07, 0.03),
      at(-0.048, 0.07),
      at(-0.005, 0.084),
    ]),
    hair,
  );
};

const canopy = (shape: Shape, tip: Point, seconds: number): void => {
  const wide = 0.335;
  const deep = 0.18;
  const tilt = -0.07 + 0.012 * Math.sin(seconds * 2.1);
  const turn = (dx: number, dy: number): Point => [
    tip[0] + dx * Math.cos(tilt) - dy * Math.sin(tilt),
    tip[1] + dx * Math.sin(tilt) + dy * Math.cos(tilt),
  ];
  const ribs = [-1, -0.74, -0.28, 0.28, 0.74, 1];
  const side = (r: number, t: number): Point =>
    turn(wide * r * Math.sin((t * Math.PI) / 2), -0.02 - deep * (1 - Math.cos((t * Math.PI) / 2)) * 1.02);
  for (let k = 0; k < ribs.length - 1; k++) {
    const panel: Point[] = [];
    for (let i = 0; i <= 10; i++) panel.push(side(ribs[k], i / 10));
    const a = side(ribs[k], 1);
    const b = side(ribs[k + 1], 1);
    panel.push([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 0.022]);
    for (let i = 10; i >= 0; i--) panel.push(side(ribs[k + 1], i / 10));
    const light = [0.42, 0.6, 0.85, 1.15, 1.4][k];
    shape(panel, scaleRgb(silk, light));
    const seam: Point[] = [];
    for (let i = 0; i <= 10; i++) seam.push(side(ribs[k + 1] - 0.008, i / 10));
    for (let i = 10; i >= 0; i--) seam.push(side(ribs[k + 1] + 0.008, i / 10));
    shape(seam, scaleRgb(mixRgb(silk, [1, 0.5, 0.4], 0.25), light), 0.6);
  }
  shape([turn(-0.005, -0.022), turn(-0.003, 0.03), turn(0.003, 0.03), turn(0.005, -0.022)], [0.1, 0.1, 0.11]);
};

/** Corners rounded twice (Chaikin). */
const smooth = (points: readonly Point[]): Point[] => {
  let ring = [...points];
  for (let pass = 0; pass < 2; pass++) {
    ring = ring.flatMap((p, i) => {
      const q = ring[(i + 1) % ring.length];
      return [
        [p[0] * 0.75 + q[0] * 0.25, p[1] * 0.75 + q[1] * 0.25] as const,
        [p[0] * 0.25 + q[0] * 0.75, p[1] * 0.25 + q[1] * 0.75] as const,
      ];
    });
  }
  return ring;
};

/** Light that grazes the edges turned to (lx, ly): where the shape is, and not a few pixels further on. */
export const rimLight = (sprite: Canvas, lx: number, ly: number, rgb: Rgb): void => {
  const { width, height, data } = sprite;
  const gain = createCanvas(width, height).data;
  const steps = 5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      if (data[i + 3] < 0.02) continue;
      let cover = 0;
      for (let k = 1; k <= steps; k++) {
        const qx = Math.round(x + (lx * k) / steps);
        const qy = Math.round(y + (ly * k) / steps);
        cover += qx < 0 || qy < 0 || qx >= width || qy >= height ? 0 : data[(qy * width + qx) * 4 + 3];
      }
      gain[i] = data[i + 3] * (1 - cover / steps);
    }
  }
  for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) data[i + c] += gain[i] * rgb[c];
};
