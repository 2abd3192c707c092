import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { assemble } from '../media/assemble.ts';
import type { Piece } from '../media/timeline.ts';
import type { Making, PlannedPiece, TaskPlan } from './plan.ts';
import { countOf } from './plan.ts';
import type { Previews } from './preview-pictures.ts';
import { breathe } from './task-progress.ts';

export type ResultInput = {
  plan: TaskPlan;
  request: TaskRequest;
  output: string;
  workDir: string;
  reporter: TaskReporter;
  making: Omit<Making, 'preview'>;
  previews: Previews | null;
};

/** The pieces with their frames at hand; previews count in the result. */
const withMaking = ({ plan: { pieces, onlyNew }, making, previews }: ResultInput): Piece[] => {
  let at = 0;
  return pieces.map((piece: PlannedPiece): Piece => {
    const from = at;
    if (onlyNew !== true || piece.kind === 'new') at += countOf(piece);
    if (piece.kind === 'kept') return piece;
    if (piece.kind === 'other') return { ...piece, frames: piece.frames() };
    return { ...piece, frames: piece.frames({ ...making, preview: previews?.from(from) ?? null }) };
  });
};

/** Makes what is to be made and writes the result; answers with its number of frames. */
export const writeResult = async (input: ResultInput): Promise<number> => {
  const { plan, request, output, workDir, reporter, making } = input;
  const { frames } = await assemble({
    source: plan.source,
    pieces: withMaking(input),
    out: output,
    rate: plan.rate,
    onlyNew: plan.onlyNew,
    audio: request.audio,
    codec: request.codec,
    crf: request.crf,
    gop: request.gop,
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
