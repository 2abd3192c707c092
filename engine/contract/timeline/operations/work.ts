import type { z } from 'zod';
import { applyWithInverse } from '../apply-changes.ts';
import type { Applied } from '../apply-changes.ts';
import type { Change } from '../change.ts';
import { endOf, entityById, groupedWith, linkedWith } from '../document.ts';
import type { Document } from '../document.ts';
import { editFrom } from '../edit-from.ts';
import type { Clip, EntityKind, EntityOf, Sequence, Track } from '../entities.ts';
import type { Operation } from '../operation.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';

/** An operation under way: the document as it is after the steps so far, which need not be sound yet. */
export type Work = {
  document: Document;
  readonly changes: Change[];
  readonly newId: () => string;
  /** What every run of steps amounted to. */
  readonly runs: Applied[];
};

export const apply = (work: Work, changes: readonly Change[]): void => {
  if (changes.length === 0) return;
  const applied = applyWithInverse(work.document, changes);
  work.document = applied.document;
  work.runs.push(applied);
  work.changes.push(...changes);
};

export const putting = <K extends EntityKind>(entity: K, value: EntityOf<K>): Change =>
  ({ type: 'put', entity, value }) as Change;

export const removing = (entity: EntityKind, id: string): Change => ({ type: 'remove', entity, id });

export const putAll = <K extends EntityKind>(work: Work, kind: K, values: readonly EntityOf<K>[]): void =>
  apply(
    work,
    values.map((value) => putting(kind, value)),
  );

export const removeAll = (work: Work, kind: EntityKind, ids: readonly string[]): void =>
  apply(
    work,
    ids.map((id) => removing(kind, id)),
  );

/** An operation from its input and what it does, step by step; the edit is made sound or refused at the end. */
export const operation = <S extends z.ZodType>(
  op: string,
  input: S,
  steps: (work: Work, input: z.infer<S>) => void,
): Operation<S> => ({
  input,
  run: (document, values, { newId }) => {
    const work: Work = { document, changes: [], newId, runs: [] };
    steps(work, values);
    return editFrom(document, op, work.changes, work.runs);
  },
});

/** @throws EditRefused when it is not there */
export const needed = <K extends EntityKind>(work: Work, kind: K, id: string): EntityOf<K> => {
  const value = entityById(work.document, kind, id);
  if (!value) throw refused('not-found');
  return value;
};

/** The id that was asked for, or a new one. @throws EditRefused when it is taken */
export const freshId = (work: Work, kind: EntityKind, id: string | undefined): string => {
  if (id === undefined) return work.newId();
  if (entityById(work.document, kind, id)) throw refused('bad-input', 'The id is taken.', 'Leave it out.');
  return id;
};

export const neededTrack = (work: Work, id: string, sequenceId: string, kind: Track['kind']): Track => {
  const track = needed(work, 'track', id);
  if (track.sequenceId !== sequenceId || track.kind !== kind) throw refused('wrong-track');
  return track;
};

export const sequenceOf = (work: Work, clip: Clip): Sequence =>
  needed(work, 'sequence', needed(work, 'track', clip.trackId).sequenceId);

export const rateOf = (work: Work, clip: Clip): Rational => sequenceOf(work, clip).frameRate;

/** The clips, and with them those that are linked or grouped with any of them. @throws EditRefused when one is not there */
export const clipsTogether = (
  work: Work,
  ids: readonly string[],
  { withLinked, withGroup }: { withLinked: boolean; withGroup: boolean },
): Clip[] => {
  const found = new Map<string, Clip>();
  const joined = new Set<string>();
  const waiting = ids.map((id) => needed(work, 'clip', id));
  for (let clip = waiting.pop(); clip; clip = waiting.pop()) {
    found.set(clip.id, clip);
    for (const [wanted, id, mates] of [
      [withLinked, clip.linkId, linkedWith],
      [withGroup, clip.groupId, groupedWith],
    ] as const) {
      if (!wanted || id === null || joined.has(id)) continue;
      joined.add(id);
      waiting.push(...mates(work.document, clip));
    }
  }
  return [...found.values()];
};

/** The clip and, where wanted, the linked clips with the same edge: what is one cut in picture and sound. */
export const clipsAtEdge = (work: Work, clip: Clip, edge: 'head' | 'tail', withLinked: boolean): Clip[] => {
  const frameOf = (of: Clip): number => (edge === 'head' ? of.start : endOf(of));
  return withLinked ? linkedWith(work.document, clip).filter((mate) => frameOf(mate) === frameOf(clip)) : [clip];
};

/** New ids for old ones, the same for the same. */
export const renamer = (work: Work) => {
  const names = new Map<string, string>();
  const rename = (id: string): string => {
    const name = names.get(id) ?? work.newId();
    names.set(id, name);
    return name;
  };
  return { names, rename, renameOrNull: (id: string | null): string | null => (id === null ? null : rename(id)) };
};
