import type { Animated } from './animated.ts';
import type { Clip, Placement } from './entities.ts';

/** What of a placement can be animated. */
export const animatedPlacement = [
  'opacity',
  'x',
  'y',
  'scale',
  'rotation',
  'cropLeft',
  'cropTop',
  'cropRight',
  'cropBottom',
] as const satisfies (keyof Placement)[];

/** What can be animated: the placement of a picture, the gain of a sound. */
export const animatedProperties = [...animatedPlacement, 'gain'] as const;
export type AnimatedProperty = (typeof animatedProperties)[number];

/** Null where the clip has no such property. */
export const animatedOf = (clip: Clip, property: AnimatedProperty): Animated | null => {
  if (property === 'gain') return clip.gain;
  return clip.placement && clip.placement[property];
};

export const withProperty = (clip: Clip, property: AnimatedProperty, animated: Animated): Clip => {
  if (property === 'gain') return { ...clip, gain: animated };
  return { ...clip, placement: clip.placement && { ...clip.placement, [property]: animated } };
};

/** A clip with every animated value changed alike. */
export const withAnimated = (clip: Clip, change: (animated: Animated) => Animated): Clip => {
  const changed = { ...clip, gain: clip.gain && change(clip.gain) };
  if (!clip.placement) return changed;
  const placement = { ...clip.placement };
  for (const property of animatedPlacement) placement[property] = change(placement[property]);
  return { ...changed, placement };
};
