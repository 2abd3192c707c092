import { z } from 'zod';
import { endOf, transitionAtEnd, transitionAtStart } from '../document.ts';
import type { Document } from '../document.ts';
import { transitionSchema } from '../entities.ts';
import type { Clip, Transition } from '../entities.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { sidesOf, transitionRoom } from '../transition-room.ts';
import { framesSchema, idsSchema } from './inputs.ts';
import { freshId, needed, operation, putAll, removeAll } from './work.ts';
import type { Work } from './work.ts';

/** Where the cut lies in the transition: in its middle, at its start or at its end. */
const alignmentSchema = z.enum(['centre', 'start', 'end']);
type Alignment = z.infer<typeof alignmentSchema>;

const { kind, colour, direction, softness } = transitionSchema.shape;

const parts = (duration: number, alignment: Alignment): { before: number; after: number } => {
  const before = { centre: Math.floor(duration / 2), start: 0, end: duration }[alignment];
  return { before, after: duration - before };
};

/** The wanted length on the sides that there are, and as much of it as there is room for where it may be shortened. */
const fitted = (
  document: Document,
  { left, right }: { left: Clip | null; right: Clip | null },
  wanted: { before: number; after: number },
  shorten: boolean,
): { before: number; after: number } => {
  const whole = wanted.before + wanted.after;
  const { before, after } = left && right ? wanted : { before: left ? whole : 0, after: right ? whole : 0 };
  const room = transitionRoom(document, left, right);
  if (before <= room.before && after <= room.after) return { before, after };
  const short = { before: Math.min(before, Math.max(0, room.before)), after: Math.min(after, Math.max(0, room.after)) };
  if (!shorten || short.before + short.after < 1) throw refused('no-handles');
  return short;
};

const neededSides = (work: Work, transition: Pick<Transition, 'leftClipId' | 'rightClipId'>) => {
  const sides = sidesOf(work.document, transition);
  if (!sides || (!sides.left && !sides.right)) throw refused('not-found');
  const { left, right } = sides;
  if (left && right && (left.trackId !== right.trackId || endOf(left) !== right.start)) throw refused('not-adjacent');
  return sides;
};

/**
 * Puts a transition on the cut between two clips, or at one clip's start (left null) or end (right null). What lies at these edges already
 * is replaced.
 * @throws EditRefused `no-handles` where a clip has too little beyond the cut, unless it may be shortened
 */
export const addTransition = operation(
  'add-transition',
  z
    .object({
      id: idSchema.optional(),
      leftClipId: idSchema.nullable(),
      rightClipId: idSchema.nullable(),
      duration: framesSchema,
      alignment: alignmentSchema.default('centre'),
      shorten: z.boolean().default(false),
      kind: kind.default('dissolve'),
      colour: colour.default('#000000'),
      direction: direction.default('left'),
      softness: softness.default(0),
    })
    .strict(),
  (work, { id, duration, alignment, shorten, leftClipId, rightClipId, ...look }) => {
    const sides = neededSides(work, { leftClipId, rightClipId });
    const { left, right } = sides;
    const there = [
      left && transitionAtEnd(work.document, left.id),
      right && transitionAtStart(work.document, right.id),
    ].flatMap((transition) => (transition ? [transition.id] : []));
    removeAll(work, 'transition', [...new Set(there)]);
    const trackId = (left ?? right)?.trackId ?? '';
    const length = fitted(work.document, sides, parts(duration, alignment), shorten);
    putAll(work, 'transition', [
      { id: freshId(work, 'transition', id), trackId, leftClipId, rightClipId, ...length, ...look },
    ]);
  },
);

/** Another length, place or look of a transition. */
export const changeTransition = operation(
  'change-transition',
  z
    .object({
      id: idSchema,
      duration: framesSchema.optional(),
      alignment: alignmentSchema.optional(),
      shorten: z.boolean().default(false),
      changes: z.object({ kind, colour, direction, softness }).partial().strict().default({}),
    })
    .strict(),
  (work, { id, duration, alignment, shorten, changes }) => {
    const transition = needed(work, 'transition', id);
    const length = transition.before + transition.after;
    const whole = duration ?? length;
    const before = Math.round((transition.before * whole) / length);
    const wanted = alignment ? parts(whole, alignment) : { before, after: whole - before };
    const fit = fitted(work.document, neededSides(work, transition), wanted, shorten);
    putAll(work, 'transition', [{ ...transition, ...changes, ...fit }]);
  },
);

export const removeTransition = operation('remove-transition', z.object({ ids: idsSchema }).strict(), (work, { ids }) =>
  removeAll(
    work,
    'transition',
    [...new Set(ids)].map((id) => needed(work, 'transition', id).id),
  ),
);
