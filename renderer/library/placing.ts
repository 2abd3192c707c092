import { useEditor } from '../ui/editor.svelte.ts';
import { useServices } from '../ui/services.ts';
import type { Placed } from './place-clips.ts';

/** Makes what was planned as one edit, selects it, and takes the playhead where it is wanted; says why when it cannot be. */
export type Placing = (plan: () => Placed, frameAfter: (placed: Placed) => number) => Promise<void>;

/** To be called while a component is set up. */
export const usePlacing = (): Placing => {
  const editor = useEditor();
  const { toasts } = useServices();
  return async (plan, frameAfter) => {
    try {
      const placed = plan();
      await editor.store.edit('batch', { operations: placed.operations });
      if (editor.sequence?.id !== placed.sequenceId) editor.openSequence(placed.sequenceId);
      editor.select(placed.clipIds);
      editor.frame = frameAfter(placed);
    } catch (error) {
      toasts.fail(error);
    }
  };
};
