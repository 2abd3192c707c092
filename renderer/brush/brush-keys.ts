import type { BrushTool } from './brush.svelte.ts';

/** The letter that chooses each tool while something is drawn; before the timeline's own keys. */
export const brushKeys = {
  arrow: 'A',
  region: 'R',
  'box-path': 'P',
  keep: 'K',
  box: 'B',
  paint: 'P',
  erase: 'E',
} as const satisfies Record<BrushTool, string>;
