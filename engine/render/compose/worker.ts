import { parentPort } from 'node:worker_threads';
import { createCompositor } from './frame.ts';
import type { ComposeAnswer, ComposeJob } from './jobs.ts';
import { outputBytes, writeOutput } from './to-planes.ts';

/* A thread that composes frames: the engine's own thread stays free for edits while an export runs. */

const compositor = createCompositor();
let rgba = new Uint8Array(0);

parentPort?.on('message', ({ id, layers, frame, output }: ComposeJob) => {
  try {
    if (rgba.length !== frame.width * frame.height * 4) rgba = new Uint8Array(frame.width * frame.height * 4);
    compositor.compose(layers, frame, rgba);
    const bytes = new Uint8Array(outputBytes(output, frame.width, frame.height));
    writeOutput(rgba, frame.width, frame.height, output, bytes);
    parentPort?.postMessage({ id, bytes } satisfies ComposeAnswer, [bytes.buffer]);
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ id, failure } satisfies ComposeAnswer);
  }
});
