import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { WindowFrame } from './conditions.ts';
import type { Estimate } from './denoise-window.ts';
import { denoiseWindow } from './denoise-window.ts';
import type { Donor, Donors, DonorSide, HoledFrame } from './donors.ts';
import { donorSides } from './donors.ts';
import { blockMeans } from './fields.ts';
import type { Lineage } from './lineage.ts';
import type { DitModel } from './model.ts';
import type { SecondWay } from './prior.ts';
import type { RefinedFrame } from './refine-frames.ts';
import { refineFrames } from './refine-frames.ts';
import type { Schedule } from './schedule.ts';

/** The hole as the donors show it, the more trusted the more, and smoothly from around it where none is trusted. */
const priorPicture = (frame: HoledFrame, donors: Donors): Image => {
  const out = { ...frame.picture, data: frame.picture.data.slice() };
  const count = out.width * out.height;
  const shown = donorSides.flatMap((side) => {
    const donor = donors[side];
    return donor === null
      ? []
      : [{ trust: donor.field.visibility, picture: warp(donor.frame.picture, donor.field.flow) }];
  });
  for (let i = 0; i < count; i++) {
    if (frame.hole.data[i] <= 0) continue;
    const weight = shown.reduce((sum, { trust }) => sum + trust.data[i] ** 2, 0);
    if (weight < 1e-12) continue;
    const share = Math.max(...shown.map(({ trust }) => trust.data[i]));
    for (let at = i; at < 3 * count; at += count) {
      const value = shown.reduce((sum, { trust, picture }) => sum + trust.data[i] ** 2 * picture.data[at], 0) / weight;
      out.data[at] += share * (value - out.data[at]);
    }
  }
  return out;
};

/** Where each kind of part stands among the weights. */
const weightOf: Record<DonorSide, number> = { before: 0, after: 1, secondBefore: 3, secondAfter: 4 };
const generatedWeight = 2;

/**
 * A refined frame that borrows from its donors as they were found: what a donor does not show is never copied, whatever weight the refiner
 * gives it, and generation steps back as far as a donor is trusted. Corrections of motion and colour are left out: the refiner learnt them
 * on motion that was foretold, and this one was measured (docs/decisions.md).
 */
const borrowed = (refined: RefinedFrame, donors: Donors): RefinedFrame => {
  const { width, height } = refined.generated;
  const count = width * height;
  const weights = { ...refined.weights, data: refined.weights.data.slice() };
  const parts: { channel: number; picture: Image }[] = [{ channel: generatedWeight, picture: refined.generated }];
  const trusted = new Float32Array(count);
  for (const side of donorSides) {
    const channel = weightOf[side];
    if (channel >= weights.channels) continue;
    const donor = donors[side];
    const own = weights.data.subarray(channel * count, (channel + 1) * count);
    if (donor === null) own.fill(0);
    else {
      const trust = donor.field.visibility.data;
      for (let i = 0; i < count; i++) {
        if (trust[i] === 0) own[i] = 0;
        trusted[i] = Math.max(trusted[i], trust[i]);
      }
      parts.push({ channel, picture: warp(donor.frame.picture, donor.field.flow) });
    }
  }
  const picture = createImage(3, width, height);
  for (let i = 0; i < count; i++) {
    const generated = generatedWeight * count + i;
    // A trace of it stays, for where nothing else has any weight.
    weights.data[generated] = weights.data[generated] * (1 - trusted[i]) + 1e-6;
    const sum = parts.reduce((all, { channel }) => all + weights.data[channel * count + i], 0);
    for (const { channel, picture: part } of parts) {
      const share = (weights.data[channel * count + i] /= sum);
      for (let at = i; at < 3 * count; at += count) picture.data[at] += share * part.data[at];
    }
  }
  return { ...refined, lineage: lineageOf(donors), weights, picture, residual: createImage(3, width, height) };
};

const lineageOf = (donors: Donors): Lineage => ({
  before: donors.before?.field ?? null,
  after: donors.after?.field ?? null,
  secondBefore: donors.secondBefore?.field ?? null,
  secondAfter: donors.secondAfter?.field ?? null,
});

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
  const secondWay = (donor: Donor | null): SecondWay | null =>
    donor === null ? null : { flow: donor.field.flow, trust: blockMeans(donor.field.visibility) };
  const secondsTo = (frame: HoledFrame, donor: Donor | null): number | null =>
    donor === null ? null : Math.abs(donor.frame.seconds - frame.seconds);
  const holed = frames.map(({ frame, donors }, i): WindowFrame => ({
    seconds: frame.seconds,
    known: knownCells(frame.hole),
    appearance: latents[known.length + i],
    prior: {
      before: donors.before?.field ?? null,
      after: donors.after?.field ?? null,
      secondBefore: secondWay(donors.secondBefore),
      secondAfter: secondWay(donors.secondAfter),
      foretold: null,
    },
    moved: null,
    secondsBefore: secondsTo(frame, donors.before),
    secondsAfter: secondsTo(frame, donors.after),
    hints: null,
  }));
  const window = [...whole, ...holed];
  if (window.length % 2 === 1) window.push(window[window.length - 1]);
  const made = await denoiseWindow({ model, schedule, frames: window, seed, denoiser, afterStep });
  const out: RefinedFrame[] = [];
  for (const [i, { frame, donors }] of frames.entries()) {
    const toRefine = { seconds: frame.seconds, generated: made[i].generated, lineage: lineageOf(donors) };
    const [refined] = await refineFrames(model, [toRefine], {
      before: donors.before?.frame ?? null,
      after: donors.after?.frame ?? null,
      secondBefore: donors.secondBefore?.frame ?? null,
      secondAfter: donors.secondAfter?.frame ?? null,
    });
    out.push(borrowed(refined, donors));
  }
  return out;
};
