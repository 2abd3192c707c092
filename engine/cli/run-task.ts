import path from 'node:path';
import type { TaskRequest } from '../contract/task-request.ts';
import { createEta } from '../jobs/eta.ts';
import { runInference } from '../jobs/inference-process.ts';
import type { DoneEvent } from '../jobs/inference-process.ts';
import { printJson } from './command.ts';
import type { Voice } from './command.ts';
import { checkOutput } from './output-check.ts';
import { createProgressBar } from './progress-bar.ts';

/**
 * Runs a parsed request in the inference process, shows how it goes and says what came of it. Paths are resolved here,
 * so that no later program takes a name with a leading `-` for an option.
 */
export const runTaskRequest = async (request: TaskRequest, voice: Voice): Promise<void> => {
  const absolute = withAbsolutePaths(request);
  checkOutput(absolute, inputsOf(absolute));

  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of signals) process.on(name, stop);

  const eta = createEta();
  const bar = createProgressBar(process.stderr);
  try {
    const takes = await runInference(absolute, {
      signal: abort.signal,
      onWait: () => {
        const text = 'Another Longtake job is running on this machine: this one begins when it has ended.';
        if (voice.json) printJson({ event: 'note', text });
        else if (!voice.quiet) bar.note(text);
      },
      onEvent: (event) => {
        if (event.event === 'note') {
          if (voice.json) printJson(event);
          else if (!voice.quiet) bar.note(event.text);
          return;
        }
        const left = eta.report(event.stage, event.done, event.total);
        if (voice.json) printJson({ ...event, eta_s: left });
        else if (!voice.quiet) bar.report(event.stage, event.done, event.total, left);
      },
    });
    bar.clear();
    for (const take of takes) {
      if (voice.json) printJson(take);
      else if (!voice.quiet) process.stdout.write(`${describeTake(take)}\n`);
    }
  } finally {
    bar.clear();
    for (const name of signals) process.off(name, stop);
  }
};

const describeTake = (take: DoneEvent): string => {
  const named = (ranges: readonly [number, number][]): string =>
    ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
  const madeUp = take.made_up.length > 0 ? `; more than half made up are ${named(take.made_up)}` : '';
  const seconds = Object.values(take.seconds).reduce((sum, s) => sum + s, 0);
  return `${take.output}: ${take.frames} frames, new are ${named(take.new_frames)}${madeUp} (${take.model}, seed ${take.seed}, ${take.steps} steps, ${seconds.toFixed(1)} s, ${take.peak_rss_mb} MB)`;
};

const withAbsolutePaths = (request: TaskRequest): TaskRequest => {
  const out = path.resolve(request.out);
  switch (request.task) {
    case 'animate':
      return {
        ...request,
        out,
        image: path.resolve(request.image),
        ...(request.keep !== undefined && { keep: path.resolve(request.keep) }),
      };
    case 'extend':
    case 'fill':
      return { ...request, out, clip: path.resolve(request.clip) };
    case 'blend':
      return { ...request, out, a: path.resolve(request.a), b: path.resolve(request.b) };
    case 'inpaint':
      return {
        ...{ ...request, out, clip: path.resolve(request.clip) },
        ...(typeof request.mask === 'string' && { mask: path.resolve(request.mask) }),
      };
  }
};

const inputsOf = (request: TaskRequest): string[] => {
  switch (request.task) {
    case 'animate':
      return [request.image, ...(request.keep === undefined ? [] : [request.keep])];
    case 'extend':
    case 'fill':
      return [request.clip];
    case 'blend':
      return [request.a, request.b];
    case 'inpaint':
      return typeof request.mask === 'string' ? [request.clip, request.mask] : [request.clip];
  }
};
