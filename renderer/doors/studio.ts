import type { ProjectStore } from '../document/project-store.ts';
import type { Brought } from './brought.ts';

/** What the working part of a quick screen is given. */
export type StudioProps = {
  store: ProjectStore;
  /** As many files as it needs. */
  brought: readonly Brought[];
  onleave: () => void;
  /** They are not what it needs. */
  onrefuse: () => void;
  /** Opens the project in the editor. */
  onopen: () => void;
};
