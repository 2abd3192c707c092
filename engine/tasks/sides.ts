import type { Image, PlanarFrame } from '../frames/image.ts';
import { toWorking } from '../frames/resize.ts';
import { readFrames } from '../media/decode.ts';
import type { MediaInfo } from '../media/types.ts';

/** Known frames on one side of a span. Distance 0 is the frame next to it. */
export type Side = {
  /** How many there are. */
  count: number;
  /** Working pictures at the named distances, and the nearest frame at full size. */
  load: (distances: number[]) => Promise<{ pictures: Map<number, Image>; nearest: PlanarFrame }>;
};

export type Size = { width: number; height: number };

/** Gathers a side from frames that come in presentation order; `distanceOf` counts from the span. */
export const gather = async (
  frames: AsyncIterable<PlanarFrame>,
  distanceOf: (position: number) => number,
  distances: number[],
  size: Size,
): Promise<{ pictures: Map<number, Image>; nearest: PlanarFrame }> => {
  const pictures = new Map<number, Image>();
  let nearest: PlanarFrame | undefined;
  let position = 0;
  for await (const frame of frames) {
    const distance = distanceOf(position++);
    if (distances.includes(distance)) pictures.set(distance, toWorking(frame, size));
    if (distance === 0) nearest = frame;
  }
  if (nearest === undefined) throw new Error('the frame next to the span was not read');
  return { pictures, nearest };
};

/** Frames of a clip before frame `edge` (`edge` itself the nearest), at most `count`. */
export const clipBefore = (info: MediaInfo, edge: number, count: number, size: Size): Side => ({
  count: Math.min(count, edge + 1),
  load: async (distances) => {
    const farthest = Math.max(0, ...distances);
    return gather(readFrames(info, edge - farthest, edge), (position) => farthest - position, distances, size);
  },
});

/** Frames of a clip from frame `edge` on (`edge` itself the nearest), at most `count`. */
export const clipAfter = (info: MediaInfo, edge: number, count: number, size: Size): Side => ({
  count: Math.min(count, info.frameCount - edge),
  load: async (distances) => {
    const farthest = Math.max(0, ...distances);
    return gather(readFrames(info, edge, edge + farthest), (position) => position, distances, size);
  },
});
