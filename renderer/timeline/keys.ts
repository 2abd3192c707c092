import type { TimelineCommand } from './commands.ts';

/** A key with its modifiers, in this order: "Ctrl+Shift+Z" (Ctrl is also Command); letters are written large. */
export type KeyMap = Readonly<Record<string, TimelineCommand>>;

export const usualKeys: KeyMap = {
  V: 'tool.select',
  B: 'tool.blade',
  R: 'tool.ripple',
  N: 'tool.roll',
  Y: 'tool.slip',
  U: 'tool.slide',
  G: 'tool.grow',
  'Shift+G': 'grow',
  S: 'snapping',
  M: 'marker',
  'Alt+M': 'clip-marker',
  'Ctrl+Shift+M': 'previous-marker',
  'Shift+M': 'next-marker',
  D: 'select-at-playhead',
  Delete: 'delete',
  Backspace: 'delete',
  'Shift+Delete': 'ripple-delete',
  'Shift+Backspace': 'ripple-delete',
  ',': 'nudge-left',
  '.': 'nudge-right',
  'Shift+<': 'nudge-left-more',
  'Shift+>': 'nudge-right-more',
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
  'Shift++': 'zoom-in',
  '-': 'zoom-out',
  'Shift+Z': 'zoom-fit',
};

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** How a key map writes a press. */
export const keyName = ({ key, ctrlKey, metaKey, shiftKey, altKey }: Press): string =>
  [
    ...(ctrlKey || metaKey ? ['Ctrl'] : []),
    ...(altKey ? ['Alt'] : []),
    ...(shiftKey ? ['Shift'] : []),
    key.length === 1 ? key.toUpperCase() : key,
  ].join('+');

/** What is written into, so that letters are letters there. */
export const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
