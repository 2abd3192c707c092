import { UserFacingError } from '../contract/errors.ts';
import { sourceFrameAt } from '../contract/timeline/source-time.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Media } from '../contract/timeline/media.ts';
import type { Rational } from '../contract/timeline/rational.ts';
import { imagesInfo } from '../media/library/images-info.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';
import type { MediaResolver } from './resolve-media.ts';

/** A media whose file was found and looked at. */
export type OpenMedia = {
  media: Media;
  info: MediaInfo;
  /** The frame that is seen at a time of the media's own, seconds. */
  frameAt: (time: Rational) => number;
};

export type MediaFiles = { open: (mediaId: string) => Promise<OpenMedia> };

/**
 * Opens a document's media as they are needed, each once.
 * @throws UserFacingError 'input' when a file is missing, damaged, or has no picture
 */
export const createMediaFiles = (document: Document, resolveMedia: MediaResolver): MediaFiles => {
  const opened = new Map<string, Promise<OpenMedia>>();
  const open = async (mediaId: string): Promise<OpenMedia> => {
    const media = document.media.get(mediaId);
    if (media === undefined || media.picture === null)
      throw new UserFacingError(
        'input',
        `A clip shows ${media === undefined ? 'a media that the project does not have' : `${media.name}, which has no picture`}.`,
        'Replace that clip, or disable it.',
      );
    const path = await resolveMedia(media);
    const info = media.kind === 'images' ? await imagesInfo(media, path) : await probe(path);
    const seconds = await info.timestamps();
    const times = media.picture.variableRate ? seconds.map((time) => time - seconds[0]) : undefined;
    return { media, info, frameAt: (time) => Math.min(info.frameCount - 1, sourceFrameAt(media, time, times)) };
  };
  return {
    open: (mediaId) => {
      const known = opened.get(mediaId) ?? open(mediaId);
      opened.set(mediaId, known);
      return known;
    },
  };
};
