import type { Document } from '../timeline/document.ts';
import { subtract } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import { blend, blendMedia, fillGap } from './plan-between.ts';
import { extend, loop } from './plan-edges.ts';
import { fill, inpaint } from './plan-inside.ts';
import { animate } from './plan-still.ts';
import type { WishPlan } from './plan.ts';
import type { GenerationWish } from './wish.ts';

/**
 * What a wish means for a document as it is now: from which frames of which media how many new ones are made, how large, and where they
 * go. The panel shows it and the engine keeps it with the job.
 * @throws EditRefused, a sentence with a remedy, when it cannot be
 */
export const describeWish = (document: Document, wish: GenerationWish): WishPlan => {
  const plan = planOf(document, wish);
  if (plan.sources.some((part) => subtract(part.out, part.in).num <= 0)) throw refused('too-short');
  return plan;
};

const planOf = (document: Document, wish: GenerationWish): WishPlan => {
  switch (wish.task) {
    case 'extend':
      return extend(document, wish);
    case 'loop':
      return loop(document, wish);
    case 'fill':
      return fill(document, wish);
    case 'fill-gap':
      return fillGap(document, wish);
    case 'blend':
      return blend(document, wish);
    case 'blend-media':
      return blendMedia(document, wish);
    case 'animate':
      return animate(document, wish);
    case 'inpaint':
      return inpaint(document, wish);
  }
};
