import type { ThumbnailStrip } from '../../engine/contract/protocol/derived.ts';
import { readHeader, readLevel } from '../../engine/contract/peaks.ts';
import type { PeaksHeader } from '../../engine/contract/peaks.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { boundedCache } from './bounded-cache.ts';

export type Strip = ThumbnailStrip & { image: ImageBitmap };
export type Peaks = PeaksHeader & { points: Int16Array[] };

/** What of media is drawn on clips; asked for when first drawn, and kept within bounds. */
export type ClipMedia = {
  strip: (media: Media) => Strip | undefined;
  peaks: (media: Media) => Peaks | undefined;
  /** True when the engine could read nothing of it: its file is away or damaged. */
  offline: (mediaId: string) => boolean;
  close: () => void;
};

type Options = {
  client: EngineClient;
  project: () => string;
  /** Something new can be drawn. */
  onchange: () => void;
};

const megabyte = 1024 * 1024;
/** Made at the same time; the engine has other work too. */
const atOnce = 2;
/** Until something that failed is tried again, milliseconds: a file may be back. */
const patience = 20_000;
/** Height of a thumbnail, pixels. */
const stripHeight = 96;

/** A picture for every half second, within what the engine makes. */
const picturesOf = ({ picture }: Media): number =>
  picture?.duration ? Math.min(48, Math.max(4, Math.ceil(toNumber(picture.duration) * 2))) : 1;

const fetched = async (url: string, signal: AbortSignal): Promise<Response> => {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
};

export const createClipMedia = ({ client, project, onchange }: Options): ClipMedia => {
  const strips = boundedCache<Strip>(256 * megabyte, ({ image }) => image.close());
  const allPeaks = boundedCache<Peaks>(128 * megabyte);
  const failedAt = new Map<string, number>();
  const unreadable = new Set<string>();
  const asked = new Set<string>();
  /** The newest first: what is on screen now matters more than what was scrolled past. */
  const queue: { key: string; mediaId: string; load: () => Promise<void> }[] = [];
  const closing = new AbortController();
  const { signal } = closing;
  let running = 0;

  const next = (): void => {
    const job = running < atOnce && !signal.aborted ? queue.pop() : undefined;
    if (!job) return;
    running += 1;
    void job
      .load()
      .then(
        () => {
          failedAt.delete(job.key);
          unreadable.delete(job.mediaId);
        },
        () => {
          failedAt.set(job.key, performance.now());
          unreadable.add(job.mediaId);
        },
      )
      .finally(() => {
        running -= 1;
        asked.delete(job.key);
        if (signal.aborted) return;
        onchange();
        next();
      });
    next();
  };

  const ask = (key: string, mediaId: string, load: () => Promise<void>): void => {
    const failed = failedAt.get(key);
    if (asked.has(key) || (failed !== undefined && performance.now() - failed < patience)) return;
    asked.add(key);
    queue.push({ key, mediaId, load });
    next();
  };

  // The hash is part of the key: relinked media are drawn anew.
  const keyOf = (what: 'strip' | 'peaks', { id, hash }: Media): string => `${what}:${id}:${hash}`;

  const loadStrip = async (key: string, media: Media): Promise<void> => {
    const input = { project: project(), mediaId: media.id, count: picturesOf(media), height: stripHeight };
    const strip = await client.call('derived.thumbnails', input, { signal });
    const image = await createImageBitmap(await (await fetched(strip.url, signal)).blob());
    strips.set(key, { ...strip, image }, image.width * image.height * 4);
  };

  const loadPeaks = async (key: string, media: Media): Promise<void> => {
    const { url } = await client.call('derived.peaks', { project: project(), mediaId: media.id }, { signal });
    const bytes = new Uint8Array(await (await fetched(url, signal)).arrayBuffer());
    const header = readHeader(bytes);
    const points = header.levels.map((_, level) => readLevel(bytes, header, level));
    allPeaks.set(key, { ...header, points }, bytes.length);
  };

  return {
    strip: (media) => {
      const key = keyOf('strip', media);
      const strip = strips.get(key);
      if (!strip) ask(key, media.id, () => loadStrip(key, media));
      return strip;
    },
    peaks: (media) => {
      const key = keyOf('peaks', media);
      const peaks = allPeaks.get(key);
      if (!peaks) ask(key, media.id, () => loadPeaks(key, media));
      return peaks;
    },
    offline: (mediaId) => unreadable.has(mediaId),
    close: () => {
      closing.abort();
      strips.clear();
      allPeaks.clear();
    },
  };
};
