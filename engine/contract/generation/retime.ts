import type { Clip } from '../timeline/entities.ts';
import { add, compare, divide, multiply, one, rational, round, subtract } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import type { Stretch } from './describe-clip.ts';
import type { Retime, Sampled } from './plan.ts';

/** Forwards at its own speed. */
const plain: Retime = { speed: one, reverse: false };

export const isPlain = ({ speed, reverse }: Retime): boolean => compare(speed, one) === 0 && !reverse;

/** Whether a clip plays its media as it did when a take was asked for. */
export const playsAs = ({ speed, reverse }: Pick<Clip, 'speed' | 'reverse'>, retime: Retime = plain): boolean =>
  compare(speed, retime.speed) === 0 && reverse === retime.reverse;

/** Seconds of the media whose frames are seen in a part of it, in the order in which they are seen. */
export const sampledTimes = ({ in: begin, out }: Stretch, { step, reverse }: Sampled): Rational[] => {
  const count = round(divide(subtract(out, begin), step));
  return Array.from({ length: count }, (_, k) =>
    reverse ? subtract(out, multiply(rational(k + 1), step)) : add(begin, multiply(rational(k), step)),
  );
};

/** The first and the last of them, counted from 0, that a part within makes up. */
export const sampledRange = (whole: Stretch, hole: Stretch, { step, reverse }: Sampled): [number, number] => {
  const before = reverse ? subtract(whole.out, hole.out) : subtract(hole.in, whole.in);
  const from = round(divide(before, step));
  return [from, from + round(divide(subtract(hole.out, hole.in), step)) - 1];
};
