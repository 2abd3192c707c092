import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Sequence } from '../../engine/contract/timeline/entities.ts';
import { nominalRate } from '../../engine/contract/timeline/timecode.ts';
import { t } from '../ui/locales/i18n.svelte.ts';
import type { Words } from './scene.ts';

/** Seconds and frames, as short as a badge needs: 1:12. */
export const shortLength = (frames: number, { frameRate }: Pick<Sequence, 'frameRate'>): string => {
  const fps = nominalRate(frameRate);
  return `${Math.floor(frames / fps)}:${String(frames % fps).padStart(2, '0')}`;
};

export const wordsOf = (document: Document, sequence: Sequence): Words => ({
  made: (clip: Clip) => {
    const media = clip.mediaId === null ? undefined : document.media.get(clip.mediaId);
    return t(`timeline.made.${media?.provenance?.task ?? 'extend'}`, { length: shortLength(clip.duration, sequence) });
  },
  transition: (kind) => t(`timeline.transition.${kind}`),
  offline: t('timeline.offline'),
});
