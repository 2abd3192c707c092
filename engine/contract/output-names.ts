import path from 'node:path';

/** Takes are OUT, OUT-2, OUT-3 …: `take` counts from 1. The container's extension stays last. */
export const takePath = (out: string, take: number): string => {
  if (take === 1) return out;
  const { dir, name, ext } = path.parse(out);
  return path.join(dir, `${name}-${take}${ext}`);
};

/**
 * Where a result is written until it is complete: beside OUT (so that the last step is a rename on one disk), and with
 * the same extension (so that ffmpeg picks the same container). Whoever ends a job early removes exactly this file.
 */
export const partialPath = (out: string): string => {
  const { dir, name, ext } = path.parse(out);
  return path.join(dir, `${name}.longtake-partial${ext}`);
};
