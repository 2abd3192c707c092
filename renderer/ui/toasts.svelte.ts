import { UserFacingError } from '../../engine/contract/errors.ts';

export type Toast = {
  id: number;
  kind: 'info' | 'bad';
  text: string;
  /** What to do about it. */
  remedy?: string;
  action?: { label: string; run: () => void };
};

export type Toasts = {
  readonly all: readonly Toast[];
  /** Shows a message; one that asks for nothing leaves by itself. @returns its id */
  add: (toast: Omit<Toast, 'id'>) => number;
  /** Says what went wrong, in the words of the engine. */
  fail: (error: unknown) => void;
  dismiss: (id: number) => void;
};

/** Milliseconds. */
const stay = { info: 5000, bad: 12_000 };

export const createToasts = (): Toasts => {
  let all = $state.raw<readonly Toast[]>([]);
  let counter = 0;
  const dismiss = (id: number): void => {
    all = all.filter((toast) => toast.id !== id);
  };
  const add = (toast: Omit<Toast, 'id'>): number => {
    const id = ++counter;
    all = [...all.slice(-3), { ...toast, id }];
    setTimeout(() => dismiss(id), stay[toast.kind]);
    return id;
  };
  return {
    get all() {
      return all;
    },
    add,
    dismiss,
    fail: (error) => {
      if (error instanceof UserFacingError) add({ kind: 'bad', text: error.message, remedy: error.remedy });
      else {
        console.error(error);
        add({ kind: 'bad', text: error instanceof Error ? error.message : String(error) });
      }
    },
  };
};
