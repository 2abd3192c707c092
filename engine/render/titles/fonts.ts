import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Face, Font, Blob as FontData } from 'harfbuzzjs';
import type { Title } from '../../contract/timeline/entities.ts';

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

/** Package below @expo-google-fonts, file stem, and what the family offers. */
type Family = { folder: string; stem: string; language: string; italics: boolean; slanted?: boolean };

const families = {
  sans: { folder: 'noto-sans', stem: 'NotoSans', language: 'en', italics: true },
  serif: { folder: 'noto-serif', stem: 'NotoSerif', language: 'en', italics: true },
  mono: { folder: 'noto-sans-mono', stem: 'NotoSansMono', language: 'en', italics: false, slanted: true },
  // Arabic and Chinese have no italics: they stay upright among slanted Latin.
  arabicSans: { folder: 'noto-sans-arabic', stem: 'NotoSansArabic', language: 'ar', italics: false },
  arabicSerif: { folder: 'noto-naskh-arabic', stem: 'NotoNaskhArabic', language: 'ar', italics: false },
  chineseSans: { folder: 'noto-sans-tc', stem: 'NotoSansTC', language: 'zh-hant', italics: false },
  chineseSerif: { folder: 'noto-serif-tc', stem: 'NotoSerifTC', language: 'zh-hant', italics: false },
} as const satisfies Record<string, Family>;

/** Who is asked for a character, in turn. */
const chains: Record<Title['font'], (keyof typeof families)[]> = {
  sans: ['sans', 'arabicSans', 'chineseSans', 'mono'],
  serif: ['serif', 'arabicSerif', 'chineseSerif', 'sans', 'mono'],
  mono: ['mono', 'sans', 'arabicSans', 'chineseSans'],
};

/** Slope of a made italic: about eleven degrees, as Noto Sans Italic's. */
const madeSlant = 0.2;

const { resolve } = createRequire(import.meta.url);
const loaded = new Map<string, TitleFont>();

/** Loads a face once; the Chinese ones are 7 to 10 MB each and are read only when a title needs them. */
const load = (family: Family, bold: boolean, italic: boolean): TitleFont => {
  const face = `${bold ? '700Bold' : '400Regular'}${italic && family.italics ? '_Italic' : ''}`;
  const slant = italic && family.slanted ? madeSlant : 0;
  const name = `${family.stem}_${face}`;
  const key = `${name} ${slant}`;
  const known = loaded.get(key);
  if (known) return known;
  const folder = dirname(resolve(`@expo-google-fonts/${family.folder}/package.json`));
  const source = new Face(new FontData(readFileSync(join(folder, face, `${name}.ttf`))));
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
  const chain = chains[title.font];
  const face = (index: number): TitleFont => load(families[chain[index]], title.weight === 'bold', title.italic);
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
  load(families[chains[title.font][0]], title.weight === 'bold', title.italic);
