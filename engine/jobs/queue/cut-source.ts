import type { Stretch } from '../../contract/generation/describe-clip.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import { UserFacingError } from '../../contract/errors.ts';
import { assemble } from '../../media/assemble.ts';
import { medianDuration } from '../../media/frame-rate.ts';
import { imagesInfo } from '../../media/library/images-info.ts';
import { probe } from '../../media/probe.ts';
import type { MediaInfo } from '../../media/types.ts';

/** Containers round times, the coarsest to a thousandth of a second. */
const rounding = 0.0006;

/** Frames of the source, both ends included. */
export type FrameSpan = { from: number; to: number };

export type OpenedSource = {
  info: MediaInfo;
  /** The frames that are shown in a stretch: from the one that is seen at its beginning up to the last that is over before its end. */
  span: (stretch: Stretch) => FrameSpan;
};

/** @param path where the media's file lies now */
export const openSource = async (media: Media, path: string): Promise<OpenedSource> => {
  const info = media.kind === 'images' ? await imagesInfo(media, path) : await probe(path);
  const stamps = await info.timestamps();
  const usual = info.variableRate
    ? medianDuration(stamps, info.averageRate.den / info.averageRate.num)
    : info.averageRate.den / info.averageRate.num;
  const startOf = (index: number): number => stamps[index] - stamps[0];
  const endOf = (index: number): number => (index + 1 < stamps.length ? startOf(index + 1) : startOf(index) + usual);
  return {
    info,
    span: (stretch) => {
      const [begin, end] = [toNumber(stretch.in), toNumber(stretch.out)];
      let from = 0;
      while (from + 1 < stamps.length && startOf(from + 1) <= begin + rounding) from++;
      let to = from;
      while (to + 1 < stamps.length && endOf(to + 1) <= end + rounding) to++;
      return { from, to };
    },
  };
};

export type CutRequest = {
  info: MediaInfo;
  /** In the order in which they are to follow each other. */
  spans: readonly FrameSpan[];
  out: string;
  /** Pixels of the result where it is made smaller than the source. */
  size?: [number, number];
  sound: boolean;
  workDir: string;
  signal: AbortSignal;
};

/**
 * Writes frames of a source, exact to the frame and without loss, with the sound that lies under them: what a task is given, so that it
 * never has to know how much more there is.
 * @throws UserFacingError 'input' (damaged), 'room'; the signal's reason
 */
export const cutSource = async ({ info, spans, out, size, sound, workDir, signal }: CutRequest): Promise<void> => {
  if (spans.some(({ from, to }) => to < from || to >= info.frameCount))
    throw new UserFacingError('input', `${info.path} is shorter than it was.`, 'Find the file again in the library.');
  // Sound is written as it is decoded; a codec would change it once more.
  const plain = { ...info, audio: info.audio.map((stream) => ({ ...stream, codec: 'pcm_f32le' })) };
  await assemble({
    ...{ source: plain, pieces: spans.map(({ from, to }) => ({ kind: 'kept', from, to })), out, size, workDir },
    ...{ audio: sound && info.audio.length > 0, codec: 'ffv1', seed: 0, note: () => undefined },
    onFrame: () => signal.throwIfAborted(),
  });
};
