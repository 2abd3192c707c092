import { describe, expect, it } from 'vitest';
import { withIds } from '../../engine/cli/project/pick.ts';
import {
  parseLength,
  parseMediaTime,
  parsePlace,
  parseRate,
  parseSpan,
  parseSpeed,
} from '../../engine/cli/project/values.ts';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { sequenceFrom } from '../support/random-sequence.ts';

const sequence = {
  ...{ id: '', name: '', frameRate: rational(25), width: 16, height: 16, startTimecode: 90000, dropFrame: false },
};

describe('values of project options', () => {
  it.each([
    ['25', rational(25)],
    ['23.976', rational(24000, 1001)],
    ['23.98', rational(24000, 1001)],
    ['29.97', rational(30000, 1001)],
    ['24000/1001', rational(24000, 1001)],
    ['12.5', rational(25, 2)],
  ])('a rate %s is exact', (text, rate) => expect(parseRate('fps', text)).toEqual(rate));

  it.each(['0', '-25', '1001', '1/0', '25fps', '', '1e3', 'NaN', '0.5'])('a rate is not %s', (text) =>
    expect(() => parseRate('fps', text)).toThrow(UserFacingError),
  );

  it.each([
    ['2', rational(2)],
    ['0', rational(0)],
    ['0.5', rational(1, 2)],
    ['1/3', rational(1, 3)],
    ['50%', rational(1, 2)],
  ])('a speed %s is exact', (text, speed) => expect(parseSpeed('speed', text)).toEqual(speed));

  it.each(['-1', '101', 'fast', '%', '1/0'])('a speed is not %s', (text) =>
    expect(() => parseSpeed('speed', text)).toThrow(UserFacingError),
  );

  it.each([
    ['48', 48],
    ['2s', 50],
    ['0.5s', 13],
    ['1/3s', 8],
    ['01:00:00:00', 0],
    ['01:00:02:10', 60],
  ])('%s is a place', (text, frame) => expect(parsePlace('at', text, sequence)).toBe(frame));

  it.each(['-1', '00:59:59:24', '1.5', 'soon', '-2s', '00:00:00:30', '9999999999999'])('%s is no place', (text) =>
    expect(() => parsePlace('at', text, sequence)).toThrow(UserFacingError),
  );

  it('counts media on their own clock, the out point with its frame', () => {
    expect(parseMediaTime('in', '30', rational(30000, 1001), false)).toEqual(rational(1001, 1000));
    expect(parseMediaTime('out', '29', rational(30000, 1001), true)).toEqual(rational(1001, 1000));
    expect(parseMediaTime('out', '2.5s', rational(24), true)).toEqual(rational(5, 2));
    expect(parseMediaTime('in', '00:00:01:12', rational(24), false)).toEqual(rational(3, 2));
  });

  it('reads ranges and lengths', () => {
    expect(parseSpan('range', '0s-2s', sequence)).toEqual({ first: 0, last: 50 });
    expect(parseLength('length', '1.5s', sequence)).toBe(38);
    expect(() => parseSpan('range', '9-3', sequence)).toThrow(UserFacingError);
    expect(() => parseLength('length', '0', sequence)).toThrow(UserFacingError);
  });
});

describe('names in the JSON of an edit', () => {
  const { document } = sequenceFrom([5, 17, 3, 99, 4, 8, 1, 77, 12]);
  const [track] = [...document.tracks.values()].filter(({ order, kind }) => kind === 'video' && order === 0);
  const clip = document.clipsOfTrack.get(track.id)?.[0];

  it('stand for ids, wherever they are', () => {
    const input = {
      a: '@sequence',
      b: [`@${track.name}`, { c: `@${track.name}:0` }],
      d: '@media/a b.mov',
      e: '@@home',
      f: 3,
    };
    expect(withIds(input, document, undefined)).toEqual({
      ...{ a: [...document.sequences.keys()][0], b: [track.id, { c: clip?.id }] },
      ...{ d: [...document.media.values()].find(({ name }) => name === 'a b.mov')?.id, e: '@home', f: 3 },
    });
  });

  it.each(['@V9', '@nothing:0', '@video 0:999', '@media/none', '@'])('must be there: %s', (name) =>
    expect(() => withIds({ name }, document, undefined)).toThrow(UserFacingError),
  );
});
