import type { Image, PlanarFrame } from './image.ts';
import { createImage } from './image.ts';
import { planeSize, resizeImage, toSourcePlanes } from './resize.ts';

/** A real full-size frame and how to fetch from it: at working-grid pixel x the new picture shows frame(x + flow(x)); flow [2,H,W] in working px. */
export type Reference = { frame: PlanarFrame; flow: Image };

/** All images at one working size. */
export type ComposeInput = {
  before?: Reference | undefined;
  after?: Reference | undefined;
  /** R'G'B' [3,H,W], 0..1. */
  generated: Image;
  /** [3,H,W]: shares of before, after and generated, not negative; made to sum to 1 here. A missing reference's share goes to `generated`. */
  weights: Image;
  /** R'G'B' [3,H,W], added to the mix. */
  residual?: Image | undefined;
};

/** Replicated border of a padded plane: a position is clamped to [−2, size+1], its four taps reach from −3 to size+3. */
const pad = 4;
const fractionBits = 7;
const fractions = 1 << fractionBits;

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

/** Weight precision by sample depth: code · 2^(2·bits) · 1.27 (the kernel's overshoot in two axes) stays below 2^31. */
const weightBits = { 8: 10, 10: 10, 12: 9, 16: 7 } as const;
const kernels = { 8: catmullRom(10), 10: catmullRom(10), 12: catmullRom(9), 16: catmullRom(7) } as const;

type Plane = Uint8Array | Uint16Array;

const padded = (plane: Plane, width: number, height: number): Plane => {
  const stride = width + 2 * pad;
  const out: Plane =
    plane instanceof Uint8Array
      ? new Uint8Array(stride * (height + 2 * pad))
      : new Uint16Array(stride * (height + 2 * pad));
  for (let y = 0; y < height; y++) {
    const to = (y + pad) * stride;
    const from = y * width;
    out.set(plane.subarray(from, from + width), to + pad);
    out.fill(plane[from], to, to + pad);
    out.fill(plane[from + width - 1], to + pad + width, to + stride);
  }
  for (let y = 0; y < pad; y++) {
    out.copyWithin(y * stride, pad * stride, (pad + 1) * stride);
    out.copyWithin((pad + height + y) * stride, (pad + height - 1) * stride, (pad + height) * stride);
  }
  return out;
};

/** Where the samples of one axis lie among the field's: value(i) = field[index[i]] + share[i] · (field[index[i] + 1] − field[index[i]]). */
const makeAxis = (
  size: number,
  fullSize: number,
  fieldSize: number,
  log2Sub: number,
): { index: Int32Array; share: Float64Array } => {
  const index = new Int32Array(size);
  const share = new Float64Array(size);
  const scale = ((1 << log2Sub) * fieldSize) / fullSize;
  for (let i = 0; i < size; i++) {
    const at = Math.min(fieldSize - 1, Math.max(0, (i + 0.5) * scale - 0.5));
    index[i] = Math.min(Math.floor(at), Math.max(0, fieldSize - 2));
    share[i] = at - index[i];
  }
  return { index, share };
};

/** One working-size field brought to one full-size row: `across` interpolates what `down` has blended. */
const fieldRow = (
  field: Float32Array,
  offset: number,
  width: number,
  y: number,
  down: ReturnType<typeof makeAxis>,
  across: ReturnType<typeof makeAxis>,
  blended: Float64Array,
  out: Float64Array,
  gain: number,
): void => {
  const top = offset + down.index[y] * width;
  const share = down.share[y];
  const bottom = share > 0 ? top + width : top;
  for (let x = 0; x < width; x++) {
    const a = field[top + x];
    blended[x] = gain * (a + share * (field[bottom + x] - a));
  }
  blended[width] = blended[width - 1];
  const { index, share: shares } = across;
  for (let x = 0; x < out.length; x++) {
    const i = index[x];
    const a = blended[i];
    out[x] = a + shares[x] * (blended[i + 1] - a);
  }
};

/** Fields of one reference at one plane row: where each pixel's taps start in the padded plane, the two fractions, and the share. */
type RowPlan = { at: Int32Array; phase: Int32Array; share: Float64Array };

const planRow = (plan: RowPlan, dx: Float64Array, dy: Float64Array, y: number, width: number, height: number): void => {
  const stride = width + 2 * pad;
  const left = -2 * fractions;
  const right = (width + 1) * fractions;
  const bottom = (height + 1) * fractions;
  const baseY = y * fractions + 0.5;
  for (let x = 0; x < width; x++) {
    let sx = Math.floor(dx[x] + x * fractions + 0.5) | 0;
    let sy = Math.floor(dy[x] + baseY) | 0;
    sx = sx < left ? left : sx > right ? right : sx;
    sy = sy < left ? left : sy > bottom ? bottom : sy;
    plan.at[x] = ((sy >> fractionBits) + pad - 1) * stride + (sx >> fractionBits) + pad - 1;
    plan.phase[x] = ((sy & (fractions - 1)) << 16) | (sx & (fractions - 1));
  }
};

/** Adds share · Catmull-Rom sample to the row. `unit` = 2^(−2·bits). */
const addSamples = (
  sum: Float64Array,
  plane: Plane,
  stride: number,
  plan: RowPlan,
  kernel: Int32Array,
  unit: number,
): void => {
  const { at, phase, share } = plan;
  const stride2 = 2 * stride;
  const stride3 = 3 * stride;
  for (let x = 0; x < sum.length; x++) {
    const part = share[x];
    if (part <= 0) continue;
    const p = at[x];
    const code = phase[x];
    const kx = (code & 0xffff) << 2;
    const ky = (code >> 16) << 2;
    const a = kernel[kx];
    const b = kernel[kx + 1];
    const c = kernel[kx + 2];
    const d = kernel[kx + 3];
    const value =
      Math.imul(
        kernel[ky],
        Math.imul(a, plane[p]) + Math.imul(b, plane[p + 1]) + Math.imul(c, plane[p + 2]) + Math.imul(d, plane[p + 3]),
      ) +
      Math.imul(
        kernel[ky + 1],
        Math.imul(a, plane[p + stride]) +
          Math.imul(b, plane[p + stride + 1]) +
          Math.imul(c, plane[p + stride + 2]) +
          Math.imul(d, plane[p + stride + 3]),
      ) +
      Math.imul(
        kernel[ky + 2],
        Math.imul(a, plane[p + stride2]) +
          Math.imul(b, plane[p + stride2 + 1]) +
          Math.imul(c, plane[p + stride2 + 2]) +
          Math.imul(d, plane[p + stride2 + 3]),
      ) +
      Math.imul(
        kernel[ky + 3],
        Math.imul(a, plane[p + stride3]) +
          Math.imul(b, plane[p + stride3 + 1]) +
          Math.imul(c, plane[p + stride3 + 2]) +
          Math.imul(d, plane[p + stride3 + 3]),
      );
    sum[x] += part * unit * (value | 0);
  }
};

const finishRow = (out: Plane, offset: number, sum: Float64Array, top: number): void => {
  for (let x = 0; x < sum.length; x++) {
    const value = (sum[x] + 0.5) | 0;
    out[offset + x] = value < 0 ? 0 : value > top ? top : value;
  }
};

/** Shares made to sum to 1, and per plane what the generation adds: share · planes(generated) + planes(generated + residual) − planes(generated). */
const prepare = (input: ComposeInput, like: PlanarFrame): { shares: Image; base: Image } => {
  const { generated, weights, residual, before, after } = input;
  const { width, height } = generated;
  const count = width * height;
  for (const [name, image, channels] of [
    ['weights', weights, 3],
    ['residual', residual, 3],
    ['before.flow', before?.flow, 2],
    ['after.flow', after?.flow, 2],
  ] as const) {
    if (image && (image.width !== width || image.height !== height || image.channels < channels)) {
      throw new RangeError(
        `compose: ${name} is ${image.channels}x${image.width}x${image.height}, expected ${channels}x${width}x${height}`,
      );
    }
  }
  for (const [name, reference] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const frame = reference?.frame;
    if (
      frame &&
      (frame.width !== like.width || frame.height !== like.height || frame.format.pixFmt !== like.format.pixFmt)
    ) {
      throw new RangeError(
        `compose: ${name} is ${frame.width}x${frame.height} ${frame.format.pixFmt}, expected ${like.width}x${like.height} ${like.format.pixFmt}`,
      );
    }
  }
  const shares = createImage(3, width, height);
  for (let i = 0; i < count; i++) {
    const b = before ? Math.max(0, weights.data[i]) : 0;
    const a = after ? Math.max(0, weights.data[count + i]) : 0;
    const rest =
      Math.max(0, weights.data[2 * count + i]) +
      (before ? 0 : Math.max(0, weights.data[i])) +
      (after ? 0 : Math.max(0, weights.data[count + i]));
    const total = b + a + rest;
    shares.data[i] = total > 0 ? b / total : 0;
    shares.data[count + i] = total > 0 ? a / total : 0;
    shares.data[2 * count + i] = total > 0 ? rest / total : 1;
  }
  const base = toSourcePlanes(generated, like);
  if (residual) {
    const lifted = toSourcePlanes(
      { ...generated, data: generated.data.map((value, i) => value + residual.data[i]) },
      like,
    );
    for (let i = 0; i < 3 * count; i++)
      base.data[i] = lifted.data[i] + (shares.data[2 * count + (i % count)] - 1) * base.data[i];
  } else {
    for (let i = 0; i < 3 * count; i++) base.data[i] *= shares.data[2 * count + (i % count)];
  }
  return { shares, base };
};

/**
 * One new frame at full size, in the source's own planes: each pixel is share_before · before(x + flow) + share_after · after(x + flow) +
 * share_generated · generated + residual. Fields are bilinear upsamplings of the working-size ones (half-pixel centres); references are
 * sampled per plane with Catmull-Rom at 1/128 px, border replicated; displacement is the same fraction of the picture at every size, and
 * chroma is taken to sit in the middle of its block on both sides, which leaves a copy where it was. Codes are rounded and clipped to
 * 0..2^bits−1. Alpha is sampled from the references alone (opaque without any). Integer and float64 arithmetic in a fixed order: same input, same bytes.
 *
 * References must have `like`'s size and format (RangeError). 1080p 4:2:0 8-bit with two references: see tests/bench/frames-speed.ts.
 */
export const compose = (input: ComposeInput, like: PlanarFrame): PlanarFrame => {
  const { shares, base } = prepare(input, like);
  const planes = like.planes.map((plane): Plane =>
    plane instanceof Uint8Array ? new Uint8Array(plane.length) : new Uint16Array(plane.length),
  );
  const colourGroups = like.format.rgb ? [[0, 1, 2]] : [[0], [1, 2]];
  for (const group of colourGroups) composeGroup(group, input, shares, base, like, planes);
  if (like.format.alpha) composeAlpha(input, shares, like, planes);
  return { format: like.format, colour: like.colour, width: like.width, height: like.height, planes };
};

/** Planes of one size share their positions. */
const composeGroup = (
  group: number[],
  input: ComposeInput,
  shares: Image,
  base: Image | undefined,
  like: PlanarFrame,
  planes: Plane[],
): void => {
  const { width, height } = planeSize(like, group[0]);
  const subsampled = !like.format.rgb && group[0] === 1;
  // Where the plane is smaller than the working grid, fields are first averaged down to it: interpolation alone would skip samples.
  const fit = (image: Image): Image =>
    width < image.width || height < image.height
      ? resizeImage(image, Math.min(width, image.width), Math.min(height, image.height))
      : image;
  const [fitShares, fitBase] = [fit(shares), base && fit(base)];
  const references = [input.before, input.after].flatMap((reference, r) =>
    reference
      ? [
          {
            flow: fit(reference.flow),
            gainX: (width / reference.flow.width) * fractions,
            gainY: (height / reference.flow.height) * fractions,
            channel: r,
            padded: group.map((p) => padded(reference.frame.planes[p], width, height)),
            plan: { at: new Int32Array(width), phase: new Int32Array(width), share: new Float64Array(width) },
          },
        ]
      : [],
  );
  const field = { width: fitShares.width, height: fitShares.height };
  const across = makeAxis(width, like.width, field.width, subsampled ? like.format.log2ChromaW : 0);
  const down = makeAxis(height, like.height, field.height, subsampled ? like.format.log2ChromaH : 0);
  const blended = new Float64Array(field.width + 1);
  const dx = new Float64Array(width);
  const dy = new Float64Array(width);
  const sum = new Float64Array(width);
  const count = field.width * field.height;
  const kernel = kernels[like.format.bits];
  const unit = 2 ** (-2 * weightBits[like.format.bits]);
  const top = 2 ** like.format.bits - 1;
  for (let y = 0; y < height; y++) {
    for (const reference of references) {
      fieldRow(reference.flow.data, 0, field.width, y, down, across, blended, dx, reference.gainX);
      fieldRow(reference.flow.data, count, field.width, y, down, across, blended, dy, reference.gainY);
      fieldRow(
        fitShares.data,
        reference.channel * count,
        field.width,
        y,
        down,
        across,
        blended,
        reference.plan.share,
        1,
      );
      planRow(reference.plan, dx, dy, y, width, height);
    }
    group.forEach((p, g) => {
      if (fitBase) fieldRow(fitBase.data, p * count, field.width, y, down, across, blended, sum, 1);
      else sum.fill(0);
      for (const reference of references)
        addSamples(sum, reference.padded[g], width + 2 * pad, reference.plan, kernel, unit);
      finishRow(planes[p], y * width, sum, top);
    });
  }
};

/** Alpha like luma from the references, whose shares are made to sum to 1 between them (evenly where both are 0). */
const composeAlpha = (input: ComposeInput, shares: Image, like: PlanarFrame, planes: Plane[]): void => {
  if (!input.before && !input.after) {
    planes[3].fill(2 ** like.format.bits - 1);
    return;
  }
  const count = shares.width * shares.height;
  const only = createImage(3, shares.width, shares.height);
  for (let i = 0; i < count; i++) {
    const b = input.before ? shares.data[i] + 1e-6 : 0;
    const a = input.after ? shares.data[count + i] + 1e-6 : 0;
    only.data[i] = b / (a + b);
    only.data[count + i] = a / (a + b);
  }
  composeGroup([3], input, only, undefined, like, planes);
};
