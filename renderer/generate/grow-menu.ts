import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import { linkedWith, neighbours } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { Stage } from '../timeline/gestures/gesture.ts';
import { together } from '../timeline/gestures/together.ts';
import type { Hit } from '../timeline/hit.ts';
import type { MenuItem } from '../ui/components/menu.svelte';
import { t } from '../ui/locales/i18n.svelte.ts';
import { showClip } from './end-teller.ts';
import { gapAt } from './grow-maths.ts';
import type { GrowEdge } from './grow.svelte.ts';
import { copySettings } from './take-actions.ts';

/** A still that moves already: how, can be changed. */
const motionOf = ({ editor, grow }: Stage, clip: Clip): MenuItem[] => {
  const take = clip.mediaId === null ? undefined : editor.view.document.media.get(clip.mediaId);
  const wish = take && takeSettingsOf(take)?.plan.wish;
  if (wish?.task !== 'animate') return [];
  const run = (): void => {
    showClip(editor, clip.id);
    copySettings(grow, wish);
  };
  return [{ label: t('takes.motion'), run }];
};

const ofClip = (stage: Stage, clip: Clip): MenuItem[] => {
  const { editor, grow } = stage;
  const { document } = editor.view;
  if (clip.kind === 'title') return [];
  if (clip.kind === 'still') return [{ label: t('grow.menu.animate'), run: () => grow.show('animate') }];
  const extend = (edge: GrowEdge): MenuItem => ({
    label: t(`grow.menu.${edge}`),
    run: () => {
      grow.edge = edge;
      grow.show('extend');
    },
  });
  const { right } = neighbours(document, clip);
  const blend: MenuItem = {
    label: t('grow.menu.blend'),
    disabled: !right,
    run: () => {
      if (right) editor.select(together(document, [clip.id, right.id]));
      grow.show('blend');
    },
  };
  return [
    ...motionOf(stage, clip),
    ...(['tail', 'head', 'loop'] as const).map(extend),
    blend,
    {
      label: t('grow.menu.fill'),
      run: () => {
        grow.wantsFind = true;
        grow.show('fill');
      },
    },
    { label: t('grow.menu.erase'), run: () => grow.show('erase') },
  ];
};

/** What can be grown of what was pressed on with the other button; a gap is filled at once, all else is set in the panel first. */
export const growItems = (stage: Stage, hit: Hit, frame: number): MenuItem[] => {
  const { editor, sequence, ask } = stage;
  const { document, readOnly } = editor.view;
  if (readOnly !== null || hit.kind === 'nothing' || hit.row.track.locked) return [];
  if (hit.kind === 'clip' || hit.kind === 'key') {
    const picture = linkedWith(document, hit.clip).find(({ placement }) => placement !== null);
    return picture ? ofClip(stage, picture) : [];
  }
  if (hit.kind !== 'row' || hit.row.track.kind !== 'video') return [];
  const gap = gapAt(document, hit.row.track.id, frame);
  if (!gap) return [];
  const { start, duration } = gap;
  const trackId = hit.row.track.id;
  return [
    {
      label: t('grow.menu.gap'),
      run: () => void ask({ task: 'fill-gap', sequenceId: sequence.id, trackId, start, duration }),
    },
  ];
};
