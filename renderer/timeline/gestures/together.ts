import { groupedWith, linkedWith } from '../../../engine/contract/timeline/document.ts';
import type { Document } from '../../../engine/contract/timeline/document.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';

/** Ids of clips with all that is linked and grouped with them, and what is with those in turn. */
export const together = (document: Document, ids: Iterable<string>): Set<string> => {
  const found = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const clip = document.clips.get(id);
    if (!clip || found.has(id)) continue;
    found.add(id);
    for (const mate of [...linkedWith(document, clip), ...groupedWith(document, clip)])
      if (!found.has(mate.id)) open.push(mate.id);
  }
  return found;
};

/** Whether clips are selected together with what belongs to them; where not, they were picked singly and are edited so. */
export const isWhole = (document: Document, ids: ReadonlySet<string>): boolean =>
  together(document, ids).size === ids.size;

/** The clips that a gesture on one of them is about: the selection where it is part of it, else the clip and what belongs to it. */
export const grabbedWith = (document: Document, clip: Clip, selection: ReadonlySet<string>): ReadonlySet<string> =>
  selection.has(clip.id) ? selection : together(document, [clip.id]);
