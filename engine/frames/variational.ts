/*
 * Variational refinement of a flow field: the energy of T. Brox, A. Bruhn, N. Papenberg, J. Weickert, "High Accuracy Optical Flow
 * Estimation Based on a Theory for Warping", ECCV 2004 (brightness and gradient constancy, robust smoothness), with the normalised data
 * term of H. Zimmer et al. 2011, linearised around the given flow and solved by red-black successive over-relaxation. Constants and order
 * of steps are those of OpenCV's VariationalRefinement (Apache-2.0, modules/video/src/variational_refinement.cpp was read for them), which
 * made the fields that the network is trained on. Written anew on plain row-major arrays.
 */
import type { Grey } from './dis-flow.ts';
import { warp } from './warp.ts';

const fixedPointSteps = 5;
const relaxationSteps = 5;
const omega = 1.6;
const halfAlpha = 10;
const halfDelta = 2.5;
const halfGamma = 5;
const zeta2 = 0.1 * 0.1;
/** The robust penalties' soft zero: OpenCV 5.0 has 0.01 within DIS and 0.001 for the refinement alone. */
const epsilon2 = 0.01 * 0.01;

/** Central difference [−1, 0, 1] along one axis (not halved), border replicated. */
const difference = (source: Float32Array, width: number, height: number, vertical: boolean): Float32Array => {
  const out = new Float32Array(source.length);
  for (let y = 0, i = 0; y < height; y++) {
    const up = vertical && y > 0 ? width : 0;
    const down = vertical && y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      out[i] = vertical
        ? source[i + down] - source[i - up]
        : source[x < width - 1 ? i + 1 : i] - source[x > 0 ? i - 1 : i];
    }
  }
  return out;
};

type Derivatives = Record<'x' | 'y' | 't' | 'xx' | 'xy' | 'yy' | 'xt' | 'yt', Float32Array>;

/** Derivatives of the mean of the first picture and the second one fetched along the flow, and of their difference. */
const differentiate = (first: Grey, second: Grey, u: Float32Array, v: Float32Array): Derivatives => {
  const { width, height } = first;
  const count = width * height;
  const flow = { channels: 2, width, height, data: new Float32Array(2 * count) };
  flow.data.set(u, 0);
  flow.data.set(v, count);
  const fetched = warp({ channels: 1, width, height, data: Float32Array.from(second.data) }, flow).data;
  const mean = new Float32Array(count);
  const t = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    mean[i] = 0.5 * (first.data[i] + fetched[i]);
    t[i] = fetched[i] - first.data[i];
  }
  const x = difference(mean, width, height, false);
  const y = difference(mean, width, height, true);
  return {
    x,
    y,
    t,
    xx: difference(x, width, height, false),
    xy: difference(x, width, height, true),
    yy: difference(y, width, height, true),
    xt: difference(t, width, height, false),
    yt: difference(t, width, height, true),
  };
};

/** Per pixel [a11 a12; a12 a22] · (du, dv) = (b1, b2) + neighbours' pull; `pull` is the smoothness weight towards right and lower neighbour. */
type System = Record<'a11' | 'a12' | 'a22' | 'b1' | 'b2' | 'pull', Float32Array>;

/** Brightness and gradient constancy for the increment (du, dv) reached so far: sets all of the system but `pull`. */
const addData = (system: System, d: Derivatives, du: Float32Array, dv: Float32Array): void => {
  const { a11, a12, a22, b1, b2 } = system;
  for (let i = 0; i < du.length; i++) {
    const x = d.x[i];
    const y = d.y[i];
    const t = d.t[i];
    const norm = x * x + y * y + zeta2;
    const error = t + x * du[i] + y * dv[i];
    const bright = halfDelta / (Math.sqrt((error * error) / norm + epsilon2) * norm);

    const xx = d.xx[i];
    const xy = d.xy[i];
    const yy = d.yy[i];
    const xt = d.xt[i];
    const yt = d.yt[i];
    const overX = 1 / (xx * xx + xy * xy + zeta2);
    const overY = 1 / (yy * yy + xy * xy + zeta2);
    const errorX = xt + xx * du[i] + xy * dv[i];
    const errorY = yt + xy * du[i] + yy * dv[i];
    const edge = halfGamma / Math.sqrt(errorX * errorX * overX + errorY * errorY * overY + epsilon2);
    const byX = edge * overX;
    const byY = edge * overY;

    a11[i] = bright * x * x + zeta2 + byX * xx * xx + byY * xy * xy;
    a12[i] = bright * x * y + byX * xx * xy + byY * xy * yy;
    a22[i] = bright * y * y + zeta2 + byX * xy * xy + byY * yy * yy;
    b1[i] = -(bright * t * x + byX * xx * xt + byY * xy * yt);
    b2[i] = -(bright * t * y + byX * xy * xt + byY * yy * yt);
  }
};

/** Smoothness: the weight comes from the current flow (u + du), the pull acts on the flow that was given. No pull across the border. */
const addSmoothness = (
  system: System,
  u: Float32Array,
  v: Float32Array,
  du: Float32Array,
  dv: Float32Array,
  width: number,
  height: number,
): void => {
  const { a11, a22, b1, b2, pull } = system;
  for (let y = 0, i = 0; y < height; y++) {
    const down = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      const r = x < width - 1 ? i + 1 : i;
      const l = i + down;
      const nowU = u[i] + du[i];
      const nowV = v[i] + dv[i];
      const ux = u[r] + du[r] - nowU;
      const vx = v[r] + dv[r] - nowV;
      const uy = u[l] + du[l] - nowU;
      const vy = v[l] + dv[l] - nowV;
      const weight = halfAlpha / Math.sqrt(ux * ux + vx * vx + uy * uy + vy * vy + epsilon2);
      pull[i] = weight;
      if (r !== i) {
        const pullU = weight * (u[r] - u[i]);
        const pullV = weight * (v[r] - v[i]);
        b1[i] += pullU;
        b1[r] -= pullU;
        b2[i] += pullV;
        b2[r] -= pullV;
        a11[i] += weight;
        a11[r] += weight;
        a22[i] += weight;
        a22[r] += weight;
      }
      if (l !== i) {
        const pullU = weight * (u[l] - u[i]);
        const pullV = weight * (v[l] - v[i]);
        b1[i] += pullU;
        b1[l] -= pullU;
        b2[i] += pullV;
        b2[l] -= pullV;
        a11[i] += weight;
        a11[l] += weight;
        a22[i] += weight;
        a22[l] += weight;
      }
    }
  }
};

/** One half-step over the pixels with (x + y) even (`colour` 0) or odd; the other half's values stand still meanwhile. */
const relax = (
  system: System,
  du: Float32Array,
  dv: Float32Array,
  width: number,
  height: number,
  colour: number,
): void => {
  const { a11, a12, a22, b1, b2, pull } = system;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = (y + colour) & 1; x < width; x += 2) {
      const i = row + x;
      let sumU = b1[i];
      let sumV = b2[i];
      const weight = pull[i];
      if (x > 0) {
        sumU += pull[i - 1] * du[i - 1];
        sumV += pull[i - 1] * dv[i - 1];
      }
      if (x < width - 1) {
        sumU += weight * du[i + 1];
        sumV += weight * dv[i + 1];
      }
      if (y > 0) {
        sumU += pull[i - width] * du[i - width];
        sumV += pull[i - width] * dv[i - width];
      }
      if (y < height - 1) {
        sumU += weight * du[i + width];
        sumV += weight * dv[i + width];
      }
      const newU = du[i] + omega * ((sumU - a12[i] * dv[i]) / a11[i] - du[i]);
      du[i] = newU;
      dv[i] += omega * ((sumV - a12[i] * newU) / a22[i] - dv[i]);
    }
  }
};

/** Improves a dense flow (u, v: float32 [H·W], pixels, first(x) ≈ second(x + flow)) in place. */
export const refineFlow = (first: Grey, second: Grey, u: Float32Array, v: Float32Array): void => {
  const { width, height } = first;
  const count = width * height;
  const derivatives = differentiate(first, second, u, v);
  const make = (): Float32Array => new Float32Array(count);
  const system: System = { a11: make(), a12: make(), a22: make(), b1: make(), b2: make(), pull: make() };
  const du = make();
  const dv = make();
  for (let step = 0; step < fixedPointSteps; step++) {
    addData(system, derivatives, du, dv);
    addSmoothness(system, u, v, du, dv, width, height);
    for (let i = 0; i < relaxationSteps; i++) {
      relax(system, du, dv, width, height, 0);
      relax(system, du, dv, width, height, 1);
    }
  }
  for (let i = 0; i < count; i++) {
    u[i] += du[i];
    v[i] += dv[i];
  }
};
