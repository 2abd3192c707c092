import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportCodecs, exportExtensions, exportSettingsSchema } from '../../engine/contract/export-settings.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Steps } from '../../renderer/ui/edits.ts';
import { newId } from '../../renderer/document/new-id.ts';
import { hasKey, nextKey, propertyAt, setProperty, toggleKey } from '../../renderer/inspector/clip-edits.ts';
import { sizeOf, timeLeftOf } from '../../renderer/library/amounts.ts';
import { titleAt } from '../../renderer/library/place-clips.ts';
import { found, pathOfBin, shelfOf } from '../../renderer/library/shelf.ts';
import { bareName, fileName, folderOf, pathIn, withCodec } from '../../renderer/ui/dialogs/export-wishes.ts';
import { neighbourOf, nothingSelected, selectedWith } from '../../renderer/ui/multi-select.ts';
import { bounded, numberText, typedNumber } from '../../renderer/ui/number-text.ts';

const done = (document: Document, steps: Steps): Document =>
  steps.reduce(
    (state, { op, input }) => applyChanges(state, runOperation(state, op, input, { newId }).forward),
    document,
  );

describe('choosing several', () => {
  const order = ['a', 'b', 'c', 'd', 'e'];
  const plain = { toggle: false, range: false };

  it('takes one, a stretch from the anchor on, and single ones besides', () => {
    const one = selectedWith(order, nothingSelected, 'b', plain);
    expect([...one.ids]).toEqual(['b']);
    const stretch = selectedWith(order, one, 'd', { toggle: false, range: true });
    expect([...stretch.ids]).toEqual(['b', 'c', 'd']);
    expect([...selectedWith(order, stretch, 'a', { toggle: false, range: true }).ids]).toEqual(['a', 'b']);
    const without = selectedWith(order, stretch, 'c', { toggle: true, range: false });
    expect([...without.ids]).toEqual(['b', 'd']);
    expect([...selectedWith(order, without, 'e', { toggle: true, range: true }).ids]).toEqual(['b', 'd', 'c', 'e']);
    expect([
      ...selectedWith(order, { ids: new Set(['x']), anchor: 'x' }, 'b', { toggle: false, range: true }).ids,
    ]).toEqual(['b']);
  });

  it('walks a grid by rows', () => {
    const boxes = Array.from({ length: 5 }, (_, i) => ({
      left: (i % 3) * 100,
      top: Math.floor(i / 3) * 80,
      width: 90,
    }));
    expect(neighbourOf(boxes, 1, 'ArrowDown')).toBe(4);
    expect(neighbourOf(boxes, 2, 'ArrowDown')).toBe(4);
    expect(neighbourOf(boxes, 3, 'ArrowUp')).toBe(0);
    expect(neighbourOf(boxes, 4, 'ArrowDown')).toBe(4);
    expect(neighbourOf(boxes, 2, 'ArrowRight')).toBe(3);
    expect(neighbourOf(boxes, 0, 'ArrowLeft')).toBe(0);
    expect(neighbourOf(boxes, 2, 'End')).toBe(4);
    expect(neighbourOf([], -1, 'ArrowDown')).toBe(-1);
  });
});

describe('numbers as they are typed', () => {
  it.each([
    ['50,5', 50.5],
    ['-6.5 dB', -6.5],
    ['−3', -3],
    ['1 200 px', 1200],
    ['100+12', 112],
    ['.5', 0.5],
    ['', undefined],
    ['abc', undefined],
    ['1e9', undefined],
    ['--2', undefined],
  ])('reads %j', (text, value) => expect(typedNumber(text)).toBe(value));

  it('reads what it has written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 3 }), (whole, decimals) => {
        const value = bounded(whole / 10 ** decimals, -1e7, 1e7, decimals);
        expect(typedNumber(numberText(value, decimals))).toBeCloseTo(value, 9);
      }),
    );
    expect(numberText(100, 0)).toBe('100');
    expect(numberText(-0.001, 1)).toBe('0');
    expect(bounded(7.36, 0, 7, 1)).toBe(7);
  });

  it('writes amounts plainly', () => {
    expect(sizeOf(340_000, 'en')).toBe('340 kB');
    expect(sizeOf(1_234_000_000, 'en')).toBe('1.2 GB');
    expect(sizeOf(0, 'en')).toBe('0 byte');
    expect(timeLeftOf(0.2, 'en')).toBe('1 sec');
    expect(timeLeftOf(200, 'en')).toBe('3 min');
  });
});

describe('the shelf', () => {
  it('finds bins and what lies below them', () => {
    const [outer, inner] = [newId(), newId()];
    const document = done(emptyDocument, [
      { op: 'add-bin', input: { id: outer, name: 'Day one' } },
      { op: 'add-bin', input: { id: inner, name: 'Lake', parentId: outer } },
    ]);
    expect(shelfOf(document, null, '').map(({ name }) => name)).toEqual(['Day one']);
    expect(shelfOf(document, null, 'la').map(({ name }) => name)).toEqual(['Lake']);
    expect(shelfOf(document, inner, 'day')).toEqual([]);
    expect(pathOfBin(document, inner).map(({ name }) => name)).toEqual(['Day one', 'Lake']);
    expect(pathOfBin(document, newId())).toEqual([]);
    expect(found('Lake at Dawn.mp4', 'dawn lake')).toBe(true);
  });
});

describe('titles and keyframes', () => {
  const words = { text: 'A quiet morning', name: 'Film' };

  it('makes what is missing, and never covers another title', () => {
    const first = titleAt(emptyDocument, undefined, 30, words);
    const once = done(emptyDocument, first.operations);
    const sequence = once.sequences.get(first.sequenceId);
    const second = titleAt(once, sequence, 60, words);
    const twice = done(once, second.operations);
    const [a, b] = [first, second].map(({ clipIds }) => twice.clips.get(clipIds[0]));
    expect(a).toMatchObject({ start: 30, duration: 120, kind: 'title' });
    expect(b?.start).toBe(60);
    expect(a?.trackId).not.toBe(b?.trackId);
  });

  it('sets a value for good until it has keys, then a key where the playhead is', () => {
    const placed = titleAt(emptyDocument, undefined, 10, words);
    let document = done(emptyDocument, placed.operations);
    const clips = () => [document.clips.get(placed.clipIds[0])!];
    document = done(document, setProperty(clips(), 'opacity', 500, 0.5));
    expect(propertyAt(clips(), 'opacity', 0)).toBe(0.5);
    expect(toggleKey(clips(), 'opacity', 5)).toEqual([]);
    document = done(document, toggleKey(clips(), 'opacity', 20));
    document = done(document, setProperty(clips(), 'opacity', 40, 1));
    expect(hasKey(clips(), 'opacity', 20) && hasKey(clips(), 'opacity', 40)).toBe(true);
    expect(propertyAt(clips(), 'opacity', 30)).toBe(0.75);
    expect(nextKey(clips(), 'opacity', 20, 'after')).toBe(40);
    expect(nextKey(clips(), 'opacity', 20, 'before')).toBe(null);
    document = done(document, toggleKey(clips(), 'opacity', 20));
    expect(hasKey(clips(), 'opacity', 20)).toBe(false);
    expect(setProperty(clips(), 'gain', 20, 0)).toEqual([]);
  });
});

describe('what is wished of an export', () => {
  it('is always what the engine takes, whatever codec was chosen before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...exportCodecs), { minLength: 1, maxLength: 6 }), (codecs) => {
        const settings = codecs.reduce(
          (last, codec) => withCodec({ ...last, quality: 40, bits: 10, alpha: true, copyUntouched: true }, codec),
          { codec: 'h264' } as Parameters<typeof withCodec>[0],
        );
        expect(exportSettingsSchema.safeParse(settings).success).toBe(true);
        expect(fileName('film.mov', settings)).toBe(`film${exportExtensions[settings.codec][0]}`);
      }),
    );
  });

  it('names files that every system takes', () => {
    expect(bareName('Part 2.5.mp4')).toBe('Part 2.5');
    expect(fileName('a/b: "c"?', { codec: 'h264' })).toBe('a-b- -c--.mp4');
    expect(pathIn('C:\\films', 'a.mp4')).toBe('C:\\films\\a.mp4');
    expect(pathIn('/', 'a.mp4')).toBe('/a.mp4');
    expect(folderOf('/films/a.longtake')).toBe('/films');
    expect(folderOf('/a.longtake')).toBe('/');
  });
});
