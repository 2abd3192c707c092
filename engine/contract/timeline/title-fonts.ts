import type { Title } from './entities.ts';

/** A family of bundled fonts: the package's folder below @expo-google-fonts, the stem of its files, and what it offers. */
export type TitleFamily = {
  folder: string;
  stem: string;
  /** Shaping language. */
  language: string;
  italics: boolean;
  /** Has no italics, and is slanted where a title wants some. */
  slanted?: boolean;
};

export const titleFamilies = {
  sans: { folder: 'noto-sans', stem: 'NotoSans', language: 'en', italics: true },
  serif: { folder: 'noto-serif', stem: 'NotoSerif', language: 'en', italics: true },
  mono: { folder: 'noto-sans-mono', stem: 'NotoSansMono', language: 'en', italics: false, slanted: true },
  // Arabic and Chinese have no italics: they stay upright among slanted Latin.
  arabicSans: { folder: 'noto-sans-arabic', stem: 'NotoSansArabic', language: 'ar', italics: false },
  arabicSerif: { folder: 'noto-naskh-arabic', stem: 'NotoNaskhArabic', language: 'ar', italics: false },
  chineseSans: { folder: 'noto-sans-tc', stem: 'NotoSansTC', language: 'zh-hant', italics: false },
  chineseSerif: { folder: 'noto-serif-tc', stem: 'NotoSerifTC', language: 'zh-hant', italics: false },
} as const satisfies Record<string, TitleFamily>;

type FamilyName = keyof typeof titleFamilies;

/** Who is asked for a character, in turn. */
export const titleFontChains: Record<Title['font'], readonly FamilyName[]> = {
  sans: ['sans', 'arabicSans', 'chineseSans', 'mono'],
  serif: ['serif', 'arabicSerif', 'chineseSerif', 'sans', 'mono'],
  mono: ['mono', 'sans', 'arabicSans', 'chineseSans'],
};

type Style = Pick<Title, 'weight' | 'italic'>;

/** A face of a family: the folder of its file, and the file's name without its ending, which is unique. */
export const titleFace = (
  { stem, italics }: TitleFamily,
  { weight, italic }: Style,
): { folder: string; name: string } => {
  const folder = `${weight === 'bold' ? '700Bold' : '400Regular'}${italic && italics ? '_Italic' : ''}`;
  return { folder, name: `${stem}_${folder}` };
};

/** The faces that a title is drawn with, by name, in the order in which they are asked for a character. */
export const titleFaces = ({ font, ...style }: Style & Pick<Title, 'font'>): string[] =>
  titleFontChains[font].map((family) => titleFace(titleFamilies[family], style).name);
