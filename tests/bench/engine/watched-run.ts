import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const projectRoot = join(import.meta.dirname, '../../..');

export type WatchedRun = {
  /** Wall clock from the start of the launcher. */
  seconds: number;
  firstLineSeconds: number;
  /** Largest resident memory of the launcher and everything below it together, MB; undefined where /proc is missing. */
  treePeakMb?: number;
  done: {
    seconds: Record<string, number>;
    frames: number;
    new_frames: [number, number][];
    steps: number;
    peak_rss_mb: number;
  };
  notes: string[];
};

/** Process ids below `root` (itself too) and the sum of their resident memory in MB. Shared pages count once per process. */
const treeMemory = async (root: number): Promise<number> => {
  const parents = new Map<number, { parent: number; rss: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.length > 21) parents.set(Number(name), { parent: Number(fields[1]), rss: Number(fields[21]) });
  }
  const below = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parents.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  let pages = 0;
  for (const [pid, { rss }] of parents) if (below(pid)) pages += rss;
  return (pages * 4096) / 1e6;
};

/** Runs ./longtake with --json and watches its clock and memory. @throws Error with what it said when it fails. */
export const watchedRun = async (args: readonly string[]): Promise<WatchedRun> => {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const launcher = process.platform === 'win32' ? 'longtake.cmd' : './longtake';
  const child = spawn(launcher, [...args, '--json'], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  let firstLineSeconds = NaN;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (Number.isNaN(firstLineSeconds) && text.includes('"event":"progress"')) firstLineSeconds = elapsed();
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let peak = 0;
  let watching = process.platform === 'linux';
  const watch = (async () => {
    while (watching) {
      peak = Math.max(peak, await treeMemory(child.pid ?? 0));
      await new Promise((resume) => setTimeout(resume, 100));
    }
  })();
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = elapsed();
  watching = false;
  await watch;
  if (code !== 0) throw new Error(`longtake ${args.join(' ')} ended with ${code}: ${(text + errors).slice(-800)}`);
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { event: string; text?: string });
  const done = events.findLast((event) => event.event === 'done') as unknown as WatchedRun['done'];
  const notes = events.flatMap((event) => (event.event === 'note' ? [event.text ?? ''] : []));
  return { seconds, firstLineSeconds, treePeakMb: peak > 0 ? peak : undefined, done, notes };
};
