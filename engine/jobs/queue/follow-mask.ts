import { mediaTimeAt, movingClip } from '../../contract/generation/describe-clip.ts';
import type { KeyedMask } from '../../contract/generation/wish.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { Outline } from '../../tasks/mask-outline.ts';
import { lookAt } from '../look/look-thread.ts';
import type { LookOptions } from '../look/look-thread.ts';

/**
 * What surrounds a painted mask at a frame without a key of its own, as the picture's motion leads it there: from the last key before it, or
 * back from the first. Frames of the sequence, pixels of the source.
 * @throws EditRefused for clips that nothing can be made for, UserFacingError when the file is damaged or missing, the signal's reason
 */
export const followMask = async (
  document: Document,
  { clipId, keys, frame }: { clipId: string; keys: KeyedMask['keys']; frame: number },
  { locate, ...options }: LookOptions & { locate: (mediaId: string) => Promise<Media> },
): Promise<Outline[]> => {
  const clip = movingClip(document, clipId);
  const media = await locate(clip.media.id);
  const { shapes, frame: painted } = keys.findLast((each) => each.frame <= frame) ?? keys[0];
  const [from, to] = [painted, frame].map((at) => toNumber(mediaTimeAt(clip, at)));
  return lookAt({ look: 'mask', media, shapes, from, to }, options);
};
