import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import type { Change } from '../../engine/contract/timeline/change.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { dispensable } from '../../engine/projects/backups.ts';
import type { Backup } from '../../engine/projects/backups.ts';
import { contentOf, difference } from '../../engine/projects/difference.ts';
import { migrate } from '../../engine/projects/migrate.ts';
import { recentTouches, touchedBy } from '../../engine/projects/overlap.ts';
import { readDocument } from '../../engine/projects/read-document.ts';
import { changeWriter } from '../../engine/projects/write-changes.ts';
import { drawNumbers, sequenceFrom } from '../support/random-sequence.ts';

const emptyFile = (): Database.Database => {
  const db = new Database(':memory:');
  migrate(db);
  return db;
};

describe('the tables', () => {
  it('give back any document as it was put in', () => {
    fc.assert(
      fc.property(drawNumbers, (numbers) => {
        const { document } = sequenceFrom(numbers);
        const db = emptyFile();
        db.transaction(() => changeWriter(db)(contentOf(document)))();
        expect(canonicalJson(readDocument(db))).toBe(canonicalJson(document));
        db.close();
      }),
      { numRuns: 40 },
    );
  });

  it('follow the way from any document to any other, step by step, and its shifts', () => {
    fc.assert(
      fc.property(drawNumbers, drawNumbers, fc.nat(30), fc.integer({ min: 0, max: 50 }), (one, other, from, by) => {
        const first = sequenceFrom(one).document;
        const second = sequenceFrom(other).document;
        const there = difference(first, second);
        expect(canonicalJson(applyChanges(first, there))).toBe(canonicalJson(second));
        expect(difference(second, applyChanges(first, there))).toEqual([]);
        const db = emptyFile();
        const write = changeWriter(db);
        const shifts = (document: Document): Change[] =>
          [...document.tracks.keys()].map((trackId) => ({ type: 'shift', trackId, from, by }));
        let document = emptyDocument;
        for (const changes of [contentOf(first), shifts(first), contentOf(first), there, shifts(second)]) {
          db.transaction(() => write(changes))();
          document = applyChanges(document, changes);
          expect(canonicalJson(readDocument(db))).toBe(canonicalJson(document));
        }
        db.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('which backups may go', () => {
  const backup = (hours: number): Backup => {
    const madeAt = new Date(Date.UTC(2026, 10, 25, 12) - hours * 3_600_000);
    return { path: String(hours), madeAt, revision: 1000 - hours };
  };

  it('are neither the newest five nor the newest of one of seven days', () => {
    const hours = Array.from({ length: 240 }, (_, i) => i);
    const gone = new Set(dispensable(hours.map(backup)).map(({ path }) => Number(path)));
    expect(hours.filter((hour) => !gone.has(hour))).toEqual([0, 1, 2, 3, 4, 13, 37, 61, 85, 109, 133]);
  });

  it('are none while there are five', () => {
    expect(dispensable([0, 1, 2, 3, 4].map(backup))).toEqual([]);
    expect(dispensable([])).toEqual([]);
  });
});

describe('edits from an older revision', () => {
  it('are clear of others that touch other tracks, and of no others', () => {
    const touches = recentTouches();
    touches.add(1, touchedBy([{ type: 'shift', trackId: 'a', from: 0, by: 1 }]));
    touches.add(2, touchedBy([{ type: 'remove', entity: 'bin', id: 'b' }]));
    const onTrack = (trackId: string) => touchedBy([{ type: 'shift', trackId, from: 9, by: 1 }]);
    expect(touches.clear(onTrack('c'), 0, 2)).toBe(true);
    expect(touches.clear(onTrack('a'), 0, 2)).toBe(false);
    expect(touches.clear(onTrack('a'), 1, 2)).toBe(true);
    expect(touches.clear(new Set(['b']), 1, 2)).toBe(false);
  });

  it('are not known to be clear of what was done before the project was opened, or long ago', () => {
    const touches = recentTouches();
    for (let revision = 11; revision <= 300; revision++) touches.add(revision, new Set());
    expect(touches.clear(new Set(), 5, 300)).toBe(false);
    expect(touches.clear(new Set(), 50, 300)).toBe(false);
    expect(touches.clear(new Set(), 150, 300)).toBe(true);
    expect(touches.clear(new Set(), 301, 300)).toBe(false);
  });
});
