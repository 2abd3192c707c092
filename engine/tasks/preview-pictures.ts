import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Image } from '../frames/image.ts';
import { writeSmallJpeg } from '../media/small-jpeg.ts';

/** Is offered a picture of what a frame is about to become: [3,H,W] R'G'B' at the working size. */
export type Preview = (index: number, picture: () => Promise<Image>) => Promise<void>;

/** Pictures that stay in the folder: who was told of one has this many steps to read it. */
const kept = 4;
/** Part of a job's time that its previews may take. */
const mostShare = 0.05;

/**
 * Writes offered pictures as JPEG into a folder, `1.jpg`, `2.jpg` …, and tells of each when it is complete; old ones are removed. Offers are
 * passed over while previews have taken more than a twentieth of the time so far.
 * @param now seconds
 */
export const createPreviews = (
  folder: string,
  tell: (file: string, frame: number) => void,
  now: () => number = () => performance.now() / 1000,
) => {
  const start = now();
  let spent = 0;
  let count = 0;
  const show = async (frame: number, picture: () => Promise<Image>): Promise<void> => {
    const before = now();
    if (spent > mostShare * (before - start)) return;
    const file = (number: number): string => path.join(folder, `${number}.jpg`);
    if (count === 0) await mkdir(folder, { recursive: true });
    count++;
    await writeSmallJpeg(file(count), await picture());
    if (count > kept) await rm(file(count - kept), { force: true });
    spent += now() - before;
    tell(file(count), frame);
  };
  return {
    /** For a piece that begins at a frame of the result. */
    from:
      (offset: number): Preview =>
      (index, picture) =>
        show(offset + index, picture),
  };
};
export type Previews = ReturnType<typeof createPreviews>;
