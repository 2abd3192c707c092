import type { Media } from '../../../engine/contract/timeline/media.ts';
import { openMediaInput } from './media-input.ts';
import type { MediaInput } from './media-input.ts';
import type { PictureHost, Trouble } from './picture-source.ts';

/** What a media is played from; a still has no input. */
export type PlayableFile = { url: string; item: string | null; input: MediaInput | null };

/** Opens what the engine says that a media is played from, once; asks again after a while where it could not yet. */
export type MediaFiles = {
  peek: (media: Media) => PlayableFile | Trouble | undefined;
  open: (media: Media) => Promise<PlayableFile | Trouble>;
  close: () => void;
};

/** After this a media that was in trouble is asked for again, milliseconds. */
const patience = 1500;

type Entry = { hash: string; at: number; opening: Promise<PlayableFile | Trouble>; file?: PlayableFile | Trouble };

/** @param onChanged a media's file is another one, or was let go: forget what came from it */
export const createMediaFiles = (host: PictureHost, onChanged: (mediaId: string) => void): MediaFiles => {
  const entries = new Map<string, Entry>();

  const open = async (media: Media): Promise<PlayableFile | Trouble> => {
    const { source, url, item, reasons } = await host.playback(media.id);
    if (source === 'missing') return { trouble: 'missing', mediaId: media.id };
    // The file itself wherever it plays: a proxy is coarser than what is exported.
    const plays = reasons.length === 0 && media.kind !== 'images';
    const from = plays ? { url: host.mediaUrl(media.id), item: null } : { url, item };
    if (from.url === null) return { trouble: 'making', mediaId: media.id };
    const input = media.kind === 'still' ? null : await openMediaInput(from.url);
    return { url: from.url, item: from.item, input };
  };

  const letGo = (mediaId: string, { file }: Entry): void => {
    onChanged(mediaId);
    if (file && 'input' in file) file.input?.close();
  };

  const entryOf = (media: Media): Entry => {
    const known = entries.get(media.id);
    const tired = known?.file && 'trouble' in known.file && performance.now() - known.at > patience;
    if (known && known.hash === media.hash && !tired) return known;
    if (known) letGo(media.id, known);
    const entry: Entry = {
      hash: media.hash,
      at: performance.now(),
      opening: Promise.resolve({ trouble: 'failed', mediaId: media.id }),
    };
    entry.opening = open(media)
      .catch((): Trouble => ({ trouble: 'failed', mediaId: media.id }))
      .then((file) => {
        entry.file = file;
        entry.at = performance.now();
        return file;
      });
    entries.set(media.id, entry);
    return entry;
  };

  return {
    peek: (media) => {
      const entry = entries.get(media.id);
      return entry?.hash === media.hash ? entry.file : undefined;
    },
    open: (media) => entryOf(media).opening,
    close: () => {
      for (const [id, entry] of entries) letGo(id, entry);
      entries.clear();
    },
  };
};
