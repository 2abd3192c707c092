import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What every case needs to know about this run. */
export type Bench = {
  /** An empty folder for this case's files. */
  folder: string;
  /** Which versions of the pack are run: on, prior, shuffled. None runs the baselines alone. */
  denoisers: readonly string[];
  steps?: string;
  /** A pack other than the shipped one. */
  model?: string;
  timeoutSeconds: number;
  /** Whether motion is compared too (tOF), the slowest of the figures. */
  tof: boolean;
};

export type ToolRun = { method: string; output: string; seconds: number; done: Record<string, unknown> };

const projectRoot = join(import.meta.dirname, '../../..');

/**
 * Runs ./longtake once per asked denoiser. `OUT` in the arguments stands for the output, which gets `ending`. A run that fails is told
 * on standard error and left out of the table, as the reference implementation does.
 */
export const runTool = async (bench: Bench, args: readonly string[], ending = 'mp4'): Promise<ToolRun[]> => {
  const runs: ToolRun[] = [];
  for (const denoiser of bench.denoisers) {
    const output = join(bench.folder, `longtake-${denoiser}.${ending}`);
    const extra = denoiser === 'on' ? [] : ['--denoiser', denoiser];
    if (bench.steps) extra.push('--steps', bench.steps);
    if (bench.model) extra.push('--model', bench.model);
    const started = performance.now();
    const told = await run(
      [...args.map((arg) => (arg === 'OUT' ? output : arg)), ...extra, '--seed', '1', '--json'],
      bench,
    );
    const seconds = (performance.now() - started) / 1000;
    if (told.code !== 0) {
      process.stderr.write(`  longtake ${args[0]} (${denoiser}) failed with ${told.code}: ${told.text.slice(-600)}\n`);
      continue;
    }
    runs.push({
      method: denoiser === 'on' ? 'longtake' : `longtake-${denoiser}`,
      output,
      seconds,
      done: lastDone(told.text),
    });
  }
  return runs;
};

const run = async (args: readonly string[], bench: Bench): Promise<{ code: number; text: string }> => {
  const launcher = process.platform === 'win32' ? 'longtake.cmd' : './longtake';
  const child = spawn(launcher, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const clock = setTimeout(() => child.kill('SIGINT'), bench.timeoutSeconds * 1000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(clock);
  return { code: code ?? 124, text };
};

const lastDone = (text: string): Record<string, unknown> => {
  for (const line of text.split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const event = JSON.parse(line) as Record<string, unknown>;
    if (event.event === 'done') return event;
  }
  return {};
};
