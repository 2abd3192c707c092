import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { partialPath } from '../contract/output-names.ts';
import type { PlanarFrame } from '../frames/image.ts';
import { readFrames } from './decode.ts';
import { openEncoder } from './encode.ts';
import type { VideoCodec } from './encoder-settings.ts';
import { medianDuration } from './frame-rate.ts';
import { prepareSound } from './sound-track.ts';
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
  size?: [number, number];
  /** Seeds the room tone. */
  seed: number;
  /** A folder of the job's for intermediate files. */
  workDir: string;
  note: (text: string) => void;
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
    if ((before !== undefined && before.kind !== 'kept') || (after !== undefined && after.kind !== 'kept')) return piece;
    if (before === undefined && after === undefined) return piece;
    const from = before === undefined ? 0 : before.to + 1;
    const to = after === undefined ? source.frameCount - 1 : after.from - 1;
    return to - from + 1 === piece.count ? { ...piece, replaces: { from, to } } : piece;
  });
};

const framesOf = (piece: Piece, source: MediaInfo): AsyncIterable<PlanarFrame> =>
  piece.kind === 'kept' ? readFrames(source, piece.from, piece.to) : piece.frames;

/**
 * Writes a result: pieces one after the other, with sound. The file appears under its name only when it is complete.
 * @throws UserFacingError 'usage' (name and codec do not fit, unwritable), 'room' (disk full), 'input' (source damaged)
 */
export const assemble = async (request: AssembleRequest): Promise<{ frames: number }> => {
  const { source, out, note } = request;
  const rate = request.rate ?? source.averageRate;
  const seconds = await source.timestamps();
  const usual = source.variableRate ? medianDuration(seconds, rate.den / rate.num) : rate.den / rate.num;
  const pieces = withReplaced(request.pieces, source);
  const timeline = layOut(source, pieces, rate, seconds, usual);
  const written = pieces.map((piece, index) => ({ piece, times: timeline.times[index] })).filter(({ piece }) => !request.onlyNew || piece.kind === 'new');
  const total = written.reduce((sum, { piece }) => sum + pieceCount(piece), 0);
  const partial = partialPath(resolve(out));
  const sound = request.audio ? await prepareSound({ ...request, pieces, timeline }) : undefined;
  const encoder = openEncoder(partial, {
    like: source, rate, timed: source.variableRate, codec: request.codec, crf: request.crf, size: request.size, sound,
  }); // prettier-ignore
  try {
    let done = 0;
    let offset = 0;
    for (const { piece, times } of written) {
      const start = request.onlyNew ? times[0] : offset;
      let index = 0;
      for await (const frame of framesOf(piece, source)) {
        await encoder.write(frame, offset + times[index] - start);
        index++;
        await request.onFrame?.(++done, total);
      }
      if (index !== pieceCount(piece)) throw new Error(`a piece of ${pieceCount(piece)} frames gave ${index}`);
      if (request.onlyNew) offset += times[index - 1] - start + usual;
    }
    await encoder.close();
    await rename(partial, resolve(out));
  } catch (error) {
    await encoder.abort();
    throw error;
  } finally {
    for (const file of sound?.files ?? []) await rm(file, { force: true });
  }
  for (const text of encoder.notes) note(text);
  return { frames: total };
};
