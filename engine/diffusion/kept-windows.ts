/**
 * Where what a window has made can be kept, so that work which was cut off goes on after its last finished window. What is read back must be
 * exactly what was saved.
 */
export type KeptWindow<T> = {
  /** Null where nothing is kept, or nothing that can be trusted. */
  load: () => Promise<T | null>;
  save: (made: T) => Promise<void>;
};
