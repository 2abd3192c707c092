import type { Image } from '../../../engine/frames/image.ts';

/** x, y pairs. */
export type Points = Float64Array;

/** A grid of points that keeps `margin` (share of each side) away from the border. */
export const gridPoints = (width: number, height: number, columns: number, rows: number, margin: number): Points => {
  const points = new Float64Array(columns * rows * 2);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      points[i++] = width * (margin + ((1 - 2 * margin) * c) / (columns - 1));
      points[i++] = height * (margin + ((1 - 2 * margin) * r) / (rows - 1));
    }
  }
  return points;
};

const bilinear = (flow: Image, channel: number, x: number, y: number): number => {
  const cx = Math.min(flow.width - 1.001, Math.max(0, x));
  const cy = Math.min(flow.height - 1.001, Math.max(0, y));
  const i = channel * flow.width * flow.height + (cy | 0) * flow.width + (cx | 0);
  const [fx, fy] = [cx - (cx | 0), cy - (cy | 0)];
  const d = flow.data;
  const top = d[i] + (d[i + 1] - d[i]) * fx;
  return top + (d[i + flow.width] + (d[i + flow.width + 1] - d[i + flow.width]) * fx - top) * fy;
};

/** Carries points along one flow after the other. */
export const track = (points: Points, flows: readonly Image[]): Points => {
  const moved = points.slice();
  for (const flow of flows) {
    for (let i = 0; i < moved.length; i += 2) {
      const [x, y] = [moved[i], moved[i + 1]];
      moved[i] += bilinear(flow, 0, x, y);
      moved[i + 1] += bilinear(flow, 1, x, y);
    }
  }
  return moved;
};

/** Row-major 3 x 3 with last entry 1. */
export type Homography = Float64Array;

export const apply = (h: Homography, x: number, y: number): [number, number] => {
  const w = h[6] * x + h[7] * y + h[8];
  return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
};

/** Solves a small dense system in place by elimination with row pivots. */
const solve = (a: Float64Array[], b: Float64Array): Float64Array => {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(a[r][k]) > Math.abs(a[pivot][k])) pivot = r;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    [b[k], b[pivot]] = [b[pivot], b[k]];
    for (let r = k + 1; r < n; r++) {
      const f = a[r][k] / a[k][k];
      for (let c = k; c < n; c++) a[r][c] -= f * a[k][c];
      b[r] -= f * b[k];
    }
  }
  const x = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    let sum = b[k];
    for (let c = k + 1; c < n; c++) sum -= a[k][c] * x[c];
    x[k] = sum / a[k][k];
  }
  return x;
};

/**
 * The homography that carries `from` onto `to`, by least squares with weights that fall off with the residual (Cauchy, 1 pixel): things
 * that move on their own do not bend the camera's motion. Coordinates are scaled to about ±1 inside.
 */
export const fitHomography = (from: Points, to: Points, size: number): Homography => {
  const count = from.length / 2;
  const weights = new Float64Array(count).fill(1);
  let h: Homography = new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  for (let round = 0; round < 15; round++) {
    const a = Array.from({ length: 8 }, () => new Float64Array(8));
    const b = new Float64Array(8);
    for (let i = 0; i < count; i++) {
      const [x, y, u, v] = [from[2 * i] / size, from[2 * i + 1] / size, to[2 * i] / size, to[2 * i + 1] / size];
      for (const [row, value] of [
        [[x, y, 1, 0, 0, 0, -u * x, -u * y], u],
        [[0, 0, 0, x, y, 1, -v * x, -v * y], v],
      ] as const) {
        for (let r = 0; r < 8; r++) {
          for (let c = 0; c < 8; c++) a[r][c] += weights[i] * row[r] * row[c];
          b[r] += weights[i] * row[r] * value;
        }
      }
    }
    for (let k = 0; k < 8; k++) a[k][k] += 1e-12;
    const p = solve(a, b);
    h = new Float64Array([p[0], p[1], p[2] * size, p[3], p[4], p[5] * size, p[6] / size, p[7] / size, 1]);
    for (let i = 0; i < count; i++) {
      const [x, y] = apply(h, from[2 * i], from[2 * i + 1]);
      const e = Math.hypot(x - to[2 * i], y - to[2 * i + 1]);
      weights[i] = 1 / (1 + e * e);
    }
  }
  return h;
};
