import { z } from 'zod';
import { groupedWith, linkedWith } from '../document.ts';
import type { Clip } from '../entities.ts';
import { refused } from '../refusals.ts';
import { idsSchema } from './inputs.ts';
import { needed, operation, putAll, sequenceOf } from './work.ts';
import type { Work } from './work.ts';

const inputSchema = z.object({ clipIds: idsSchema }).strict();

type Key = 'linkId' | 'groupId';

/** Joins clips of one sequence under a new id; what they were joined to before lets them go. */
const joinBy =
  (key: Key) =>
  (work: Work, { clipIds }: z.infer<typeof inputSchema>): void => {
    const clips = [...new Set(clipIds)].map((id) => needed(work, 'clip', id));
    if (clips.length < 2)
      throw refused('nothing-to-do', 'One clip alone cannot be joined.', 'Select two or more clips.');
    if (new Set(clips.map((clip) => sequenceOf(work, clip).id)).size > 1) {
      throw refused('bad-input', 'The clips lie in different sequences.', 'Select clips of one sequence.');
    }
    const id = work.newId();
    putAll(
      work,
      'clip',
      clips.map((clip) => ({ ...clip, [key]: id })),
    );
  };

/** Takes links or groups apart of which any of the clips is a part. */
const partBy =
  (key: Key, mates: (document: Work['document'], clip: Clip) => Clip[]) =>
  (work: Work, { clipIds }: z.infer<typeof inputSchema>): void => {
    const clips = clipIds.map((id) => needed(work, 'clip', id)).filter((clip) => clip[key] !== null);
    putAll(
      work,
      'clip',
      clips.flatMap((clip) => mates(work.document, clip)).map((clip) => ({ ...clip, [key]: null })),
    );
  };

/** Makes picture and sound one thing. */
export const link = operation('link', inputSchema, joinBy('linkId'));
export const unlink = operation('unlink', inputSchema, partBy('linkId', linkedWith));

/** Makes clips move together. */
export const group = operation('group', inputSchema, joinBy('groupId'));
export const ungroup = operation('ungroup', inputSchema, partBy('groupId', groupedWith));
