import { rename } from 'node:fs/promises';
import { partialPath } from '../contract/output-names.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { readFrames } from '../media/decode.ts';
import { openEncoder } from '../media/encode.ts';
import type { Making, TaskPlan } from './plan.ts';
import { countOf } from './plan.ts';

export type ResultInput = {
  plan: TaskPlan;
  request: TaskRequest;
  output: string;
  workDir: string;
  reporter: TaskReporter;
  making: Making;
};

/** Writes the pieces of a result one after the other into one file, which has its name only when it is complete. */
export const writeResult = async ({ plan, request, output, reporter, making }: ResultInput): Promise<void> => {
  const { source, pieces } = plan;
  const total = pieces.reduce((sum, piece) => sum + countOf(piece), 0);
  const encoder = openEncoder(partialPath(output), {
    like: source,
    rate: plan.rate ?? source.averageRate,
    codec: request.codec,
    crf: request.crf,
    size: request.size,
  });
  let done = 0;
  try {
    for (const piece of pieces) {
      const frames =
        piece.kind === 'kept'
          ? readFrames(source, piece.from, piece.to)
          : piece.kind === 'new'
            ? piece.frames(making)
            : piece.frames();
      for await (const frame of frames) {
        await encoder.write(frame);
        reporter.progress('encode', ++done, total);
      }
    }
    await encoder.close();
  } catch (error) {
    await encoder.abort();
    throw error;
  }
  await rename(partialPath(output), output);
};
