import { UserFacingError } from '../contract/errors.ts';

/** Frames `from` … `to`, both included. */
export type FrameRange = [from: number, to: number];

/**
 * Sorted ranges, joined where they touch.
 * @throws UserFacingError `usage` for a range that runs backwards or ranges that leave no frame, `input` for frames that the clip does not have.
 */
export const tidyRanges = (ranges: FrameRange[], frameCount: number): FrameRange[] => {
  const last = frameCount - 1;
  for (const [from, to] of ranges) {
    if (to < from)
      throw new UserFacingError(
        'usage',
        `The range ${from}-${to} ends before it starts.`,
        `Write it as ${to}-${from}.`,
      );
    if (from < 0 || to > last) {
      throw new UserFacingError(
        'input',
        `The clip has no frames ${from}-${to}: it has ${frameCount} (0 to ${last}).`,
        `Name frames between 0 and ${last}.`,
      );
    }
  }
  const joined: FrameRange[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous !== undefined && from <= previous[1] + 1) previous[1] = Math.max(previous[1], to);
    else joined.push([from, to]);
  }
  if (joined.length === 1 && joined[0][0] === 0 && joined[0][1] === last) {
    throw new UserFacingError(
      'usage',
      'The ranges cover the whole clip, so there is nothing to make the frames from.',
      'Leave at least one frame of the clip out of them.',
    );
  }
  return joined;
};
