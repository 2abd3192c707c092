import { t } from '../ui/locales/i18n.svelte.ts';
import type { TimelineCommand } from './commands.ts';
import type { KeyMap } from './keys.ts';

const arrows: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** A key of a key map as it is shown to people: "Ctrl+Shift+Z", "←". */
export const keyText = (key: string): string =>
  key === ' ' ? t('keys.space') : key.replace(/Arrow\w+/, (arrow) => arrows[arrow] ?? arrow);

/** The first key of a command; empty where it has none. */
export const keyTextOf = (keys: KeyMap, command: TimelineCommand): string =>
  keyText(Object.entries(keys).find(([, name]) => name === command)?.[0] ?? '');
