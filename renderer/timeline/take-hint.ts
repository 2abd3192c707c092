import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { madeBy } from '../generate/take-words.ts';

/** What a pointer over a generated clip is told: who made it and from which seed; empty over any other. */
export const takeHint = (document: Document, clip: Clip): string => {
  const media = clip.kind === 'take' && clip.mediaId !== null ? document.media.get(clip.mediaId) : undefined;
  return media ? [clip.name, madeBy(media)].join('\n') : '';
};
