import { UserFacingError } from '../contract/errors.ts';
import type { TaskReporter } from '../contract/progress.ts';
import { workingSize } from '../frames/resize.ts';
import { medianDuration } from '../media/frame-rate.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';
import type { Size } from './sides.ts';

/** A clip as tasks see it: what it is, when its frames are shown, and the small size at which it is thought about. */
export type Clip = {
  info: MediaInfo;
  /** Seconds of each frame. */
  times: Float64Array;
  /** Duration of one new frame, seconds. */
  step: number;
  size: Size;
};

/** Opens a clip and tells its notes. @throws UserFacingError `input` */
export const openClip = async (path: string, reporter: TaskReporter): Promise<Clip> => {
  const info = await probe(path);
  for (const note of info.notes) reporter.note(note);
  const times = await info.timestamps();
  const { num, den } = info.averageRate;
  return { info, times, step: medianDuration(times, den / num), size: workingSize(info.width, info.height, info.sar) };
};

/** New frames of a number of seconds at the clip's average rate, at least one. */
export const framesOf = (seconds: number, { num, den }: MediaInfo['averageRate']): number =>
  Math.max(1, Math.round((seconds * num) / den));

/** @throws UserFacingError `input` for a picture where a clip is needed. */
export const refuseStill = (info: MediaInfo, task: string): void => {
  if (info.kind === 'video') return;
  throw new UserFacingError(
    'input',
    `${info.path} is a picture, and ${task} needs a clip.`,
    'Use `longtake animate` to make a clip of a picture.',
  );
};
