import type { BrushLayer } from './brush.ts';
import { paintOver } from './brush.ts';
import type { Canvas, Rgb } from './canvas.ts';
import { colour, createCanvas, disc, fillPolygon, mixRgb, putPixel, scaleRgb, stroke } from './canvas.ts';
import { fractal, mix, noise, randomStream, smoothstep } from './noise.ts';

/** A summer field in oil: poppies and wheat, a path to a white house, cypresses, clouds. Drawn plainly first, then painted over. */

const horizonOf = (height: number): number => height * 0.47;

const skyAndHills = (canvas: Canvas, s: number): void => {
  const { width, height } = canvas;
  const horizon = horizonOf(height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const e = (horizon - y) / horizon;
      let rgb = mixRgb(colour('#f4e3bf'), colour('#3f86c9'), smoothstep(-0.05, 0.75, e));
      rgb = mixRgb(rgb, colour('#1f5fae'), smoothstep(0.6, 1.1, e));
      // Heaped clouds: puffs with flat feet, lit from the left.
      const puff = (px: number, py: number): number =>
        fractal(px / (420 * s) + 3.7, (py / (260 * s)) * (1 + 0.9 * (1 - e)), 5, 207, 0.55) +
        0.16 * noise(px / (900 * s), 2.2, 4) +
        0.08;
      const here = puff(x, y);
      const cover = smoothstep(0.03, 0.2, here) * smoothstep(0.02, 0.2, e);
      const lit = smoothstep(-0.14, 0.2, here - puff(x - 46 * s, y - 50 * s) + 0.05);
      const cloud = mixRgb(colour('#9aa9c6'), colour('#fff6e2'), lit);
      putPixel(canvas, y * width + x, mixRgb(rgb, cloud, cover * 0.95), 1);
    }
  }
  const range = (base: number, swell: number, length: number, seed: number, tint: Rgb): void => {
    for (let x = 0; x < width; x++) {
      const top = (base - swell * (0.5 + fractal(x / (length * s), 0.3, 4, seed))) * s;
      for (let y = Math.max(0, Math.floor(top)); y < horizon + 130 * s; y++) {
        const fields = fractal(x / (120 * s), y / (26 * s), 3, seed + 1);
        putPixel(
          canvas,
          y * width + x,
          mixRgb(scaleRgb(tint, 1 + 0.3 * fields), colour('#e8d9b0'), smoothstep(0, 200 * s, y - top) * 0.35),
          Math.min(1, y + 1 - top),
        );
      }
    }
  };
  range(730, 150, 620, 3, colour('#6f8fbb'));
  range(762, 110, 520, 14, colour('#6b93a0'));
  range(800, 80, 700, 27, colour('#7f9a5c'));
};

const pathEdge = (height: number, width: number, y: number, side: number): number => {
  const t = Math.max(0, (y - horizonOf(height)) / (height - horizonOf(height)));
  return width * (0.615 - 0.3 * t + 0.1 * Math.sin(t * 4.2 + 0.4)) + side * width * (0.004 + 0.105 * t * t);
};

const field = (canvas: Canvas, s: number): void => {
  const { width, height } = canvas;
  const horizon = horizonOf(height) + 40 * s;
  for (let y = Math.floor(horizon); y < height; y++) {
    const t = (y - horizon) / (height - horizon);
    const depth = 1 / (0.05 + t);
    for (let x = 0; x < width; x++) {
      const u = (x - width * 0.6) * depth;
      const stalks = fractal(u / (260 * s), depth * 6, 4, 33);
      const bands = fractal(u / (2600 * s), depth * 2.2, 3, 40);
      let rgb = mixRgb(colour('#d9a93f'), colour('#8aa03a'), smoothstep(-0.2, 0.35, bands + 0.35 * (t - 0.4)));
      rgb = mixRgb(rgb, colour('#3f5d22'), smoothstep(0.1, 0.5, stalks) * (0.35 + 0.4 * t));
      const left = pathEdge(height, width, y, -1);
      const right = pathEdge(height, width, y, 1);
      const on = smoothstep(-6 * s, 6 * s, x - left) * smoothstep(-6 * s, 6 * s, right - x);
      const ruts = 0.5 + 0.5 * Math.cos(((x - left) / (right - left)) * 4 * Math.PI);
      const earth = mixRgb(colour('#e3c08c'), colour('#a9764a'), 0.75 * ruts + 0.3 * stalks);
      putPixel(canvas, y * width + x, mixRgb(rgb, earth, on), 1);
    }
  }
  const random = randomStream(71);
  const poppies: [number, number][] = [];
  for (let k = 0; k < 3400; k++) poppies.push([random(), random() ** 0.62]);
  poppies.sort((a, b) => a[1] - b[1]);
  for (const [a, t] of poppies) {
    const y = mix(horizon + 10 * s, height + 20 * s, t * t);
    const x = a * width;
    const drift = fractal(x / (360 * s), y / (150 * s), 2, 91);
    const left = pathEdge(height, width, y, -1.15);
    const right = pathEdge(height, width, y, 1.15);
    if (drift < -0.02 || (x > left && x < right)) continue;
    const r = (1.5 + 22 * t ** 3.2) * s;
    const red = mixRgb(colour('#c81d14'), colour('#f2552c'), random());
    stroke(canvas, x, y, x + r * 0.4, y + r * 3, r * 0.16, r * 0.16, colour('#2f4a1a'));
    disc(canvas, x, y, r, scaleRgb(red, 0.75));
    disc(canvas, x - r * 0.25, y - r * 0.3, r * 0.7, red);
    if (r > 7 * s) disc(canvas, x + r * 0.1, y + r * 0.12, r * 0.24, colour('#1d1018'));
  }
};

const house = (canvas: Canvas, s: number): void => {
  const at = (x: number, y: number): [number, number] => [(1500 + x) * s, (812 + y) * s];
  const shape = (points: [number, number][], rgb: Rgb): void =>
    fillPolygon(
      canvas,
      points.flatMap(([x, y]) => at(x, y)),
      rgb,
    );
  shape(
    [
      [-70, 8],
      [520, 8],
      [560, 40],
      [-90, 40],
    ],
    colour('#5d6b2c'),
  );
  shape(
    [
      [40, -150],
      [250, -150],
      [250, 10],
      [40, 10],
    ],
    colour('#f6ead0'),
  );
  shape(
    [
      [250, -150],
      [380, -140],
      [380, 10],
      [250, 10],
    ],
    colour('#b7a9b4'),
  );
  shape(
    [
      [18, -142],
      [90, -235],
      [310, -235],
      [270, -142],
    ],
    colour('#c8562f'),
  );
  shape(
    [
      [270, -142],
      [310, -235],
      [402, -132],
      [386, -126],
    ],
    colour('#8e3a2a'),
  );
  shape(
    [
      [250, -150],
      [316, -222],
      [380, -140],
    ],
    colour('#b7a9b4'),
  );
  shape(
    [
      [180, -262],
      [214, -262],
      [214, -215],
      [180, -215],
    ],
    colour('#e4cfae'),
  );
  for (const x of [78, 172])
    shape(
      [
        [x, -112],
        [x + 38, -112],
        [x + 38, -62],
        [x, -62],
      ],
      colour('#31566e'),
    );
  for (const x of [66, 118, 160, 212])
    shape(
      [
        [x, -114],
        [x + 11, -114],
        [x + 11, -60],
        [x, -60],
      ],
      colour('#4d7f6a'),
    );
  shape(
    [
      [120, -52],
      [160, -52],
      [160, 10],
      [120, 10],
    ],
    colour('#6d3b22'),
  );
  shape(
    [
      [298, -100],
      [330, -98],
      [330, -56],
      [298, -58],
    ],
    colour('#2b3f58'),
  );
};

/** A crown of leaves as many small discs, lit from the left. */
const crown = (
  canvas: Canvas,
  x: number,
  y: number,
  rx: number,
  ry: number,
  dark: Rgb,
  bright: Rgb,
  seed: number,
): void => {
  const random = randomStream(seed);
  const puffs = 420;
  for (let k = 0; k < puffs; k++) {
    const a = random() * 2 * Math.PI;
    const r = Math.sqrt(random());
    const dx = Math.cos(a) * r;
    const dy = Math.sin(a) * r;
    const lit = smoothstep(0.9, -0.9, dx * 0.8 + dy * 0.6 + (random() - 0.5) * 0.8);
    disc(
      canvas,
      x + dx * rx,
      y + dy * ry,
      (0.1 + 0.09 * random()) * Math.min(rx, ry * 0.6),
      mixRgb(dark, bright, lit * (0.3 + (0.7 * k) / puffs)),
    );
  }
};

const trees = (canvas: Canvas, s: number): void => {
  const cypress = (x: number, foot: number, tall: number, seed: number): void => {
    for (let k = 0; k < 7; k++) {
      const t = k / 7;
      const wide = tall * 0.115 * Math.sin(Math.PI * Math.min(1, 0.28 + t * 0.72)) ** 0.8;
      crown(
        canvas,
        (x + 6 * Math.sin(k * 2 + seed)) * s,
        (foot - tall * (0.1 + 0.8 * t)) * s,
        wide * s,
        tall * 0.115 * s,
        colour('#142c22'),
        colour('#557a38'),
        seed + k,
      );
    }
  };
  crown(canvas, 1985 * s, 735 * s, 150 * s, 118 * s, colour('#2c4a25'), colour('#98ad48'), 5);
  crown(canvas, 2150 * s, 770 * s, 130 * s, 92 * s, colour('#2c4a25'), colour('#86a545'), 6);
  cypress(1440, 834, 470, 11);
  cypress(1352, 842, 350, 12);
  cypress(1935, 838, 400, 14);
  crown(canvas, 215 * s, 760 * s, 190 * s, 100 * s, colour('#365a34'), colour('#8fae55'), 8);
  crown(canvas, 470 * s, 790 * s, 120 * s, 62 * s, colour('#365a34'), colour('#9cb65c'), 9);
  crown(canvas, 690 * s, 800 * s, 90 * s, 40 * s, colour('#4b7040'), colour('#a5bb68'), 10);
};

/** 8-bit R'G'B' rows of the finished painting. */
export const painting = (width: number, height: number): Uint8Array => {
  const s = height / 1600;
  const scene = createCanvas(width, height);
  skyAndHills(scene, s);
  field(scene, s);
  house(scene, s);
  trees(scene, s);
  const encode = (value: number): number =>
    value <= 0.0031308 ? 12.92 * value : 1.055 * Math.min(1, value) ** (1 / 2.4) - 0.055;
  scene.data.forEach((value, i) => (scene.data[i] = i % 4 === 3 ? 1 : encode(value)));

  const layers: BrushLayer[] = [
    { radius: 46 * s, tolerance: 0, reach: 9 },
    { radius: 24 * s, tolerance: 0.035, reach: 9 },
    { radius: 12 * s, tolerance: 0.045, reach: 9 },
    { radius: 6.5 * s, tolerance: 0.055, reach: 8 },
    { radius: 3.6 * s, tolerance: 0.075, reach: 7 },
  ];
  const horizon = horizonOf(height);
  const flow = (x: number, y: number): number => {
    // Skies are painted in long sweeps, fields towards the point where the path vanishes.
    if (y < horizon)
      return 0.28 * Math.sin(x / (420 * s) + 1) + 0.9 * fractal(x / (560 * s), y / (400 * s), 2, 3) - 0.1;
    const toward = Math.atan2(y - horizon + 90 * s, x - width * 0.615);
    return toward + 0.5 * fractal(x / (200 * s), y / (120 * s), 2, 9);
  };
  const painted = paintOver(scene, layers, flow, 2026);
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) out[i * 3 + c] = painted.data[i * 4 + c] * 255 + 0.5;
  return out;
};
