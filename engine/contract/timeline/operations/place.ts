import { clipsOf, endOf } from '../document.ts';
import type { Clip } from '../entities.ts';
import { idSchema } from '../media.ts';
import { clearRange, openGap, tracksInScope } from './clip-steps.ts';
import { frameSchema, scopeSchema } from './inputs.ts';
import { clipsFrom, sourceSchema, targetsSchema } from './new-clips.ts';
import { needed, operation, putAll } from './work.ts';

const placeSchema = targetsSchema.extend({ sequenceId: idSchema, source: sourceSchema });

/** Picture and sound of one source are equally long. */
const lengthOf = (clips: readonly Clip[]): number => clips[0].duration;
const trackIdsOf = (clips: readonly Clip[]): string[] => clips.map((clip) => clip.trackId);

/** Puts a source at a frame and moves what comes later; a clip that lies across the frame is cut. */
export const insert = operation(
  'insert',
  placeSchema.extend({ at: frameSchema, scope: scopeSchema }).strict(),
  (work, { sequenceId, source, at, scope, ...targets }) => {
    const clips = clipsFrom(work, needed(work, 'sequence', sequenceId), source, targets, at);
    openGap(work, tracksInScope(work, sequenceId, trackIdsOf(clips), scope), at, lengthOf(clips));
    putAll(work, 'clip', clips);
  },
);

/** Puts a source at a frame in place of what lies there; nothing else moves. */
export const overwrite = operation(
  'overwrite',
  placeSchema.extend({ at: frameSchema }).strict(),
  (work, { sequenceId, source, at, ...targets }) => {
    const clips = clipsFrom(work, needed(work, 'sequence', sequenceId), source, targets, at);
    clearRange(work, trackIdsOf(clips), at, at + lengthOf(clips));
    putAll(work, 'clip', clips);
  },
);

/** Puts a source after the last clip of the tracks that it goes to. */
export const append = operation('append', placeSchema.strict(), (work, { sequenceId, source, ...targets }) => {
  const clips = clipsFrom(work, needed(work, 'sequence', sequenceId), source, targets, 0);
  const ends = trackIdsOf(clips).map((id) => {
    const last = clipsOf(work.document, id).at(-1);
    return last ? endOf(last) : 0;
  });
  const start = Math.max(...ends);
  putAll(
    work,
    'clip',
    clips.map((clip) => ({ ...clip, start })),
  );
});
