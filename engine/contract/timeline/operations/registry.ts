import { z } from 'zod';
import { applyChanges } from '../apply-changes.ts';
import type { Change, Edit } from '../change.ts';
import type { Document } from '../document.ts';
import { joinedEdit } from '../edit-from.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { refused } from '../refusals.ts';
import { addBin, moveBin, removeBin, renameBin } from './bins.ts';
import { blade } from './blade.ts';
import { setClip } from './clip-properties.ts';
import { chooseTake } from './choose-take.ts';
import { closeGap, deleteClips, rippleDelete } from './delete.ts';
import { group, link, ungroup, unlink } from './join.ts';
import { removeKeyframe, setKeyframe } from './keyframes.ts';
import { addMarker, changeMarker, removeMarker } from './markers.ts';
import { addMedia, changeMedia, moveToBin, removeMedia, starMedia } from './media.ts';
import { move } from './move.ts';
import { paste } from './paste.ts';
import { append, insert, overwrite } from './place.ts';
import { placeSequence } from './place-sequence.ts';
import { placeTake } from './place-take.ts';
import { addSequence, changeSequence, duplicateSequence, removeSequence } from './sequences.ts';
import { slide, slip } from './slip-slide.ts';
import { setSpeed } from './speed.ts';
import { replaceWithTake } from './take.ts';
import { addTrack, changeTrack, removeTrack, reorderTrack } from './tracks.ts';
import { addTransition, changeTransition, removeTransition } from './transitions.ts';
import { rippleTrim, roll, trim } from './trim.ts';

const single = {
  'add-media': addMedia,
  'change-media': changeMedia,
  'remove-media': removeMedia,
  'move-to-bin': moveToBin,
  'star-media': starMedia,
  'add-bin': addBin,
  'rename-bin': renameBin,
  'move-bin': moveBin,
  'remove-bin': removeBin,
  'add-sequence': addSequence,
  'change-sequence': changeSequence,
  'remove-sequence': removeSequence,
  'duplicate-sequence': duplicateSequence,
  'place-sequence': placeSequence,
  'add-track': addTrack,
  'change-track': changeTrack,
  'remove-track': removeTrack,
  'reorder-track': reorderTrack,
  insert,
  overwrite,
  append,
  move,
  trim,
  'ripple-trim': rippleTrim,
  roll,
  slip,
  slide,
  blade,
  delete: deleteClips,
  'ripple-delete': rippleDelete,
  'close-gap': closeGap,
  paste,
  link,
  unlink,
  group,
  ungroup,
  'set-speed': setSpeed,
  'replace-with-take': replaceWithTake,
  'place-take': placeTake,
  'choose-take': chooseTake,
  'add-transition': addTransition,
  'change-transition': changeTransition,
  'remove-transition': removeTransition,
  'add-marker': addMarker,
  'change-marker': changeMarker,
  'remove-marker': removeMarker,
  'set-clip': setClip,
  'set-keyframe': setKeyframe,
  'remove-keyframe': removeKeyframe,
} as const;

const batchSchema = z
  .object({
    operations: z
      .array(z.object({ op: z.string(), input: z.unknown() }).strict())
      .min(1)
      .max(10000),
  })
  .strict();

/** What an edit is called in the log and the history: a batch by its steps' name where they have one and the same. */
export const editName = (name: string, input: unknown): string => {
  const parsed = name === 'batch' ? batchSchema.safeParse(input) : undefined;
  if (!parsed?.success) return name;
  const [first, ...others] = new Set(parsed.data.operations.map(({ op }) => op));
  return others.length === 0 && Object.hasOwn(single, first) ? first : name;
};

/** Several operations as one edit: each sees what the ones before it did; if one cannot be, none is. */
const batch: Operation<typeof batchSchema> = {
  input: batchSchema,
  run: (document, input, context) => {
    const { operations: steps } = input;
    const changes: Change[] = [];
    let state = document;
    for (const { op, input } of steps) {
      if (op === 'batch')
        throw refused('bad-input', 'A batch cannot hold another one.', 'List its operations instead.');
      const { forward } = runOperation(state, op, input, context);
      state = applyChanges(state, forward);
      changes.push(...forward);
    }
    return joinedEdit(document, editName('batch', input), changes);
  },
};

/** Every operation that edits a project, by the name that the edit log, the command line and the window use. */
export const operations = { ...single, batch } as const;
export type OperationName = keyof typeof operations;
export type OperationInput<N extends OperationName> = z.input<(typeof operations)[N]['input']>;

export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name);

/**
 * Runs an operation by its name on an input that nobody has checked.
 * @throws EditRefused when there is no such operation, the input is none of its, or it cannot be done
 */
export const runOperation = (document: Document, name: string, input: unknown, context: OperationContext): Edit => {
  if (!isOperationName(name)) {
    throw refused(
      'bad-input',
      `There is no operation "${name}".`,
      `It is one of ${Object.keys(operations).join(', ')}.`,
    );
  }
  const operation: Operation = operations[name];
  const parsed = operation.input.safeParse(input);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    const where = path.length > 0 ? ` at "${path.join('.')}"` : '';
    throw refused('bad-input', `The operation "${name}" cannot read its input${where}: ${message}.`, 'Correct it.');
  }
  return operation.run(document, parsed.data, context);
};
