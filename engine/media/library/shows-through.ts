import sharp from 'sharp';
import type { Media } from '../../contract/timeline/media.ts';

/** Whether something below a media can be seen through it: a clip with transparency, or a still of which some of it is. */
export const showsThrough = async ({
  kind,
  path,
  picture,
}: Pick<Media, 'kind' | 'path' | 'picture'>): Promise<boolean> => {
  if (picture?.alpha !== true) return false;
  if (kind !== 'still') return true;
  // Many pictures have an alpha that hides nothing.
  return sharp(path, { limitInputPixels: false, failOn: 'none' })
    .stats()
    .then(
      ({ isOpaque }) => !isOpaque,
      () => true,
    );
};
