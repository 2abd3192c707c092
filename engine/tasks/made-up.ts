import type { Image } from '../frames/image.ts';

/** Below this share of the picture that was filmed, a frame is said to be made up. */
export const littleFilmed = 0.5;

/** The shares of a picture by where it is taken from, as compose has them: [3,H,W] or [5,H,W], before, after and generated first. */
type Taken = { weights: Image; before: boolean; after: boolean };

/** How much of a picture is filmed footage that was moved to its place, 0 to 1; the rest the model made up. */
export const filmedShare = ({ weights, before, after }: Taken): number => {
  const { width, height, channels, data } = weights;
  const count = width * height;
  const isFilmed = [before, after, false, before, after].slice(0, channels);
  let filmed = 0;
  for (let i = 0; i < count; i++) {
    let [all, own] = [0, 0];
    for (const [k, counts] of isFilmed.entries()) {
      const weight = data[k * count + i];
      all += weight;
      if (counts) own += weight;
    }
    filmed += all > 0 ? own / all : 0;
  }
  return filmed / count;
};

/** Gathers what is told of a result's frames, in any order. */
export const createMadeUp = () => {
  const frames = new Set<number>();
  return {
    tell: (frame: number, share: number): void => {
      if (share < littleFilmed) frames.add(frame);
    },
    /** Ranges of frames of the result of which little was filmed, both ends included. */
    ranges: (): [number, number][] => {
      const ranges: [number, number][] = [];
      for (const frame of [...frames].sort((a, b) => a - b)) {
        const last = ranges.at(-1);
        if (last?.[1] === frame - 1) last[1] = frame;
        else ranges.push([frame, frame]);
      }
      return ranges;
    },
  };
};
