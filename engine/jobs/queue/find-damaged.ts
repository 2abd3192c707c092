import { plainClip } from '../../contract/generation/describe-clip.ts';
import type { Document } from '../../contract/timeline/document.ts';
import { endOf } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { DamageKind } from '../../tasks/find-damaged.ts';
import { findDamaged } from '../../tasks/find-damaged.ts';
import { openSource } from './cut-source.ts';

/** Frames of the sequence, both ends included. */
export type DamagedRange = { first: number; last: number; kind: DamageKind };

/** A thousandth of a frame of grace: times of equal rates must not slip by rounding. */
const grace = 0.001;

/**
 * Black, doubled and flashed frames of what a clip shows, in frames of its sequence. Reads the stretch once.
 * @throws EditRefused for clips that nothing can be made for, UserFacingError when the file is damaged or missing, the signal's reason
 */
export const findDamagedFrames = async (
  document: Document,
  clipId: string,
  { locate, signal }: { locate: (mediaId: string) => Promise<Media>; signal: AbortSignal },
): Promise<DamagedRange[]> => {
  const { clip, media, sequence, in: begin, out } = plainClip(document, clipId);
  const located = await locate(media.id);
  const { info, span } = await openSource(located, located.path);
  const { from, to } = span({ in: begin, out });
  const stamps = await info.timestamps();
  const rate = toNumber(sequence.frameRate);
  /** The first frame of the sequence that shows this frame of the source or a later one. */
  const shownFrom = (index: number): number => {
    if (index > to) return endOf(clip);
    return clip.start + Math.max(0, Math.ceil((stamps[index] - stamps[0] - toNumber(begin)) * rate - grace));
  };
  const damage = await findDamaged({ info, from, to, signal });
  return damage
    .map(({ from: a, to: b, kind }) => ({ first: shownFrom(a), last: shownFrom(b + 1) - 1, kind }))
    .filter(({ first, last }) => last >= first && last < endOf(clip))
    .sort((a, b) => a.first - b.first);
};
