import type { PlanarFrame } from '../frames/image.ts';
import type { MediaInfo, Rational } from './types.ts';

/** A stretch of the result. Frame numbers are the source's, both ends included. */
export type Piece =
  /** Frames of the source as they are: copied without decoding where codec and cut allow. */
  | { kind: 'kept'; from: number; to: number }
  /** New frames. `replaces` names source frames whose place and times they take; without it they are inserted. */
  | { kind: 'new'; frames: AsyncIterable<PlanarFrame>; count: number; replaces?: { from: number; to: number } }
  /** Frames of another file, already fitted to the source's size, format and rate; `sound` is that file's, from `fromSeconds` on its clock. */
  | {
      kind: 'other';
      frames: AsyncIterable<PlanarFrame>;
      count: number;
      sound?: { info: MediaInfo; fromSeconds: number };
    };

/** A stretch of sound in the result. Seconds; `at` counts from the result's first frame. */
export type SoundSpan = {
  /** Where the sound is taken from; a span without it is to be made. */
  from?: { info: MediaInfo; seconds: number };
  at: number;
  duration: number;
};

export type Timeline = {
  /** Seconds of each frame from the result's first frame, piece by piece. */
  times: Float64Array[];
  duration: number;
  sound: SoundSpan[];
  /** True when the source's sound fits the result as it lies: nothing was inserted or taken away. */
  soundUnmoved: boolean;
};

export const pieceCount = (piece: Piece): number => (piece.kind === 'kept' ? piece.to - piece.from + 1 : piece.count);

/** How long source frame `index` is shown, seconds. */
const shownFor = (seconds: Float64Array, index: number, usual: number): number =>
  index + 1 < seconds.length ? seconds[index + 1] - seconds[index] : usual;

/**
 * Lays pieces one after the other. Constant rates stay exact; a variable rate keeps the kept frames' own times and gives
 * inserted frames the median duration.
 */
export const layOut = (
  source: MediaInfo,
  pieces: Piece[],
  rate: Rational,
  seconds: Float64Array,
  usual: number,
): Timeline => {
  const times: Float64Array[] = [];
  const sound: SoundSpan[] = [];
  let frames = 0;
  let now = 0;
  for (const piece of pieces) {
    const count = pieceCount(piece);
    const range = piece.kind === 'kept' ? piece : piece.kind === 'new' ? piece.replaces : undefined;
    const own = new Float64Array(count);
    let end: number;
    if (source.variableRate && range !== undefined && range.to - range.from + 1 === count) {
      for (let i = 0; i < count; i++) own[i] = now + seconds[range.from + i] - seconds[range.from];
      end = own[count - 1] + shownFor(seconds, range.to, usual);
    } else if (source.variableRate) {
      for (let i = 0; i < count; i++) own[i] = now + i * usual;
      end = now + count * usual;
    } else {
      for (let i = 0; i < count; i++) own[i] = ((frames + i) * rate.den) / rate.num;
      end = ((frames + count) * rate.den) / rate.num;
    }
    times.push(own);
    const origin =
      range !== undefined && source.kind === 'video'
        ? { info: source, seconds: seconds[range.from] }
        : piece.kind === 'other' && piece.sound !== undefined
          ? { info: piece.sound.info, seconds: piece.sound.fromSeconds }
          : undefined;
    const last = sound.at(-1);
    const follows =
      last !== undefined &&
      (origin === undefined
        ? last.from === undefined
        : last.from !== undefined &&
          last.from.info === origin.info &&
          Math.abs(last.from.seconds + last.duration - origin.seconds) < usual / 2);
    if (follows) last.duration = end - last.at;
    else sound.push({ ...(origin !== undefined && { from: origin }), at: now, duration: end - now });
    frames += count;
    now = end;
  }
  const only = sound.length === 1 ? sound[0].from : undefined;
  const soundUnmoved =
    only !== undefined && only.info === source && only.seconds === seconds[0] && frames === source.frameCount;
  return { times, duration: now, sound, soundUnmoved };
};
