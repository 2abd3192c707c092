/*
 * Dense inverse search optical flow: T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search",
 * ECCV 2016. Written anew after that paper so that it agrees with OpenCV's DISOpticalFlow, preset MEDIUM (OpenCV, Apache-2.0,
 * modules/video/src/dis_flow.cpp was read for the constants and the order of steps): the network is trained on that implementation's
 * fields and must meet the same ones here. Numbers are float64 where OpenCV has float32; measured agreement: tests/unit/frames/dis-flow.test.ts.
 */
import type { Image } from './image.ts';
import { createImage } from './image.ts';
import { resizeImage } from './resize.ts';
import { refineFlow } from './variational.ts';

/** 8-bit grey, row-major. */
export type Grey = { width: number; height: number; data: Uint8Array };

const patch = 8;
const stride = 3;
const finestScale = 1;
const border = 16;
const descentSteps = 12;
const stripes = 8;
const smallest = 0.001;

/** R'G'B' 0..1 [3,H,W] → 8-bit grey as cv2.cvtColor(RGB2GRAY) makes it of the rounded 8-bit picture (BT.601 weights in 15 bits). */
export const toGrey = (image: Image): Grey => {
  const count = image.width * image.height;
  const data = new Uint8Array(count);
  const code = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 255 : (value * 255 + 0.5) | 0);
  for (let i = 0; i < count; i++) {
    const red = code(image.data[i]);
    const green = code(image.data[count + i]);
    const blue = code(image.data[2 * count + i]);
    data[i] = (9798 * red + 19235 * green + 3735 * blue + 16384) >> 15;
  }
  return { width: image.width, height: image.height, data };
};

const halve = (grey: Grey): Grey => {
  const width = grey.width >> 1;
  const height = grey.height >> 1;
  const data = new Uint8Array(width * height);
  if (width * 2 === grey.width && height * 2 === grey.height) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, at = 2 * y * grey.width; x < width; x++, i++, at += 2) {
        data[i] =
          (grey.data[at] + grey.data[at + 1] + grey.data[at + grey.width] + grey.data[at + grey.width + 1] + 2) >> 2;
      }
    }
  } else {
    const small = resizeImage({ channels: 1, ...grey, data: Float32Array.from(grey.data) }, width, height);
    for (let i = 0; i < data.length; i++) data[i] = Math.round(small.data[i]);
  }
  return { width, height, data };
};

/** Everything of one pyramid level that the search reads; floats, because mixing integer and float arrays costs conversions. */
type Level = {
  width: number;
  height: number;
  first: Grey;
  second: Grey;
  reference: Float64Array;
  gradientX: Float64Array;
  gradientY: Float64Array;
  /** The second picture with `border` replicated samples on each side. */
  searched: Float64Array;
};

/** 3x3 Sobel, mirrored border without repeating the edge sample (BORDER_REFLECT_101). */
const sobel = (grey: Grey): { x: Float64Array; y: Float64Array } => {
  const { width, height, data } = grey;
  const x = new Float64Array(width * height);
  const y = new Float64Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    const above = (row > 0 ? row - 1 : Math.min(1, height - 1)) * width;
    const here = row * width;
    const below = (row < height - 1 ? row + 1 : Math.max(0, height - 2)) * width;
    for (let column = 0; column < width; column++, i++) {
      const left = column > 0 ? column - 1 : Math.min(1, width - 1);
      const right = column < width - 1 ? column + 1 : Math.max(0, width - 2);
      const corners = data[below + right] - data[above + left];
      const others = data[above + right] - data[below + left];
      x[i] = corners + others + 2 * (data[here + right] - data[here + left]);
      y[i] = corners - others + 2 * (data[below + column] - data[above + column]);
    }
  }
  return { x, y };
};

const makeLevel = (first: Grey, second: Grey): Level => {
  const { width, height } = first;
  const wide = width + 2 * border;
  const searched = new Float64Array(wide * (height + 2 * border));
  for (let y = -border, i = 0; y < height + border; y++) {
    const row = Math.min(height - 1, Math.max(0, y)) * width;
    for (let x = -border; x < width + border; x++, i++)
      searched[i] = second.data[row + Math.min(width - 1, Math.max(0, x))];
  }
  const gradient = sobel(first);
  return {
    width,
    height,
    first,
    second,
    reference: Float64Array.from(first.data),
    gradientX: gradient.x,
    gradientY: gradient.y,
    searched,
  };
};

/** Flow at patches' corners (a sparse grid with step `stride`), and the dense field that it is started from and spread to. */
type Field = { u: Float32Array; v: Float32Array };

/** Where a patch moved by (u, v) reads in the bordered picture; shared by all searches because nothing here runs in parallel. */
const read = { at: 0, w00: 0, w01: 0, w10: 0, w11: 0 };
const aim = (level: Level, column: number, row: number, u: number, v: number): void => {
  const lowest = border - patch + 1;
  const y = Math.min(Math.max(row + v + border, lowest), border + level.height - 1);
  const x = Math.min(Math.max(column + u + border, lowest), border + level.width - 1);
  const x0 = x | 0;
  const y0 = y | 0;
  const fx = x - x0;
  const fy = y - y0;
  read.at = y0 * (level.width + 2 * border) + x0;
  read.w11 = fx * fy;
  read.w10 = (1 - fx) * fy;
  read.w01 = fx * (1 - fy);
  read.w00 = (1 - fx) * (1 - fy);
};

/** Sum of squared differences between a patch and where `aim` points, each less its mean. */
const mismatch = (level: Level, origin: number): number => {
  const { reference, searched, width } = level;
  const { w00, w01, w10, w11 } = read;
  const wide = width + 2 * border;
  let sum = 0;
  let squares = 0;
  for (let i = 0, p = origin, q = read.at; i < patch; i++, p += width, q += wide) {
    let a = searched[q];
    let c = searched[q + wide];
    for (let j = 0; j < patch; j++) {
      const b = searched[q + j + 1];
      const d = searched[q + wide + j + 1];
      const difference = w00 * a + w01 * b + w10 * c + w11 * d - reference[p + j];
      sum += difference;
      squares += difference * difference;
      a = b;
      c = d;
    }
  }
  return squares - (sum * sum) / (patch * patch);
};

/** The same together with the products of the difference and the patch's gradients that a descent step needs. */
const slope = { x: 0, y: 0 };
const mismatchAndSlope = (level: Level, origin: number, sumX: number, sumY: number): number => {
  const { reference, searched, width, gradientX, gradientY } = level;
  const { w00, w01, w10, w11 } = read;
  const wide = width + 2 * border;
  let sum = 0;
  let squares = 0;
  let alongX = 0;
  let alongY = 0;
  for (let i = 0, p = origin, q = read.at; i < patch; i++, p += width, q += wide) {
    let a = searched[q];
    let c = searched[q + wide];
    for (let j = 0; j < patch; j++) {
      const b = searched[q + j + 1];
      const d = searched[q + wide + j + 1];
      const difference = w00 * a + w01 * b + w10 * c + w11 * d - reference[p + j];
      sum += difference;
      squares += difference * difference;
      alongX += difference * gradientX[p + j];
      alongY += difference * gradientY[p + j];
      a = b;
      c = d;
    }
  }
  slope.x = alongX - (sum * sumX) / (patch * patch);
  slope.y = alongY - (sum * sumY) / (patch * patch);
  return squares - (sum * sum) / (patch * patch);
};

/** Gradient descent from the best candidate of one patch; the result is kept unless it ran further than a patch. */
const descend = (level: Level, column: number, row: number, sparse: Field, s: number): void => {
  const { width, gradientX, gradientY } = level;
  const origin = row * width + column;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0, p = origin; i < patch; i++, p += width) {
    for (let j = 0; j < patch; j++) {
      const gx = gradientX[p + j];
      const gy = gradientY[p + j];
      xx += gx * gx;
      yy += gy * gy;
      xy += gx * gy;
      sumX += gx;
      sumY += gy;
    }
  }
  let determinant = xx * yy - xy * xy;
  if (Math.abs(determinant) < smallest) determinant = smallest;
  let u = sparse.u[s];
  let v = sparse.v[s];
  let least = 1e10;
  for (let step = 0; step < descentSteps; step++) {
    aim(level, column, row, u, v);
    const cost = mismatchAndSlope(level, origin, sumX, sumY);
    u -= (yy * slope.x - xy * slope.y) / determinant;
    v -= (xx * slope.y - xy * slope.x) / determinant;
    if (cost >= least) break;
    least = cost;
  }
  if (Math.hypot(u - sparse.u[s], v - sparse.v[s]) <= patch) {
    sparse.u[s] = u;
    sparse.v[s] = v;
  }
};

/**
 * Search of all patches: once down and right, once up and left, each patch tried with its own vector and those of the neighbours already
 * visited. Rows are dealt with in eight stripes between which nothing propagates, as in OpenCV (there for threads, here for the same result).
 */
const search = (level: Level, dense: Field, sparse: Field, columns: number, rows: number): void => {
  const half = patch >> 1;
  const perStripe = Math.ceil(rows / stripes);
  for (let begin = 0; begin < rows; begin += perStripe) {
    const end = Math.min(rows, begin + perStripe);
    for (const direction of [1, -1]) {
      const firstRow = direction > 0 ? begin : end - 1;
      const firstColumn = direction > 0 ? 0 : columns - 1;
      for (let r = firstRow; r >= begin && r < end; r += direction) {
        for (let c = firstColumn; c >= 0 && c < columns; c += direction) {
          const row = r * stride;
          const column = c * stride;
          const s = r * columns + c;
          const origin = row * level.width + column;
          if (direction > 0) {
            const centre = (row + half) * level.width + column + half;
            sparse.u[s] = dense.u[centre];
            sparse.v[s] = dense.v[centre];
          }
          aim(level, column, row, sparse.u[s], sparse.v[s]);
          let least = mismatch(level, origin);
          for (let side = 0; side < 2; side++) {
            if (side === 0 ? c === firstColumn : r === firstRow) continue;
            const neighbour = side === 0 ? s - direction : s - direction * columns;
            aim(level, column, row, sparse.u[neighbour], sparse.v[neighbour]);
            const cost = mismatch(level, origin);
            if (cost < least) {
              least = cost;
              sparse.u[s] = sparse.u[neighbour];
              sparse.v[s] = sparse.v[neighbour];
            }
          }
          descend(level, column, row, sparse, s);
        }
      }
    }
  }
};

/** Each pixel gets the mean of the vectors of the patches that cover it, weighted by how well each explains the pixel. */
const spread = (level: Level, sparse: Field, dense: Field, columns: number, rows: number): void => {
  const { width, height } = level;
  const first = level.first.data;
  const second = level.second.data;
  for (let y = 0, i = 0; y < height; y++) {
    const lastRow = Math.min(Math.floor(y / stride), rows - 1);
    const firstRow = y < patch ? 0 : Math.min(Math.floor((y - patch) / stride) + 1, lastRow);
    for (let x = 0; x < width; x++, i++) {
      const lastColumn = Math.min(Math.floor(x / stride), columns - 1);
      const firstColumn = x < patch ? 0 : Math.min(Math.floor((x - patch) / stride) + 1, lastColumn);
      let sumU = 0;
      let sumV = 0;
      let total = 0;
      for (let r = firstRow; r <= lastRow; r++) {
        for (let c = firstColumn; c <= lastColumn; c++) {
          const u = sparse.u[r * columns + c];
          const v = sparse.v[r * columns + c];
          const sx = Math.min(Math.max(x + u, 0), width - 1 - smallest);
          const sy = Math.min(Math.max(y + v, 0), height - 1 - smallest);
          const x0 = sx | 0;
          const y0 = sy | 0;
          const fx = sx - x0;
          const fy = sy - y0;
          const at = y0 * width + x0;
          const seen =
            (1 - fy) * ((1 - fx) * second[at] + fx * second[at + 1]) +
            fy * ((1 - fx) * second[at + width] + fx * second[at + width + 1]);
          const weight = 1 / Math.max(1, Math.abs(seen - first[i]));
          sumU += weight * u;
          sumV += weight * v;
          total += weight;
        }
      }
      dense.u[i] = sumU / total;
      dense.v[i] = sumV / total;
    }
  }
};

const grown = (field: Float32Array, from: Grey, width: number, height: number, gain: number): Float32Array => {
  const image = resizeImage({ channels: 1, width: from.width, height: from.height, data: field }, width, height);
  for (let i = 0; i < image.data.length; i++) image.data[i] *= gain;
  return image.data;
};

/**
 * Optical flow [2,H,W] in pixels (dx, dy) with a(x) ≈ b(x + flow(x)). Pictures are R'G'B' 0..1 [3,H,W] or 8-bit grey (give grey when a
 * picture is used more than once), of one size, at least 32 pixels a side.
 */
export const disFlow = (a: Image | Grey, b: Image | Grey): Image => {
  const [first, second] = [a, b].map((picture) => ('channels' in picture ? toGrey(picture) : picture));
  const { width, height } = first;
  if (width !== second.width || height !== second.height) throw new RangeError('disFlow: the pictures differ in size');
  if (Math.min(width, height) < 32) throw new RangeError('disFlow: pictures must be at least 32 pixels a side');
  const byLength = Math.floor(Math.log2(Math.max(width, height) / (4 * patch)) + 0.5);
  const byBreadth = Math.floor(Math.log2(Math.floor(Math.min(width, height) / patch)));
  const coarsestScale = Math.max(finestScale, Math.min(byLength, byBreadth));

  const levels: Level[] = [];
  let [smallFirst, smallSecond] = [first, second];
  for (let scale = 1; scale <= coarsestScale; scale++) {
    [smallFirst, smallSecond] = [halve(smallFirst), halve(smallSecond)];
    levels.push(makeLevel(smallFirst, smallSecond));
  }
  let dense: Field | undefined;
  let previous: Level | undefined;
  for (const level of levels.reverse()) {
    const count = level.width * level.height;
    dense =
      dense && previous
        ? {
            u: grown(dense.u, previous.first, level.width, level.height, 2),
            v: grown(dense.v, previous.first, level.width, level.height, 2),
          }
        : { u: new Float32Array(count), v: new Float32Array(count) };
    const columns = 1 + Math.floor((level.width - patch) / stride);
    const rows = 1 + Math.floor((level.height - patch) / stride);
    const sparse = { u: new Float32Array(columns * rows), v: new Float32Array(columns * rows) };
    search(level, dense, sparse, columns, rows);
    spread(level, sparse, dense, columns, rows);
    refineFlow(level.first, level.second, dense.u, dense.v);
    previous = level;
  }
  const out = createImage(2, width, height);
  if (dense && previous) {
    out.data.set(grown(dense.u, previous.first, width, height, 2), 0);
    out.data.set(grown(dense.v, previous.first, width, height, 2), width * height);
  }
  return out;
};
