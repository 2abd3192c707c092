import type { Language } from './locales/languages.ts';

/** Bundled fonts of scripts that a system may have none for (styles/fonts.css), each with a letter of its script. */
const bundled: Partial<Record<Language, { family: string; letter: string }>> = {
  ar: { family: 'Longtake Arabic', letter: 'ع' },
  'zh-Hant': { family: 'Longtake Chinese', letter: '繁' },
};

/** Whether the system can draw a letter: what it cannot is as wide a box as what is no letter at all. */
const isDrawn = (letter: string): boolean => {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return true;
  context.font = '16px system-ui, sans-serif';
  return context.measureText(letter).width !== context.measureText('\u{10ffff}').width;
};

/** Until a language can be read. Chromium keeps the boxes that it drew before a font had come, so the font comes first. */
export const fontsFor = async (language: Language): Promise<void> => {
  const font = bundled[language];
  if (!font || isDrawn(font.letter)) return;
  const { family, letter } = font;
  await Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 16px '${family}'`, letter)));
};
