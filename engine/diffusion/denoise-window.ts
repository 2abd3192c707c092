import { gaussian } from '../frames/noise.ts';
import type { Image } from '../frames/image.ts';
import type { WindowFrame } from './conditions.ts';
import { appearanceChannels, frameChannels, latentChannels, motionScale, windowTensors } from './conditions.ts';
import type { Field } from './fields.ts';
import { blockMeans, clamped, enlarge, scaled } from './fields.ts';
import type { DitModel } from './model.ts';
import type { FramePrior } from './prior.ts';
import { sample } from './sampler.ts';
import type { Schedule } from './schedule.ts';

/** What one frame of a window became: a decoded picture and fields to its nearest known frames, at the working size. */
export type MadeFrame = { generated: Image; before: Field | null; after: Field | null };

export type DenoiseWindow = {
  model: DitModel;
  schedule: Schedule;
  frames: WindowFrame[];
  seed: number;
  /** `prior` leaves the network out: the prior is the answer. */
  denoiser: 'network' | 'prior';
  afterStep: (done: number) => void;
};

/** prior_fine + enlarge(cells − means(prior_fine)): the network's motion with the prior's detail. */
const withDetail = (cells: Image, fine: Image): Image => {
  const means = blockMeans(fine);
  const change = enlarge({ ...cells, data: cells.data.map((v, i) => v - means.data[i]) });
  return { ...fine, data: fine.data.map((v, i) => v + change.data[i]) };
};

const fieldOf = (prior: Field | null, flow: Image, visibility: Image): Field | null => {
  if (prior === null) return null;
  const seen = clamped(enlarge({ ...visibility, data: visibility.data.map((v) => (v + 1) / 2) }), 0, 1);
  return { flow: withDetail(scaled(flow, motionScale), prior.flow), visibility: seen };
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
  const tensors = windowTensors(frames);
  const { frames: total, height, width, known, fullMask, prior } = tensors;
  let latents: Float32Array;
  if (denoiser === 'prior') {
    latents = prior;
    for (const [step] of schedule.levels.entries()) afterStep(step + 1);
  } else {
    latents = await sample({
      schedule,
      known,
      mask: fullMask,
      noise: gaussian(seed, latentChannels * total * height * width),
      clean: (noisy, level) => model.denoise({ ...tensors, noisy, tau: level, sigma: 0 }),
      afterStep,
    });
  }
  const fresh = frames.flatMap((frame, t) =>
    frame.known === 'all' ? [] : [{ t, prior: frame.prior as Pick<FramePrior, 'before' | 'after'> }],
  );
  const pictures = await model.decode(fresh.map(({ t }) => frameChannels(latents, tensors, t, 0, appearanceChannels)));
  return fresh.map(({ t, prior: own }, i) => ({
    generated: pictures[i],
    before: fieldOf(own.before, frameChannels(latents, tensors, t, 16, 2), frameChannels(latents, tensors, t, 20, 1)),
    after: fieldOf(own.after, frameChannels(latents, tensors, t, 18, 2), frameChannels(latents, tensors, t, 21, 1)),
  }));
};
