import type { Picture } from '../picture.ts';

/** A frame of a media: shown from `from` up to, not including, `to`, seconds of the file's clock. */
export type CachedFrame = { from: number; to: number; picture: Picture };

/** Decoded frames of all media, no more than `mostBytes` of them; what was used last stays. */
export type FrameCache = {
  find: (media: string, time: number) => Picture | undefined;
  add: (media: string, frame: CachedFrame) => void;
  /** Of one media, when its file is another one. */
  forget: (media: string) => void;
  readonly bytes: number;
};

export const createFrameCache = (mostBytes: number): FrameCache => {
  const kept = new Map<CachedFrame, string>();
  let bytes = 0;
  const drop = (frame: CachedFrame): void => {
    if (kept.delete(frame)) bytes -= frame.picture.bytes;
  };
  return {
    find: (media, time) => {
      for (const [frame, of] of kept) {
        if (of !== media || time < frame.from || time >= frame.to) continue;
        kept.delete(frame);
        kept.set(frame, of);
        return frame.picture;
      }
      return undefined;
    },
    add: (media, frame) => {
      kept.set(frame, media);
      bytes += frame.picture.bytes;
      for (const oldest of kept.keys()) {
        if (bytes <= mostBytes || oldest === frame) break;
        drop(oldest);
      }
    },
    forget: (media) => {
      for (const [frame, of] of kept) if (of === media) drop(frame);
    },
    get bytes() {
      return bytes;
    },
  };
};
