import type { KeyedMask, MotionRegion, Stroke } from '../../contract/generation/wish.ts';
import type { Hint } from '../../contract/task-request.ts';
import { UserFacingError } from '../../contract/errors.ts';

const notYet = (): UserFacingError =>
  new UserFacingError('usage', 'Painted masks cannot be used yet.', 'Use arrows and camera moves instead.');

export const writeMaskVideo = (_: {
  clip: string;
  mask: KeyedMask;
  picture: { width: number; height: number };
  out: string;
  signal: AbortSignal;
}): Promise<void> => Promise.reject(notYet());
export const writeStrokeMask = (_: {
  strokes: readonly Stroke[];
  width: number;
  height: number;
  out: string;
}): Promise<void> => Promise.reject(notYet());
export const hintsOfRegions = (regions: readonly MotionRegion[]): Hint[] => {
  if (regions.length > 0) throw notYet();
  return [];
};
