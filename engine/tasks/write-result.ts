import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { assemble } from '../media/assemble.ts';
import type { Piece } from '../media/timeline.ts';
import type { Making, PlannedPiece, TaskPlan } from './plan.ts';
import { breathe } from './task-progress.ts';

export type ResultInput = {
  plan: TaskPlan;
  request: TaskRequest;
  output: string;
  workDir: string;
  reporter: TaskReporter;
  making: Making;
};

const withMaking = (piece: PlannedPiece, making: Making): Piece => {
  if (piece.kind === 'kept') return piece;
  return piece.kind === 'new' ? { ...piece, frames: piece.frames(making) } : { ...piece, frames: piece.frames() };
};

/** Makes what is to be made and writes the result; answers with its number of frames. */
export const writeResult = async ({
  plan,
  request,
  output,
  workDir,
  reporter,
  making,
}: ResultInput): Promise<number> => {
  const { frames } = await assemble({
    source: plan.source,
    pieces: plan.pieces.map((piece) => withMaking(piece, making)),
    out: output,
    rate: plan.rate,
    onlyNew: plan.onlyNew,
    audio: request.audio,
    codec: request.codec,
    crf: request.crf,
    size: request.size,
    seed: making.seed,
    workDir,
    note: reporter.note,
    onFrame: async (done, total) => {
      reporter.progress('encode', done, total);
      await breathe(reporter);
    },
  });
  return frames;
};
