import type { Transition } from '../timeline/entities.ts';

/** What lies on one track of a frame, in whatever form a compositor holds its pictures; `from` and `to` are null where nothing is. */
export type LayerOf<D> =
  | { type: 'picture'; drawing: D }
  | {
      type: 'transition';
      from: D | null;
      to: D | null;
      kind: Transition['kind'];
      /** 0..1. */
      progress: number;
      colour: string;
      direction: Transition['direction'];
      softness: number;
    };
