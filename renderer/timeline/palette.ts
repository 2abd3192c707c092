const names = [
  ...['bg-app', 'bg-panel', 'bg-raised', 'line', 'line-strong', 'text', 'text-2', 'text-3', 'accent', 'focus'],
  ...[
    'grown',
    'grown-ink',
    'clip-video',
    'clip-still',
    'clip-audio',
    'clip-title',
    'clip-offline',
    'clip-ink',
    'playhead',
  ],
  ...['f', 'f-mono'],
] as const;

/** The design tokens that a canvas needs, by their names without dashes in front. */
export type Palette = Record<(typeof names)[number], string>;

/** The tokens as they are now. */
export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
};

/** Calls whenever theme or contrast change, or a font has come that texts waited for. @returns what ends it */
export const watchPalette = (changed: (palette: Palette) => void): (() => void) => {
  const observer = new MutationObserver(() => changed(readPalette()));
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] });
  const loaded = (): void => changed(readPalette());
  document.fonts.addEventListener('loadingdone', loaded);
  return () => {
    observer.disconnect();
    document.fonts.removeEventListener('loadingdone', loaded);
  };
};
