import type { Image, PlanarFrame } from './image.ts';
import { createImage } from './image.ts';
import { planeSize, resizeImage, toSourcePlanes } from './resize.ts';
import type { Plane, Source } from './sampling.ts';
import { addRow, expandRow, makeAxis, makeSource, rowShares } from './sampling.ts';

/** A real full-size frame and how to fetch from it: at working-grid pixel x the new picture shows frame(x + flow(x)); flow [2,H,W] in working px. */
export type Reference = { frame: PlanarFrame; flow: Image };

/** All images at one working size. */
export type ComposeInput = {
  before?: Reference | undefined;
  after?: Reference | undefined;
  /** The same two seen a second way, or two frames more (inpainting). */
  secondBefore?: Reference | undefined;
  secondAfter?: Reference | undefined;
  /** R'G'B' [3,H,W], 0..1. */
  generated: Image;
  /**
   * [3,H,W]: shares of before, after and generated, or [5,H,W]: and of before and after seen a second way. Not negative; made to sum to 1
   * here. A missing reference's share goes to `generated`.
   */
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
    ['secondBefore.flow', input.secondBefore?.flow, 2],
    ['secondAfter.flow', input.secondAfter?.flow, 2],
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
    ['secondBefore', input.secondBefore],
    ['secondAfter', input.secondAfter],
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
  const kinds = weights.channels > 3 ? 5 : 3;
  const shares = createImage(kinds, width, height);
  const there = [before, after, generated, input.secondBefore, input.secondAfter].map(Boolean);
  for (let i = 0; i < count; i++) {
    let total = 0;
    for (let k = 0; k < kinds; k++) {
      const share = Math.max(0, weights.data[k * count + i]);
      shares.data[(there[k] ? k : 2) * count + i] += share;
      total += share;
    }
    if (total > 0) for (let k = 0; k < kinds; k++) shares.data[k * count + i] /= total;
    else shares.data[2 * count + i] = 1;
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
 * share_generated · generated + residual, with two shares more for the second references where there are five. Fields are bilinear upsamplings of the working-size ones (half-pixel centres); references are
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

const channelOf = ({ data, width, height }: Image, channel: number): Float32Array =>
  data.subarray(channel * width * height, (channel + 1) * width * height);

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
  const sourcesOf = new Map<PlanarFrame, Source[]>();
  const opened = (frame: PlanarFrame): Source[] => {
    const sources = sourcesOf.get(frame) ?? group.map((p) => makeSource(frame.planes[p], width, height, format.bits));
    sourcesOf.set(frame, sources);
    return sources;
  };
  const references = [input.before, input.after, undefined, input.secondBefore, input.secondAfter].flatMap(
    (reference, channel) =>
      // Sampling is nearly all of the time: not for a part that nothing shows.
      reference && channelOf(shares, channel).some((share) => share > 0)
        ? [
            {
              channel,
              flow: fit(reference.flow),
              gainX: unitX / reference.flow.width,
              gainY: unitY / reference.flow.height,
              motion: { dx: row(), dy: row(), share: row() },
              sources: opened(reference.frame),
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
  if (!input.before && !input.after && !input.secondBefore && !input.secondAfter) {
    planes[3].fill(2 ** like.format.bits - 1);
    return;
  }
  const count = shares.width * shares.height;
  const only = createImage(shares.channels, shares.width, shares.height);
  const kinds = [input.before, input.after, undefined, input.secondBefore, input.secondAfter]
    .slice(0, shares.channels)
    .flatMap((reference, k) => (reference ? [k] : []));
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (const k of kinds) sum += shares.data[k * count + i] + 1e-6;
    for (const k of kinds) only.data[k * count + i] = (shares.data[k * count + i] + 1e-6) / sum;
  }
  composeGroup([3], input, only, undefined, like, planes);
};
