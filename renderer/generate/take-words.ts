import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { t } from '../ui/locales/i18n.svelte.ts';

/** Who made a take and how: "Longtake Motion 1.1.0, seed 41, draft". */
export const madeBy = (take: Media): string => {
  const { provenance } = take;
  if (!provenance) return '';
  const { model, modelVersion, seed, steps } = provenance;
  const quality = takeSettingsOf(take)?.plan.wish.quality;
  const how = quality ? t(`grow.quality.${quality}`) : t('takes.steps', { count: steps });
  return t('takes.made-by', { model, version: modelVersion, seed: String(seed), how });
};
