import type { PlanarFrame } from '../frames/image.ts';
import { readFrames } from '../media/decode.ts';
import { frameBytes } from '../media/pixel-format.ts';
import type { MediaInfo } from '../media/types.ts';

/** Decoded frames held by one reader for playing backwards, bytes. */
const backwardsBytes = 192e6;
/** And in frames: beyond a group of pictures more does not pay. */
const backwardsFrames = 64;
/** Frames that are read and thrown away rather than entering the file anew. */
export const skipAhead = 48;
/** Frames kept behind the newest: slow motion asks for the same one again. */
const keptBehind = 2;

/**
 * The frames of one clip's source, asked for in playing order: one decoder goes through the file, backwards in chunks. Memory stays within
 * `backwardsBytes`, or a few frames.
 */
const frameReader = (info: MediaInfo) => {
  const held = new Map<number, PlanarFrame>();
  const chunk = Math.max(
    1,
    Math.min(backwardsFrames, Math.floor(backwardsBytes / frameBytes(info.format, info.width, info.height))),
  );
  let frames: AsyncGenerator<PlanarFrame> | undefined;
  let next = 0;
  let newest = -1;
  const end = async (): Promise<void> => {
    const ending = frames;
    frames = undefined;
    await ending?.return(undefined);
  };
  const keep = (index: number, frame: PlanarFrame, most: number): void => {
    held.set(index, frame);
    while (held.size > most) held.delete(held.keys().next().value as number);
  };
  const read = async (index: number): Promise<PlanarFrame> => {
    const known = held.get(index);
    if (known !== undefined) return known;
    const backwards = index < newest;
    newest = index;
    if (backwards) {
      await end();
      held.clear();
      let at = Math.max(0, index - chunk + 1);
      for await (const frame of readFrames(info, at, index)) keep(at++, frame, chunk);
    } else {
      if (frames === undefined || index < next || index - next > skipAhead) {
        await end();
        frames = readFrames(info, index, info.frameCount - 1);
        next = index;
      }
      while (next <= index) {
        const { value, done } = await frames.next();
        if (done === true) break;
        if (next === index) keep(index, value, keptBehind);
        next++;
      }
    }
    const frame = held.get(index);
    if (frame === undefined) throw new Error(`frame ${index} of ${info.path} did not come`);
    return frame;
  };
  return { read, end };
};

/** Decoders of the clips that are seen just now. */
export type FrameReaders = {
  /** Frame `index` of a clip's source. One call per clip at a time. @throws UserFacingError 'input' */
  read: (clipId: string, info: MediaInfo, index: number) => Promise<PlanarFrame>;
  /** Ends the decoders of all clips but these. */
  keepOnly: (clipIds: ReadonlySet<string>) => Promise<void>;
  close: () => Promise<void>;
};

export const createFrameReaders = (): FrameReaders => {
  const readers = new Map<string, ReturnType<typeof frameReader>>();
  const keepOnly = async (clipIds: ReadonlySet<string>): Promise<void> => {
    for (const [id, reader] of readers) {
      if (clipIds.has(id)) continue;
      readers.delete(id);
      await reader.end();
    }
  };
  return {
    read: (clipId, info, index) => {
      let reader = readers.get(clipId);
      if (reader === undefined) readers.set(clipId, (reader = frameReader(info)));
      return reader.read(index);
    },
    keepOnly,
    close: () => keepOnly(new Set()),
  };
};
