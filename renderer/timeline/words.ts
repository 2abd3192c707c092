import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
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

/** What was done, as it was asked for: a gap that is filled and a loop are blends to the engine alone. */
const made = { loop: 'extend', 'fill-gap': 'fill', 'blend-media': 'blend' } as const;

export const wordsOf = (document: Document, sequence: Sequence): Words => ({
  made: (clip: Clip) => {
    const media = clip.mediaId === null ? undefined : document.media.get(clip.mediaId);
    const wished = media && takeSettingsOf(media)?.plan.wish.task;
    const task = wished ?? media?.provenance?.task ?? 'extend';
    const word = task === 'loop' || task === 'fill-gap' || task === 'blend-media' ? made[task] : task;
    return t(`timeline.made.${word}`, { length: shortLength(clip.duration, sequence) });
  },
  length: ({ duration }) => shortLength(duration, sequence),
  transition: (kind) => t(`timeline.transition.${kind}`),
  offline: t('timeline.offline'),
});
