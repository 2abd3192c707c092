/** What is made of the media of open projects: on demand for what is on screen, in the background for the rest. */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { CallResult, ParsedInput } from '../contract/protocol/calls.ts';
import { derivedUrl, mediaUrl } from '../contract/protocol/urls.ts';
import type { Media } from '../contract/timeline/media.ts';
import type { Cache } from '../media/library/cache.ts';
import { createDeriveQueue } from '../media/library/derive-queue.ts';
import type { DerivedEvent } from '../media/library/derive-queue.ts';
import { locateMedia } from '../media/library/locate-media.ts';
import { peaksFile } from '../media/library/peaks.ts';
import { proxyItem } from '../media/library/proxy.ts';
import { proxyNeeded } from '../media/library/proxy-needed.ts';
import { thumbnailStrip } from '../media/library/thumbnails.ts';
import { createLimit } from './limit.ts';
import type { OpenEntry } from './open-projects.ts';
import type { ReportWork } from './work-reports.ts';

export type MediaWork = {
  /** The media with the path at which its file lies now. @throws UserFacingError input when it does not */
  located: (entry: OpenEntry, mediaId: string) => Promise<Media>;
  thumbnails: (
    entry: OpenEntry,
    input: ParsedInput<'derived.thumbnails'>,
    signal: AbortSignal,
  ) => Promise<CallResult<'derived.thumbnails'>>;
  peaks: (entry: OpenEntry, mediaId: string, signal: AbortSignal) => Promise<CallResult<'derived.peaks'>>;
  playback: (entry: OpenEntry, mediaId: string) => Promise<CallResult<'derived.playback'>>;
  /** Makes what a project's media will need, with no hurry; all of them unless told. */
  prepare: (entry: OpenEntry, mediaIds?: readonly string[]) => Promise<void>;
  /** A file of the cache; undefined when it was thrown away meanwhile. */
  derivedFile: (entry: OpenEntry, mediaId: string, item: string) => Promise<string | undefined>;
  /** Writes a small picture of a media to a path. */
  picture: (folder: string, media: Media, to: string) => Promise<void>;
  stop: () => void;
};

/** What a window waits for goes before what is only prepared. */
const urgent = 10;

const mediaOf = ({ project }: OpenEntry, mediaId: string): Media => {
  const media = project.document().media.get(mediaId);
  if (media) return media;
  throw new UserFacingError('input', 'The project has no such media.', 'It may have been removed meanwhile.');
};

const found = async (folder: string, media: Media): Promise<Media | undefined> => {
  const place = await locateMedia(media, folder);
  return place.state === 'here' ? { ...media, path: place.path } : undefined;
};

/** Why a browser could not show the file itself, whatever its size. */
const undecodable = (media: Media): boolean => {
  const { picture } = media;
  const small = picture && { ...picture, width: Math.min(picture.width, 1080), height: Math.min(picture.height, 1080) };
  return proxyNeeded({ ...media, picture: small }).length > 0;
};

export const createMediaWork = (cache: Cache, projects: () => OpenEntry[], report: ReportWork): MediaWork => {
  const limit = createLimit(2);

  const tell = ({ hash, kind, state, share, reasons = [] }: DerivedEvent): void => {
    if (state === 'waiting') return;
    for (const { handle, project } of projects()) {
      for (const media of project.document().media.values()) {
        if (media.hash !== hash) continue;
        const [message = '', remedy = ''] = reasons;
        report(handle, {
          ...{ work: `${kind}-${hash.slice(0, 32)}`, kind, mediaId: media.id, subject: media.name },
          ...{ state: state === 'unneeded' ? 'done' : state, done: share, total: 1 },
          problem: state === 'failed' ? { code: 'input', message, remedy } : null,
        });
      }
    }
  };
  const queue = createDeriveQueue(cache, tell);

  const located = async (entry: OpenEntry, mediaId: string): Promise<Media> => {
    const media = mediaOf(entry, mediaId);
    const here = await found(entry.folder, media);
    if (here) return here;
    throw new UserFacingError('input', `The file of ${media.name} is not where it was.`, 'Find it again: relink it.');
  };

  /** Two windows may wait for one making; when the first leaves, it is begun anew for the other. */
  const making = async <T>(make: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await limit(make, signal);
    } catch (error) {
      if (signal.aborted || (error instanceof Error && error.name !== 'AbortError')) throw error;
      return limit(make, signal);
    }
  };

  return {
    located,
    thumbnails: async (entry, { project, mediaId, count, height }, signal) => {
      const media = await located(entry, mediaId);
      if (media.picture === null) {
        throw new UserFacingError('usage', `${media.name} has no picture.`, 'Ask for its waveform.');
      }
      const strip = await making(() => thumbnailStrip(cache, media, { count, height, signal }), signal);
      const { path: file, ...facts } = strip;
      return { ...facts, url: derivedUrl(project, mediaId, path.basename(file)) };
    },
    peaks: async (entry, mediaId, signal) => {
      const media = await located(entry, mediaId);
      if (media.sound === null) {
        throw new UserFacingError('usage', `${media.name} has no sound.`, 'Ask for its thumbnails.');
      }
      const file = await making(() => peaksFile(cache, media, { signal }), signal);
      return { url: derivedUrl(entry.handle, mediaId, path.basename(file)) };
    },
    playback: async (entry, mediaId) => {
      const known = mediaOf(entry, mediaId);
      const media = await found(entry.folder, known);
      if (!media) return { source: 'missing', url: null, item: null, reasons: [] };
      const reasons = proxyNeeded(media);
      const item = proxyItem(media);
      if (await cache.find(media.hash, item)) {
        return { source: 'proxy', url: derivedUrl(entry.handle, mediaId, item), item, reasons };
      }
      queue.add(media, ['proxy'], urgent);
      const own = media.kind === 'images' ? null : mediaUrl(entry.handle, mediaId);
      if (reasons.length === 0) return { source: 'original', url: own, item: null, reasons };
      return { source: 'making', url: undecodable(media) ? null : own, item: null, reasons };
    },
    prepare: async (entry, mediaIds) => {
      const all = entry.project.document().media;
      for (const id of mediaIds ?? all.keys()) {
        const media = all.get(id);
        const here = media && (await found(entry.folder, media));
        if (here) queue.add(here, ['thumbnails', 'peaks', 'frame-times', 'proxy']);
      }
    },
    derivedFile: async (entry, mediaId, item) => {
      if (!/^[a-z0-9][a-z0-9-]*\.[a-z0-9]+$/.test(item)) return undefined;
      return cache.find(mediaOf(entry, mediaId).hash, item);
    },
    picture: async (folder, media, to) => {
      const here = await found(folder, media);
      if (here) await copyFile((await thumbnailStrip(cache, here, { count: 1 })).path, to);
    },
    stop: () => queue.cancel(),
  };
};
