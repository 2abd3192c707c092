import { z } from 'zod';
import { easings } from '../animated.ts';
import type { Animated } from '../animated.ts';
import { animatedOf, animatedProperties, withProperty } from '../clip-animation.ts';
import type { AnimatedProperty } from '../clip-animation.ts';
import { clipSchema } from '../entities.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { needed, operation, putAll } from './work.ts';

const keyAtSchema = z.object({
  clipId: idSchema,
  property: z.enum(animatedProperties),
  /** Timeline frames from the clip's start. */
  frame: z.number().int(),
});

const neededAnimated = (clip: Clip, property: AnimatedProperty): Animated => {
  const animated = animatedOf(clip, property);
  if (animated) return animated;
  throw refused('wrong-kind', 'This clip has no such property.', 'Select a clip with a picture, or with sound.');
};

/** @throws EditRefused for a value outside the property's range, or too many keys */
const checked = (property: AnimatedProperty, animated: Animated): Animated => {
  const { gain, placement } = clipSchema.shape;
  const schema = property === 'gain' ? gain : placement.unwrap().shape[property];
  if (schema.safeParse(animated).success) return animated;
  throw refused('bad-input', 'The value lies outside of what this property can be.', 'Choose another value.');
};

/** Sets a key of an animated property, in place of one at the same frame. */
export const setKeyframe = operation(
  'set-keyframe',
  keyAtSchema.extend({ value: z.number(), easing: z.enum(easings).default('linear') }).strict(),
  (work, { clipId, property, frame, value, easing }) => {
    const clip = needed(work, 'clip', clipId);
    const animated = neededAnimated(clip, property);
    const keys = [...animated.keys.filter((key) => key.frame !== frame), { frame, value, easing }];
    keys.sort((a, b) => a.frame - b.frame);
    putAll(work, 'clip', [withProperty(clip, property, checked(property, { ...animated, keys }))]);
  },
);

/** Takes a key away; with the last one its value stays. */
export const removeKeyframe = operation(
  'remove-keyframe',
  keyAtSchema.strict(),
  (work, { clipId, property, frame }) => {
    const clip = needed(work, 'clip', clipId);
    const animated = neededAnimated(clip, property);
    const gone = animated.keys.find((key) => key.frame === frame);
    if (!gone) throw refused('not-found', 'There is no keyframe at this frame.', 'Choose a frame that has one.');
    const keys = animated.keys.filter((key) => key !== gone);
    putAll(work, 'clip', [
      withProperty(clip, property, { value: keys.length > 0 ? animated.value : gone.value, keys }),
    ]);
  },
);
