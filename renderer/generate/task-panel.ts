import type { WishBody } from './grow.svelte.ts';

/**
 * The body of one tab of the Grow panel: its own fields alone. What all tasks have (motion in words, takes, quality, seed, the sentence
 * with time and disk, the button) stands below it, and asks for what the body says last.
 */
export type TaskPanelProps = {
  /** Called with every change: what it would ask for now, null while something is missing. */
  onwish: (wish: WishBody | null) => void;
};
