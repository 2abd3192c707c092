import app from './en/app.json';
import brush from './en/brush.json';
import exporting from './en/export.json';
import generate from './en/generate.json';
import inspector from './en/inspector.json';
import library from './en/library.json';
import models from './en/models.json';
import operations from './en/operations.json';
import preferences from './en/preferences.json';
import quick from './en/quick.json';
import timeline from './en/timeline.json';
import ui from './en/ui.json';
import viewer from './en/viewer.json';
import { formatMessage } from './format-message.ts';
import type { MessageValues } from './format-message.ts';
import { languages } from './languages.ts';
import type { Language } from './languages.ts';

const english = {
  ...app,
  ...brush,
  ...exporting,
  ...generate,
  ...inspector,
  ...library,
  ...models,
  ...operations,
  ...preferences,
  ...quick,
  ...timeline,
  ...ui,
  ...viewer,
};
export type MessageKey = keyof typeof english;
type Messages = Record<MessageKey, string>;

/** Every language but English is fetched when it is chosen. */
const files = import.meta.glob<Record<string, string>>(['./*/*.json', '!./en/*.json'], { import: 'default' });

let current = $state.raw<{ language: Language; messages: Messages }>({ language: 'en', messages: english });

export const language = (): Language => current.language;
export const direction = (): 'ltr' | 'rtl' => languages.find(({ tag }) => tag === current.language)?.direction ?? 'ltr';

/** Switches at run time: every text that was made with `t` in a template follows. */
export const setLanguage = async (tag: Language): Promise<void> => {
  const loaders = Object.entries(files).filter(([file]) => file.startsWith(`./${tag}/`));
  const parts = await Promise.all(loaders.map(([, load]) => load()));
  current = { language: tag, messages: Object.assign({}, english, ...parts) as Messages };
};

/** A text in the current language; see formatMessage for what `values` fill in. */
export const t = (key: MessageKey, values: MessageValues = {}): string =>
  formatMessage(current.messages[key], values, current.language);
