import type { CallResult, ParsedInput } from '../contract/protocol/calls.ts';
import { titleUrl } from '../contract/protocol/urls.ts';
import { rasteriseTitle, titleKey } from '../render/titles/rasterise-title.ts';

type Asked = ParsedInput<'titles.bitmap'>;

export type TitleBitmaps = {
  bitmap: (asked: Asked) => Promise<CallResult<'titles.bitmap'>>;
  /** R, G, B, A, premultiplied; undefined for a key that nobody was given. */
  bytes: (key: string) => Promise<Uint8Array | undefined>;
};

/** Titles that an address is remembered for. */
const most = 2000;

export const createTitleBitmaps = (): TitleBitmaps => {
  const asked = new Map<string, Asked>();
  return {
    bitmap: async ({ title, width, height }) => {
      const size = { width, height };
      const drawn = await rasteriseTitle(title, size);
      const key = titleKey(title, size);
      asked.delete(key);
      asked.set(key, { title, width, height });
      for (const oldest of asked.keys()) {
        if (asked.size <= most) break;
        asked.delete(oldest);
      }
      return { url: titleUrl(key), x: drawn.x, y: drawn.y, width: drawn.width, height: drawn.height };
    },
    bytes: async (key) => {
      const known = asked.get(key);
      if (!known) return undefined;
      const { data } = await rasteriseTitle(known.title, known);
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    },
  };
};
