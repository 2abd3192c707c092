/** What can be done on the timeline with a keyframe, a transition or a marker that was pressed on with the other button. */
import { easings } from '../../engine/contract/timeline/animated.ts';
import { transitionSchema } from '../../engine/contract/timeline/entities.ts';
import type { Clip, Transition } from '../../engine/contract/timeline/entities.ts';
import type { OperationInput, OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import type { MenuItem } from '../ui/components/menu.svelte';
import { t } from '../ui/locales/i18n.svelte.ts';
import { keysAt } from './clip-keys.ts';
import type { Stage } from './gestures/gesture.ts';

const edit = <N extends OperationName>({ editor, fail }: Stage, name: N, input: OperationInput<N>): void =>
  void editor.store.edit(name, input).catch(fail);

/** All keys of a clip on one frame: how they run to the next ones, and away with them. The way that they run now cannot be chosen. */
export const keyItems = (stage: Stage, clip: Clip, frame: number): MenuItem[] => {
  const keys = keysAt(clip, frame);
  return [
    ...easings.map((easing) => ({
      label: t(`timeline.key.${easing}`),
      disabled: keys.every((key) => key.easing === easing),
      run: () =>
        edit(stage, 'batch', {
          operations: keys.map(({ property, value }) => ({
            op: 'set-keyframe',
            input: { clipId: clip.id, property, frame, value, easing },
          })),
        }),
    })),
    {
      label: t('timeline.key.remove'),
      parted: true,
      run: () =>
        edit(stage, 'batch', {
          operations: keys.map(({ property }) => ({
            op: 'remove-keyframe',
            input: { clipId: clip.id, property, frame },
          })),
        }),
    },
  ];
};

/** What else a transition could be; of sound there is one kind. */
export const transitionItems = (stage: Stage, { id, trackId, kind }: Transition): MenuItem[] => {
  if (stage.editor.view.shown.tracks.get(trackId)?.kind !== 'video') return [];
  return transitionSchema.shape.kind.options.map((each) => ({
    label: t(`transition.kind.${each}`),
    disabled: each === kind,
    run: () => edit(stage, 'change-transition', { id, changes: { kind: each } }),
  }));
};

/** A marker on a clip, where it was pressed on. */
export const clipMarkerItem = (stage: Stage, clip: Clip, frame: number): MenuItem => ({
  label: t('timeline.command.clip-marker'),
  run: () => {
    const at = Math.min(clip.duration - 1, Math.max(0, frame - clip.start));
    edit(stage, 'add-marker', { sequenceId: stage.sequence.id, clipId: clip.id, frame: at });
  },
});
