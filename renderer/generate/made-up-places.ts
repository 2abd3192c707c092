import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import { sequenceOfClip } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';

/** Frames of a sequence, both ends included, that show frames of a take of which little was filmed. */
export type MadeUpPlace = { first: number; last: number };

/** Where on the timeline a clip shows what a take made up; nothing of what is trimmed away. The clip is played at its own speed, as takes are. */
export const madeUpPlaces = (document: Document, take: Media, clip: Clip | undefined): MadeUpPlace[] => {
  const sequence = clip && sequenceOfClip(document, clip);
  const rate = take.picture?.frameRate;
  if (!clip || clip.placement === null || !sequence || !rate || clip.mediaId !== take.id) return [];
  const perFrame = toNumber(sequence.frameRate) / toNumber(rate);
  const before = toNumber(clip.sourceIn) * toNumber(sequence.frameRate);
  return (takeSettingsOf(take)?.madeUp ?? []).flatMap(([from, to]) => {
    const first = Math.max(0, Math.round(from * perFrame - before));
    const last = Math.min(clip.duration, Math.max(first + 1, Math.round((to + 1) * perFrame - before))) - 1;
    return last >= first ? [{ first: clip.start + first, last: clip.start + last }] : [];
  });
};
