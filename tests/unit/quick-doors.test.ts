import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { clipsOf, emptyDocument, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { checkDocument } from '../../engine/contract/timeline/check-document.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { looksLike, nameOf, projectNameOf } from '../../renderer/doors/brought.ts';
import { evenSides, hasFormat, picturesOf, timelineSteps } from '../../renderer/doors/quick-timeline.ts';
import { newId } from '../../renderer/document/new-id.ts';

const still = (name: string) => ({ kind: 'path' as const, path: `/films/${name}` });

describe('what is brought to a quick screen', () => {
  it('is told by its ending, in any case, and only then', () => {
    expect(looksLike(still('A lake.JPEG'))).toBe('still');
    expect(looksLike(still('a.lake.mp4'))).toBe('video');
    for (const name of ['notes.txt', 'lake', 'mp4', '.mp4/', 'lake.wav'])
      expect(looksLike(still(name))).toBeUndefined();
    expect(looksLike({ kind: 'file', file: new File([], 'x.png') })).toBe('still');
  });

  it('names the project that is made behind it', () => {
    expect(nameOf({ kind: 'path', path: 'C:\\films\\lake.jpg' })).toBe('lake.jpg');
    expect(projectNameOf([still('a.lake.jpg'), still('b.jpg')])).toBe('a.lake');
    expect(projectNameOf([still(`${'x'.repeat(300)}.jpg`)])).toHaveLength(100);
    expect(projectNameOf([still('.jpg')])).toBeUndefined();
    expect(projectNameOf([])).toBeUndefined();
  });
});

describe('the timeline behind a quick screen', () => {
  const run = (document: Document, name: string, input: unknown): Document =>
    applyChanges(document, runOperation(document, name, input, { newId }).forward);
  const media = (id: string, sound: boolean): Media => ({
    ...{ id, kind: 'video', name: id, binId: null, path: `/${id}.mp4`, relativePath: null, firstNumber: null },
    ...{ bytes: 1, hash: '0'.repeat(64), provenance: null, starred: false },
    picture: {
      ...{ width: 640, height: 360, sampleAspect: rational(1), frameRate: rational(24), variableRate: false },
      ...{ frameCount: 48, duration: rational(2), codec: 'h264', pixelFormat: 'yuv420p', alpha: false },
      interlaced: false,
    },
    sound: sound
      ? { samples: 96_000, sampleRate: 48_000, channels: 2, layout: 'stereo', codec: 'aac', offset: rational(0) }
      : null,
  });
  const [left, right] = [media(newId(), true), media(newId(), false)];
  const sequenceId = newId();
  const begin = run(
    run(emptyDocument, 'add-sequence', {
      ...{ id: sequenceId, name: 'S', frameRate: rational(24), width: 640, height: 360 },
      ...{ videoTracks: 1, audioTracks: 1 },
    }),
    'add-media',
    { media: [left, right] },
  );

  it('is not given the size and rate that it has: such an edit is refused', () => {
    const sequence = begin.sequences.get(sequenceId);
    if (!sequence) throw new Error('no sequence');
    const same = { width: 640, height: 360, frameRate: rational(24) };
    expect(hasFormat(sequence, same)).toBe(true);
    expect(() => run(begin, 'change-sequence', { id: sequenceId, changes: same })).toThrow('nothing to change');
    for (const other of [{ width: 642 }, { height: 358 }, { frameRate: rational(25) }]) {
      const changes = { ...same, ...other };
      expect(hasFormat(sequence, changes)).toBe(false);
      run(begin, 'change-sequence', { id: sequenceId, changes });
    }
    expect(hasFormat(sequence, { width: 640, height: 360 })).toBe(true);
  });

  it('holds the parts one after the other, with the sound of those that have one, however often it is made', () => {
    const parts = [
      { mediaId: left.id, in: rational(0), out: rational(3, 2) },
      { mediaId: right.id, in: rational(1, 2), out: rational(2) },
    ];
    let document = begin;
    for (let i = 0; i < 3; i++) {
      const clipId = newId();
      document = run(document, 'batch', { operations: timelineSteps(document, sequenceId, parts, clipId) });
      expect(checkDocument(document)).toEqual([]);
      const pictures = picturesOf(document, sequenceId);
      expect(pictures.map(({ start, duration }) => [start, duration])).toEqual([
        [0, 36],
        [36, 36],
      ]);
      expect(pictures[0].id).toBe(clipId);
      const [sounds] = tracksOf(document, sequenceId, 'audio').map(({ id }) => clipsOf(document, id));
      expect(sounds.map(({ start, duration }) => [start, duration])).toEqual([[0, 36]]);
    }
  });

  it('has sides as a sequence may have them', () => {
    expect(evenSides({ width: 641, height: 15 })).toEqual({ width: 640, height: 16 });
    expect(evenSides({ width: 9001, height: 3000 })).toEqual({ width: 8192, height: 3000 });
  });
});
