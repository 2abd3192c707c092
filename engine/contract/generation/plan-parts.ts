import { endOf } from '../timeline/document.ts';
import type { Media } from '../timeline/media.ts';
import { floor, multiply, subtract, zero } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { mediaTimeAt, secondsOfFrames } from './describe-clip.ts';
import { isPlain } from './retime.ts';
import type { GrowClip, MovingMedia, Stretch } from './describe-clip.ts';
import type { Anchor, Retime, WishPlan } from './plan.ts';
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

/** The part of the media that is seen in a stretch of shown time. */
export const sourceOf = (clip: GrowClip, stretch: Stretch): WishPlan['sources'][number] =>
  source(clip, clip.retimed?.sourceOf(stretch) ?? stretch);

/** The same without saying how it is seen. */
export const mediaStretch = (clip: GrowClip, stretch: Stretch): Stretch => {
  const { in: begin, out: end } = sourceOf(clip, stretch);
  return { in: begin, out: end };
};

/** How the clip plays its media, where that has to be said. */
export const retimeOf = ({ clip: { speed, reverse } }: GrowClip): { retime?: Retime } =>
  isPlain({ speed, reverse }) ? {} : { retime: { speed, reverse } };

/** What plans of one clip have in common. */
export const ofClip = (clip: GrowClip, wish: GenerationWish) => ({
  wish,
  subject: clip.clip.name,
  sequenceId: clip.sequence.id,
  clipId: clip.clip.id,
  frameRate: clip.rate,
  ...sizeOf(clip.media, wish),
});

/** The edge of a clip that lies, or will lie, at a frame of the sequence: its head before the frame, its tail behind the one before. */
export const anchor = (clip: GrowClip, edge: Anchor['edge'], frame: number): Anchor => ({
  ...{ clipId: clip.clip.id, mediaId: clip.media.id, edge, time: mediaTimeAt(clip, frame) },
  ...retimeOf(clip),
});

/** How far into a frame of a steady rate a shown time lies: the clip need not begin at one. */
export const withinFrame = (time: Rational, { steady, rate }: GrowClip): Rational =>
  steady ? subtract(time, secondsOfFrames(floor(multiply(time, rate)), rate)) : zero;

/** The clip keeps its id in front of what is replaced, or behind it where nothing is left in front. */
export const innerAnchors = (clip: GrowClip, [first, last]: readonly [number, number]): Anchor[] => {
  if (first > clip.clip.start) return [anchor(clip, 'tail', first)];
  return last + 1 < endOf(clip.clip) ? [anchor(clip, 'head', last + 1)] : [];
};
