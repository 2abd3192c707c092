/*
 * Fetching pixels of a full-size plane at fractional places, row by row: the inner loop of compose.ts and nearly all of its time.
 * Positions are piecewise linear along a row (their field is a bilinear upsampling), so a row is a list of segments in which position and
 * share advance by constant steps; that replaces seven array reads a pixel. 8-bit planes are read four samples at a time and filtered two
 * at a time in the halves of one 32-bit integer (measured: half the time of sixteen single reads).
 */

export type Plane = Uint8Array | Uint16Array;

/** Replicated border: a position is clamped to [−2, size+1], its four taps reach from −3 to size+3. */
const pad = 4;
const fractionBits = 7;
const fractions = 1 << fractionBits;
const positionBits = 16;
const phaseShift = positionBits - fractionBits;
const position = 2 ** positionBits;
/** So that truncation to 1/128 px rounds. */
const halfPhase = 1 << (phaseShift - 1);

/** Catmull-Rom weights of every fraction, four a row, integers that sum to 2^bits exactly so that flat areas stay flat to the bit. */
const catmullRom = (bits: number): Int32Array => {
  const one = 2 ** bits;
  const table = new Int32Array(4 * fractions);
  for (let i = 0; i < fractions; i++) {
    const f = i / fractions;
    const outer = Math.round(one * (-0.5 * f + f * f - 0.5 * f * f * f));
    const far = Math.round(one * (-0.5 * f * f + 0.5 * f * f * f));
    const right = Math.round(one * (0.5 * f + 2 * f * f - 1.5 * f * f * f));
    table.set([outer, one - outer - right - far, right, far], 4 * i);
  }
  return table;
};

/** Vertical weights of the 8-bit path: a half-word holds 255 · 2^6 · 1.13 (the kernel's overshoot) with its sign. */
const coarseBits = 6;
const fineBits = 10;
const coarse = catmullRom(coarseBits);
const fine = catmullRom(fineBits);
/** Of the deep path, by sample depth: code · 2^(2·bits) · 1.27 stays below 2^31. */
const deepBits = (bits: number): number => (bits <= 10 ? 10 : bits <= 12 ? 9 : 7);
const deepKernels = new Map([10, 9, 7].map((bits) => [bits, catmullRom(bits)]));

/** A plane with its border, ready to be sampled. */
export type Source = { width: number; height: number; stride: number; samples: Plane; view: DataView; bits: number };

export const makeSource = (plane: Plane, width: number, height: number, bits: number): Source => {
  const stride = width + 2 * pad;
  const count = stride * (height + 2 * pad);
  const samples: Plane = plane instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
  for (let y = 0; y < height; y++) {
    const to = (y + pad) * stride;
    const from = y * width;
    samples.set(plane.subarray(from, from + width), to + pad);
    samples.fill(plane[from], to, to + pad);
    samples.fill(plane[from + width - 1], to + pad + width, to + stride);
  }
  for (let y = 0; y < pad; y++) {
    samples.copyWithin(y * stride, pad * stride, (pad + 1) * stride);
    samples.copyWithin((pad + height + y) * stride, (pad + height - 1) * stride, (pad + height) * stride);
  }
  return { width, height, stride, samples, view: new DataView(samples.buffer), bits };
};

/** Samples begin[k]..begin[k+1] of an axis lie between field samples cell[k] and cell[k]+1, at share first[k] + (x − begin[k]) · step[k]. */
export type Axis = { begin: Int32Array; cell: Int32Array; first: Float64Array; step: Float64Array };

/** `size` samples, `scale` field samples apart, half-pixel centres; before the first and beyond the last field sample values stand still. */
export const makeAxis = (size: number, fieldSize: number, scale: number): Axis => {
  const begin: number[] = [];
  const cell: number[] = [];
  const first: number[] = [];
  const step: number[] = [];
  let last = NaN;
  for (let x = 0; x < size; x++) {
    const at = (x + 0.5) * scale - 0.5;
    const key = at < 0 ? -1 : at >= fieldSize - 1 ? fieldSize : Math.floor(at);
    if (key === last) continue;
    last = key;
    const inside = key >= 0 && key < fieldSize;
    const index = Math.min(Math.max(0, key), Math.max(0, fieldSize - 2));
    begin.push(x);
    cell.push(index);
    first.push(inside ? at - index : key < 0 || fieldSize === 1 ? 0 : 1);
    step.push(inside ? scale : 0);
  }
  begin.push(size);
  return {
    begin: Int32Array.from(begin),
    cell: Int32Array.from(cell),
    first: Float64Array.from(first),
    step: Float64Array.from(step),
  };
};

/** Row `y` of an axis: which field rows, and how much of the lower one. */
export const rowShares = (axis: Axis, size: number): { cell: Int32Array; share: Float64Array } => {
  const cell = new Int32Array(size);
  const share = new Float64Array(size);
  for (let k = 0; k < axis.cell.length; k++) {
    for (let y = axis.begin[k]; y < axis.begin[k + 1]; y++) {
      cell[y] = axis.cell[k];
      share[y] = axis.first[k] + (y - axis.begin[k]) * axis.step[k];
    }
  }
  return { cell, share };
};

/** Writes a field row, already blended between its two field rows, at every sample of the axis. */
export const expandRow = (out: Float64Array, field: Float64Array, axis: Axis): void => {
  const { begin, cell, first, step } = axis;
  for (let k = 0; k < cell.length; k++) {
    const a = field[cell[k]];
    const rise = field[cell[k] + 1] - a;
    let value = a + first[k] * rise;
    const slope = step[k] * rise;
    const end = begin[k + 1];
    for (let x = begin[k]; x < end; x++) {
      out[x] = value;
      value += slope;
    }
  }
};

/** Field rows of one reference: displacement in the plane's pixels, and share. One value more than the field is wide (the last repeated). */
export type Motion = { dx: Float64Array; dy: Float64Array; share: Float64Array };

const toPosition = (value: number): number => Math.floor(value * position + 0.5) | 0;

/** Adds share · source(x + dx, y + dy) for every sample of row `y` to `sum`. */
export const addRow = (sum: Float64Array, source: Source, y: number, motion: Motion, axis: Axis): void => {
  if (source.bits === 8) addRow8(sum, source, y, motion, axis);
  else addRowDeep(sum, source, y, motion, axis);
};

// Positions further out than this read nothing but the border anyway; the bound keeps 16.16 integers from wrapping.
const reach = 16000;
const bounded = (value: number): number =>
  value > reach ? reach : value < -reach ? -reach : value > -reach ? value : 0;

const addRow8 = (sum: Float64Array, source: Source, y: number, motion: Motion, axis: Axis): void => {
  const { begin, cell, first, step } = axis;
  const { dx, dy, share } = motion;
  const { view, stride } = source;
  const left = -2 * position;
  const right = (source.width + 1) * position;
  const bottom = (source.height + 1) * position;
  const unit = 2 ** -(coarseBits + fineBits);
  for (let k = 0; k < cell.length; k++) {
    const i = cell[k];
    const from = first[k];
    const slope = step[k];
    const shareRise = share[i + 1] - share[i];
    let part = (share[i] + from * shareRise) * unit;
    const partStep = slope * shareRise * unit;
    const start = begin[k];
    const end = begin[k + 1];
    if (share[i] <= 0 && share[i + 1] <= 0) continue;
    const riseX = dx[i + 1] - dx[i];
    const riseY = dy[i + 1] - dy[i];
    let px = toPosition(bounded(start + dx[i] + from * riseX)) + halfPhase;
    let py = toPosition(bounded(y + dy[i] + from * riseY)) + halfPhase;
    const stepX = toPosition(1 + bounded(slope * riseX));
    const stepY = toPosition(bounded(slope * riseY));
    for (let x = start; x < end; x++) {
      const sx = px < left ? left : px > right ? right : px;
      const sy = py < left ? left : py > bottom ? bottom : py;
      const at = Math.imul((sy >> positionBits) + (pad - 1), stride) + (sx >> positionBits) + (pad - 1);
      const ky = ((sy >> phaseShift) & (fractions - 1)) << 2;
      const kx = ((sx >> phaseShift) & (fractions - 1)) << 2;
      const row0 = view.getInt32(at, true);
      const row1 = view.getInt32(at + stride, true);
      const row2 = view.getInt32(at + 2 * stride, true);
      const row3 = view.getInt32(at + 3 * stride, true);
      const w0 = coarse[ky];
      const w1 = coarse[ky + 1];
      const w2 = coarse[ky + 2];
      const w3 = coarse[ky + 3];
      // Columns 0 and 2 share one integer, 1 and 3 the other; a negative low half borrows from the high one and is paid back below.
      const even =
        (Math.imul(w0, row0 & 0xff00ff) +
          Math.imul(w1, row1 & 0xff00ff) +
          Math.imul(w2, row2 & 0xff00ff) +
          Math.imul(w3, row3 & 0xff00ff)) |
        0;
      const odd =
        (Math.imul(w0, (row0 >>> 8) & 0xff00ff) +
          Math.imul(w1, (row1 >>> 8) & 0xff00ff) +
          Math.imul(w2, (row2 >>> 8) & 0xff00ff) +
          Math.imul(w3, (row3 >>> 8) & 0xff00ff)) |
        0;
      const column0 = (even << 16) >> 16;
      const column1 = (odd << 16) >> 16;
      const value =
        (Math.imul(fine[kx], column0) +
          Math.imul(fine[kx + 1], column1) +
          Math.imul(fine[kx + 2], (even - column0) >> 16) +
          Math.imul(fine[kx + 3], (odd - column1) >> 16)) |
        0;
      sum[x] += part * value;
      part += partStep;
      px = (px + stepX) | 0;
      py = (py + stepY) | 0;
    }
  }
};

const addRowDeep = (sum: Float64Array, source: Source, y: number, motion: Motion, axis: Axis): void => {
  const { begin, cell, first, step } = axis;
  const { dx, dy, share } = motion;
  const { samples, stride } = source;
  const left = -2 * position;
  const right = (source.width + 1) * position;
  const bottom = (source.height + 1) * position;
  const bits = deepBits(source.bits);
  const kernel = deepKernels.get(bits) ?? fine;
  const unit = 2 ** (-2 * bits);
  for (let k = 0; k < cell.length; k++) {
    const i = cell[k];
    const from = first[k];
    const slope = step[k];
    const shareRise = share[i + 1] - share[i];
    let part = (share[i] + from * shareRise) * unit;
    const partStep = slope * shareRise * unit;
    const start = begin[k];
    const end = begin[k + 1];
    if (share[i] <= 0 && share[i + 1] <= 0) continue;
    const riseX = dx[i + 1] - dx[i];
    const riseY = dy[i + 1] - dy[i];
    let px = toPosition(bounded(start + dx[i] + from * riseX)) + halfPhase;
    let py = toPosition(bounded(y + dy[i] + from * riseY)) + halfPhase;
    const stepX = toPosition(1 + bounded(slope * riseX));
    const stepY = toPosition(bounded(slope * riseY));
    for (let x = start; x < end; x++) {
      const sx = px < left ? left : px > right ? right : px;
      const sy = py < left ? left : py > bottom ? bottom : py;
      let at = Math.imul((sy >> positionBits) + (pad - 1), stride) + (sx >> positionBits) + (pad - 1);
      const ky = ((sy >> phaseShift) & (fractions - 1)) << 2;
      const kx = ((sx >> phaseShift) & (fractions - 1)) << 2;
      const a = kernel[kx];
      const b = kernel[kx + 1];
      const c = kernel[kx + 2];
      const d = kernel[kx + 3];
      let value = 0;
      for (let r = 0; r < 4; r++, at += stride) {
        const across =
          Math.imul(a, samples[at]) +
          Math.imul(b, samples[at + 1]) +
          Math.imul(c, samples[at + 2]) +
          Math.imul(d, samples[at + 3]);
        value = (value + Math.imul(kernel[ky + r], across)) | 0;
      }
      sum[x] += part * value;
      part += partStep;
      px = (px + stepX) | 0;
      py = (py + stepY) | 0;
    }
  }
};
