import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { changeSchema } from '../../engine/contract/timeline/change.ts';
import { checkDocument } from '../../engine/contract/timeline/check-document.ts';
import { documentOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { operations } from '../../engine/contract/timeline/operations/registry.ts';
import { anyName, diceOf, furnished, singleNames, tryEdit } from '../support/random-edits.ts';
import { contentOf } from '../support/timeline.ts';

/** What is found from the content alone; the order of ids in an index means nothing. */
const indicesOf = (document: Document) => {
  const lists = (map: ReadonlyMap<string, readonly string[]>) =>
    [...map].map(([key, ids]) => `${key}: ${[...ids].sort().join(' ')}`).sort();
  return {
    tracks: [...document.clipsOfTrack].map(([id, clips]) => `${id}: ${clips.map((clip) => clip.id).join(' ')}`).sort(),
    kinds: [...document.tracksOfSequence].map(([id, kinds]) => `${id}: ${JSON.stringify(kinds)}`).sort(),
    links: lists(document.clipsOfLink),
    groups: lists(document.clipsOfGroup),
    transitions: lists(document.transitionsOfClip),
    markers: lists(document.markersOfClip),
  };
};

describe('any sequence of edits', () => {
  it('keeps every invariant, and undoing and redoing all of it gives the same bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 20, maxLength: 60 }), (seeds) => {
        const timeline = furnished();
        const empty = canonicalJson(timeline.document);
        const first = timeline.edits.length;
        const states = [empty];
        for (const seed of seeds) {
          const dice = diceOf(seed);
          if (!tryEdit(timeline, dice, anyName(dice))) continue;
          const { op, forward, inverse } = timeline.edits[timeline.edits.length - 1];
          expect(checkDocument(timeline.document), op).toEqual([]);
          for (const change of [...forward, ...inverse]) changeSchema.parse(change);
          expect(indicesOf(timeline.document), op).toEqual(indicesOf(documentOf(contentOf(timeline.document))));
          states.push(canonicalJson(timeline.document));
        }
        let document = timeline.document;
        const edits = timeline.edits.slice(first);
        for (const [i, edit] of [...edits.entries()].reverse()) {
          document = applyChanges(document, edit.inverse);
          expect(canonicalJson(document), `undo of ${edit.op}`).toBe(states[i]);
        }
        expect(canonicalJson(document)).toBe(empty);
        for (const [i, edit] of edits.entries()) {
          document = applyChanges(document, edit.forward);
          expect(canonicalJson(document), `redo of ${edit.op}`).toBe(states[i + 1]);
        }
      }),
      // More for whoever changes an operation: TIMELINE_RUNS=1000.
      { numRuns: Number(process.env.TIMELINE_RUNS ?? 60) },
    );
  });

  it('may be of every operation', () => {
    const made = singleNames.filter((name) => {
      const timeline = furnished();
      return Array.from({ length: 200 }, (_, seed) => diceOf(seed)).some((dice) => tryEdit(timeline, dice, name));
    });
    expect(made).toEqual(Object.keys(operations).filter((name) => name !== 'batch'));
  });
});
