import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { partialPath } from '../contract/output-names.ts';
import type { PlanarFrame } from '../frames/image.ts';
import { readFrames } from './decode.ts';
import { openEncoder } from './encode.ts';
import type { VideoCodec } from './encoder-settings.ts';
import { medianDuration } from './frame-rate.ts';
import { prepareSound, type PreparedSound } from './sound-track.ts';
import { splice, spliceObstacle, type SpliceResult } from './splice/splice.ts';
import { layOut, pieceCount, type Piece } from './timeline.ts';
import type { MediaInfo, Rational } from './types.ts';

export type AssembleRequest = {
  /** Gives size, rate, format, colour tags, aspect and the kept frames. */
  source: MediaInfo;
  pieces: Piece[];
  /** The final name; the file is complete when it is there. */
  out: string;
  /** For sources without a rate of their own (pictures). */
  rate?: Rational;
  /** Writes the new pieces alone, with the sound that would lie under them. */
  onlyNew?: boolean;
  /** The result is to be played round: its sound leads back to its beginning. */
  loop?: boolean;
  audio: boolean;
  codec?: VideoCodec;
  crf?: number;
  /** Frames from one key frame to the next at most. */
  gop?: number;
  size?: [number, number];
  /** Seeds the room tone. */
  seed: number;
  /** A folder of the job's for intermediate files. */
  workDir: string;
  note: (text: string) => void;
  /** Ends the reading of kept frames at once, also on the way to the first. */
  signal?: AbortSignal;
  /** Told after each frame that was encoded (not for copied ones). May throw to stop. */
  onFrame?: (done: number, total: number) => void | Promise<void>;
};

/** Between kept stretches, new frames that fill exactly the gap take the place of the source's frames. */
const withReplaced = (pieces: Piece[], source: MediaInfo): Piece[] => {
  if (source.kind === 'still' || pieces.some((piece) => piece.kind === 'other')) return pieces;
  return pieces.map((piece, index) => {
    if (piece.kind !== 'new' || piece.replaces !== undefined) return piece;
    const before = pieces[index - 1];
    const after = pieces[index + 1];
    if ((before !== undefined && before.kind !== 'kept') || (after !== undefined && after.kind !== 'kept'))
      return piece;
    if (before === undefined && after === undefined) return piece;
    const from = before === undefined ? 0 : before.to + 1;
    const to = after === undefined ? source.frameCount - 1 : after.from - 1;
    return to - from + 1 === piece.count ? { ...piece, replaces: { from, to } } : piece;
  });
};

const framesOf = (piece: Piece, source: MediaInfo, signal?: AbortSignal): AsyncIterable<PlanarFrame> =>
  piece.kind === 'kept' ? readFrames(source, piece.from, piece.to, signal) : piece.frames;

/**
 * Writes a result: pieces one after the other, with sound. The file appears under its name only when it is complete.
 * @throws UserFacingError 'usage' (name and codec do not fit, unwritable), 'room' (disk full), 'input' (source damaged)
 */
export const assemble = async (request: AssembleRequest): Promise<{ frames: number }> => {
  const { source, out } = request;
  const rate = request.rate ?? source.averageRate;
  const seconds = await source.timestamps();
  const usual = source.variableRate ? medianDuration(seconds, rate.den / rate.num) : rate.den / rate.num;
  const pieces = withReplaced(request.pieces, source);
  const timeline = layOut(source, pieces, rate, seconds, usual);
  const total = pieces.reduce(
    (sum, piece) => sum + (request.onlyNew && piece.kind !== 'new' ? 0 : pieceCount(piece)),
    0,
  );
  const partial = partialPath(resolve(out));
  const sound = request.audio ? await prepareSound({ ...request, pieces, timeline }) : undefined;
  const whole: WholeRequest = { ...request, pieces, times: timeline.times, usual, rate, partial, sound, total };
  try {
    const left = await trySplice(whole);
    if (left !== undefined) await encodeWhole({ ...whole, ...left });
    await rename(partial, resolve(out));
  } finally {
    for (const file of sound?.files ?? []) await rm(file, { force: true });
  }
  return { frames: total };
};

type WholeRequest = AssembleRequest & {
  times: Float64Array[];
  /** Seconds of a new frame. */
  usual: number;
  rate: Rational;
  partial: string;
  sound: PreparedSound | undefined;
  total: number;
  /** Intermediate files that the pieces are read from. */
  temporary?: string[];
};

/** Joins without encoding what is kept. Answers with what is left to be encoded whole, or undefined when the file is there. */
const trySplice = async (
  request: WholeRequest,
): Promise<Pick<WholeRequest, 'pieces' | 'times' | 'temporary'> | undefined> => {
  const { source, pieces, out, note, rate, times, usual, sound, workDir } = request;
  const as = { pieces, times };
  const asked =
    request.codec !== undefined || request.crf !== undefined || request.gop !== undefined || request.size !== undefined;
  if (asked || request.onlyNew || !pieces.some((piece) => piece.kind === 'kept')) return as;
  const obstacle = spliceObstacle(source, out, rate);
  const all = Float64Array.from(times.flatMap((piece) => [...piece]));
  const result: SpliceResult =
    obstacle !== undefined
      ? { done: false, why: obstacle }
      : await splice({
          source, pieces, rate, usual, sound, workDir,
          times: all, path: request.partial,
          onFrame: (done, total) => request.onFrame?.(done, total),
        }); // prettier-ignore
  if (result.done) return undefined;
  note(`The whole clip is encoded anew: ${result.why}.`);
  return result.left ? { ...result.left, times: [all] } : as;
};

/** Encodes everything that is written, in one stream. */
const encodeWhole = async (request: WholeRequest): Promise<void> => {
  const { source, pieces, partial, usual, total } = request;
  const encoder = openEncoder(partial, {
    like: source, rate: request.rate, timed: source.variableRate, codec: request.codec, crf: request.crf, gop: request.gop, size: request.size, sound: request.sound,
  }); // prettier-ignore
  const times = request.times.length === pieces.length ? request.times : regrouped(pieces, request.times[0]);
  try {
    let done = 0;
    let offset = 0;
    for (const [number, piece] of pieces.entries()) {
      if (request.onlyNew && piece.kind !== 'new') continue;
      const own = times[number];
      const start = request.onlyNew ? own[0] : offset;
      let index = 0;
      for await (const frame of framesOf(piece, source, request.signal)) {
        await encoder.write(frame, offset + own[index] - start);
        index++;
        await request.onFrame?.(++done, total);
      }
      if (index !== pieceCount(piece)) throw new Error(`a piece of ${pieceCount(piece)} frames gave ${index}`);
      if (request.onlyNew) offset += own[index - 1] - start + usual;
    }
    await encoder.close();
  } catch (error) {
    await encoder.abort();
    throw error;
  } finally {
    for (const file of request.temporary ?? []) await rm(file, { force: true });
  }
  for (const text of encoder.notes) request.note(text);
};

/** One list of times cut up by piece. */
const regrouped = (pieces: Piece[], all: Float64Array): Float64Array[] => {
  let at = 0;
  return pieces.map((piece) => all.subarray(at, (at += pieceCount(piece))));
};
