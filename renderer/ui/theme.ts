/** Sets the theme and the contrast on the document, and goes on following the system. @returns what stops it */
export const followTheme = (wanted: 'system' | 'dark' | 'light'): (() => void) => {
  const light = matchMedia('(prefers-color-scheme: light)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const apply = (): void => {
    const { dataset } = document.documentElement;
    dataset.theme = wanted === 'system' ? (light.matches ? 'light' : 'dark') : wanted;
    dataset.contrast = contrast.matches ? 'more' : 'usual';
  };
  apply();
  light.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
  return () => {
    light.removeEventListener('change', apply);
    contrast.removeEventListener('change', apply);
  };
};
