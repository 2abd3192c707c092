import type { AnimatedProperty } from '../../engine/contract/timeline/clip-animation.ts';
import { t } from '../ui/locales/i18n.svelte.ts';

/** How an animated property is shown and set. */
export type PropertyView = {
  min: number;
  max: number;
  step?: number;
  decimals?: number;
  unit: string;
  /** What is shown is so many times what is kept: 100 for per cent. */
  times?: number;
};

const place = { min: -32_768, max: 32_768, decimals: 1, unit: ' px' };
const crop = { min: 0, max: 100, decimals: 1, step: 0.25, times: 100, unit: ' %' };

export const propertyViews: Record<AnimatedProperty, PropertyView> = {
  opacity: { min: 0, max: 100, times: 100, unit: ' %' },
  x: place,
  y: place,
  scale: { min: 0, max: 10_000, decimals: 1, times: 100, unit: ' %' },
  rotation: { min: -36_000, max: 36_000, decimals: 1, step: 0.5, unit: '°' },
  cropLeft: crop,
  cropRight: crop,
  cropTop: crop,
  cropBottom: crop,
  gain: { min: -96, max: 24, decimals: 1, step: 0.1, unit: ' dB' },
};

/** What a property is called, under a heading that says whether it is cut off there. */
export const propertyName = (property: AnimatedProperty): string => {
  switch (property) {
    case 'cropLeft':
      return t('clip.crop.Left');
    case 'cropRight':
      return t('clip.crop.Right');
    case 'cropTop':
      return t('clip.crop.Top');
    case 'cropBottom':
      return t('clip.crop.Bottom');
    default:
      return t(`clip.${property}`);
  }
};
