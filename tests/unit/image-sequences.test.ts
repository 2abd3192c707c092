import { describe, expect, it } from 'vitest';
import { groupSequences } from '../../engine/media/library/image-sequences.ts';

const numbers = (from: number, to: number, name: (n: number) => string): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => name(from + i));
const padded = (n: number): string => `/s/a.${String(n).padStart(4, '0')}.png`;

describe('numbered pictures', () => {
  it('with leading zeros', () => {
    const { sequences, single, gaps } = groupSequences([...numbers(1, 12, padded), '/s/b.png']);
    expect(sequences).toEqual([
      { pattern: '/s/a.%04d.png', first: 1, name: 'a.[0001-0012].png', files: numbers(1, 12, padded) },
    ]);
    expect([single, gaps]).toEqual([['/s/b.png'], []]);
  });
  it('without leading zeros, in any order, with % in the name', () => {
    const files = numbers(8, 11, (n) => `/50%/x%${n}.tif`);
    const { sequences } = groupSequences(files.toReversed());
    expect(sequences).toMatchObject([{ pattern: '/50%%/x%%%d.tif', first: 8, files }]);
  });
  it('holes part clips and are told', () => {
    const files = [...numbers(1, 4, padded), ...numbers(7, 9, padded), padded(11)];
    const { sequences, single, gaps } = groupSequences(files);
    expect(sequences.map(({ first, files: { length } }) => [first, length])).toEqual([[1, 4], [7, 3]]); // prettier-ignore
    expect(single).toEqual([padded(11)]);
    expect(gaps).toEqual(['a.#.png is numbered from 1 to 11 but lacks 5–6, 10: each stretch is a clip of its own.']);
  });
  it('a hole of billions costs nothing', () => {
    const far = numbers(0, 2, (n) => `/s/a${900_000_000_000 + n}.png`);
    expect(groupSequences([...numbers(1, 3, (n) => `/s/a${n}.png`), ...far]).sequences).toHaveLength(2);
  });
  it('photos as cameras number them are pictures of their own, unless asked otherwise', () => {
    const photos = numbers(1234, 1240, (n) => `/dcim/IMG_${n}.JPG`);
    expect(groupSequences(photos)).toMatchObject({ sequences: [], single: photos });
    expect(groupSequences(photos, 'always').sequences).toHaveLength(1);
    expect(groupSequences(numbers(1, 9, padded), 'never').sequences).toHaveLength(0);
  });
  it('two pictures are two pictures; films and sounds are never numbered pictures', () => {
    expect(groupSequences([padded(1), padded(2)]).sequences).toEqual([]);
    expect(groupSequences(numbers(1, 9, (n) => `/s/clip${n}.mp4`)).sequences).toEqual([]);
  });
  it('folders and endings are kept apart', () => {
    const files = ['a', 'b'].flatMap((f) => numbers(1, 3, (n) => `/${f}/x${n}.png`)).concat('/a/x4.jpg');
    expect(groupSequences(files)).toMatchObject({ sequences: [{ first: 1 }, { first: 1 }], single: ['/a/x4.jpg'] });
  });
});
