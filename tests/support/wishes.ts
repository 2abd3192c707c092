import { describeWish } from '../../engine/contract/generation/preview.ts';
import type { WishPlan } from '../../engine/contract/generation/plan.ts';
import type { GenerationWish, WishOf, WishTask } from '../../engine/contract/generation/wish.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { testId, videoMedia } from './timeline.ts';

export const commonWish = { prompt: '', seed: 1, takes: 1, quality: 'final', model: 'longtake-embedded' } as const;

type Common = keyof typeof commonWish;
type Own<W extends GenerationWish> = Omit<W, Common> & Partial<Pick<W, Common>>;
type WishInput = { [T in WishTask]: Own<WishOf<T>> }[WishTask];

/** A wish of which only what a test is about is named. */
export const wishFor = (wish: WishInput): GenerationWish => ({ ...commonWish, ...wish });

export const planFor = (document: Document, wish: WishInput): WishPlan => describeWish(document, wishFor(wish));

/** A take as the queue would have made it for a plan. */
export const takeFor = (plan: WishPlan, n: number, seed = 1): Media => {
  const media = videoMedia(testId(n), {
    kind: 'take',
    frameRate: plan.frameRate,
    frames: plan.task === 'animate' ? plan.newFrames + 1 : plan.newFrames,
    sound: plan.sound,
  });
  const { task } = plan;
  const sources = plan.sources.map(({ mediaId, hash, in: from, out }) => ({ mediaId, hash, in: from, out }));
  return {
    ...media,
    picture: media.picture && { ...media.picture, width: plan.width, height: plan.height },
    provenance: {
      ...{ task, model: 'longtake-embedded', modelVersion: '1.1.0', seed, steps: 4, sources },
      settings: JSON.parse(JSON.stringify({ plan, jobId: testId(9000), notes: [] })) as Record<string, never>,
    },
  };
};
