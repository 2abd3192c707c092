/** What the inspector's controls do to the selected clips, as steps of one edit. */
import { valueAt } from '../../engine/contract/timeline/animated.ts';
import { animatedOf } from '../../engine/contract/timeline/clip-animation.ts';
import type { AnimatedProperty } from '../../engine/contract/timeline/clip-animation.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { OperationInput } from '../../engine/contract/timeline/operations/registry.ts';
import type { Steps } from '../ui/edits.ts';

type ClipChanges = OperationInput<'set-clip'>['changes'];

/** The same of all, or null where they differ; undefined where there is none. */
export const common = <V>(values: readonly V[]): V | null | undefined =>
  values.length === 0 ? undefined : values.every((value) => value === values[0]) ? values[0] : null;

/** The playhead as a frame of the clip, held within it. */
export const frameWithin = ({ start, duration }: Clip, frame: number): number =>
  Math.min(duration - 1, Math.max(0, frame - start));

export const withProperty = (clips: readonly Clip[], property: AnimatedProperty): Clip[] =>
  clips.filter((clip) => animatedOf(clip, property) !== null);

/** What a property is at the playhead, null where it differs among the clips. */
export const propertyAt = (clips: readonly Clip[], property: AnimatedProperty, frame: number): number | null =>
  common(
    clips.flatMap((clip) => {
      const animated = animatedOf(clip, property);
      return animated ? [valueAt(animated, frameWithin(clip, frame))] : [];
    }),
  ) ?? null;

export const setClips = (clips: readonly Clip[], changes: ClipChanges): Steps =>
  clips.length === 0 ? [] : [{ op: 'set-clip', input: { clipIds: clips.map(({ id }) => id), changes } }];

/** What a title clip is called that is called by its text. */
const nameOf = (words: string): string => words.replace(/\s+/g, ' ').slice(0, 100);

/** Gives titles other words. A clip that is called by its text goes on being called so. */
export const typeTitle = (clips: readonly Clip[], text: string): Steps => {
  const named = clips.filter(({ name, title }) => title && name === nameOf(title.text));
  const others = clips.filter((clip) => !named.includes(clip));
  return [...setClips(others, { title: { text } }), ...setClips(named, { title: { text }, name: nameOf(text) })];
};

/** Sets a property: for good where it stands still, as a key at the playhead where it moves. */
export const setProperty = (
  clips: readonly Clip[],
  property: AnimatedProperty,
  frame: number,
  value: number,
): Steps => {
  const having = withProperty(clips, property);
  const moving = having.filter((clip) => (animatedOf(clip, property)?.keys.length ?? 0) > 0);
  const resting = having.filter((clip) => !moving.includes(clip));
  const still = { value, keys: [] };
  return [
    ...setClips(resting, property === 'gain' ? { gain: still } : { placement: { [property]: still } }),
    ...moving.map((clip) => {
      const at = frameWithin(clip, frame);
      const easing = animatedOf(clip, property)?.keys.find((key) => key.frame === at)?.easing;
      return { op: 'set-keyframe', input: { clipId: clip.id, property, frame: at, value, ...(easing && { easing }) } };
    }),
  ];
};

/** Whether every clip that the playhead lies in has a key there. */
export const hasKey = (clips: readonly Clip[], property: AnimatedProperty, frame: number): boolean =>
  clips.length > 0 &&
  clips.every((clip) => animatedOf(clip, property)?.keys.some((key) => key.frame === frame - clip.start));

const under = (clips: readonly Clip[], frame: number): Clip[] =>
  clips.filter(({ start, duration }) => frame >= start && frame < start + duration);

/** Sets keys at the playhead, or takes them away where there are some; nothing where it lies in none of the clips. */
export const toggleKey = (clips: readonly Clip[], property: AnimatedProperty, frame: number): Steps => {
  const touched = under(withProperty(clips, property), frame);
  const there = hasKey(touched, property, frame);
  return touched.map((clip) => {
    const at = { clipId: clip.id, property, frame: frame - clip.start };
    if (there) return { op: 'remove-keyframe', input: at };
    const animated = animatedOf(clip, property);
    return { op: 'set-keyframe', input: { ...at, value: animated ? valueAt(animated, at.frame) : 0 } };
  });
};

/** The nearest key before or after the playhead that lies within its clip, as a frame of the sequence. */
export const nextKey = (
  clips: readonly Clip[],
  property: AnimatedProperty,
  frame: number,
  direction: 'before' | 'after',
): number | null => {
  const frames = clips.flatMap((clip) =>
    (animatedOf(clip, property)?.keys ?? []).flatMap((key) =>
      key.frame >= 0 && key.frame < clip.duration ? [clip.start + key.frame] : [],
    ),
  );
  const beyond = frames.filter((each) => (direction === 'before' ? each < frame : each > frame));
  if (beyond.length === 0) return null;
  return direction === 'before' ? Math.max(...beyond) : Math.min(...beyond);
};
