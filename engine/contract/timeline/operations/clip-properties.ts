import { z } from 'zod';
import { clipSchema, placementSchema, titleSchema } from '../entities.ts';
import type { Clip } from '../entities.ts';
import { refused } from '../refusals.ts';
import { idsSchema } from './inputs.ts';
import { needed, operation, putAll } from './work.ts';

const { name, enabled, fadeIn, fadeOut, offsetSamples, gain } = clipSchema.shape;

const changesSchema = z
  .object({
    name,
    enabled,
    fadeIn,
    fadeOut,
    offsetSamples,
    placement: placementSchema.partial(),
    gain: gain.unwrap(),
    title: titleSchema.partial(),
  })
  .partial()
  .strict();

/** A part that is changed in some of its fields, where the clip has that part. */
const merged = <V extends object>(part: V | null, changes: Partial<V> | undefined, what: string): V | null => {
  if (changes === undefined) return part;
  if (part === null) throw refused('wrong-kind', `Only ${what}.`, 'Select other clips.');
  return { ...part, ...changes };
};

const changed = (clip: Clip, { placement, gain, title, ...plain }: z.infer<typeof changesSchema>): Clip => {
  const next: Clip = {
    ...clip,
    ...plain,
    placement: merged(clip.placement, placement, 'pictures have a place and an opacity'),
    gain: merged(clip.gain, gain, 'sound has a gain'),
    title: merged(clip.title, title, 'titles have a text'),
  };
  if (next.fadeIn + next.fadeOut > next.duration) {
    throw refused('too-short', 'The fades would be longer than the clip.', 'Choose shorter fades.');
  }
  return next;
};

/** Changes what clips look or sound like; where they lie stays. */
export const setClip = operation(
  'set-clip',
  z.object({ clipIds: idsSchema, changes: changesSchema }).strict(),
  (work, { clipIds, changes }) =>
    putAll(
      work,
      'clip',
      clipIds.map((id) => changed(needed(work, 'clip', id), changes)),
    ),
);
