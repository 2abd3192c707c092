import type { Damage } from '../frames/detect.ts';
import { createDamageDetector } from '../frames/detect.ts';
import { readFrames } from '../media/decode.ts';
import type { MediaInfo } from '../media/types.ts';

export type DamageKind = keyof Damage;
/** Frames of the source, both ends included. */
export type DamagedFrames = { from: number; to: number; kind: DamageKind };

export type FindDamaged = {
  info: MediaInfo;
  /** What is looked through, both ends included. */
  from: number;
  to: number;
  signal?: AbortSignal;
  /** After every frame. May throw to stop. */
  onFrame?: (done: number, total: number) => void | Promise<void>;
};

/**
 * Looks through frames for black, doubled and flashed ones (engine/frames/detect.ts).
 * @throws UserFacingError 'input' when the file is damaged, the signal's reason
 */
export const findDamaged = async ({ info, from, to, signal, onFrame }: FindDamaged): Promise<DamagedFrames[]> => {
  const detector = createDamageDetector();
  let done = 0;
  for await (const frame of readFrames(info, from, to, signal)) {
    signal?.throwIfAborted();
    detector.push(frame);
    await onFrame?.(++done, to - from + 1);
  }
  const damage = detector.finish();
  return (['black', 'duplicate', 'flash'] as const).flatMap((kind) =>
    damage[kind].map(([a, b]) => ({ from: from + a, to: from + b, kind })),
  );
};
