import { z } from 'zod';
import { keyMaps } from '../renderer/timeline/key-maps.ts';
import type { KeyMapName } from '../renderer/timeline/key-maps.ts';
import { languages, nearestLanguage } from '../renderer/ui/locales/languages.ts';
import type { Language } from '../renderer/ui/locales/languages.ts';

/** What the shell follows of the preferences, which the window owns. */
export type ShellSettings = { language: Language; keys: KeyMapName; theme: 'system' | 'dark' | 'light' };

/** A value that is none counts as not set, as it does in the window. */
const schema = z.object({
  language: z
    .enum(languages.map(({ tag }) => tag))
    .optional()
    .catch(undefined),
  keys: z
    .enum(Object.keys(keyMaps) as [KeyMapName, ...KeyMapName[]])
    .optional()
    .catch(undefined),
  theme: z.enum(['system', 'dark', 'light']).optional().catch(undefined),
});

/** @param wanted the languages that the system is set to, the best first */
export const shellSettings = (preferences: unknown, wanted: readonly string[]): ShellSettings => {
  const { language, keys, theme } = schema.parse(preferences);
  return { language: language ?? nearestLanguage(wanted), keys: keys ?? 'longtake', theme: theme ?? 'dark' };
};
