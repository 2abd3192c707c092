import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../engine/contract/generation/job.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { framesOfText } from '../../renderer/generate/grow-maths.ts';
import { queueSeconds, shareOf } from '../../renderer/generate/job-progress.ts';
import { beforeOfMove } from '../../renderer/generate/queue-order.ts';
import { timeLeftOf } from '../../renderer/library/amounts.ts';
import { wordParts } from '../../renderer/generate/word-parts.ts';
import { testId } from '../support/timeline.ts';

const job = (changes: Partial<Job> = {}): Job => ({
  ...{ id: testId(1), state: 'running', order: 1, takes: 3, takesDone: 1, stage: 'denoise', problem: null, notes: [] },
  ...{ createdAt: '2026-01-01T00:00:00Z', startedAt: null, endedAt: null, secondsLeft: null, previewKey: null },
  ...{ step: { done: 2, total: 4 }, takeMediaIds: [], subject: 'Lake', clipId: testId(2), place: { kind: 'none' } },
  replaces: null,
  wish: {
    ...{ task: 'extend', clipId: testId(2), edge: 'tail', frames: 12, prompt: '', seed: 1, takes: 3 },
    ...{ quality: 'draft', model: 'motion' },
  },
  ...changes,
});

describe('words of the Grow panel', () => {
  it('reads lengths as people type them', () => {
    const rate = rational(24);
    const read = (text: string): number | undefined => framesOfText(text, rate);
    expect(['36', ' 1:12 ', '00:00:01:12', '1.5s', '1,5 s', '0:05'].map(read)).toEqual([36, 36, 36, 36, 36, 5]);
    expect(['', '0', '0:00', 'long', '-4', '1:2:3', '1e3'].map(read)).toEqual(Array(7).fill(undefined));
    expect(framesOfText('2s', rational(30000, 1001))).toBe(60);
  });

  it('cuts a text at the words that are not known, and loses nothing of it', () => {
    expect(wordParts('Pan left GENTLY, please')).toEqual([
      { text: 'Pan left ', unknown: false },
      { text: 'GENTLY', unknown: true },
      { text: ', ', unknown: false },
      { text: 'please', unknown: true },
    ]);
    expect(wordParts('nước chảy').map(({ text }) => text)).toEqual(['nước', ' ', 'chảy']);
    // Known in one place and not in another.
    expect(wordParts('pan, pan left')).toEqual([
      { text: 'pan', unknown: true },
      { text: ', pan left', unknown: false },
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          wordParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('tells how far a job is, never back from one stage to the next', () => {
    const stages = ['wait', 'cut', 'load', 'read', 'prior', 'denoise', 'refine', 'encode', 'place'] as const;
    const shares = stages.flatMap((stage) =>
      [0, 2, 4].map((done) => shareOf(job({ stage, step: { done, total: 4 } }))),
    );
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBeCloseTo(1 / 3);
    expect(shares.at(-1)).toBeCloseTo(2 / 3);
    expect(shareOf(job({ stage: null, step: null }))).toBeCloseTo(1 / 3);
    expect(shareOf(job({ state: 'done', takesDone: 3 }))).toBe(1);
  });

  it('reckons a queue from what is known of it', () => {
    expect(queueSeconds([])).toBeNull();
    expect(queueSeconds([null, null])).toBeNull();
    expect(queueSeconds([21, 20])).toBe(41);
    expect(queueSeconds([10, 20, null, null])).toBe(60);
  });

  it('moves a job by one place, and not beyond the ends', () => {
    const queue = ['a', 'b', 'c'];
    expect(beforeOfMove(queue, 'b', -1)).toBe('a');
    expect(beforeOfMove(queue, 'a', 1)).toBe('c');
    expect(beforeOfMove(queue, 'b', 1)).toBeNull();
    expect(beforeOfMove(queue, 'a', -1)).toBeUndefined();
    expect(beforeOfMove(queue, 'c', 1)).toBeUndefined();
    expect(beforeOfMove(queue, 'x', 1)).toBeUndefined();
  });

  it('guesses times as a person does', () => {
    expect([0.2, 19, 240, 9000].map((seconds) => timeLeftOf(seconds, 'en'))).toEqual([
      '1 sec',
      '19 sec',
      '4 min',
      '2.5 hr',
    ]);
  });
});
