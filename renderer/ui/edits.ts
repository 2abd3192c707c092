import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import type { OperationInput } from '../../engine/contract/timeline/operations/registry.ts';
import { useEditor } from './editor.svelte.ts';
import { useServices } from './services.ts';

export type Steps = OperationInput<'batch'>['operations'];

/** Edits as a control makes them: shown while it moves, one undo step when it rests. */
export type Edits = {
  /** Shows what the steps would do; what cannot be is not shown. */
  preview: (steps: Steps) => void;
  /** Makes them as one undo step; says why when they cannot be. */
  commit: (steps: Steps) => void;
  /** Takes the preview back. */
  cancel: () => void;
};

/** To be called while a component is set up. */
export const useEdits = (): Edits => {
  const { store } = useEditor();
  const { toasts } = useServices();
  return {
    preview: (operations) => {
      if (operations.length === 0) return;
      try {
        store.preview('batch', { operations });
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error;
      }
    },
    commit: (operations) => {
      if (operations.length === 0) {
        store.endPreview();
        return;
      }
      // One step keeps its own name in the history.
      const [{ op, input }] = operations;
      const made =
        operations.length === 1 ? store.edit(op as 'batch', input as never) : store.edit('batch', { operations });
      made.catch((error: unknown) => {
        store.endPreview();
        toasts.fail(error);
      });
    },
    cancel: store.endPreview,
  };
};
