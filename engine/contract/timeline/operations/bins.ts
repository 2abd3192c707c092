import { z } from 'zod';
import { binSchema, idSchema, nameSchema } from '../media.ts';
import type { Bin } from '../media.ts';
import { freshId, needed, operation, putAll, removeAll } from './work.ts';
import type { Work } from './work.ts';

const lastOrder = (work: Work, parentId: string | null): number =>
  Array.from(work.document.bins.values())
    .filter((bin) => bin.parentId === parentId)
    .reduce((last, bin) => Math.max(last, bin.order + 1), 0);

export const addBin = operation(
  'add-bin',
  z.object({ id: idSchema.optional(), name: nameSchema, parentId: idSchema.nullable().default(null) }).strict(),
  (work, { id, name, parentId }) =>
    putAll(work, 'bin', [{ id: freshId(work, 'bin', id), name, parentId, order: lastOrder(work, parentId) }]),
);

export const renameBin = operation(
  'rename-bin',
  z.object({ id: idSchema, name: nameSchema }).strict(),
  (work, { id, name }) => putAll(work, 'bin', [{ ...needed(work, 'bin', id), name }]),
);

/** Into another bin, at a place among its bins; without `order` after them. */
export const moveBin = operation(
  'move-bin',
  z.object({ id: idSchema, parentId: idSchema.nullable(), order: binSchema.shape.order.optional() }).strict(),
  (work, { id, parentId, order }) => {
    const bin: Bin = { ...needed(work, 'bin', id), parentId };
    const mates = Array.from(work.document.bins.values())
      .filter((mate) => mate.parentId === parentId && mate.id !== id)
      .sort((a, b) => a.order - b.order);
    mates.splice(order ?? mates.length, 0, bin);
    putAll(
      work,
      'bin',
      mates.map((mate, i) => ({ ...mate, order: i })),
    );
  },
);

/** What lies in the bin moves up to where the bin was. */
export const removeBin = operation('remove-bin', z.object({ id: idSchema }).strict(), (work, { id }) => {
  const { parentId } = needed(work, 'bin', id);
  let order = lastOrder(work, parentId);
  const inner = Array.from(work.document.bins.values())
    .filter((bin) => bin.parentId === id)
    .sort((a, b) => a.order - b.order);
  putAll(
    work,
    'bin',
    inner.map((bin) => ({ ...bin, parentId, order: order++ })),
  );
  putAll(
    work,
    'media',
    Array.from(work.document.media.values())
      .filter((media) => media.binId === id)
      .map((media) => ({ ...media, binId: parentId })),
  );
  removeAll(work, 'bin', [id]);
});
