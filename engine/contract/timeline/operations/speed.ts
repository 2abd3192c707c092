import { z } from 'zod';
import { scaledKeys } from '../animated.ts';
import { withAnimated } from '../clip-animation.ts';
import { endOf, linkedWith, markersOfClip } from '../document.ts';
import { clipSchema } from '../entities.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { divide, floor, multiply, one, rational, round } from '../rational.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { sourceTimeAt } from '../source-time.ts';
import { hasOwnTime, shiftAll, tracksInScope, withinSource } from './clip-steps.ts';
import { scopeSchema, withLinkedSchema } from './inputs.ts';
import { needed, operation, putAll, rateOf, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

/** The clip at another speed: as long as the same material needs at it, or as there is. */
const respeeded = (work: Work, clip: Clip, speed: Rational, reverse: boolean): Clip => {
  const frameRate = rateOf(work, clip);
  // A freeze holds what the clip's first frame showed.
  if (speed.num === 0) return { ...clip, speed, reverse: false, sourceIn: sourceTimeAt(clip, frameRate, 0) };
  const ratio = clip.speed.num === 0 ? one : divide(clip.speed, speed);
  const wanted = Math.max(1, round(multiply(rational(clip.duration), ratio)));
  return withinSource(work, { ...clip, speed, reverse, duration: wanted }, frameRate);
};

/**
 * Plays clips faster, slower, backwards or not at all (speed 0 freezes the first frame, for the clip's length). The clip gets longer or
 * shorter with the same material in it; with `ripple` what comes later moves, without it the new length must fit.
 */
export const setSpeed = operation(
  'set-speed',
  z
    .object({
      clipId: idSchema,
      speed: clipSchema.shape.speed,
      reverse: z.boolean().default(false),
      ripple: z.boolean().default(true),
      scope: scopeSchema,
      withLinked: withLinkedSchema,
    })
    .strict(),
  (work, { clipId, speed, reverse, ripple, scope, withLinked }) => {
    const first = needed(work, 'clip', clipId);
    if (!hasOwnTime(first)) throw refused('wrong-kind', 'A still or a title has no speed.', 'Trim it instead.');
    const clips = withLinked ? linkedWith(work.document, first).filter(hasOwnTime) : [first];
    const changed = clips.map((clip) => respeeded(work, clip, speed, reverse));
    for (const [i, clip] of changed.entries()) {
      const by = rational(clip.duration, clips[i].duration);
      putAll(work, 'clip', [withAnimated(clip, (animated) => scaledKeys(animated, by))]);
      putAll(
        work,
        'marker',
        markersOfClip(work.document, clip.id).map((marker) => ({
          ...marker,
          frame: floor(multiply(rational(marker.frame), by)),
        })),
      );
    }
    if (!ripple) return;
    const at = clips.findIndex((clip) => clip.id === clipId);
    const trackIds = tracksInScope(
      work,
      sequenceOf(work, first).id,
      clips.map((clip) => clip.trackId),
      scope,
    );
    shiftAll(work, trackIds, endOf(first), changed[at].duration - first.duration);
  },
);
