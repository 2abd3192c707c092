import { UserFacingError } from '../contract/errors.ts';
import type { Image } from '../frames/image.ts';
import { maskFromFrame } from '../frames/mask.ts';
import { readFrames } from '../media/decode.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';

/** A mask for every frame of a clip, at the clip's own size: [1,H,W] of 0 and 1, white = act on it. */
export type MaskSource = {
  /** True where one picture serves all frames. */
  still: boolean;
  /** In order, frames `from` … `to`. */
  read: (from: number, to: number) => AsyncGenerator<Image>;
};

/** How far aspects may differ: rounding of a scaled mask's size. */
const aspectTolerance = 0.02;

/**
 * Opens a mask for something of a size and a number of frames.
 * @throws UserFacingError `usage` for another aspect or another length, `input` where the file cannot be read.
 */
export const openMask = async (
  path: string,
  target: Pick<MediaInfo, 'width' | 'height' | 'frameCount'>,
): Promise<MaskSource> => {
  const info = await probe(path);
  const { width, height, frameCount } = target;
  const ratio = (info.width * height) / (info.height * width);
  if (Math.abs(ratio - 1) > aspectTolerance) {
    throw new UserFacingError(
      'usage',
      `The mask is ${info.width}x${info.height}, another shape than the picture's ${width}x${height}.`,
      `Make the mask ${width}x${height}.`,
    );
  }
  const still = info.kind === 'still' || (info.frameCount === 1 && frameCount !== 1);
  if (!still && info.frameCount !== frameCount) {
    throw new UserFacingError(
      'usage',
      `The mask has ${info.frameCount} frames and the clip ${frameCount}.`,
      'Make a mask video with as many frames as the clip, or use one picture for all of them.',
    );
  }
  const read = async function* (from: number, to: number): AsyncGenerator<Image> {
    if (still) {
      for await (const frame of readFrames(info, 0, 0)) {
        const mask = maskFromFrame(frame, width, height);
        for (let i = from; i <= to; i++) yield mask;
      }
      return;
    }
    for await (const frame of readFrames(info, from, to)) yield maskFromFrame(frame, width, height);
  };
  return { still, read };
};
