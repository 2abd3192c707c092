import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../contract/timeline/change.ts';
import { emptyDocument, mapNames } from '../contract/timeline/document.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { EntityKind, EntityOf } from '../contract/timeline/entities.ts';

const entitiesOf = <K extends EntityKind>(document: Document, kind: K): EntityOf<K>[] =>
  ([...document[mapNames[kind]].values()] as EntityOf<K>[]).sort((a, b) => (a.id < b.id ? -1 : 1));

/** Kinds in an order in which what is named stands before what names it. */
const parentsFirst: readonly EntityKind[] = ['bin', 'media', 'sequence', 'track', 'clip', 'transition', 'marker'];

/** The steps that lead from one document to another, always in the same order: what goes first, children before parents, then what comes. */
export const difference = (from: Document, to: Document): Change[] => {
  const gone = [...parentsFirst].reverse().flatMap((kind) =>
    entitiesOf(from, kind)
      .filter(({ id }) => !to[mapNames[kind]].has(id))
      .map(({ id }): Change => ({ type: 'remove', entity: kind, id })),
  );
  const put = parentsFirst.flatMap((kind) =>
    entitiesOf(to, kind)
      .filter((value) => {
        const before = from[mapNames[kind]].get(value.id);
        return before !== value && !isDeepStrictEqual(before, value);
      })
      .map((value) => ({ type: 'put', entity: kind, value }) as Change),
  );
  return [...gone, ...put];
};

/** A document as the steps that make it from nothing. */
export const contentOf = (document: Document): Change[] => difference(emptyDocument, document);
