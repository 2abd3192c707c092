import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';

/** Names with spaces, quotes, %d or a leading dash reach ffmpeg unharmed only as an absolute `file:` address. */
export const fileUrl = (path: string): string => `file:${resolve(path)}`;

/** The last 8 kB of what a program says on standard error: enough for its reason, bounded for damaged files that print one line a frame. */
export const keepErrors = (child: ChildProcess): (() => string) => {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    tail = (tail + text).slice(-8192);
  });
  return () => tail;
};

/** Resolves with the exit code once the program has ended and its pipes are drained; -1 if it could not start or was killed. */
export const ended = (child: ChildProcess): Promise<number> =>
  new Promise((done) => {
    child.once('error', () => done(-1));
    child.once('close', (code) => done(code ?? -1));
  });

/** Bounds for a program that reads what strangers made: damaged files make demuxers spin. */
export type Limits = {
  /** Milliseconds after which the program is killed; none unless told. */
  timeoutMs?: number;
  /** Milliseconds without a word on standard output after which the program is killed; none unless told. */
  stallMs?: number;
  /** Kills the program when it fires. */
  signal?: AbortSignal;
  /** A quieter place among the machine's programs, for work that nobody waits for. */
  background?: boolean;
};

/** Kills a program that has come to its limits. `done` takes the limits away again and says whether time ran out. */
export const holdTo = (child: ChildProcess, limits: Limits): { done: () => { timedOut: boolean } } => {
  let timedOut = false;
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const after = (milliseconds: number | undefined): NodeJS.Timeout | undefined =>
    milliseconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          kill();
        }, milliseconds);
  const whole = after(limits.timeoutMs);
  const silence = after(limits.stallMs);
  if (silence !== undefined) child.stdout?.on('data', () => silence.refresh());
  if (limits.signal?.aborted === true) kill();
  limits.signal?.addEventListener('abort', kill, { once: true });
  if (limits.background === true && child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended already, or this system has no such thing: the work is done all the same.
    }
  }
  return {
    done: () => {
      clearTimeout(whole);
      clearTimeout(silence);
      limits.signal?.removeEventListener('abort', kill);
      return { timedOut };
    },
  };
};

export type Finished = { code: number; stdout: Buffer; stderr: string; timedOut: boolean };

export const runProgram = async (program: string, args: string[], limits: Limits = {}): Promise<Finished> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const held = holdTo(child, limits);
  const stderr = keepErrors(child);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  const code = await ended(child);
  return { code, stdout: Buffer.concat(parts), stderr: stderr(), ...held.done() };
};

/** Runs a program and gives each line of its output away at once, so that hour-long listings are never held as text. */
export const runLines = async (
  program: string,
  args: string[],
  onLine: (line: string) => void,
  limits: Limits = {},
): Promise<{ code: number; stderr: string; timedOut: boolean }> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const held = holdTo(child, limits);
  const stderr = keepErrors(child);
  const end = ended(child);
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
  lines.on('line', onLine);
  const closed = new Promise<void>((done) => lines.once('close', () => done()));
  const code = await end;
  await closed;
  return { code, stderr: stderr(), ...held.done() };
};

/** What ffmpeg says on standard error when a file cannot be written, as an error for the user; undefined when it is something else. */
export const writeFailure = (stderr: string, path: string): UserFacingError | undefined => {
  if (/No space left on device|Disk quota exceeded|File too large/i.test(stderr))
    return new UserFacingError(
      'room',
      `The disk is full: ${path} could not be written.`,
      'Make room on that disk, or write the result to another one with -o.',
    );
  if (
    /Permission denied|Read-only file system|Operation not permitted|Is a directory|No such file or directory/i.test(
      stderr,
    )
  )
    return new UserFacingError(
      'usage',
      `${path} cannot be written.`,
      'Choose a folder that exists and that you may write to with -o.',
    );
  return undefined;
};

/** The last line that says something, for errors whose cause only ffmpeg knows. */
export const lastLine = (stderr: string): string =>
  stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1) ?? 'no reason given';
