/** What a handle on the picture does to a clip, as steps of one edit. */
import { animatedOf } from '../../../engine/contract/timeline/clip-animation.ts';
import { valueAt } from '../../../engine/contract/timeline/animated.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import { frameWithin, setClips, setProperty } from '../../inspector/clip-edits.ts';
import type { Steps } from '../../ui/edits.ts';
import type { Point } from './seen-clips.ts';

type Placing = 'x' | 'y' | 'scale' | 'rotation';

const held = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** What a property is at the playhead; 0 for a clip without a picture. */
const valueOf = (clip: Clip, property: Placing, frame: number): number => {
  const animated = animatedOf(clip, property);
  return animated ? valueAt(animated, frameWithin(clip, frame)) : 0;
};

/** Moves by sequence pixels, to whole ones of them: a picture that lies between two is less sharp. */
export const moveSteps = (clip: Clip, frame: number, [x, y]: Point): Steps =>
  [['x', x] as const, ['y', y] as const].flatMap(([property, by]) => {
    const from = valueOf(clip, property, frame);
    return by === 0 ? [] : setProperty([clip], property, frame, held(Math.round(from + by), -32768, 32768));
  });

/** Makes a picture so many times as large; of a title the letters, which stay sharp so. */
export const scaleSteps = (clip: Clip, frame: number, times: number): Steps => {
  if (clip.title) {
    const size = held(Math.round(clip.title.size * times * 10_000) / 10_000, 0.005, 1);
    return setClips([clip], { title: { size } });
  }
  const scale = held(Math.round(valueOf(clip, 'scale', frame) * times * 1000) / 1000, 0.01, 100);
  return setProperty([clip], 'scale', frame, scale);
};

/** Turns to an angle, degrees clockwise. */
export const turnSteps = (clip: Clip, frame: number, degrees: number): Steps =>
  setProperty([clip], 'rotation', frame, held(degrees, -36_000, 36_000));
