import { gaussian } from '../frames/noise.ts';
import type { Image } from '../frames/image.ts';
import type { WindowFrame } from './conditions.ts';
import { appearanceChannels, frameChannels, motionScale, windowTensors } from './conditions.ts';
import type { Field } from './fields.ts';
import { blockMeans, clamped, enlarge, scaled } from './fields.ts';
import type { Lineage } from './lineage.ts';
import type { Volume } from '../models/motion-latent-dit.ts';
import type { DitModel } from './model.ts';
import type { SecondWay } from './prior.ts';
import { sample } from './sampler.ts';
import type { Schedule } from './schedule.ts';

/**
 * What one frame of a window became, at the working size: a decoded picture, and fields to its nearest known frames, with second ways there
 * where the prior and the pack offer them.
 */
export type MadeFrame = { generated: Image } & Lineage;

/** What a window would become if it ended now: the picture of its middle unknown frame, `place` in the window's frames. Costs one decoding. */
export type Estimate = { place: number; picture: () => Promise<Image> };

export type DenoiseWindow = {
  model: DitModel;
  schedule: Schedule;
  frames: WindowFrame[];
  seed: number;
  /** `prior` leaves the network out: the prior is the answer. */
  denoiser: 'network' | 'prior';
  /** Told after every step, with an estimate where the network made one; may throw to stop. */
  afterStep: (done: number, estimate: Estimate | null) => Promise<void>;
};

/** prior_fine + enlarge(cells − means(prior_fine)): the network's motion with the prior's detail. */
const withDetail = (cells: Image, fine: Image): Image => {
  const means = blockMeans(fine);
  const change = enlarge({ ...cells, data: cells.data.map((v, i) => v - means.data[i]) });
  return { ...fine, data: fine.data.map((v, i) => v + change.data[i]) };
};

/** Cells that are known hold no motion of their own: there the prior's stands, so that nothing leaks from them into a hole beside them. */
const unlessKnown = (cells: Image, instead: Image, known: WindowFrame['known']): Image => {
  if (typeof known === 'string') return cells;
  const count = cells.width * cells.height;
  return { ...cells, data: cells.data.map((v, i) => (known.data[i % count] > 0 ? instead.data[i] : v)) };
};

const trustOf = (cells: Image): Image => ({ ...cells, data: cells.data.map((v) => (v + 1) / 2) });

const fieldOf = (prior: Field | null, flow: Image, visibility: Image, known: WindowFrame['known']): Field | null => {
  if (prior === null) return null;
  const motion = unlessKnown(scaled(flow, motionScale), blockMeans(prior.flow), known);
  return {
    flow: withDetail(motion, prior.flow),
    visibility: clamped(enlarge(unlessKnown(trustOf(visibility), blockMeans(prior.visibility), known)), 0, 1),
  };
};

/** Denoises one window; answers for its frames that are not known as a whole, in their order. */
export const denoiseWindow = async ({
  model,
  schedule,
  frames,
  seed,
  denoiser,
  afterStep,
}: DenoiseWindow): Promise<MadeFrame[]> => {
  const { channels: latentChannels } = model.manifest.latent;
  const tensors = windowTensors(frames, latentChannels);
  const { frames: total, height, width, known, fullMask, prior } = tensors;
  const volume = (data: Float32Array, channels: number): Volume => ({ channels, frames: total, width, height, data });
  const fresh = frames.flatMap(({ known: given, prior: own }, t) =>
    given === 'all' || own === null ? [] : [{ t, given, own }],
  );
  const estimateOf = (clean: Float32Array): Estimate => {
    const place = fresh[fresh.length >> 1].t;
    const picture = async (): Promise<Image> => {
      const whole = clean.map((v, i) => (fullMask[i] > 0 ? known[i] : v));
      return (await model.decode([frameChannels(whole, tensors, place, 0, appearanceChannels)]))[0];
    };
    return { place, picture };
  };
  let latents: Float32Array;
  if (denoiser === 'prior') {
    latents = prior;
    await afterStep(schedule.levels.length, null);
  } else {
    const noise = gaussian(seed, latentChannels * total * height * width);
    latents = await sample({
      schedule,
      known,
      mask: fullMask,
      start: noise.map((e, i) => schedule.temperature * e + (schedule.source === 'prior' ? prior[i] : 0)),
      clean: async (noisy, level) => {
        const clean = await model.denoise({
          noisy: volume(noisy, latentChannels),
          known: volume(known, latentChannels),
          mask: volume(tensors.mask, 1),
          prior: volume(prior, latentChannels),
          hints: volume(tensors.hints, 3),
          info: tensors.info,
          positions: tensors.positions,
          tau: level,
          sigma: 0,
        });
        return clean.data;
      },
      afterStep: (done, clean) => afterStep(done, estimateOf(clean)),
    });
  }
  const cells = (t: number, from: number, channels: number): Image =>
    frameChannels(latents, tensors, t, from, channels);
  const second = (t: number, way: SecondWay | null, channel: number, given: WindowFrame['known']): Field | null => {
    if (way === null || latentChannels === 22) return null;
    const trust = unlessKnown(trustOf(cells(t, channel, 1)), way.trust, given);
    return { flow: way.flow, visibility: clamped(enlarge(trust), 0, 1) };
  };
  const pictures = await model.decode(fresh.map(({ t }) => cells(t, 0, appearanceChannels)));
  return fresh.map(({ t, given, own }, i) => ({
    generated: pictures[i],
    before: fieldOf(own.before, cells(t, 16, 2), cells(t, 20, 1), given),
    after: fieldOf(own.after, cells(t, 18, 2), cells(t, 21, 1), given),
    secondBefore: second(t, own.secondBefore, 22, given),
    secondAfter: second(t, own.secondAfter, 23, given),
  }));
};
