import type { Stretch } from '../../contract/generation/describe-clip.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { UserFacingError } from '../../contract/errors.ts';
import { assemble } from '../../media/assemble.ts';
import { openEncoder } from '../../media/encode.ts';
import { framesAt } from '../../media/frames-at.ts';
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
  /** The frame that is seen at a second of the media. */
  frameAt: (seconds: number) => number;
};

/**
 * @param path where the media's file lies now
 * @throws UserFacingError 'input' when it cannot be read; the signal's reason
 */
export const openSource = async (media: Media, path: string, signal?: AbortSignal): Promise<OpenedSource> => {
  const info = await (media.kind === 'images' ? imagesInfo(media, path) : probe(path, { signal })).catch(
    (error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    },
  );
  const stamps = await info.timestamps();
  const usual = info.variableRate
    ? medianDuration(stamps, info.averageRate.den / info.averageRate.num)
    : info.averageRate.den / info.averageRate.num;
  const startOf = (index: number): number => stamps[index] - stamps[0];
  const endOf = (index: number): number => (index + 1 < stamps.length ? startOf(index + 1) : startOf(index) + usual);
  const frameAt = (seconds: number): number => {
    let [low, high] = [0, stamps.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (startOf(middle) <= seconds + rounding) low = middle;
      else high = middle;
    }
    return low;
  };
  return {
    ...{ info, frameAt },
    span: (stretch) => {
      const [begin, end] = [toNumber(stretch.in), toNumber(stretch.out)];
      const from = frameAt(begin);
      let to = from;
      while (to + 1 < stamps.length && endOf(to + 1) <= end + rounding) to++;
      return { from, to };
    },
  };
};

const shorter = ({ path }: MediaInfo): UserFacingError =>
  new UserFacingError('input', `${path} is shorter than it was.`, 'Find the file again in the library.');

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
  if (spans.some(({ from, to }) => to < from || to >= info.frameCount)) throw shorter(info);
  // Sound is written as it is decoded; a codec would change it once more.
  const plain = { ...info, audio: info.audio.map((stream) => ({ ...stream, codec: 'pcm_f32le' })) };
  await assemble({
    ...{ source: plain, pieces: spans.map(({ from, to }) => ({ kind: 'kept', from, to })), out, size, workDir },
    ...{ audio: sound && info.audio.length > 0, codec: 'ffv1', seed: 0, note: () => undefined, signal },
    onFrame: () => signal.throwIfAborted(),
  });
};

export type ShownCutRequest = Pick<CutRequest, 'info' | 'out' | 'size' | 'signal'> & {
  /** In the order in which they are seen: rising or falling throughout. */
  numbers: readonly number[];
  /** Frames a second at which they are seen. */
  rate: Rational;
};

/** As cutSource, for a clip at another speed or backwards: what is seen of it, one frame after the other, without sound. */
export const cutShown = async ({ info, numbers, rate, out, size, signal }: ShownCutRequest): Promise<void> => {
  if (numbers.some((number) => number >= info.frameCount)) throw shorter(info);
  const encoder = openEncoder(out, { like: info, rate, codec: 'ffv1', size });
  try {
    for await (const frame of framesAt(info, numbers, signal)) {
      signal.throwIfAborted();
      await encoder.write(frame);
    }
    await encoder.close();
  } catch (error) {
    await encoder.abort();
    throw error;
  }
};
