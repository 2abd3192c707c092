import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { WindowFrame } from './conditions.ts';
import type { Estimate } from './denoise-window.ts';
import { denoiseWindow } from './denoise-window.ts';
import type { Field } from './fields.ts';
import { blockMeans, inside } from './fields.ts';
import { fillHole } from './fill-hole.ts';
import type { DitModel } from './model.ts';
import type { RefinedFrame } from './refine-frames.ts';
import { refineFrames } from './refine-frames.ts';
import type { Schedule } from './schedule.ts';

/** A frame of the clip at the working size. `hole` [1,H,W] is 1 where it is to be repainted; `picture` has the hole filled smoothly. */
export type HoledFrame = { index: number; seconds: number; picture: Image; hole: Image; isWhole: boolean };

/** Another frame of the clip that shows what the hole hides, and the way there. */
export type Donor = { frame: HoledFrame; field: Field };
export type Donors = { before: Donor | null; after: Donor | null };

/** Seen well enough; looking further costs time and trust. */
const enough = 0.95;
/** A farther frame must show at least this much more of the hole to be taken. */
const worthwhile = 0.05;

const shownShare = (hole: Image, visibility: Image): number => {
  let wanted = 0;
  let shown = 0;
  for (let i = 0; i < hole.data.length; i++) {
    if (hole.data[i] <= 0) continue;
    wanted++;
    shown += visibility.data[i];
  }
  return wanted === 0 ? 0 : shown / wanted;
};

/** The way from a frame to another with the hole's motion taken from around it; seen where it leads to no hole and not out of the picture. */
const wayTo = (frame: HoledFrame, other: HoledFrame): Field => {
  const flow = disFlow(frame.picture, other.picture);
  // Motion is not to be trusted where it leads into the other's hole either.
  const into = warp(other.hole, flow);
  const untrusted = { ...frame.hole, data: frame.hole.data.map((v, i) => (v > 0 || into.data[i] > 0.01 ? 1 : 0)) };
  const completed = fillHole(flow, untrusted);
  const hidden = warp(other.hole, completed);
  const within = inside(completed);
  return {
    flow: completed,
    visibility: { ...within, data: within.data.map((v, i) => (hidden.data[i] < 0.01 ? v : 0)) },
  };
};

/** Of the candidates, nearest first, the one that shows most of the hole. */
const bestDonor = (frame: HoledFrame, candidates: HoledFrame[]): Donor | null => {
  let best: Donor | null = null;
  let most = 0;
  for (const candidate of candidates) {
    const field = wayTo(frame, candidate);
    const share = shownShare(frame.hole, field.visibility);
    if (best === null || share > most + worthwhile) {
      best = { frame: candidate, field };
      most = share;
    }
    if (most >= enough) break;
  }
  return best;
};

/** Candidates are earlier and later frames of the clip, nearest first. */
export const findDonors = (frame: HoledFrame, earlier: HoledFrame[], later: HoledFrame[]): Donors => ({
  before: bestDonor(frame, earlier),
  after: bestDonor(frame, later),
});

/** The hole as the donors show it, and smoothly from around it where they do not. */
const priorPicture = (frame: HoledFrame, { before, after }: Donors): Image => {
  const out = { ...frame.picture, data: frame.picture.data.slice() };
  const count = out.width * out.height;
  const shown = [before, after].flatMap((donor) =>
    donor === null ? [] : [{ seen: donor.field.visibility, picture: warp(donor.frame.picture, donor.field.flow) }],
  );
  for (let i = 0; i < count; i++) {
    if (frame.hole.data[i] <= 0) continue;
    const weight = shown.reduce((sum, { seen }) => sum + seen.data[i], 0);
    const share = Math.min(1, weight);
    for (let at = i; at < 3 * count; at += count) {
      const value = shown.reduce((sum, { seen, picture }) => sum + seen.data[i] * picture.data[at], 0);
      out.data[at] = (value / Math.max(weight, 1e-3)) * share + out.data[at] * (1 - share);
    }
  }
  return out;
};

/** A donor's own hole must never be copied, whatever weight the refiner gives it. */
const withoutHoles = (refined: RefinedFrame, donors: Donors): RefinedFrame => {
  const { weights, lineage } = refined;
  const count = weights.width * weights.height;
  const out = createImage(weights.channels, weights.width, weights.height);
  const hidden = (['before', 'after'] as const).map((side) => {
    const [field, donor] = [lineage[side], donors[side]];
    return field === null || donor === null ? null : warp(donor.frame.hole, field.flow).data;
  });
  for (let i = 0; i < count; i++) {
    const parts = hidden.map((hole, side) => (hole === null || hole[i] > 0 ? 0 : weights.data[side * count + i]));
    const rest = weights.data[2 * count + i];
    const sum = parts[0] + parts[1] + rest;
    out.data[i] = sum > 1e-6 ? parts[0] / sum : 0;
    out.data[count + i] = sum > 1e-6 ? parts[1] / sum : 0;
    out.data[2 * count + i] = sum > 1e-6 ? rest / sum : 1;
  }
  return { ...refined, weights: out };
};

export type InpaintWindow = {
  model: DitModel;
  schedule: Schedule;
  denoiser: 'network' | 'prior';
  seed: number;
  /** Frames that were repainted before, or never had a hole: context, ascending, before `frames`. */
  known: { seconds: number; picture: Image }[];
  /** Frames to repaint, ascending, with their donors. */
  frames: { frame: HoledFrame; donors: Donors }[];
  /** The place of an estimate counts `known` and then `frames`. */
  afterStep: (done: number, estimate: Estimate | null) => Promise<void>;
};

/** Cells that no hole touches. */
const knownCells = (hole: Image): Image => {
  const means = blockMeans(hole);
  return { ...means, data: means.data.map((v) => (v > 0 ? 0 : 1)) };
};

/** Repaints the holes of one window's frames; answers for `frames` in their order, at the working size. */
export const inpaintWindow = async ({
  model,
  schedule,
  denoiser,
  seed,
  known,
  frames,
  afterStep,
}: InpaintWindow): Promise<RefinedFrame[]> => {
  const pictures = frames.map(({ frame, donors }) => priorPicture(frame, donors));
  const latents = await model.encode([...known.map((frame) => frame.picture), ...pictures]);
  const whole = known.map((frame, i): WindowFrame => ({
    seconds: frame.seconds,
    known: 'all',
    appearance: latents[i],
    prior: null,
    moved: null,
    secondsBefore: null,
    secondsAfter: null,
    hints: null,
  }));
  const holed = frames.map(({ frame, donors: { before, after } }, i): WindowFrame => ({
    seconds: frame.seconds,
    known: knownCells(frame.hole),
    appearance: latents[known.length + i],
    prior: {
      before: before?.field ?? null,
      after: after?.field ?? null,
      secondBefore: null,
      secondAfter: null,
      foretold: null,
    },
    moved: null,
    secondsBefore: before === null ? null : frame.seconds - before.frame.seconds,
    secondsAfter: after === null ? null : after.frame.seconds - frame.seconds,
    hints: null,
  }));
  const window = [...whole, ...holed];
  if (window.length % 2 === 1) window.push(window[window.length - 1]);
  const made = await denoiseWindow({ model, schedule, frames: window, seed, denoiser, afterStep });
  const out: RefinedFrame[] = [];
  for (const [i, { frame, donors }] of frames.entries()) {
    const { generated, ...lineage } = made[i];
    const [refined] = await refineFrames(
      model,
      [{ seconds: frame.seconds, generated, lineage }],
      donors.before?.frame ?? null,
      donors.after?.frame ?? null,
    );
    out.push(withoutHoles(refined, donors));
  }
  return out;
};
