import { createHash } from 'node:crypto';
import type { Title } from '../../contract/timeline/entities.ts';
import { drawTitle, type TitleBitmap } from './draw-title.ts';

/** Raised with every change that may alter a title's bytes: fonts, shaper, layout, drawing. */
const drawingVersion = 1;

/** Bitmaps that are kept, bytes: some thirty titles of a 4K sequence. */
const mostBytes = 256 * 2 ** 20;

/** In order of use, oldest first. */
const kept = new Map<string, TitleBitmap>();
let keptBytes = 0;

type Size = { width: number; height: number };

/**
 * The name of a title's bitmap: the same for the same title, size and way of drawing. For caches and for addresses of bitmaps.
 * @returns 64 hexadecimal digits
 */
export const titleKey = (title: Title, { width, height }: Size): string => {
  const { text, font, weight, italic, size, colour, align, lineHeight, background, outline, shadow } = title;
  const parts = [
    ...[drawingVersion, width, height, text, font, weight, italic, size, colour, align, lineHeight],
    ...[background.colour, background.opacity, background.padding, outline.colour, outline.width],
    ...[shadow.colour, shadow.opacity, shadow.blur, shadow.distance],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
};

/**
 * A title's bitmap for a sequence of this size (see TitleBitmap for where it lies), from the cache or drawn now. Preview and export both
 * draw it. It is shared: not to be written to.
 * @throws UserFacingError 'usage' when it would have more than 32 megapixels or a side of more than 16384
 */
export const rasteriseTitle = (title: Title, size: Size): Promise<TitleBitmap> => {
  const key = titleKey(title, size);
  const bitmap = kept.get(key) ?? drawTitle(title, size);
  if (!kept.delete(key)) keptBytes += bitmap.data.length;
  kept.set(key, bitmap);
  for (const [oldest, { data }] of kept) {
    if (keptBytes <= mostBytes) break;
    kept.delete(oldest);
    keptBytes -= data.length;
  }
  return Promise.resolve(bitmap);
};
