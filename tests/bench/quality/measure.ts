import type { Image } from '../../../engine/frames/image.ts';
import type { SsimSide } from './metrics.ts';
import { detail, fieldDistance, flowsOf, mean, psnr, ssim, ssimSide } from './metrics.ts';
import type { Frame } from './video-file.ts';

/** Named figures of one method on one clip. Which of them are there depends on the task. */
export type Figures = Record<string, number>;

/** One line of the result: what one method did on one clip (or pair, or still). */
export type Row = {
  task: string;
  case: string;
  clip: string;
  method: string;
  figures: Figures;
  perFrame?: { psnr: number[]; ssim: number[] };
  perSecond?: { sharp: number[]; colour: number[] };
};

/** The hidden frames, with everything that is computed of them only once. */
export type Truth = {
  frames: readonly Frame[];
  sides: readonly SsimSide[];
  detail: number;
  /** Known frame next to the first hidden one, as it was before any encode, and its similarity to the true first. */
  left: Frame;
  leftSide: SsimSide;
  leftSsim: number;
  right?: Frame;
  flows?: readonly Image[];
};

export const prepareTruth = (frames: readonly Frame[], left: Frame, right: Frame | undefined, tof: boolean): Truth => {
  const sides = frames.map(ssimSide);
  const leftSide = ssimSide(left);
  return {
    frames,
    sides,
    detail: mean(frames.map(detail)),
    left,
    leftSide,
    leftSsim: ssim(leftSide, sides[0]),
    right,
    flows: tof ? flowsOf([left, ...frames, ...(right ? [right] : [])]) : undefined,
  };
};

/** PSNR and SSIM against the truth, detail and seam relative to it, and the difference of motion (tOF). */
export const measure = (got: readonly Frame[], truth: Truth): Pick<Row, 'figures' | 'perFrame'> => {
  const sides = got.map(ssimSide);
  const perFrame = {
    psnr: got.map((frame, i) => psnr(frame, truth.frames[i])),
    ssim: sides.map((side, i) => ssim(side, truth.sides[i])),
  };
  const figures: Figures = {
    psnr: mean(perFrame.psnr),
    ssim: mean(perFrame.ssim),
    sharp: mean(got.map(detail)) / Math.max(1e-6, truth.detail),
    seam: ssim(truth.leftSide, sides[0]) / Math.max(1e-6, truth.leftSsim),
  };
  if (truth.flows) {
    const flows = flowsOf([truth.left, ...got, ...(truth.right ? [truth.right] : [])]);
    figures.tof = mean(flows.map((flow, i) => fieldDistance(flow, truth.flows![i])));
  }
  return { figures, perFrame };
};
