import type { Canvas } from './canvas.ts';
import { createCanvas } from './canvas.ts';
import { hash, noise, randomStream, smoothstep } from './noise.ts';

/**
 * Turns a picture into brush strokes, after A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (1998): from
 * coarse to fine, a stroke starts where the painting differs most from the (blurred) picture and runs across its gradient. Ours
 * adds bristles, a height of paint for the light to catch, and a direction field for places without edges.
 */
export type BrushLayer = {
  radius: number;
  /** Mean colour distance (0..1, gamma encoded) below which a place is left as it is. */
  tolerance: number;
  /** Longest stroke, in radii. */
  reach: number;
};

/** Which way paint runs at (x, y) where the picture itself says nothing: radians. */
export type Flow = (x: number, y: number) => number;

type Easel = { paint: Canvas; height: Float32Array; owner: Int32Array };

/** `picture` is gamma encoded (0..1, RGBA interleaved). Returns the same kind, lit from the upper left. */
export const paintOver = (picture: Canvas, layers: readonly BrushLayer[], flow: Flow, seed: number): Canvas => {
  const { width, height } = picture;
  const easel: Easel = {
    paint: createCanvas(width, height),
    height: new Float32Array(width * height),
    owner: new Int32Array(width * height).fill(-1),
  };
  for (let i = 0; i < width * height; i++) easel.paint.data.set([0.52, 0.41, 0.3, 1], i * 4);
  const random = randomStream(seed);
  let count = 0;
  layers.forEach((layer, index) => {
    const reference = blurred(picture, layer.radius * 0.55);
    const starts = pickStarts(easel.paint, reference, layer, index === 0);
    for (let i = starts.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [starts[i], starts[j]] = [starts[j], starts[i]];
    }
    for (const start of starts) {
      const path = trace(easel.paint, reference, start % width, Math.floor(start / width), layer, flow);
      if (path.length >= 4) lay(easel, path, reference, start, layer.radius * (0.8 + 0.4 * random()), count++, random);
    }
  });
  return light(easel);
};

const distance = (a: Canvas, i: number, b: Canvas, j: number): number =>
  Math.abs(a.data[i] - b.data[j]) + Math.abs(a.data[i + 1] - b.data[j + 1]) + Math.abs(a.data[i + 2] - b.data[j + 2]);

/** The worst pixel of every grid cell whose mean difference is above the layer's tolerance. */
const pickStarts = (paint: Canvas, reference: Canvas, layer: BrushLayer, all: boolean): number[] => {
  const { width, height } = paint;
  const grid = Math.max(3, Math.round(layer.radius * 0.9));
  const starts: number[] = [];
  for (let y = grid >> 1; y < height; y += grid) {
    for (let x = grid >> 1; x < width; x += grid) {
      let sum = 0;
      let worst = -1;
      let at = 0;
      let n = 0;
      const skip = Math.max(1, grid >> 3);
      for (let py = Math.max(0, y - (grid >> 1)); py < Math.min(height, y + (grid >> 1)); py += skip) {
        for (let px = Math.max(0, x - (grid >> 1)); px < Math.min(width, x + (grid >> 1)); px += skip) {
          const d = distance(paint, (py * width + px) * 4, reference, (py * width + px) * 4) + 0.02 * hash(px, py, 3);
          sum += d;
          n++;
          if (d > worst) {
            worst = d;
            at = py * width + px;
          }
        }
      }
      if (n > 0 && (all || sum / n > layer.tolerance * 3)) starts.push(at);
    }
  }
  return starts;
};

/** Points x0,y0,x1,y1,… of one stroke. */
const trace = (paint: Canvas, reference: Canvas, x0: number, y0: number, layer: BrushLayer, flow: Flow): number[] => {
  const { width, height } = reference;
  const luma = (x: number, y: number): number => {
    const cx = Math.min(width - 1, Math.max(0, x | 0));
    const cy = Math.min(height - 1, Math.max(0, y | 0));
    const i = (cy * width + cx) * 4;
    return 0.3 * reference.data[i] + 0.59 * reference.data[i + 1] + 0.11 * reference.data[i + 2];
  };
  const start = (y0 * width + x0) * 4;
  const step = layer.radius * 0.9;
  const path = [x0, y0];
  let x = x0;
  let y = y0;
  let dx = 0;
  let dy = 0;
  const reach = Math.max(1, Math.round(layer.reach));
  for (let k = 0; k < reach; k++) {
    const r = Math.max(1, layer.radius * 0.4);
    const gx = luma(x + r, y) - luma(x - r, y);
    const gy = luma(x, y + r) - luma(x, y - r);
    const strength = Math.hypot(gx, gy);
    const field = flow(x, y);
    const trust = smoothstep(0.03, 0.14, strength);
    let nx = -gy / (strength + 1e-6);
    let ny = gx / (strength + 1e-6);
    const fx = Math.cos(field);
    const fy = Math.sin(field);
    const same = nx * fx + ny * fy < 0 ? -1 : 1;
    nx = nx * trust * same + fx * (1 - trust);
    ny = ny * trust * same + fy * (1 - trust);
    if (nx * dx + ny * dy < 0) {
      nx = -nx;
      ny = -ny;
    }
    nx = 0.55 * nx + 0.45 * dx;
    ny = 0.55 * ny + 0.45 * dy;
    const norm = Math.hypot(nx, ny) || 1;
    dx = nx / norm;
    dy = ny / norm;
    x += dx * step;
    y += dy * step;
    if (x < -step || y < -step || x >= width + step || y >= height + step) break;
    const cx = Math.min(width - 1, Math.max(0, x | 0));
    const cy = Math.min(height - 1, Math.max(0, y | 0));
    const here = (cy * width + cx) * 4;
    if (k > 1 && distance(reference, here, reference, start) > distance(reference, here, paint, here) + 0.12) break;
    path.push(x, y);
  }
  return path;
};

const lay = (
  easel: Easel,
  path: number[],
  reference: Canvas,
  start: number,
  radius: number,
  id: number,
  random: () => number,
): void => {
  const { width, height, data } = easel.paint;
  const jitter = 0.035;
  const shade = (random() - 0.5) * jitter * 1.5;
  const colour = [0, 1, 2].map((c) => reference.data[start * 4 + c] + shade + (random() - 0.5) * jitter);
  const load = 0.86 + 0.12 * random();
  let run = 0;
  const total = (path.length / 2 - 1) * radius;
  for (let k = 0; k + 3 < path.length; k += 2) {
    const [ax, ay, bx, by] = [path[k], path[k + 1], path[k + 2], path[k + 3]];
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const ux = (bx - ax) / length;
    const uy = (by - ay) / length;
    const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - radius));
    const x1 = Math.min(width - 1, Math.ceil(Math.max(ax, bx) + radius));
    const y0 = Math.max(0, Math.floor(Math.min(ay, by) - radius));
    const y1 = Math.min(height - 1, Math.ceil(Math.max(ay, by) + radius));
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const i = y * width + x;
        if (easel.owner[i] === id) continue;
        const along = (x - ax) * ux + (y - ay) * uy;
        const t = Math.min(length, Math.max(0, along));
        const across = (x - ax) * -uy + (y - ay) * ux;
        const u = Math.hypot(x - ax - ux * t, y - ay - uy * t) / radius;
        if (u >= 1) continue;
        const s = run + along;
        const bristle =
          noise((across / radius) * 5.5 + id * 7.3, s / (radius * 5), 5) * 0.6 +
          noise((across / radius) * 13, s / (radius * 8) + id * 3.1, 6) * 0.4;
        const dry = smoothstep(0.55, 1.15, s / (total + radius)) * 0.55;
        const edge = smoothstep(1, 0.72, u + 0.16 * bristle);
        const alpha = edge * load * smoothstep(-1.1 + dry, -0.35 + dry, bristle + 0.25);
        if (alpha < 0.03) continue;
        easel.owner[i] = id;
        for (let c = 0; c < 3; c++) {
          const wet = colour[c] + bristle * 0.028;
          data[i * 4 + c] = data[i * 4 + c] * (1 - alpha) + wet * alpha;
        }
        const ridge = 0.55 + 0.45 * bristle + 0.5 * smoothstep(0.55, 0.9, u);
        easel.height[i] = easel.height[i] * (1 - alpha * 0.8) + alpha * ridge * Math.min(1, 0.35 + radius / 26);
      }
    }
    run += length;
  }
};

/** Canvas weave and paint relief, lit from the upper left. */
const light = (easel: Easel): Canvas => {
  const { width, height, data } = easel.paint;
  const out = createCanvas(width, height);
  const relief = easel.height.map((value, i) => {
    const x = i % width;
    const y = (i / width) | 0;
    return value + 0.075 * Math.sin((x * Math.PI) / 3.1) * Math.sin((y * Math.PI) / 3.1);
  });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const gx = relief[y * width + Math.min(width - 1, x + 1)] - relief[y * width + Math.max(0, x - 1)];
      const gy = relief[Math.min(height - 1, y + 1) * width + x] - relief[Math.max(0, y - 1) * width + x];
      const slope = -(gx + gy) * -0.5;
      const gain = 1 + Math.max(-0.22, Math.min(0.26, slope * 0.5));
      const shine = Math.max(0, slope - 0.16) * 0.16;
      for (let c = 0; c < 3; c++) out.data[i * 4 + c] = Math.min(1, Math.max(0, data[i * 4 + c] * gain + shine));
      out.data[i * 4 + 3] = 1;
    }
  }
  return out;
};

/** Gaussian blur as three box blurs. */
const blurred = (picture: Canvas, sigma: number): Canvas => {
  const out = createCanvas(picture.width, picture.height);
  out.data.set(picture.data);
  const radius = Math.floor(sigma * 0.95);
  if (radius < 1) return out;
  const { width, height, data } = out;
  const line = new Float32Array(Math.max(width, height) * 4);
  const run = (count: number, step: number, start: number): void => {
    for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) line[i * 4 + c] = data[start + i * step + c];
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let i = -radius; i <= radius; i++) sum += line[Math.min(count - 1, Math.max(0, i)) * 4 + c];
      for (let i = 0; i < count; i++) {
        data[start + i * step + c] = sum / (2 * radius + 1);
        sum += line[Math.min(count - 1, i + radius + 1) * 4 + c] - line[Math.max(0, i - radius) * 4 + c];
      }
    }
  };
  for (let pass = 0; pass < 3; pass++) {
    for (let y = 0; y < height; y++) run(width, 4, y * width * 4);
    for (let x = 0; x < width; x++) run(height, width * 4, x * 4);
  }
  return out;
};
