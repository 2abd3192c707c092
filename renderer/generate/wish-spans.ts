import { endOf, sequenceOfClip } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Job } from '../../engine/contract/generation/job.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import { blendSpan, gapAt } from './grow-maths.ts';
import type { Span } from './grow-maths.ts';

/** Where on a sequence's timeline the result of a wish will lie, as the timeline is now; nothing where it does not lie on it. */
export const spansOfWish = (document: Document, sequenceId: string, wish: GenerationWish): Span[] => {
  const placed = (clipId: string | null) => {
    const clip = clipId === null ? undefined : document.clips.get(clipId);
    return clip && sequenceOfClip(document, clip)?.id === sequenceId ? clip : undefined;
  };
  switch (wish.task) {
    case 'extend':
    case 'loop': {
      const clip = placed(wish.clipId);
      if (!clip) return [];
      const { trackId } = clip;
      if (wish.task === 'extend' && wish.edge === 'head')
        return [{ trackId, from: Math.max(0, clip.start - wish.frames), to: clip.start }];
      return [{ trackId, from: endOf(clip), to: endOf(clip) + wish.frames }];
    }
    case 'fill': {
      const clip = placed(wish.clipId);
      return clip ? wish.ranges.map(([first, last]) => ({ trackId: clip.trackId, from: first, to: last + 1 })) : [];
    }
    case 'fill-gap': {
      // Gone where something was put into it meanwhile.
      const gap = wish.sequenceId === sequenceId ? gapAt(document, wish.trackId, wish.start) : undefined;
      return gap?.start === wish.start && gap.duration === wish.duration
        ? [{ trackId: wish.trackId, from: wish.start, to: wish.start + wish.duration }]
        : [];
    }
    case 'blend': {
      const left = placed(wish.leftClipId);
      return left ? [{ trackId: left.trackId, ...blendSpan(endOf(left), wish.frames) }] : [];
    }
    case 'animate': {
      const clip = placed(wish.clipId);
      return clip ? [{ trackId: clip.trackId, from: clip.start, to: endOf(clip) }] : [];
    }
    case 'inpaint': {
      const clip = placed(wish.clipId);
      return clip ? [{ trackId: clip.trackId, from: wish.first, to: wish.last + 1 }] : [];
    }
    case 'blend-media':
      return [];
  }
};

/** The same for what a job makes: a still's own clip gave way to a take of it where another motion was asked for. */
export const spansOfJob = (document: Document, sequenceId: string, { wish, clipId }: Pick<Job, 'wish' | 'clipId'>) =>
  spansOfWish(document, sequenceId, wish.task === 'animate' ? { ...wish, clipId } : wish);
