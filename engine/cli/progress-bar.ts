import { stages } from '../contract/progress.ts';
import type { Stage } from '../contract/progress.ts';

const barWidth = 24;
const logEverySeconds = 10;

export type ProgressView = {
  report: (stage: Stage, done: number, total: number, eta: number | null) => void;
  note: (text: string) => void;
  clear: () => void;
};

/** A line that redraws itself on a terminal, and now and then a line where standard error is a file or a pipe. */
export const createStatusLine = (
  stream: NodeJS.WriteStream,
  now: () => number = () => performance.now() / 1000,
): { show: (stage: string, text: string) => void; note: (text: string) => void; clear: () => void } => {
  let drawn = false;
  const met = new Set<string>();
  let lastLine = -Infinity;
  const clear = (): void => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    show: (stage, text) => {
      if (stream.isTTY) {
        stream.write(`\r\x1b[2K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
        drawn = true;
        return;
      }
      if (met.has(stage) && now() - lastLine < logEverySeconds) return;
      met.add(stage);
      lastLine = now();
      stream.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      stream.write(`note: ${text}\n`);
    },
    clear,
  };
};

/** The bar of a task. */
export const createProgressBar = (
  stream: NodeJS.WriteStream,
  now: () => number = () => performance.now() / 1000,
): ProgressView => {
  const { show, note, clear } = createStatusLine(stream, now);
  return {
    report: (stage, done, total, eta) => show(stage, describeProgress(stage, done, total, eta)),
    note,
    clear,
  };
};

const stageWords: Record<Stage, string> = {
  load: 'loading the model',
  read: 'reading',
  prior: 'following motion',
  denoise: 'denoising',
  refine: 'refining',
  encode: 'writing',
};

/** @param eta seconds, or null while there is no pace */
export const describeProgress = (stage: Stage, done: number, total: number, eta: number | null): string =>
  describeWork(`${stages.indexOf(stage) + 1}/${stages.length} ${stageWords[stage]}`, done, total, eta);

export const describeWork = (label: string, done: number, total: number, eta: number | null): string => {
  const filled = Math.round((Math.min(done, total) / Math.max(1, total)) * barWidth);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`;
  const left = eta === null ? '' : `  ${describeSeconds(eta)} left`;
  return `${label.padEnd(22)} [${bar}] ${done}/${total}${left}`;
};

const describeSeconds = (seconds: number): string => {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
};
