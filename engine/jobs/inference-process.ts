import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserFacingError } from '../contract/errors.ts';
import { jobEventSchema } from '../contract/progress.ts';
import type { JobEvent } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import type { HostMessage } from './child-messages.ts';
import { takeDevice } from './device-lease.ts';
import { recordJob } from './estimate.ts';
import { makeWorkDir, removeLeftovers } from './leftovers.ts';
import { watchMemory } from './memory-watch.ts';

export type DoneEvent = Extract<JobEvent, { event: 'done' }>;
type SizeEvent = Extract<JobEvent, { event: 'size' }>;
type ErrorEvent = Extract<JobEvent, { event: 'error' }>;

/**
 * Between the request to stop and the end of the process group. A step may take longer, and then nothing is lost but the step; with the end of the
 * group and tidying up it stays under a second, on a busy machine too (docs/jobs-speed.md).
 */
const patienceMs = 400;
const keptErrorOutput = 16 * 1024;

export type InferenceOptions = {
  onEvent: (event: Extract<JobEvent, { event: 'progress' | 'note' }>) => void;
  /** Told of each picture of what is being made; without it none are made. The file lies in `previews`' folder for a few seconds. */
  onPreview?: (event: Extract<JobEvent, { event: 'preview' }>) => void;
  /**
   * Aborting ends the job within a second and removes everything unfinished; what `checkpoints` holds stays, so that a job with such a folder
   * is paused by it.
   */
  signal?: AbortSignal;
  /**
   * A folder of this job alone, made if need be, where finished windows and takes are kept: the same request with the same folder goes on
   * after the last of them, to the same bytes, whatever ended it. Inputs may have been cut anew at other paths. The caller removes it.
   */
  checkpoints?: string;
  /** Told when another program of this user generates: the job waits for it, so that memory and cores are used by one at a time. */
  onWait?: () => void;
  /** The program of the inference process. */
  childFile?: string;
};

/**
 * Runs one job in a process of its own and waits for it.
 *
 * @returns one event per take; `peak_rss_mb` counts the process and its ffmpeg children
 * @throws UserFacingError what the job said, `interrupted` when aborted, `room` when the system killed it, `bug` when
 *   it died otherwise. Whatever the end, no temporary folder is left, and no partial file unless it became OUT.
 */
export const runInference = async (request: TaskRequest, options: InferenceOptions): Promise<DoneEvent[]> => {
  const {
    onEvent,
    onPreview,
    signal,
    checkpoints,
    onWait,
    childFile = fileURLToPath(new URL('./inference-child.ts', import.meta.url)),
  } = options;
  const workDir = makeWorkDir();
  const giveBack = await takeDevice({ signal, onWait }).catch(() => {
    removeLeftovers(workDir, request.out, request.takes);
    throw interrupted(checkpoints);
  });
  const child = startChild(childFile);
  const memory = watchMemory(child.pid ?? 0);
  const done: DoneEvent[] = [];
  let failure: ErrorEvent | undefined;
  let size: SizeEvent | undefined;
  let errorOutput = '';

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-keptErrorOutput);
  });
  child.on('message', (raw) => {
    const event = jobEventSchema.parse(raw);
    if (event.event === 'done') done.push(event);
    else if (event.event === 'error') failure = event;
    else if (event.event === 'size') size = event;
    else if (signal?.aborted) return;
    else if (event.event === 'preview') onPreview?.(event);
    else onEvent(event);
  });

  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    tell(child, { say: 'cancel' });
    killTimer = setTimeout(() => killGroup(child), patienceMs);
  };
  signal?.addEventListener('abort', stop, { once: true });

  try {
    const previews = onPreview && path.join(workDir, 'previews');
    tell(child, { say: 'run', request, workDir, checkpoints, previews });
    const ended = await endOf(child);
    const peakMb = Math.round(memory.stop() / (1024 * 1024));
    if (!failure && done.length === request.takes) {
      await remember(request, done, size);
      return done.map((event) => ({ ...event, peak_rss_mb: Math.max(event.peak_rss_mb, peakMb) }));
    }
    if (signal?.aborted) throw interrupted(checkpoints);
    throw failure ? asError(failure, errorOutput) : diedBecause(ended, errorOutput);
  } finally {
    memory.stop();
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', stop);
    // ffmpeg children may outlive a process that died; they are of its group.
    killGroup(child);
    removeLeftovers(workDir, request.out, request.takes);
    giveBack();
  }
};

/** What a whole job took is what the next estimate goes by; that it cannot be kept stops nobody. */
const remember = async (request: TaskRequest, done: DoneEvent[], size: SizeEvent | undefined): Promise<void> => {
  const usual = request.denoiser === 'on' && request.device === 'auto' && request.threads === undefined;
  if (!usual || size === undefined || size.resumed) return;
  try {
    const sizes = await Promise.all(done.map(({ output }) => stat(output)));
    await recordJob({
      ...request,
      width: size.width,
      height: size.height,
      newFrames: done[0].new_frames.reduce((sum, [from, to]) => sum + to - from + 1, 0),
      seconds: done[0].seconds,
      frames: done.reduce((sum, { frames }) => sum + frames, 0),
      bytes: sizes.reduce((sum, { size: bytes }) => sum + bytes, 0),
    });
  } catch {
    // A full or read-only disk: the estimates stay as they are.
  }
};

const startChild = (file: string): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A group of its own, so that it ends with all its ffmpeg children at one signal.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });

const tell = (child: ChildProcess, message: HostMessage): void => {
  if (child.connected) child.send(message, () => undefined);
};

type End = { code: number | null; signal: NodeJS.Signals | null };

/** Waits for the end and for all it wrote: `close` comes after the last message and the last line. */
const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      // A grandchild that holds the error stream open must not keep a dead job waiting.
      setTimeout(() => killGroup(child), 100).unref();
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
};

const interrupted = (checkpoints: string | undefined): UserFacingError =>
  new UserFacingError(
    'interrupted',
    'Stopped before it was done.',
    checkpoints === undefined
      ? 'The unfinished file was removed; run it again to start over.'
      : 'What was finished is kept; run it again to go on from there.',
  );

const asError = (event: ErrorEvent, errorOutput: string): UserFacingError => {
  if (event.code === 'bug') process.stderr.write(errorOutput);
  return new UserFacingError(event.code, event.message, event.remedy);
};

const diedBecause = ({ code, signal }: End, errorOutput: string): UserFacingError => {
  if (signal === 'SIGKILL' || /heap out of memory|bad_alloc|Cannot allocate memory/.test(errorOutput)) {
    return new UserFacingError(
      'room',
      'The system stopped the engine, most likely because memory ran out.',
      'Close other programs, or ask for a smaller --size or fewer seconds.',
    );
  }
  process.stderr.write(errorOutput);
  return new UserFacingError(
    'bug',
    `The engine ended unexpectedly (${signal ?? `exit ${code}`}).`,
    'Run it again; if it ends the same way, please report it together with the lines printed above.',
  );
};
