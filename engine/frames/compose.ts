import type { Image, PlanarFrame } from './image.ts';
import { createImage } from './image.ts';
import { planeSize, resizeImage, toSourcePlanes } from './resize.ts';
import type { Plane } from './sampling.ts';
import { addRow, expandRow, makeAxis, makeSource, rowShares } from './sampling.ts';

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

const roundRow = (out: Plane, offset: number, sum: Float64Array, top: number): void => {
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

/** Row `y` of one field, blended between its two rows into `out`, whose last value is repeated for the segment beyond it. */
const blendRow = (
  field: Image,
  channel: number,
  cell: number,
  share: number,
  gain: number,
  out: Float64Array,
): void => {
  const { width, data } = field;
  const top = channel * width * field.height + cell * width;
  const bottom = share > 0 ? top + width : top;
  for (let x = 0; x < width; x++) out[x] = gain * (data[top + x] + share * (data[bottom + x] - data[top + x]));
  out[width] = out[width - 1];
};

/** Planes of one size share their positions. Without a `base` nothing is added to the references' samples. */
const composeGroup = (
  group: number[],
  input: ComposeInput,
  shares: Image,
  base: Image | undefined,
  like: PlanarFrame,
  planes: Plane[],
): void => {
  const { format } = like;
  const { width, height } = planeSize(like, group[0]);
  const subsampled = !format.rgb && group[0] === 1;
  // Where the plane is smaller than the working grid, fields are first averaged down to it: interpolation alone would skip samples.
  const fit = (image: Image): Image =>
    width < image.width || height < image.height
      ? resizeImage(image, Math.min(width, image.width), Math.min(height, image.height))
      : image;
  const [fitShares, fitBase] = [fit(shares), base && fit(base)];
  const field = { width: fitShares.width, height: fitShares.height };
  // The picture's size in this plane's samples: not the plane's own where an odd side was rounded up.
  const unitX = like.width / (subsampled ? 1 << format.log2ChromaW : 1);
  const unitY = like.height / (subsampled ? 1 << format.log2ChromaH : 1);
  const across = makeAxis(width, field.width, field.width / unitX);
  const down = rowShares(makeAxis(height, field.height, field.height / unitY), height);
  const row = (): Float64Array => new Float64Array(field.width + 1);
  const references = [input.before, input.after].flatMap((reference, channel) =>
    reference
      ? [
          {
            channel,
            flow: fit(reference.flow),
            gainX: unitX / reference.flow.width,
            gainY: unitY / reference.flow.height,
            motion: { dx: row(), dy: row(), share: row() },
            sources: group.map((p) => makeSource(reference.frame.planes[p], width, height, format.bits)),
          },
        ]
      : [],
  );
  const baseRow = row();
  const sum = new Float64Array(width);
  const top = 2 ** format.bits - 1;
  for (let y = 0; y < height; y++) {
    const [cell, share] = [down.cell[y], down.share[y]];
    for (const { motion, flow, channel, gainX, gainY } of references) {
      blendRow(flow, 0, cell, share, gainX, motion.dx);
      blendRow(flow, 1, cell, share, gainY, motion.dy);
      blendRow(fitShares, channel, cell, share, 1, motion.share);
    }
    for (let g = 0; g < group.length; g++) {
      if (fitBase) {
        blendRow(fitBase, group[g], cell, share, 1, baseRow);
        expandRow(sum, baseRow, across);
      } else sum.fill(0);
      for (const { sources, motion } of references) addRow(sum, sources[g], y, motion, across);
      roundRow(planes[group[g]], y * width, sum, top);
    }
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
