/** What keys do to the monitor. Names as the timeline's key map writes them. */
export const viewerKeys = {
  ' ': 'toggle',
  J: 'backwards',
  K: 'stop',
  L: 'forwards',
  'Shift+L': 'loop',
  ArrowLeft: 'step-back',
  ArrowRight: 'step-on',
  'Shift+ArrowLeft': 'leap-back',
  'Shift+ArrowRight': 'leap-on',
  Home: 'first',
  End: 'last',
  I: 'in',
  O: 'out',
  'Alt+X': 'no-range',
  F: 'full-screen',
  Q: 'switch',
} as const satisfies Record<string, string>;

export type ViewerCommand = (typeof viewerKeys)[keyof typeof viewerKeys];

/** What keys do besides while a source is shown; the timeline has them else. */
export const sourceKeys = { ',': 'insert', '.': 'overwrite' } as const;

/** Whether the focused control wants the key for itself: a button that was reached by keys wants the space bar, but a handle has no use for it. */
export const keepsKey = (target: EventTarget | null, key: string): boolean =>
  key === ' ' &&
  target instanceof HTMLElement &&
  target.matches('button:focus-visible:not([data-handle]), [role="button"]:focus-visible');
