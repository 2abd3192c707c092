import { formatMessage } from '../renderer/ui/locales/format-message.ts';
import type { MessageValues } from '../renderer/ui/locales/format-message.ts';
import type { Language } from '../renderer/ui/locales/languages.ts';
import arDesktop from '../renderer/ui/locales/ar/desktop.json' with { type: 'json' };
import arKeys from '../renderer/ui/locales/ar/preferences.json' with { type: 'json' };
import csDesktop from '../renderer/ui/locales/cs/desktop.json' with { type: 'json' };
import csKeys from '../renderer/ui/locales/cs/preferences.json' with { type: 'json' };
import enDesktop from '../renderer/ui/locales/en/desktop.json' with { type: 'json' };
import enKeys from '../renderer/ui/locales/en/preferences.json' with { type: 'json' };
import viDesktop from '../renderer/ui/locales/vi/desktop.json' with { type: 'json' };
import viKeys from '../renderer/ui/locales/vi/preferences.json' with { type: 'json' };
import zhDesktop from '../renderer/ui/locales/zh-Hant/desktop.json' with { type: 'json' };
import zhKeys from '../renderer/ui/locales/zh-Hant/preferences.json' with { type: 'json' };

const english = { ...enDesktop, ...enKeys };
export type TextKey = keyof typeof english;
/** A text of the menu or of a system's dialog; `values` fill in what it has in braces. */
export type Translate = (key: TextKey, values?: MessageValues) => string;

const texts: Record<Language, Partial<Record<TextKey, string>>> = {
  en: english,
  ar: { ...arDesktop, ...arKeys },
  cs: { ...csDesktop, ...csKeys },
  vi: { ...viDesktop, ...viKeys },
  'zh-Hant': { ...zhDesktop, ...zhKeys },
};

export const textsIn =
  (language: Language): Translate =>
  (key, values = {}) =>
    formatMessage(texts[language][key] ?? english[key], values, language);
