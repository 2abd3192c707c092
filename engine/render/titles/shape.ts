import bidiFactory, { type Bidi } from 'bidi-js';
import { Buffer as ShapingBuffer, BufferFlag, Direction, shape } from 'harfbuzzjs';
import type { TitleFont } from './fonts.ts';

// The package is CommonJS, and its types speak of an ES module: what is imported is the factory itself.
const bidi = (bidiFactory as unknown as () => Bidi)();

/** No script joins or orders letters over more than a few marks. */
const contextUnits = 16;

/** One for all lines: the shaper's memory grows when each line takes a new one, as those are given back by the garbage collector alone. */
const buffer = new ShapingBuffer();

/** A glyph in place: em units from where its line's text begins, x rightwards, y upwards. */
export type ShapedGlyph = {
  font: TitleFont;
  id: number;
  /** UTF-16 index in the paragraph of the character that it came from. */
  cluster: number;
  x: number;
  y: number;
  advance: number;
};

/** One paragraph: text without line ends, the face and the bidirectional level of every UTF-16 unit. */
export type Paragraph = { text: string; fonts: TitleFont[]; levels: Uint8Array; rightToLeft: boolean };

/** The direction is that of the first strong character (UAX 9, P2 and P3). */
export const makeParagraph = (text: string, fonts: TitleFont[]): Paragraph => {
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text);
  return { text, fonts, levels, rightToLeft: ((paragraphs[0]?.level ?? 0) & 1) === 1 };
};

type Run = { start: number; end: number; level: number };

/** Runs in the order in which they are seen from left to right (UAX 9, L2). */
const visualOrder = (runs: Run[]): Run[] => {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < ordered.length; from++) {
      let to = from;
      while (to < ordered.length && ordered[to].level >= level) to += 1;
      if (to > from + 1) ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return ordered;
};

const runsOf = ({ fonts, levels }: Paragraph, start: number, end: number): Run[] => {
  const runs: Run[] = [];
  for (let i = start; i < end; i++) {
    const last = runs.at(-1);
    if (last && levels[i] === last.level && fonts[i] === fonts[last.start]) last.end = i + 1;
    else runs.push({ start: i, end: i + 1, level: levels[i] });
  }
  return runs;
};

/**
 * Shapes a stretch of a paragraph as one line.
 * @returns glyphs from left to right, and the line's width in em units
 */
export const shapeLine = (
  paragraph: Paragraph,
  start: number,
  end: number,
): { glyphs: ShapedGlyph[]; width: number } => {
  const glyphs: ShapedGlyph[] = [];
  let pen = 0;
  for (const run of visualOrder(runsOf(paragraph, start, end))) {
    const font = paragraph.fonts[run.start];
    buffer.reset();
    // What stands around goes in as context: letters join across a change of face.
    const before = Math.max(0, run.start - contextUnits);
    buffer.addText(paragraph.text.slice(before, run.end + contextUnits), run.start - before, run.end - run.start);
    buffer.setDirection(run.level & 1 ? Direction.RTL : Direction.LTR);
    buffer.guessSegmentProperties();
    buffer.setLanguage(font.language);
    buffer.setFlags(BufferFlag.REMOVE_DEFAULT_IGNORABLES);
    shape(font.font, buffer);
    const positions = buffer.getGlyphPositions();
    buffer.getGlyphInfos().forEach(({ codepoint, cluster }, i) => {
      const { xAdvance, xOffset, yOffset } = positions[i];
      const advance = xAdvance / font.unitsPerEm;
      const x = pen + xOffset / font.unitsPerEm;
      glyphs.push({ font, id: codepoint, cluster: cluster + before, x, y: yOffset / font.unitsPerEm, advance });
      pen += advance;
    });
  }
  return { glyphs, width: pen };
};
