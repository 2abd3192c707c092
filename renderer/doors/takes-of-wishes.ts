import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';

/** The takes that such wishes made, in the order in which they were made: ids are UUIDv7, which sort by time. */
export const takesOfWishes = (document: Document, wanted: (wish: GenerationWish) => boolean): Media[] =>
  [...document.media.values()]
    .filter((media) => {
      const wish = takeSettingsOf(media)?.plan.wish;
      return wish !== undefined && wanted(wish);
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
