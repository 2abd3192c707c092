import { usualKeys } from './keys.ts';
import type { KeyMap } from './keys.ts';

/** As Premiere Pro has them. */
const premiere: KeyMap = {
  V: 'tool.select',
  C: 'tool.blade',
  B: 'tool.ripple',
  N: 'tool.roll',
  Y: 'tool.slip',
  U: 'tool.slide',
  S: 'snapping',
  M: 'marker',
  D: 'select-at-playhead',
  Delete: 'delete',
  Backspace: 'delete',
  'Shift+Delete': 'ripple-delete',
  'Shift+Backspace': 'ripple-delete',
  'Alt+ArrowLeft': 'nudge-left',
  'Alt+ArrowRight': 'nudge-right',
  'Alt+Shift+ArrowLeft': 'nudge-left-more',
  'Alt+Shift+ArrowRight': 'nudge-right-more',
  'Ctrl+K': 'cut',
  'Ctrl+D': 'dissolve',
  ArrowUp: 'previous-cut',
  ArrowDown: 'next-cut',
  'Ctrl+A': 'select-all',
  'Ctrl+Shift+A': 'select-none',
  Escape: 'select-none',
  'Ctrl+L': 'link',
  'Ctrl+G': 'group',
  'Shift+E': 'enable',
  '=': 'zoom-in',
  '-': 'zoom-out',
  '\\': 'zoom-fit',
};

/** As DaVinci Resolve has them; its one trim mode is ripple here, and the tools that it has no key for keep ours. */
const resolve: KeyMap = {
  A: 'tool.select',
  B: 'tool.blade',
  T: 'tool.ripple',
  R: 'tool.roll',
  Y: 'tool.slip',
  U: 'tool.slide',
  N: 'snapping',
  M: 'marker',
  'Shift+V': 'select-at-playhead',
  Backspace: 'delete',
  Delete: 'ripple-delete',
  ',': 'nudge-left',
  '.': 'nudge-right',
  'Shift+<': 'nudge-left-more',
  'Shift+>': 'nudge-right-more',
  'Ctrl+B': 'cut',
  'Ctrl+\\': 'cut',
  'Ctrl+T': 'dissolve',
  ArrowUp: 'previous-cut',
  ArrowDown: 'next-cut',
  'Ctrl+A': 'select-all',
  'Ctrl+Shift+A': 'select-none',
  Escape: 'select-none',
  'Ctrl+Alt+L': 'link',
  'Ctrl+G': 'group',
  D: 'enable',
  'Ctrl+=': 'zoom-in',
  'Ctrl+-': 'zoom-out',
  'Shift+Z': 'zoom-fit',
};

/** By the value of the preference `keys`. Playing, in and out are the same in all: J, K, L, I, O. */
export const keyMaps = { longtake: usualKeys, premiere, resolve } as const satisfies Record<string, KeyMap>;
export type KeyMapName = keyof typeof keyMaps;
