import { plainClip, timeAtFrame } from '../../contract/generation/describe-clip.ts';
import type { KeyedMask } from '../../contract/generation/wish.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { outlinesOf } from '../../tasks/mask-outline.ts';
import type { Outline } from '../../tasks/mask-outline.ts';
import { followedMask } from '../../tasks/track-mask.ts';
import type { KnownWays } from '../../tasks/track-mask.ts';
import { openSource } from './cut-source.ts';

type Options = { locate: (mediaId: string) => Promise<Media>; signal: AbortSignal };

/** One looks at a mask frame after frame: what was found for the last one leads to the next. */
let latest: { of: string; known: KnownWays } = { of: '', known: new Map() };

const knownOf = ({ path, hash }: Media, from: number): KnownWays => {
  const of = JSON.stringify([path, hash, from]);
  if (latest.of !== of) latest = { of, known: new Map() };
  return latest.known;
};

/**
 * What surrounds a painted mask at a frame without a key of its own, as the picture's motion leads it there: from the last key before it, or
 * back from the first. Frames of the sequence, pixels of the source.
 * @throws EditRefused for clips that nothing can be made for, UserFacingError when the file is damaged or missing, the signal's reason
 */
export const followMask = async (
  document: Document,
  { clipId, keys, frame }: { clipId: string; keys: KeyedMask['keys']; frame: number },
  { locate, signal }: Options,
): Promise<Outline[]> => {
  const clip = plainClip(document, clipId);
  const located = await locate(clip.media.id);
  const { info, span } = await openSource(located, located.path);
  const key = keys.findLast((each) => each.frame <= frame) ?? keys[0];
  const indexAt = (at: number): number => {
    const time = timeAtFrame(clip, at);
    return span({ in: time, out: time }).from;
  };
  const from = indexAt(key.frame);
  const known = knownOf(located, from);
  const mask = await followedMask({ info, shapes: key.shapes, from, to: indexAt(frame), known, signal });
  return outlinesOf(mask, { width: info.width, height: info.height });
};
