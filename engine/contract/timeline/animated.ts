import { z } from 'zod';
import { multiply, rational, round } from './rational.ts';
import type { Rational } from './rational.ts';

/** How a value runs from its key to the next: not at all, in a straight line, or starting and ending softly. */
export const easings = ['hold', 'linear', 'smooth'] as const;

const keySchema = z
  .object({
    /** Timeline frames from the clip's start; may lie outside the clip after a trim. */
    frame: z.number().int(),
    value: z.number(),
    easing: z.enum(easings),
  })
  .strict();
export type Key = z.infer<typeof keySchema>;

const increasing = (keys: Key[]): boolean => keys.every((key, i) => i === 0 || keys[i - 1].frame < key.frame);

/** A number that may change over a clip: `value` where there are no keys. Keys are in order, one per frame. */
export const animatedSchema = (min: number, max: number) =>
  z
    .object({
      value: z.number().min(min).max(max),
      keys: z
        .array(keySchema.extend({ value: z.number().min(min).max(max) }))
        .max(10000)
        .refine(increasing, { message: 'keyframes are in order, one per frame' }),
    })
    .strict();
export type Animated = { value: number; keys: Key[] };

export const still = (value: number): Animated => ({ value, keys: [] });

/** Smoothstep: 3t² − 2t³. */
const eased = (easing: Key['easing'], t: number): number => {
  if (easing === 'hold') return 0;
  return easing === 'linear' ? t : t * t * (3 - 2 * t);
};

/** The value at a clip-relative frame, which may be fractional (sound); before the first and after the last key theirs. */
export const valueAt = ({ value, keys }: Animated, frame: number): number => {
  if (keys.length === 0) return value;
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle].frame <= frame) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return keys[0].value;
  const from = keys[low - 1];
  if (low === keys.length) return from.value;
  const to = keys[low];
  const t = eased(from.easing, (frame - from.frame) / (to.frame - from.frame));
  return from.value + (to.value - from.value) * t;
};

/** The same motion seen from a clip that starts `by` frames later. */
export const shiftedKeys = (animated: Animated, by: number): Animated =>
  animated.keys.length === 0 || by === 0
    ? animated
    : { value: animated.value, keys: animated.keys.map((key) => ({ ...key, frame: key.frame - by })) };

/** The same motion in a clip that is so many times as long; where two keys fall on one frame the later counts. */
export const scaledKeys = (animated: Animated, by: Rational): Animated => {
  if (animated.keys.length === 0) return animated;
  const keys = new Map<number, Key>();
  for (const key of animated.keys) {
    const frame = round(multiply(rational(key.frame), by));
    keys.set(frame, { ...key, frame });
  }
  return { value: animated.value, keys: [...keys.values()] };
};
