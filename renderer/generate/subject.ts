import { clipAt, linkedWith, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { clipsOfIds } from '../document/selectors.ts';
import { nearestCut, pickedCuts } from '../timeline/cuts.ts';
import type { Cut } from '../timeline/cuts.ts';
import { gapAt } from './grow-maths.ts';
import type { Gap } from './grow-maths.ts';

/** Where a person is: what is selected, and the playhead. */
export type Place = { sequenceId: string; selection: ReadonlySet<string>; frame: number };

const freeTracks = (document: Document, sequenceId: string) =>
  tracksOf(document, sequenceId, 'video').filter(({ locked }) => !locked);

/** The picture that growing is about: of what is selected, else the uppermost under the playhead; titles are none. */
export const subjectClip = (document: Document, { sequenceId, selection, frame }: Place): Clip | undefined => {
  const chosen = clipsOfIds(document, selection).flatMap((clip) => linkedWith(document, clip));
  const under = [...freeTracks(document, sequenceId)].reverse().map(({ id }) => clipAt(document, id, frame));
  return [...chosen, ...(selection.size > 0 ? [] : under)].find(
    (clip) => clip !== undefined && clip.placement !== null && clip.kind !== 'title',
  );
};

/** The cut of pictures that a blend is about: of what is selected, else the one nearest to the playhead. */
export const subjectCut = (document: Document, { sequenceId, selection, frame }: Place): Cut | undefined => {
  const picked = pickedCuts(document, selection, frame).find(({ left }) => left.placement !== null);
  return picked ?? nearestCut(document, sequenceId, frame)[0];
};

/** The gap under the playhead, of the uppermost track that has one there. */
export const subjectGap = (
  document: Document,
  { sequenceId, frame }: Place,
): (Gap & { trackId: string }) | undefined => {
  for (const { id } of [...freeTracks(document, sequenceId)].reverse()) {
    const gap = gapAt(document, id, frame);
    if (gap) return { ...gap, trackId: id };
  }
  return undefined;
};
