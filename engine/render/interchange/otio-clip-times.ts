import type { Clip, Sequence } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';

/** The rate at which times in a media are counted: its own, or the sequence's for sound, stills and titles. */
export const sourceRateOf = (media: Media | undefined, { frameRate }: Sequence): Rational =>
  media?.picture?.frameRate ?? frameRate;

/**
 * What OpenTimelineIO's own words can say about where a clip lies in its media: the start of its source range in frames of `rate`, and the
 * factor of its time warp (negative for reverse, 0 for a freeze).
 */
export const plainClip = (
  { sourceIn, speed, reverse }: Pick<Clip, 'sourceIn' | 'speed' | 'reverse'>,
  media: Media | undefined,
  sequence: Sequence,
): { start: number; rate: number; scalar: number } => {
  const rate = toNumber(sourceRateOf(media, sequence));
  return { start: tidy(toNumber(sourceIn) * rate), rate, scalar: signedSpeed({ speed, reverse }) };
};

/** Whole where only the arithmetic made it not so. */
export const tidy = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : value);

export const signedSpeed = ({ speed, reverse }: Pick<Clip, 'speed' | 'reverse'>): number =>
  reverse && speed.num > 0 ? -toNumber(speed) : toNumber(speed);
