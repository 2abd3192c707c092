import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Face, Font, Blob as FontData } from 'harfbuzzjs';
import type { Title } from '../../contract/timeline/entities.ts';
import { titleFace, titleFamilies, titleFontChains } from '../../contract/timeline/title-fonts.ts';
import type { TitleFamily } from '../../contract/timeline/title-fonts.ts';

/**
 * Titles are drawn with bundled fonts alone, so that they look the same on every machine: never with what a system has installed. A
 * character that no bundled font knows is drawn as the empty box of the first one.
 */
export type TitleFont = {
  /** File name; unique. */
  name: string;
  font: Font;
  unitsPerEm: number;
  /** Above and below the baseline, both positive, font units. */
  ascent: number;
  descent: number;
  /** Horizontal shift per unit of height, for an italic that the family has no face for. */
  slant: number;
  /** Shaping language. Told always: left alone, the shaper takes it from the machine's locale. */
  language: string;
};

/** Slope of a made italic: about eleven degrees, as Noto Sans Italic's. */
const madeSlant = 0.2;

const { resolve } = createRequire(import.meta.url);
const loaded = new Map<string, TitleFont>();

/** Where a face's file lies. */
const fileOf = (family: TitleFamily, style: Pick<Title, 'weight' | 'italic'>): string => {
  const { folder, name } = titleFace(family, style);
  return join(dirname(resolve(`@expo-google-fonts/${family.folder}/package.json`)), folder, `${name}.ttf`);
};

const styles = (['regular', 'bold'] as const).flatMap((weight) => [
  { weight, italic: false },
  { weight, italic: true },
]);
const everyFace = Object.values(titleFamilies).flatMap((family) => styles.map((style) => ({ family, style })));

/** The file of a face by its name, which a window types titles with; undefined where there is no such face. */
export const titleFontFile = (name: string): string | undefined => {
  const face = everyFace.find(({ family, style }) => titleFace(family, style).name === name);
  return face && fileOf(face.family, face.style);
};

/** Loads a face once; the Chinese ones are 7 to 10 MB each and are read only when a title needs them. */
const load = (family: TitleFamily, bold: boolean, italic: boolean): TitleFont => {
  const style = { weight: bold ? 'bold' : 'regular', italic } as const;
  const { name } = titleFace(family, style);
  const slant = italic && family.slanted ? madeSlant : 0;
  const key = `${name} ${slant}`;
  const known = loaded.get(key);
  if (known) return known;
  const source = new Face(new FontData(readFileSync(fileOf(family, style))));
  const font = new Font(source);
  const { ascender, descender } = font.hExtents();
  const entry = {
    name,
    font,
    unitsPerEm: source.upem,
    ascent: ascender,
    descent: -descender,
    slant,
    language: family.language,
  };
  loaded.set(key, entry);
  return entry;
};

const cover = (font: TitleFont, codePoint: number): boolean => font.font.nominalGlyph(codePoint) !== undefined;

/** Characters that are drawn with what stands before them: marks, spaces, joiners, direction marks and other invisible ones. */
const follows = /^[\p{M}\p{Zs}\p{Cf}\u{FE00}-\u{FE0F}]$/u;

/**
 * The face of every character.
 * @param text well-formed UTF-16
 * @returns one entry per UTF-16 unit; both halves of a pair have the same
 */
export const chooseFonts = (text: string, title: Pick<Title, 'font' | 'weight' | 'italic'>): TitleFont[] => {
  const chain = titleFontChains[title.font];
  const face = (index: number): TitleFont => load(titleFamilies[chain[index]], title.weight === 'bold', title.italic);
  const chosen: TitleFont[] = [];
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    const before = chosen.at(-1);
    let font =
      before && follows.test(character) && (cover(before, codePoint) || /\p{Cf}/u.test(character)) ? before : undefined;
    for (let i = 0; font === undefined && i < chain.length; i++) if (cover(face(i), codePoint)) font = face(i);
    for (let unit = 0; unit < character.length; unit++) chosen.push(font ?? face(0));
  }
  return chosen;
};

/** The face that lines are spaced by. */
export const mainFont = (title: Pick<Title, 'font' | 'weight' | 'italic'>): TitleFont =>
  load(titleFamilies[titleFontChains[title.font][0]], title.weight === 'bold', title.italic);
