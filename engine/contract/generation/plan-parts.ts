import { endOf } from '../timeline/document.ts';
import type { Media } from '../timeline/media.ts';
import { floor, multiply, subtract, zero } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { secondsOfFrames } from './describe-clip.ts';
import type { MovingMedia, PlainClip, Stretch } from './describe-clip.ts';
import type { Anchor, WishPlan } from './plan.ts';
import type { GenerationWish } from './wish.ts';

/** The longest and the shortest side of a draft's picture, pixels. */
const draftSides = [640, 360] as const;
/** Of a take made of a still: larger photographs play on few machines. */
const stillSides = [3840, 2160] as const;

const fitted = (width: number, height: number, [long, short]: readonly [number, number]) => {
  const by = Math.min(1, long / Math.max(width, height), short / Math.min(width, height));
  const even = (side: number): number => Math.max(16, 2 * Math.round((side * by) / 2));
  return by === 1 ? { width, height } : { width: even(width), height: even(height) };
};

/** Size of the result: the source's, or a draft's. */
export const sizeOf = ({ picture, kind }: Media, { quality }: GenerationWish): { width: number; height: number } => {
  const { width, height } = picture ?? { width: 16, height: 16 };
  if (quality === 'draft') return fitted(width, height, draftSides);
  return kind === 'still' ? fitted(width, height, stillSides) : { width, height };
};

export const source = ({ media }: MovingMedia, stretch: Stretch): WishPlan['sources'][number] => ({
  mediaId: media.id,
  hash: media.hash,
  ...stretch,
});

/** What plans of one clip have in common. */
export const ofClip = (clip: PlainClip, wish: GenerationWish) => ({
  wish,
  subject: clip.clip.name,
  sequenceId: clip.sequence.id,
  clipId: clip.clip.id,
  frameRate: clip.rate,
  ...sizeOf(clip.media, wish),
});

export const anchor = ({ clip, media }: PlainClip, edge: Anchor['edge'], time: Rational): Anchor => ({
  clipId: clip.id,
  mediaId: media.id,
  edge,
  time,
});

/** How far into a frame of a constant-rate media a time lies: the clip need not begin at one. */
export const withinFrame = (time: Rational, { media, rate }: MovingMedia): Rational =>
  media.picture?.variableRate ? zero : subtract(time, secondsOfFrames(floor(multiply(time, rate)), rate));

/** The clip keeps its id in front of what is replaced, or behind it where nothing is left in front. */
export const innerAnchors = (clip: PlainClip, [first, last]: readonly [number, number], hole: Stretch): Anchor[] => {
  if (first > clip.clip.start) return [anchor(clip, 'tail', hole.in)];
  return last + 1 < endOf(clip.clip) ? [anchor(clip, 'head', hole.out)] : [];
};
