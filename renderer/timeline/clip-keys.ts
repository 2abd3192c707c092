import { animatedOf, animatedProperties } from '../../engine/contract/timeline/clip-animation.ts';
import type { Key } from '../../engine/contract/timeline/animated.ts';
import type { AnimatedProperty } from '../../engine/contract/timeline/clip-animation.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';

/** Frames of a clip that have a key of any property, ascending, within the clip. */
export const keyFramesOf = (clip: Clip): number[] => {
  const frames = new Set<number>();
  for (const property of animatedProperties)
    for (const { frame } of animatedOf(clip, property)?.keys ?? [])
      if (frame >= 0 && frame < clip.duration) frames.add(frame);
  return [...frames].sort((a, b) => a - b);
};

/** Every property's key on one frame of a clip. */
export const keysAt = (clip: Clip, frame: number): (Key & { property: AnimatedProperty })[] =>
  animatedProperties.flatMap((property) =>
    (animatedOf(clip, property)?.keys ?? []).filter((key) => key.frame === frame).map((key) => ({ ...key, property })),
  );

/** Half the width of a key's diamond, pixels. */
export const keySize = 5;
/** The middle of the keys, pixels above the lower edge of a clip. */
export const keyLine = 9;
