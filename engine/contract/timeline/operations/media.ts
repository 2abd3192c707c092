import { z } from 'zod';
import { clipsOfMedia } from '../document.ts';
import { idSchema, mediaSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { idsSchema } from './inputs.ts';
import { freshId, needed, operation, putAll, removeAll } from './work.ts';

/** Puts imported files into the bin. */
export const addMedia = operation(
  'add-media',
  z.object({ media: z.array(mediaSchema).min(1).max(100000) }).strict(),
  (work, { media }) => {
    for (const { id } of media) freshId(work, 'media', id);
    putAll(work, 'media', media);
  },
);

const { name, path, relativePath, firstNumber, bytes, hash, picture, sound } = mediaSchema.shape;

/**
 * Renames a media, or says where its file is now and what is in it (relink). Clips of it must still lie within the file.
 */
export const changeMedia = operation(
  'change-media',
  z
    .object({
      id: idSchema,
      changes: z.object({ name, path, relativePath, firstNumber, bytes, hash, picture, sound }).partial().strict(),
    })
    .strict(),
  (work, { id, changes }) => putAll(work, 'media', [{ ...needed(work, 'media', id), ...changes }]),
);

/** Marks media, above all takes, as good ones, or takes the mark away. */
export const starMedia = operation(
  'star-media',
  z.object({ mediaIds: idsSchema, starred: z.boolean() }).strict(),
  (work, { mediaIds, starred }) =>
    putAll(
      work,
      'media',
      mediaIds.map((id) => ({ ...needed(work, 'media', id), starred })),
    ),
);

/** Takes media out of the project; the files stay. With `withClips` their clips go too, and leave gaps. */
export const removeMedia = operation(
  'remove-media',
  z.object({ ids: idsSchema, withClips: z.boolean().default(false) }).strict(),
  (work, { ids, withClips }) => {
    for (const id of ids) {
      needed(work, 'media', id);
      const clips = clipsOfMedia(work.document, id);
      if (clips.length > 0 && !withClips) {
        throw refused(
          'in-use',
          'Clips on the timeline use this media.',
          'Delete the clips first, or together with it.',
        );
      }
      removeAll(
        work,
        'clip',
        clips.map((clip) => clip.id),
      );
      removeAll(work, 'media', [id]);
    }
  },
);

export const moveToBin = operation(
  'move-to-bin',
  z.object({ mediaIds: idsSchema, binId: idSchema.nullable() }).strict(),
  (work, { mediaIds, binId }) => {
    if (binId !== null) needed(work, 'bin', binId);
    putAll(
      work,
      'media',
      mediaIds.map((id) => ({ ...needed(work, 'media', id), binId })),
    );
  },
);
