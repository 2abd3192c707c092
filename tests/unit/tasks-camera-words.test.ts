import { describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { motionWords, unknownWordsOf, wordsOf } from '../../engine/contract/generation/motion-words.ts';
import { parseCameraWords, parseMotionWords } from '../../engine/tasks/camera-words.ts';

describe('camera words', () => {
  it('reads moves and speeds', () => {
    expect(parseCameraWords('pan left').panRight).toBeCloseTo(-0.08);
    expect(parseCameraWords('pan left, slow').panRight).toBeCloseTo(-0.04);
    expect(parseCameraWords('slow pan left').panRight).toBeCloseTo(-0.04);
    expect(parseCameraWords('Zoom in fast').zoomIn).toBeCloseTo(0.2);
    expect(parseCameraWords('roll right, medium').rollLeft).toBeLessThan(0);
  });

  it('gives a speed to the move beside it, or alone to all before it', () => {
    const beside = parseCameraWords('pan left, zoom in fast');
    expect(beside.panRight).toBeCloseTo(-0.08);
    expect(beside.zoomIn).toBeCloseTo(0.2);
    const alone = parseCameraWords('tilt up, zoom out, slow');
    expect(alone.tiltUp).toBeCloseTo(0.04);
    expect(alone.zoomIn).toBeCloseTo(-0.05);
  });

  it('names every word that it does not know', () => {
    const thrown = ((): unknown => {
      try {
        parseCameraWords('pan left, dolly sideways');
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(thrown).toBeInstanceOf(UserFacingError);
    expect((thrown as UserFacingError).code).toBe('usage');
    expect((thrown as UserFacingError).message).toContain('"dolly"');
    expect((thrown as UserFacingError).message).toContain('"sideways"');
    expect(() => parseCameraWords('slow')).toThrow(UserFacingError);
    expect(() => parseCameraWords('pan')).toThrow('"pan"');
  });

  it('reads a prompt’s sentence and keeps what it does not know', () => {
    const parsed = parseMotionWords('The camera pans left slowly, water ripples');
    expect(parsed.move.panRight).toBeCloseTo(-0.04);
    expect(parsed.unknown).toEqual(['water', 'ripples']);
  });

  it('says where each word stands and whether it is known there', () => {
    const text = 'Slow PAN left, water (left)! constructor';
    const words = wordsOf(text);
    for (const { text: word, from, to } of words) expect(text.slice(from, to)).toBe(word);
    expect(words.map(({ text: word, known }) => `${known ? '' : '-'}${word}`)).toEqual([
      'Slow',
      'PAN',
      'left',
      '-water',
      '-left',
      '-constructor',
    ]);
    expect(unknownWordsOf('Water, pan left, WATER')).toEqual(['water']);
    expect(wordsOf(' ,;. ')).toEqual([]);
    expect(unknownWordsOf(motionWords.join(', '))).toEqual([]);
  });
});
