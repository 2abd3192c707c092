import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Title } from '../../engine/contract/timeline/entities.ts';
import { titleSchema } from '../../engine/contract/timeline/entities.ts';
import { drawTitle, type TitleBitmap } from '../../engine/render/titles/draw-title.ts';
import { cleanText, layOutTitle } from '../../engine/render/titles/layout.ts';
import { lineStarts } from '../../engine/render/titles/line-breaks.ts';
import { rasteriseTitle, titleKey } from '../../engine/render/titles/rasterise-title.ts';

const plain: Title = titleSchema.parse({
  text: '',
  font: 'sans',
  weight: 'regular',
  italic: false,
  size: 0.1,
  colour: '#ffffff',
  align: 'centre',
  lineHeight: 1.2,
  background: { colour: '#000000', opacity: 0, padding: 0.02 },
  outline: { colour: '#000000', width: 0 },
  shadow: { colour: '#000000', opacity: 0, blur: 0, distance: 0 },
});
const frame = { width: 640, height: 360 };
const titled = (text: string, more: Partial<Title> = {}): Title => ({ ...plain, text, ...more });
const hashOf = ({ data }: TitleBitmap): string => createHash('sha256').update(data).digest('hex').slice(0, 16);
const alphaAt = (bitmap: TitleBitmap, x: number, y: number): number => {
  const [column, row] = [x - bitmap.x, y - bitmap.y];
  if (column < 0 || row < 0 || column >= bitmap.width || row >= bitmap.height) return 0;
  return bitmap.data[(row * bitmap.width + column) * 4 + 3];
};
const inkOf = ({ data }: TitleBitmap): number => {
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) sum += data[i] / 255;
  return sum;
};

const samples: Record<string, Title> = {
  English: titled('The quick brown fox jumps over the lazy dog', {
    shadow: { colour: '#102030', opacity: 0.8, blur: 0.02, distance: 0.01 },
  }),
  Vietnamese: titled('Những đường phố cổ ở Hội An', { weight: 'bold', outline: { colour: '#802020', width: 0.006 } }),
  Czech: titled('Příliš žluťoučký kůň', {
    font: 'serif',
    italic: true,
    background: { colour: '#204060', opacity: 0.5, padding: 0.03 },
  }),
  Arabic: titled('فيلم Longtake 2026 (نسخة أولى)', { align: 'start' }),
  Chinese: titled('時光緩緩流動，影像隨之生長。', { font: 'serif' }),
};

describe('titles in five languages', () => {
  it.each([
    ['English', 'ae3bd5ce0a559459'],
    ['Vietnamese', '6bb483a0d57617b5'],
    ['Czech', '5a51d89c22b8a6bf'],
    ['Arabic', '8d4080b748112e1d'],
    ['Chinese', '354c73808f149682'],
  ])('draws the same %s bytes as when it was looked at', (language, hash) => {
    expect(hashOf(drawTitle(samples[language], frame))).toBe(hash);
  });

  it.each(Object.entries(samples))('has a glyph for every %s letter', (_, title) => {
    expect(layOutTitle(title, frame).glyphs.filter(({ id }) => id === 0)).toEqual([]);
  });

  it('draws decomposed letters as their composed ones', () => {
    const text = 'Tiếng Việt, kůň';
    expect(hashOf(drawTitle(titled(text.normalize('NFD')), frame))).toBe(hashOf(drawTitle(titled(text), frame)));
  });

  it('sets Arabic from right to left, in joined forms, with numbers and Latin in their own order', () => {
    const { glyphs } = layOutTitle(titled('باب A1'), frame);
    const right = [...glyphs].sort((a, b) => b.x - a.x);
    const arabic = right.filter(({ font }) => font.name.includes('Arabic'));
    const latin = right.filter(({ font }) => !font.name.includes('Arabic'));
    expect(Math.min(...arabic.slice(0, 3).map(({ x }) => x))).toBeGreaterThan(Math.max(...latin.map(({ x }) => x)));
    const isolated = layOutTitle(titled('ب'), frame).glyphs[0].id;
    // First letter (rightmost) joins forward, last joins to nothing after an alef: they are different glyphs of one letter.
    const beh = layOutTitle(titled('بب'), frame).glyphs.map(({ id }) => id);
    expect(new Set([...beh, isolated]).size).toBe(3);
    const [a, one] = ['A', '1'].map((letter) => layOutTitle(titled(letter), frame).glyphs[0].id);
    const x = (id: number): number => latin.find((glyph) => glyph.id === id)!.x;
    expect(x(a)).toBeLessThan(x(one));
  });

  it('turns brackets around in text from right to left', () => {
    const open = layOutTitle(titled('('), frame).glyphs[0].id;
    const close = layOutTitle(titled(')'), frame).glyphs[0].id;
    const brackets = layOutTitle(titled('(نص)'), frame)
      .glyphs.filter(({ id, font }) => [open, close].includes(id) && !font.name.includes('Arabic'))
      .sort((a, b) => a.x - b.x);
    expect(brackets.map(({ id }) => id)).toEqual([open, close]);
  });

  it('keeps the order when a line from right to left is broken', () => {
    const words = 'واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة';
    const { glyphs, block } = layOutTitle(titled(words), frame);
    expect(block.height).toBeGreaterThan(2 * 43);
    const alone = layOutTitle(titled('واحد'), frame)
      .glyphs.sort((a, b) => a.x - b.x)
      .map(({ id }) => id);
    // Dots are glyphs of their own, at another height than their letters.
    const onFirst = glyphs.filter(({ y }) => y < Math.min(...glyphs.map((glyph) => glyph.y)) + 40);
    const first = onFirst.sort((a, b) => a.x - b.x);
    expect(first.slice(-alone.length).map(({ id }) => id)).toEqual(alone);
  });
});

describe('the layout of titles', () => {
  it('breaks lines at nine tenths of the width', () => {
    const { block } = layOutTitle(titled('word '.repeat(40)), frame);
    expect(block.width).toBeLessThanOrEqual(0.9 * frame.width);
    expect(block.width).toBeGreaterThan(0.7 * frame.width);
    const long = layOutTitle(titled('w'.repeat(100)), frame);
    expect(long.block.width).toBeLessThanOrEqual(0.9 * frame.width);
    expect(long.glyphs).toHaveLength(100);
  });

  it('knows where Chinese may break', () => {
    const starts = (text: string): number[] => lineStarts(text).flatMap((may, i) => (may ? [i] : []));
    expect(starts('時光，影「像」。')).toEqual([1, 3, 4]);
    expect(starts('one two-three 4-5\u00a0x')).toEqual([4, 8, 14]);
  });

  it.each([
    ['start', 'abc', 0],
    ['centre', 'abc', 0.5],
    ['end', 'abc', 1],
    ['start', 'سلم', 1],
    ['end', 'سلم', 0],
  ] as const)('puts the %s of a short line %s where its direction has it', (align, text, share) => {
    const { glyphs, block } = layOutTitle(titled(`long long long\n${text}`, { align }), frame);
    const short = layOutTitle(titled(text), frame).block.width;
    const lowest = Math.max(...glyphs.map(({ y }) => y));
    const left = Math.min(...glyphs.filter(({ y }) => y === lowest).map(({ x }) => x));
    expect(Math.abs(left - (block.left + (block.width - short) * share))).toBeLessThan(3);
  });

  it('measures by the height of the frame, and lines by the size', () => {
    const one = layOutTitle(titled('x'), frame).block;
    const three = layOutTitle(titled('x\n\nx', { lineHeight: 2 }), frame).block;
    expect(one.height).toBeCloseTo(0.1 * 360 * 1.2, 9);
    expect(three.height).toBeCloseTo(0.1 * 360 * 2 * 3, 9);
    expect(layOutTitle(titled('x'), { width: 1280, height: 720 }).block.width).toBeCloseTo(one.width * 2, 9);
  });

  it('is centred in the frame', () => {
    const bitmap = drawTitle(titled('H'), frame);
    expect(Math.abs(bitmap.x + bitmap.width / 2 - 320)).toBeLessThan(2);
    expect(Math.abs(bitmap.y + bitmap.height / 2 - 180)).toBeLessThan(8);
  });

  it('slants what has no italic of its own, and not Arabic or Chinese', () => {
    const draw = (text: string, italic: boolean): string =>
      hashOf(drawTitle(titled(text, { font: 'mono', italic }), frame));
    expect(draw('l', true)).not.toBe(draw('l', false));
    expect(draw('影', true)).toBe(draw('影', false));
    expect(draw('م', true)).toBe(draw('م', false));
  });
});

describe('what is drawn around the letters', () => {
  it('covers exactly the area of the letters', () => {
    // The area of a full block, one em of the mono face wide: it is a rectangle, so that ink is width times height.
    const bitmap = drawTitle(titled('\u2588', { font: 'mono', size: 0.5 }), frame);
    let full = 0;
    for (let i = 3; i < bitmap.data.length; i += 4) if (bitmap.data[i] === 255) full += 1;
    const [width, height] = [bitmap.width, bitmap.height];
    expect(full).toBeGreaterThanOrEqual((width - 2) * (height - 2));
    expect(inkOf(bitmap)).toBeGreaterThan((width - 2) * (height - 2));
    expect(inkOf(bitmap)).toBeLessThanOrEqual(width * height);
  });

  it('puts a box of the asked padding behind the lines', () => {
    const title = titled('x', { background: { colour: '#ff0000', opacity: 0.5, padding: 0.05 } });
    const { block } = layOutTitle(title, frame);
    const bitmap = drawTitle(title, frame);
    expect([bitmap.x, bitmap.y]).toEqual([Math.round(block.left - 18), Math.round(block.top - 18)]);
    expect(bitmap.x + bitmap.width).toBe(Math.round(block.left + block.width + 18));
    // Premultiplied red at half opacity.
    expect([...bitmap.data.subarray(0, 4)]).toEqual([128, 0, 0, 128]);
  });

  it('draws an outline of the asked width around the letters', () => {
    const letter = drawTitle(titled('\u2588', { font: 'mono', size: 0.3 }), frame);
    const outlined = drawTitle(
      titled('\u2588', { font: 'mono', size: 0.3, outline: { colour: '#00ff00', width: 0.02 } }),
      frame,
    );
    const middle = Math.round(letter.y + letter.height / 2);
    let [thin, thick] = [0, 0];
    for (let x = 0; x < frame.width; x++) {
      thin += alphaAt(letter, x, middle) / 255;
      thick += alphaAt(outlined, x, middle) / 255;
    }
    expect(thick - thin).toBeCloseTo(2 * 0.02 * 360, 1);
    // A corner is round: nothing where both sides' outlines would only meet.
    expect(alphaAt(outlined, letter.x - 6, letter.y - 6)).toBe(0);
  });

  it('casts a shadow that keeps its ink however blurred', () => {
    const shadow = { colour: '#000000', opacity: 1, blur: 0, distance: 0.2 };
    const title = titled('x', { shadow });
    const letter = inkOf(drawTitle(titled('x'), frame));
    expect(inkOf(drawTitle(title, frame))).toBeCloseTo(2 * letter, 3);
    const blurred = inkOf(drawTitle(titled('x', { shadow: { ...shadow, blur: 0.03 } }), frame));
    expect(Math.abs(blurred - 2 * letter) / letter).toBeLessThan(0.05);
  });
});

describe('titles that are not as one would wish', () => {
  it.each(['', ' ', '\n\n', '\u0000\u0007\u001b', '\u200b\u2066\u202e'])(
    'draws one transparent pixel for %j',
    async (text) => {
      const bitmap = await rasteriseTitle(titled(text), frame);
      expect(bitmap).toMatchObject({ width: 1, height: 1 });
      expect([...bitmap.data]).toEqual([0, 0, 0, 0]);
    },
  );

  it('drops control characters and mends broken text', () => {
    expect(cleanText('a\u0000b\r\nc\rd\u2028e\tf\ud800')).toBe('ab\nc\nd\ne    f\ufffd');
    expect(hashOf(drawTitle(titled('a\u0007b'), frame))).toBe(hashOf(drawTitle(titled('ab'), frame)));
  });

  it('draws boxes for what no font has', () => {
    expect(layOutTitle(titled('😀👨‍👩‍👧'), frame).glyphs.some(({ id }) => id === 0)).toBe(true);
    expect(inkOf(drawTitle(titled('😀ก'), frame))).toBeGreaterThan(10);
  });

  it('refuses what would not fit in memory, in words', () => {
    const huge = titled('漢'.repeat(10000), { size: 1, outline: { colour: '#000000', width: 0.1 } });
    expect(() => drawTitle(huge, { width: 3840, height: 2160 })).toThrow(/too large/);
    expect(() =>
      drawTitle(titled('\n'.repeat(9999) + 'x', { background: { ...plain.background, opacity: 1 } }), frame),
    ).toThrow(/too large/);
  });

  it('draws any text in any style', () => {
    const letter = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom(
        '\n',
        ' ',
        'ب',
        'لا',
        '漢',
        '。',
        'ễ',
        '\u202e',
        '\u2067',
        '\u2069',
        '\u200d',
        '\u0301',
        '\ud83d',
        '(',
        '-',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(letter, { maxLength: 30 }).map((letters) => letters.join('')),
        fc.constantFrom('sans' as const, 'serif' as const, 'mono' as const),
        fc.constantFrom('start' as const, 'centre' as const, 'end' as const),
        fc.boolean(),
        (text, font, align, italic) => {
          const title = titled(text, { font, align, italic, outline: { colour: '#ff0000', width: 0.01 } });
          const { width, height, data } = drawTitle(title, frame);
          expect(data.length).toBe(width * height * 4);
          for (let i = 0; i < data.length; i += 4) {
            if (Math.max(data[i], data[i + 1], data[i + 2]) > data[i + 3]) throw new Error('not premultiplied');
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('draws ten thousand letters', () => {
    const text = 'a(ب)漢'.repeat(2000);
    expect(drawTitle(titled(text, { size: 0.02 }), frame).width).toBeLessThan(frame.width);
  });

  it('draws a letter that is larger than the frame', () => {
    const bitmap = drawTitle(titled('W', { size: 1 }), { width: 64, height: 360 });
    expect(bitmap.x).toBeLessThan(0);
    expect(bitmap.x + bitmap.width).toBeGreaterThan(64);
  });
});

describe('the cache of titles', () => {
  it('gives the same bitmap again, and another one for another size or word', async () => {
    const title = titled('cache');
    expect(await rasteriseTitle(title, frame)).toBe(await rasteriseTitle({ ...title }, { ...frame }));
    const keys = [
      titleKey(title, frame),
      titleKey(title, { width: 642, height: 360 }),
      titleKey(titled('cachf'), frame),
      titleKey({ ...title, shadow: { ...title.shadow, blur: 0.1 } }, frame),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('draws the same bytes in another process with another language and time zone', async () => {
    const script = `
      const { drawTitle } = await import('./engine/render/titles/draw-title.ts');
      const { createHash } = await import('node:crypto');
      const titles = JSON.parse(process.argv[1]);
      console.log(titles.map((t) => createHash('sha256').update(drawTitle(t, ${JSON.stringify(frame)}).data).digest('hex').slice(0, 16)).join());`;
    const env = {
      ...process.env,
      LANG: 'fa_IR.UTF-8',
      LC_ALL: 'fa_IR.UTF-8',
      FONTCONFIG_FILE: '/dev/null',
      TZ: 'Asia/Taipei',
    };
    const titles = Object.values(samples);
    const args = ['--input-type=module', '-e', script, JSON.stringify(titles)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout.trim()).toBe(titles.map((title) => hashOf(drawTitle(title, frame))).join());
  });
});
