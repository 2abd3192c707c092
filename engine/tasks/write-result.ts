import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { assemble } from '../media/assemble.ts';
import type { Piece } from '../media/timeline.ts';
import { createMadeUp } from './made-up.ts';
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
  making: Omit<Making, 'preview' | 'onFilmed'>;
  previews: Previews | null;
};

/** The pieces with their frames at hand; previews count in the result. */
const withMaking = (
  { plan: { pieces, onlyNew }, making, previews }: ResultInput,
  onFilmed: Making['onFilmed'],
): Piece[] => {
  let at = 0;
  return pieces.map((piece: PlannedPiece): Piece => {
    const from = at;
    if (onlyNew !== true || piece.kind === 'new') at += countOf(piece);
    if (piece.kind === 'kept') return piece;
    if (piece.kind === 'other') return { ...piece, frames: piece.frames() };
    const own = {
      preview: previews?.from(from) ?? null,
      onFilmed: (index: number, share: number): void => onFilmed(from + index, share),
    };
    return { ...piece, frames: piece.frames({ ...making, ...own }) };
  });
};

/** `madeUp`: ranges of frames of which little was filmed. */
export type Written = { frames: number; madeUp: [number, number][] };

/** Makes what is to be made and writes the result. */
export const writeResult = async (input: ResultInput): Promise<Written> => {
  const { plan, request, output, workDir, reporter, making } = input;
  const madeUp = createMadeUp();
  const { frames } = await assemble({
    source: plan.source,
    pieces: withMaking(input, madeUp.tell),
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
  return { frames, madeUp: madeUp.ranges() };
};
