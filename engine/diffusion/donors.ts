import { affineFlow } from '../frames/affine-flow.ts';
import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { Field } from './fields.ts';
import { inside } from './fields.ts';
import { fillHole } from './fill-hole.ts';

/** A frame of the clip at the working size. `hole` [1,H,W] is 1 where it is to be repainted; `picture` has the hole filled smoothly. */
export type HoledFrame = { index: number; seconds: number; picture: Image; hole: Image; isWhole: boolean };

/** Another frame of the clip that shows some of what a hole hides, the way there, and how far it may be trusted. */
export type Donor = { frame: HoledFrame; field: Field };

/** Where the donors stand in the lineage of a frame. A place that has none on its own side may hold one of the other. */
export const donorSides = ['before', 'after', 'secondBefore', 'secondAfter'] as const;
export type DonorSide = (typeof donorSides)[number];
export type Donors = Readonly<Record<DonorSide, Donor | null>>;

/** Mean squared differences, of values 0..1. What nobody shows costs as much as a very wrong picture. */
const worstError = 0.05;
/** A second further away costs as much as this much error. */
const errorPerSecond = 1.5e-3;
/** How much worse than the best a way may be and still have a say, as a share of the best's error. */
const softness = 0.3;
const errorFloor = 1e-5;
/** The error at which trust in the best way has fallen to 1/e, and quickly beyond: there a smooth filling is hardly worse, and no wrong thing. */
const trustedError = 0.016;
/** Radius of the square over which errors are averaged, working pixels. */
const averaged = 3;

/**
 * A frame whose hole shows what the nearest frame in time shows at that place, where one does. Not an answer, but unlike a smooth filling
 * it has nothing in it that moves with the hole, which would lead the flow astray.
 */
export const plateOf = (frame: HoledFrame, others: readonly HoledFrame[]): Image => {
  if (frame.isWhole) return frame.picture;
  const count = frame.hole.data.length;
  const data = frame.picture.data.slice();
  const nearest = [...others].sort(
    (a, b) => Math.abs(a.seconds - frame.seconds) - Math.abs(b.seconds - frame.seconds) || a.index - b.index,
  );
  for (let i = 0; i < count; i++) {
    if (frame.hole.data[i] <= 0) continue;
    const from = nearest.find((other) => other.hole.data[i] <= 0);
    if (from !== undefined) for (let at = i; at < data.length; at += count) data[at] = from.picture.data[at];
  }
  return { ...frame.picture, data };
};

/** Means over squares around each place that count only what is `counted`; 0 where nothing is. */
const localMeans = (values: Image, counted: Uint8Array): Image => {
  const { width, height } = values;
  const pass = (source: Float64Array, length: number, lines: number, along: number, between: number): Float64Array => {
    const out = new Float64Array(source.length);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      const at = (i: number): number => source[line * between + i * along];
      for (let i = 0; i < Math.min(averaged, length); i++) sum += at(i);
      for (let i = 0; i < length; i++) {
        if (i + averaged < length) sum += at(i + averaged);
        if (i > averaged) sum -= at(i - averaged - 1);
        out[line * between + i * along] = sum;
      }
    }
    return out;
  };
  const boxed = (source: Float64Array): Float64Array =>
    pass(pass(source, width, height, 1, width), height, width, width, 1);
  const sums = boxed(Float64Array.from(values.data, (v, i) => v * counted[i]));
  const weights = boxed(Float64Array.from(counted));
  const out = createImage(1, width, height);
  for (let i = 0; i < out.data.length; i++) out.data[i] = weights[i] > 0.5 ? Math.max(0, sums[i]) / weights[i] : 0;
  return out;
};

/** Only places all of whose neighbours are seen: a field is interpolated at full size, and must not reach into a hole there. */
const withoutRim = (seen: Image): Image => {
  const { width, height } = seen;
  const out = { ...seen, data: seen.data.slice() };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (seen.data[i] > 0) continue;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        out.data.fill(0, ny * width + Math.max(0, x - 1), ny * width + Math.min(width - 1, x + 1) + 1);
    }
  }
  return out;
};

/** A way to a frame, where it shows something (`seen`, [1,H,W] of 0 and 1), and the error to expect of it, told by the hole's surroundings. */
type Way = { frame: HoledFrame; flow: Image; seen: Image; cost: Float32Array };

const wayAlong = (frame: HoledFrame, other: HoledFrame, flow: Image): Way => {
  const shown = warp(other.picture, flow);
  const hidden = warp(other.hole, flow);
  const within = inside(flow);
  const seen = withoutRim({ ...within, data: within.data.map((v, i) => (hidden.data[i] < 0.01 ? v : 0)) });
  const count = seen.data.length;
  const error = createImage(1, seen.width, seen.height);
  const known = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    known[i] = frame.hole.data[i] > 0 || seen.data[i] === 0 ? 0 : 1;
    for (let at = i; at < 3 * count; at += count) error.data[i] += (shown.data[at] - frame.picture.data[at]) ** 2 / 3;
  }
  const unknown = { ...frame.hole, data: Float32Array.from(known, (v) => 1 - v) };
  const expected = fillHole(localMeans(error, known), unknown).data;
  const away = errorPerSecond * Math.abs(other.seconds - frame.seconds);
  return { frame: other, flow, seen, cost: expected.map((e) => Math.min(worstError, Math.max(0, e) + away)) };
};

/** The ways from a frame to another: standing still, with the background, and with the motion around the hole carried into it. */
const waysTo = (frame: HoledFrame, plate: Image, other: HoledFrame, otherPlate: Image): Way[] => {
  const flow = disFlow(plate, otherPlate);
  const into = warp(other.hole, flow);
  const untrusted = { ...frame.hole, data: frame.hole.data.map((v, i) => (v > 0 || into.data[i] > 0.01 ? 1 : 0)) };
  const trusted = { ...untrusted, data: untrusted.data.map((v) => 1 - v) };
  const still = createImage(2, flow.width, flow.height);
  return [still, affineFlow(flow, trusted), fillHole(flow, untrusted)].map((way) => wayAlong(frame, other, way));
};

/** Of all ways the few that together promise the least error in the hole; the first helps most. */
const bestTogether = (hole: Image, ways: Way[], most: number): Way[] => {
  const left = new Float32Array(hole.data.length).fill(worstError);
  const chosen: Way[] = [];
  while (chosen.length < most) {
    let best: Way | null = null;
    let gained = 0;
    for (const way of ways) {
      let gain = 0;
      for (let i = 0; i < left.length; i++)
        if (hole.data[i] > 0 && way.seen.data[i] > 0 && way.cost[i] < left[i]) gain += left[i] - way.cost[i];
      if (gain > gained) [best, gained] = [way, gain];
    }
    if (best === null) break;
    chosen.push(best);
    for (let i = 0; i < left.length; i++) if (best.seen.data[i] > 0) left[i] = Math.min(left[i], best.cost[i]);
  }
  return chosen;
};

/** Trust in each way where it shows something: less the more error is to be expected of it, and where others promise much less. */
const trustIn = (ways: Way[]): Image[] => {
  const out = ways.map(({ seen }) => createImage(1, seen.width, seen.height));
  const count = out[0]?.data.length ?? 0;
  for (let i = 0; i < count; i++) {
    const best = Math.min(...ways.map(({ seen, cost }) => (seen.data[i] > 0 ? cost[i] : Infinity)));
    for (const [k, { seen, cost }] of ways.entries()) {
      if (seen.data[i] <= 0) continue;
      // The refiner squares trust, so half of the exponent is said here.
      const behind = (cost[i] - best) / (2 * softness * (best + errorFloor));
      out[k].data[i] = Math.exp(-((best / trustedError) ** 2) - behind);
    }
  }
  return out;
};

/**
 * What shows a frame's hole, of the other frames at hand: up to `most` ways (4; 2 for packs that weigh two), any frame by any account of the
 * motion. `plate` answers with a frame's plate (see `plateOf`).
 */
export const findDonors = (
  frame: HoledFrame,
  candidates: readonly HoledFrame[],
  plate: (of: HoledFrame) => Image,
  most: 2 | 4,
): Donors => {
  const ways = candidates.flatMap((other) => waysTo(frame, plate(frame), other, plate(other)));
  const chosen = bestTogether(frame.hole, ways, most);
  const trusts = trustIn(chosen);
  const out: Record<DonorSide, Donor | null> = { before: null, after: null, secondBefore: null, secondAfter: null };
  const places = donorSides.slice(0, most);
  for (const [k, { frame: from, flow }] of chosen.entries()) {
    const own: DonorSide[] = from.index < frame.index ? ['before', 'secondBefore'] : ['after', 'secondAfter'];
    const place = [...own, ...places].find((side) => places.includes(side) && out[side] === null);
    if (place !== undefined) out[place] = { frame: from, field: { flow, visibility: trusts[k] } };
  }
  return out;
};
