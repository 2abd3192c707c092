import { clipsOf, endOf, firstAfter } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { Row } from './rows.ts';

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The clip of a sorted list that a frame lies in, else the one that is nearest to it. */
export const nearestClip = (clips: readonly Clip[], frame: number): Clip | undefined => {
  const at = firstAfter(clips, frame);
  const [before, after] = [clips[at - 1], clips[at]];
  if (!before || !after) return before ?? after;
  return frame < endOf(before) || frame - endOf(before) < after.start - frame ? before : after;
};

/** The clip that an arrow key leads to from another one; itself where there is none further on. */
export const walk = (document: Document, rows: readonly Row[], from: Clip, step: Step): Clip => {
  const clips = clipsOf(document, from.trackId);
  const at = firstAfter(clips, from.start) - 1;
  if (step === 'left' || step === 'right') return clips[at + (step === 'left' ? -1 : 1)] ?? from;
  if (step === 'first' || step === 'last') return clips.at(step === 'first' ? 0 : -1) ?? from;
  const row = rows.findIndex(({ track }) => track.id === from.trackId);
  const further = step === 'up' ? rows.slice(0, row).reverse() : rows.slice(row + 1);
  for (const { track } of further) {
    const clip = nearestClip(clipsOf(document, track.id), from.start);
    if (clip) return clip;
  }
  return from;
};
