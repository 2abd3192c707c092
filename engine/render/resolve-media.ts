import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Media } from '../contract/timeline/media.ts';

/** Where a media's file is now. @throws UserFacingError 'input' when it is nowhere */
export type MediaResolver = (media: Media) => Promise<string>;

/** The file of a picture in a numbered sequence: `pattern` is ffmpeg's, with doubled % signs where the name has one. */
export const numberedPath = (pattern: string, number: number): string =>
  pattern.replace(/%(?:%|0?(\d*)d)/g, (word, width?: string) =>
    word === '%%' ? '%' : String(number).padStart(Number(width || 0), '0'),
  );

const exists = (media: Media, path: string): Promise<boolean> =>
  access(media.kind === 'images' ? numberedPath(path, media.firstNumber ?? 0) : path).then(
    () => true,
    () => false,
  );

/** Every file that a project's media may be: from the project's folder and where they were on import, picture by picture. */
export const mediaFilesOf = (document: Document, projectFolder: string): string[] =>
  [...document.media.values()].flatMap(({ kind, path, relativePath, firstNumber, picture }) => {
    const places = relativePath === null ? [path] : [resolve(projectFolder, relativePath), path];
    if (kind !== 'images') return places;
    const numbers = Array.from({ length: picture?.frameCount ?? 0 }, (_, i) => (firstNumber ?? 0) + i);
    return places.flatMap((place) => numbers.map((number) => numberedPath(place, number)));
  });

/**
 * Looks for media from the project's folder first, so that a project that was moved together with its media finds them, then where they
 * were on import.
 */
export const mediaResolver =
  (projectFolder: string): MediaResolver =>
  async (media) => {
    const places = [
      ...(media.relativePath !== null && !isAbsolute(media.relativePath)
        ? [resolve(projectFolder, media.relativePath)]
        : []),
      media.path,
    ];
    for (const place of places) if (await exists(media, place)) return place;
    throw new UserFacingError(
      'input',
      `${media.name} is missing: it is not at ${media.path}.`,
      'Find the file again in the library, or disable the clips that use it.',
    );
  };
