import { sourceFrameAt } from '../../../engine/contract/timeline/source-time.ts';
import { toNumber } from '../../../engine/contract/timeline/rational.ts';
import type { Media } from '../../../engine/contract/timeline/media.ts';
import type { Rational } from '../../../engine/contract/timeline/rational.ts';
import { createFrameCache } from './frame-cache.ts';
import { createMediaFiles } from './media-files.ts';
import type { MediaFiles, PlayableFile } from './media-files.ts';
import type { Found, PictureHost, PictureRequest, Trouble } from './picture-source.ts';
import { createVideoReader } from './video-reader.ts';
import type { VideoReader } from './video-reader.ts';

/** Pictures of media and titles, decoded when they are asked for; a bounded number of them is kept. */
export type PictureStore = {
  readonly files: MediaFiles;
  /** What is at hand. */
  peek: (request: PictureRequest) => Found | Trouble | undefined;
  load: (request: PictureRequest) => Promise<Found | Trouble>;
  close: () => void;
};

/** Decoded frames that are kept: some sixty of full HD. */
const frameBytes = 192e6;
/** Clips that are read at a time; the one that was not read for longest is let go. */
const mostReaders = 6;
const mostPlain = 24;

/** The middle of the wanted frame on the file's clock, so that rounded timestamps do not matter; with a variable rate, the wanted time. */
const timeInFile = (media: Media, time: Rational, firstFrame: number): number => {
  const { picture } = media;
  if (!picture?.frameRate || picture.variableRate) return firstFrame + toNumber(time) + 1e-6;
  return firstFrame + (sourceFrameAt(media, time) + 0.5) / toNumber(picture.frameRate);
};

const imageOf = async (url: string): Promise<Found> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`picture: ${response.status}`);
  const image = await createImageBitmap(await response.blob(), {
    ...{ premultiplyAlpha: 'premultiply', colorSpaceConversion: 'none' },
  });
  const { width, height } = image;
  return { picture: { width, height, pixels: { kind: 'image', image }, bytes: width * height * 4 }, x: 0, y: 0 };
};

export const createPictureStore = (host: PictureHost): PictureStore => {
  const frames = createFrameCache(frameBytes);
  const files = createMediaFiles(host, (mediaId) => {
    frames.forget(mediaId);
    for (const key of plain.keys()) if (key.startsWith(mediaId)) plain.delete(key);
    for (const [lane, { media, reader }] of readers) {
      if (media !== mediaId) continue;
      readers.delete(lane);
      void reader.close();
    }
  });
  const readers = new Map<string, { media: string; reader: VideoReader }>();
  /** Stills and titles. */
  const plain = new Map<string, Promise<Found> | Found>();

  const readerOf = (file: PlayableFile, media: Media, lane: string): VideoReader | undefined => {
    const key = `${media.id} ${lane}`;
    const known = readers.get(key);
    readers.delete(key);
    const video = file.input?.video;
    if (!known && !video) return undefined;
    const reader =
      known?.reader ??
      createVideoReader(video as NonNullable<typeof video>, {
        ...{ media: media.id, first: file.input?.firstFrame ?? 0, cache: frames },
        ...{ stackedAlpha: file.item === 'proxy-alpha.mp4', lines: media.picture?.height ?? 0 },
      });
    readers.set(key, { media: media.id, reader });
    for (const [oldest, { reader: old }] of readers) {
      if (readers.size <= mostReaders) break;
      readers.delete(oldest);
      void old.close();
    }
    return reader;
  };

  const plainKey = (request: Exclude<PictureRequest, { kind: 'frame' }>): string =>
    request.kind === 'still'
      ? `${request.media.id} ${request.media.hash}`
      : `${JSON.stringify(request.title)} ${request.width}x${request.height}`;

  const once = (key: string, make: () => Promise<Found>): Promise<Found> => {
    const known = plain.get(key);
    if (known) return Promise.resolve(known);
    const making = make();
    plain.set(key, making);
    making.then(
      (found) => {
        if (plain.get(key) === making) plain.set(key, found);
      },
      () => plain.delete(key),
    );
    for (const oldest of plain.keys()) {
      if (plain.size <= mostPlain) break;
      plain.delete(oldest);
    }
    return making;
  };

  const title = async (request: PictureRequest & { kind: 'title' }): Promise<Found> => {
    const { url, x, y, width, height } = await host.titleBitmap(request.title, request.width, request.height);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`title: ${response.status}`);
    const data = new Uint8Array(await response.arrayBuffer());
    return {
      picture: { width, height, pixels: { kind: 'rgba', data, premultiplied: true }, bytes: data.length },
      x,
      y,
    };
  };

  const load = async (request: PictureRequest): Promise<Found | Trouble> => {
    if (request.kind === 'title') return once(plainKey(request), () => title(request));
    const { media } = request;
    const file = await files.open(media);
    if ('trouble' in file) return file;
    try {
      if (request.kind === 'still') return await once(plainKey(request), () => imageOf(file.url));
      const reader = readerOf(file, media, request.lane);
      if (!reader) return { trouble: 'failed', mediaId: media.id };
      const picture = await reader.read(timeInFile(media, request.time, file.input?.firstFrame ?? 0));
      return { picture, x: 0, y: 0 };
    } catch {
      return { trouble: 'failed', mediaId: media.id };
    }
  };

  return {
    files,
    load,
    peek: (request) => {
      if (request.kind !== 'frame') {
        const known = plain.get(plainKey(request));
        return known instanceof Promise ? undefined : known;
      }
      const file = files.peek(request.media);
      if (!file || 'trouble' in file) return file;
      const time = timeInFile(request.media, request.time, file.input?.firstFrame ?? 0);
      const picture = frames.find(request.media.id, Math.max(file.input?.firstFrame ?? 0, time));
      return picture && { picture, x: 0, y: 0 };
    },
    close: () => {
      for (const { reader } of readers.values()) void reader.close();
      readers.clear();
      plain.clear();
      files.close();
    },
  };
};
