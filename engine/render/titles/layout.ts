import type { Title } from '../../contract/timeline/entities.ts';
import { chooseFonts, mainFont, type TitleFont } from './fonts.ts';
import { isSpace, lineStarts } from './line-breaks.ts';
import { makeParagraph, type Paragraph, type ShapedGlyph, shapeLine } from './shape.ts';

/** A glyph where it is drawn: its origin, pixels of the sequence's frame, y downwards. */
export type PlacedGlyph = { font: TitleFont; id: number; x: number; y: number };

export type TitleLayout = {
  glyphs: PlacedGlyph[];
  /** Pixels per em. */
  em: number;
  /** The lines' box, as wide as the longest line, centred in the frame. */
  block: { left: number; top: number; width: number; height: number };
};

type Size = { width: number; height: number };
type Line = { glyphs: ShapedGlyph[]; width: number; rightToLeft: boolean };

/** Lines are broken where they would be longer than this share of the frame's width. */
const widestLine = 0.9;

/**
 * The text as it is drawn: composed letters, one kind of line end, no control characters (they have no look), a tab as four spaces, and
 * halves of surrogate pairs as U+FFFD.
 */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, '    ')
    .replace(/[^\P{Cc}\n]/gu, '');

/** Where each line of a paragraph begins and ends, its trailing spaces left out. */
const breakLines = (paragraph: Paragraph, widest: number): { start: number; end: number }[] => {
  const { text } = paragraph;
  const whole = shapeLine(paragraph, 0, text.length);
  const advance = new Float64Array(text.length);
  const cluster = new Uint8Array(text.length);
  for (const glyph of whole.glyphs) {
    advance[glyph.cluster] += glyph.advance;
    cluster[glyph.cluster] = 1;
  }
  const mayStart = lineStarts(text);
  const lines: { start: number; end: number }[] = [];
  let start = 0;
  let width = 0;
  let breakAt = 0;
  let widthAtBreak = 0;
  for (let i = 0; i < text.length; i++) {
    if (mayStart[i]) [breakAt, widthAtBreak] = [i, width];
    if (width + advance[i] > widest && i > start && !isSpace(text[i])) {
      // A word that is longer than a line is broken between any two letters.
      if (breakAt <= start && cluster[i]) [breakAt, widthAtBreak] = [i, width];
      if (breakAt > start) {
        lines.push({ start, end: breakAt });
        start = breakAt;
        width -= widthAtBreak;
        widthAtBreak = 0;
      }
    }
    width += advance[i];
  }
  lines.push({ start, end: text.length });
  return lines.map((line) => {
    let { end } = line;
    while (end > line.start && isSpace(text[end - 1])) end -= 1;
    return { start: line.start, end };
  });
};

const linesOf = (text: string, title: Title, widest: number): Line[] =>
  text.split('\n').flatMap((part) => {
    const paragraph = makeParagraph(part, chooseFonts(part, title));
    const { rightToLeft } = paragraph;
    return breakLines(paragraph, widest).map(({ start, end }) => ({
      ...shapeLine(paragraph, start, end),
      rightToLeft,
    }));
  });

/** Where a line begins from the block's left: `start` is the right side for a line that is read from the right. */
const indent = ({ width, rightToLeft }: Line, blockWidth: number, align: Title['align']): number => {
  if (align === 'centre') return (blockWidth - width) / 2;
  return (align === 'start') === rightToLeft ? blockWidth - width : 0;
};

/**
 * Lays a title out in a frame: lines of at most 90 % of its width, their block in its middle.
 * @param size of the sequence, pixels
 */
export const layOutTitle = (title: Title, { width, height }: Size): TitleLayout => {
  const em = title.size * height;
  const lines = linesOf(cleanText(title.text), title, (widestLine * width) / em);
  const blockWidth = Math.max(...lines.map((line) => line.width));
  const block = { width: blockWidth * em, height: lines.length * title.lineHeight * em };
  const left = (width - block.width) / 2;
  const top = (height - block.height) / 2;
  const { ascent, descent, unitsPerEm } = mainFont(title);
  const baseline = (title.lineHeight - (ascent + descent) / unitsPerEm) / 2 + ascent / unitsPerEm;
  const glyphs = lines.flatMap((line, index) => {
    const x = left + indent(line, blockWidth, title.align) * em;
    // On a whole row, so that the feet of all letters are equally sharp.
    const y = Math.round(top + (index * title.lineHeight + baseline) * em);
    return line.glyphs.map((glyph) => ({ font: glyph.font, id: glyph.id, x: x + glyph.x * em, y: y - glyph.y * em }));
  });
  return { glyphs, em, block: { left, top, ...block } };
};
