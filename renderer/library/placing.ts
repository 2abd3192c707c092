import { useEditor } from '../ui/editor.svelte.ts';
import { useServices } from '../ui/services.ts';
import type { Placed } from './place-clips.ts';

/**
 * Makes what is planned as one edit, selects it, and takes the playhead where it is wanted; says why when it cannot be. One after the other:
 * a plan is asked for when the one before has moved the playhead, however quickly keys follow.
 */
export type Placing = (plan: () => Placed, frameAfter: (placed: Placed) => number) => Promise<void>;

/** To be called while a component is set up. */
export const usePlacing = (): Placing => {
  const editor = useEditor();
  const { toasts } = useServices();
  let before = Promise.resolve();
  const make: Placing = async (plan, frameAfter) => {
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
  return (plan, frameAfter) => (before = before.then(() => make(plan, frameAfter)));
};
