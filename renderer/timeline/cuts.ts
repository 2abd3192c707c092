import { clipsOf, neighbours, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { clipsOfIds } from '../document/selectors.ts';

/** Two clips of a track that meet. */
export type Cut = { left: Clip; right: Clip };

/** Cuts on both of whose sides a clip is selected; of a clip that is selected alone, the cut nearest to the playhead. */
export const pickedCuts = (document: Document, selection: ReadonlySet<string>, frame: number): Cut[] => {
  const cuts: Cut[] = [];
  for (const clip of clipsOfIds(document, selection)) {
    const { left, right } = neighbours(document, clip);
    if (right && selection.has(right.id)) cuts.push({ left: clip, right });
    const lonely = !(left && selection.has(left.id)) && !(right && selection.has(right.id));
    if (!lonely) continue;
    const own = [left && { left, right: clip }, right && { left: clip, right }].filter((cut) => cut !== undefined);
    own.sort((a, b) => Math.abs(a.right.start - frame) - Math.abs(b.right.start - frame));
    cuts.push(...own.slice(0, 1));
  }
  return cuts;
};

/** The cut of picture tracks that is nearest to a frame. */
export const nearestCut = (document: Document, sequenceId: string, frame: number): Cut[] => {
  let best: Cut | undefined;
  const distance = ({ right }: Cut): number => Math.abs(right.start - frame);
  for (const track of tracksOf(document, sequenceId, 'video').filter(({ locked }) => !locked)) {
    for (const left of clipsOf(document, track.id)) {
      const { right } = neighbours(document, left);
      if (right && (!best || distance({ left, right }) < distance(best))) best = { left, right };
    }
  }
  return best ? [best] : [];
};
