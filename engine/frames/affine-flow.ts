import type { Image } from './image.ts';
import { createImage } from './image.ts';

const rounds = 8;
/** Every so manieth row and column is looked at: six numbers need no more. */
const step = 2;
/** Lengths in the equations are in these, so that they are well conditioned. */
const unit = 100;

/** Solves a symmetric positive 3x3 system by elimination; `matrix` row by row. */
const solve3 = (matrix: Float64Array, right: Float64Array): number[] => {
  const rows = [0, 1, 2].map((r) => [...matrix.subarray(3 * r, 3 * r + 3), right[r]]);
  for (let column = 0; column < 3; column++) {
    for (let other = 0; other < 3; other++) {
      if (other === column) continue;
      const factor = rows[other][column] / rows[column][column];
      for (let k = column; k < 4; k++) rows[other][k] -= factor * rows[column][k];
    }
  }
  return rows.map((row, r) => row[3] / row[r]);
};

/**
 * The motion of the background: the affine flow that most of a flow agrees with, by weights that fall with the distance from it
 * (Geman-McClure, from 4 px down to half a pixel). flow [2,H,W] px; `trusted` [1,H,W]: only places > 0 count. → [2,H,W]
 */
export const affineFlow = (flow: Image, trusted: Image): Image => {
  const { width, height, data } = flow;
  const count = width * height;
  const across = (x: number): number => (x - width / 2) / unit;
  const down = (y: number): number => (y - height / 2) / unit;
  let dx = [0, 0, 0];
  let dy = [0, 0, 0];
  const at = (p: number[], u: number, v: number): number => p[0] + p[1] * u + p[2] * v;
  for (let round = 0; round < rounds; round++) {
    const matrix = new Float64Array(9);
    const rightX = new Float64Array(3);
    const rightY = new Float64Array(3);
    const spread = Math.max(0.5, 4 / round);
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) {
        const i = y * width + x;
        if (trusted.data[i] <= 0) continue;
        const [u, v] = [across(x), down(y)];
        const off = (data[i] - at(dx, u, v)) ** 2 + (data[count + i] - at(dy, u, v)) ** 2;
        const weight = round === 0 ? 1 : 1 / (1 + off / (spread * spread)) ** 2;
        const terms = [1, u, v];
        for (let a = 0; a < 3; a++) {
          for (let b = 0; b < 3; b++) matrix[3 * a + b] += weight * terms[a] * terms[b];
          rightX[a] += weight * terms[a] * data[i];
          rightY[a] += weight * terms[a] * data[count + i];
        }
      }
    }
    for (let a = 0; a < 3; a++) matrix[4 * a] += 1e-6;
    [dx, dy] = [solve3(matrix, rightX), solve3(matrix, rightY)];
  }
  const out = createImage(2, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = [across(x), down(y)];
      out.data[i] = at(dx, u, v);
      out.data[count + i] = at(dy, u, v);
    }
  }
  return out;
};
