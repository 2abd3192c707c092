/** The languages that the editor speaks, by BCP 47 tag and their own name; each has a folder here with one JSON file per room. */
export const languages = [
  { tag: 'en', name: 'English', direction: 'ltr' },
  { tag: 'ar', name: 'العربية', direction: 'rtl' },
  { tag: 'cs', name: 'Čeština', direction: 'ltr' },
  { tag: 'vi', name: 'Tiếng Việt', direction: 'ltr' },
  { tag: 'zh-Hant', name: '繁體中文', direction: 'ltr' },
] as const satisfies readonly {
  tag: string;
  name: string;
  direction: 'ltr' | 'rtl';
}[];
export type Language = (typeof languages)[number]['tag'];

/** The first of a person's languages that the editor speaks, else English. "zh-TW", "zh-HK" and "zh-Hant" are one to it. */
export const nearestLanguage = (wanted: readonly string[]): Language => {
  for (const tag of wanted) {
    const { language, script } = new Intl.Locale(tag).maximize();
    const found = languages.find((each) => {
      const own = new Intl.Locale(each.tag).maximize();
      return own.language === language && own.script === script;
    });
    if (found) return found.tag;
  }
  return 'en';
};
