import type { Clip, Placement } from '../../contract/timeline/entities.ts';
import { plainPlacement } from '../../contract/timeline/operations/new-clips.ts';

const plain = JSON.stringify(plainPlacement);

/** Whether a picture lies otherwise than a new clip's does. */
export const isPlaced = (placement: Placement | null): boolean =>
  placement !== null && JSON.stringify(placement) !== plain;

/** Whether a sound is louder or softer than its file. */
export const isLevelled = (gain: Clip['gain']): boolean => gain !== null && (gain.value !== 0 || gain.keys.length > 0);
