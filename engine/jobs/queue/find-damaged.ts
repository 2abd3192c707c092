import { mediaTimeAt, movingClip } from '../../contract/generation/describe-clip.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { DamageKind } from '../../tasks/find-damaged.ts';
import { lookAt } from '../look/look-thread.ts';
import type { LookOptions } from '../look/look-thread.ts';

/** Frames of the sequence, both ends included. */
export type DamagedRange = { first: number; last: number; kind: DamageKind };

/**
 * Black, doubled and flashed frames of what a clip shows, in frames of its sequence. Reads the stretch once.
 * @throws EditRefused for clips that nothing can be made for, UserFacingError when the file is damaged or missing, the signal's reason
 */
export const findDamagedFrames = async (
  document: Document,
  clipId: string,
  { locate, ...options }: LookOptions & { locate: (mediaId: string) => Promise<Media> },
): Promise<DamagedRange[]> => {
  const moving = movingClip(document, clipId);
  const { clip, media } = moving;
  const times = Float64Array.from({ length: clip.duration }, (_, k) => toNumber(mediaTimeAt(moving, clip.start + k)));
  const places = await lookAt({ look: 'damaged', media: await locate(media.id), times }, options);
  return places
    .map(({ first, last, kind }) => ({ first: clip.start + first, last: clip.start + last, kind }))
    .sort((a, b) => a.first - b.first);
};
