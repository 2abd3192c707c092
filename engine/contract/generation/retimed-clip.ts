import { endOf } from '../timeline/document.ts';
import {
  add,
  compare,
  divide,
  floor,
  leastCommonMultiple,
  multiply,
  rational,
  subtract,
} from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { sourceStep, sourceTimeAt } from '../timeline/source-time.ts';
import type { MovingClip, Stretch } from './describe-clip.ts';
import type { Sampled } from './plan.ts';

/**
 * A clip that is played at another speed or backwards, in *shown time*: seconds from where its first frame would have begun to be seen. Frame u
 * of it is seen from u/rate on, so that it is planned like any clip of a steady rate, and what is cut out is what one sees.
 */
export type RetimedClip = {
  /**
   * Frames a second: those of the media as they are seen, each once; or the sequence's where the clip passes some over.
   */
  rate: Rational;
  /** Seconds that the clip's frames are seen, the first and the last whole. */
  duration: Rational;
  /** Shown time at a frame of the sequence; the frame that is seen there is the one that compositing shows. */
  timeAt: (frame: number) => Rational;
  /** The media's part under whole frames of shown time, and how they lie in it. */
  sourceOf: (shown: Stretch) => Stretch & { sampled: Sampled };
};

export const retimedClip = ({ clip, sequence, rate: mediaRate }: MovingClip): RetimedClip => {
  const { speed, reverse } = clip;
  const perFrame = sourceStep(clip, sequence.frameRate);
  const mediaFrame = divide(rational(1), mediaRate);
  const slow = compare(perFrame, mediaFrame) < 0;
  const step = slow ? mediaFrame : perFrame;
  const rate = divide(speed, step);
  /** Seconds of the media at which the frame that is seen begins. */
  const begins = (time: Rational): Rational => (slow ? multiply(rational(floor(divide(time, step))), step) : time);
  const first = sourceTimeAt(clip, sequence.frameRate, 0);
  const origin = begins(first);
  /** How much of its first frame the clip passes over, frames. */
  const within = divide(subtract(first, origin), step);
  let passed = within;
  if (reverse && slow) {
    // A frame is seen from its last moment, which is not its own, back to its first, which is: times lie on a grid, and the last of the grid counts.
    const grid = leastCommonMultiple(within.den, divide(perFrame, step).den);
    passed = subtract(rational(grid - 1, grid), within);
  }
  const offset = divide(passed, rate);
  const timeAt = (frame: number): Rational => add(offset, divide(rational(frame - clip.start), sequence.frameRate));
  const indexAt = (time: Rational): number => floor(multiply(time, rate));
  const last = indexAt(timeAt(endOf(clip) - 1));
  return {
    rate,
    duration: divide(rational(last + 1), rate),
    timeAt,
    sourceOf: (shown) => {
      const from = indexAt(shown.in);
      const to = Math.max(from + 1, indexAt(shown.out));
      const at = (index: number): Rational => multiply(rational(index), step);
      const stretch = reverse
        ? { in: subtract(add(origin, step), at(to)), out: subtract(add(origin, step), at(from)) }
        : { in: add(origin, at(from)), out: add(origin, at(to)) };
      return { ...stretch, sampled: { step, reverse, frameRate: rate } };
    },
  };
};
