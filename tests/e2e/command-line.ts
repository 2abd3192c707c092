import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';

export const checkout = path.resolve(import.meta.dirname, '../..');

export type Outcome = {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The objects of `--json`, one a line. */
  events: Record<string, unknown>[];
};

export type Running = { child: ChildProcess; ended: Promise<Outcome> };

/** Starts the launcher as a person does, in a folder of the test's. */
export const startLongtake = (words: string[], cwd: string, env: NodeJS.ProcessEnv = {}, before = ''): Running => {
  const launcher = path.join(checkout, 'longtake');
  const command = before === '' ? [launcher, ...words] : ['sh', '-c', `${before} exec "$0" "$@"`, launcher, ...words];
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      resolve({ code, stdout, stderr, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) });
    });
  });
  return { child, ended };
};

export const longtake = (words: string[], cwd: string, env?: NodeJS.ProcessEnv, before?: string): Promise<Outcome> =>
  startLongtake(words, cwd, env, before).ended;
