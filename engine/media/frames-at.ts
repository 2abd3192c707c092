import type { PlanarFrame } from '../frames/image.ts';
import { readFrames } from './decode.ts';
import type { MediaInfo } from './types.ts';

/** Frames that are read at a time where they are wanted backwards; they are kept in memory while they are turned round. */
const turnedAtOnce = 12;
/** Where more frames than this are passed over, it is quicker to begin anew behind them. */
const readOver = 60;

/** Numbers that are read in one go. */
const readTogether = (numbers: readonly number[], atMost: number): number[][] => {
  const parts: number[][] = [];
  for (const [i, number] of numbers.entries()) {
    const part = parts.at(-1);
    if (part && part.length < atMost && Math.abs(number - numbers[i - 1]) <= readOver) part.push(number);
    else parts.push([number]);
  }
  return parts;
};

/**
 * Decodes frames by their numbers, which rise or fall throughout and may repeat.
 * @throws UserFacingError 'input' when one does not exist or is damaged; the signal's reason
 */
export const framesAt = async function* (
  info: MediaInfo,
  numbers: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<PlanarFrame> {
  const falls = numbers.length > 1 && numbers[numbers.length - 1] < numbers[0];
  for (const part of readTogether(numbers, falls ? turnedAtOnce : Infinity)) {
    const rising = falls ? part.toReversed() : part;
    const read: PlanarFrame[] = [];
    let number = rising[0];
    let at = 0;
    for await (const frame of readFrames(info, rising[0], rising[rising.length - 1], signal)) {
      for (; rising[at] === number; at++) {
        if (falls) read.push(frame);
        else yield frame;
      }
      number++;
    }
    yield* read.toReversed();
  }
};
