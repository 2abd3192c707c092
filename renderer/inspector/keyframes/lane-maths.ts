/** Keyframes on a lane: where they lie and what moving them does. */
import { valueAt } from '../../../engine/contract/timeline/animated.ts';
import type { Animated, Key } from '../../../engine/contract/timeline/animated.ts';
import { animatedOf } from '../../../engine/contract/timeline/clip-animation.ts';
import type { AnimatedProperty } from '../../../engine/contract/timeline/clip-animation.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import type { Steps } from '../../ui/edits.ts';

/** Pixels of a lane; the first and the last frame of the clip lie `pad` from its ends, so that their keys can be taken hold of. */
export type Lane = { width: number; height: number; pad: number };

const span = ({ width, pad }: Lane): number => Math.max(1, width - 2 * pad);
const steps = (duration: number): number => Math.max(1, duration - 1);

export const laneX = (lane: Lane, duration: number, frame: number): number =>
  lane.pad + (frame / steps(duration)) * span(lane);

/** The frame of the clip at a place of the lane. */
export const laneFrame = (lane: Lane, duration: number, x: number): number =>
  Math.min(duration - 1, Math.max(0, Math.round(((x - lane.pad) / span(lane)) * steps(duration))));

/** From the lowest key at the bottom to the highest at the top; in the middle what stays the same. */
export const laneY = ({ height, pad }: Lane, { value, keys }: Animated, at: number): number => {
  const values = keys.length > 0 ? keys.map((key) => key.value) : [value];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? height / 2 : height - pad - ((at - low) / (high - low)) * (height - 2 * pad);
};

/** Places at which a lane's curve is worked out: a point for every two pixels, and no more than there are frames. */
const mostPoints = 160;

/** The course of a value over the clip, as a path; a step where a key holds. */
export const laneCurve = (lane: Lane, duration: number, animated: Animated): string => {
  const count = Math.min(mostPoints, steps(duration));
  const frames = new Set(Array.from({ length: count + 1 }, (_, i) => Math.round((i * steps(duration)) / count)));
  for (const { frame } of animated.keys) for (const near of [frame - 1, frame]) frames.add(near);
  const points = [...frames].filter((frame) => frame >= 0 && frame < duration).sort((a, b) => a - b);
  return points
    .map((frame, i) => {
      const [x, y] = [laneX(lane, duration, frame), laneY(lane, animated, valueAt(animated, frame))];
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
};

/** Where a key may be moved: within the clip, and between the keys beside it, so that it stays the same in their order. */
export const roomOfKey = (keys: readonly Key[], at: number, duration: number): { from: number; to: number } => ({
  from: Math.max(0, (keys[at - 1]?.frame ?? -1) + 1),
  to: Math.min(duration - 1, (keys[at + 1]?.frame ?? duration) - 1),
});

/** A frame that is wanted, or one of the others that is near it on the lane. */
export const snappedKey = (
  lane: Lane,
  duration: number,
  x: number,
  others: readonly number[],
  within: number,
): number => {
  const near = others
    .filter((frame) => frame >= 0 && frame < duration)
    .map((frame) => ({ frame, off: Math.abs(laneX(lane, duration, frame) - x) }))
    .filter(({ off }) => off <= within)
    .sort((a, b) => a.off - b.off);
  return near.at(0)?.frame ?? laneFrame(lane, duration, x);
};

type At = { clip: Clip; property: AnimatedProperty };

/** Moves a key, by its place in order, to another frame. */
export const moveKeySteps = ({ clip, property }: At, at: number, frame: number): Steps => {
  const keys = animatedOf(clip, property)?.keys ?? [];
  const key = keys.at(at);
  if (!key) return [];
  const { from, to } = roomOfKey(keys, at, clip.duration);
  const next = Math.min(to, Math.max(from, frame));
  if (next === key.frame || to < from) return [];
  const where = { clipId: clip.id, property };
  return [
    { op: 'remove-keyframe', input: { ...where, frame: key.frame } },
    { op: 'set-keyframe', input: { ...where, ...key, frame: next } },
  ];
};

/** Sets a key, or what it is, at a frame. */
export const setKeySteps = ({ clip, property }: At, frame: number, changes: Partial<Omit<Key, 'frame'>>): Steps => {
  const animated = animatedOf(clip, property);
  if (!animated) return [];
  const known = animated.keys.find((key) => key.frame === frame);
  const key = { value: valueAt(animated, frame), easing: 'linear' as const, ...known, ...changes, frame };
  return [{ op: 'set-keyframe', input: { clipId: clip.id, property, ...key } }];
};

export const removeKeySteps = ({ clip, property }: At, frame: number): Steps => [
  { op: 'remove-keyframe', input: { clipId: clip.id, property, frame } },
];
