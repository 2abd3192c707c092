import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { partialPath } from '../../engine/contract/output-names.ts';
import { extendRequest } from '../../engine/contract/task-request.ts';
import type { TaskRequest } from '../../engine/contract/task-request.ts';
import { runInference } from '../../engine/jobs/inference-process.ts';

/**
 * The host against processes that behave badly on purpose: what a real engine does only when a machine is out of memory.
 * The real engine's own end-to-end tests are in tests/e2e.
 */
let folder: string;
let request: TaskRequest;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-host-'));
  process.env.TMPDIR = folder;
  request = extendRequest.parse({ task: 'extend', clip: '/x.mp4', out: path.join(folder, 'out.mp4'), seconds: 1 });
});
afterEach(() => {
  delete process.env.TMPDIR;
  rmSync(folder, { recursive: true, force: true });
});

const childThat = (body: string): string => {
  const file = path.join(folder, 'child.mjs');
  writeFileSync(file, `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';\n${body}`);
  return file;
};

const done = `{ event: 'done', output: '/out.mp4', frames: 3, new_frames: [[1, 2]], model: 'm', seed: 1, steps: 4, seconds: { load: 1 }, peak_rss_mb: 1 }`;

const refusalOf = async (work: Promise<unknown>): Promise<UserFacingError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserFacingError);
  return error as UserFacingError;
};

const jobFolders = (): string[] => readdirSync(folder).filter((name) => name.startsWith('longtake-job-'));

/** A process that was killed but that nobody has waited for yet (in a container without an init) has ended all the same. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('the inference process', () => {
  it('hands progress over and returns what it made, with the memory that it took', async () => {
    const child = childThat(`
      process.on('message', (message) => {
        const waste = Buffer.alloc(80e6, 1);
        process.send({ event: 'progress', stage: 'denoise', done: 1, total: 2 });
        process.send({ event: 'note', text: message.request.task });
        setTimeout(() => process.send(${done}, () => process.exit(waste.length > 0 ? 0 : 1)), 500);
      });`);
    const events: unknown[] = [];
    const takes = await runInference(request, { childFile: child, onEvent: (event) => events.push(event) });
    expect(events).toEqual([
      { event: 'progress', stage: 'denoise', done: 1, total: 2 },
      { event: 'note', text: 'extend' },
    ]);
    expect(takes).toHaveLength(1);
    if (process.platform === 'linux') expect(takes[0].peak_rss_mb).toBeGreaterThan(100);
    expect(jobFolders()).toEqual([]);
  });

  it('says what the job said when it refuses', async () => {
    const child = childThat(`
      process.on('message', () => process.send({ event: 'error', code: 'input', message: 'No such clip.', remedy: 'Look.' }, () => process.exit(1)));`);
    const refusal = await refusalOf(runInference(request, { childFile: child, onEvent: () => undefined }));
    expect(refusal).toMatchObject({ code: 'input', message: 'No such clip.', remedy: 'Look.' });
  });

  it('is one clear error when the system kills it, and leaves nothing', async () => {
    const partial = partialPath(request.out);
    const child = childThat(`
      process.on('message', ({ workDir }) => {
        writeFileSync(workDir + '/frames', 'x'); writeFileSync(${JSON.stringify(partial)}, 'half');
        process.kill(process.pid, 'SIGKILL');
      });`);
    const refusal = await refusalOf(runInference(request, { childFile: child, onEvent: () => undefined }));
    expect(refusal.code).toBe('room');
    expect(refusal.message).toContain('memory');
    expect(existsSync(partial)).toBe(false);
    expect(jobFolders()).toEqual([]);
  });

  it('knows a heap that ran full from a fault', async () => {
    const full = childThat(
      `process.on('message', () => { console.error('FATAL ERROR: JavaScript heap out of memory'); process.abort(); });`,
    );
    expect((await refusalOf(runInference(request, { childFile: full, onEvent: () => undefined }))).code).toBe('room');
    const fault = childThat(`process.on('message', () => process.exit(7));`);
    const refusal = await refusalOf(runInference(request, { childFile: fault, onEvent: () => undefined }));
    expect(refusal.code).toBe('bug');
    expect(refusal.message).toContain('exit 7');
  });

  it('asks first when it is no longer wanted', async () => {
    const child = childThat(`
      process.on('message', ({ say }) => {
        if (say === 'run') process.send({ event: 'progress', stage: 'load', done: 0, total: 1 });
        else process.send({ event: 'error', code: 'interrupted', message: 'Stopped.', remedy: 'r' }, () => process.exit(1));
      });`);
    const abort = new AbortController();
    const job = runInference(request, { childFile: child, signal: abort.signal, onEvent: () => abort.abort() });
    expect((await refusalOf(job)).code).toBe('interrupted');
  });

  it('kills it and its children when it does not listen', async () => {
    const pids = path.join(folder, 'pids.json');
    const partial = partialPath(request.out);
    const child = childThat(`
      process.on('message', ({ say }) => {
        if (say !== 'run') return;
        const below = spawn('sleep', ['600']);
        writeFileSync(${JSON.stringify(partial)}, 'half');
        writeFileSync(${JSON.stringify(pids)}, JSON.stringify([process.pid, below.pid]));
        process.send({ event: 'progress', stage: 'load', done: 0, total: 1 }, () => { for (;;); });
      });`);
    const abort = new AbortController();
    const job = runInference(request, { childFile: child, signal: abort.signal, onEvent: () => abort.abort() });
    expect((await refusalOf(job)).code).toBe('interrupted');
    const { default: started } = (await import(pids, { with: { type: 'json' } })) as { default: number[] };
    expect(started).toHaveLength(2);
    await expect.poll(() => started.some(isAlive)).toBe(false);
    expect(existsSync(partial)).toBe(false);
    expect(jobFolders()).toEqual([]);
  });

  it('starts nothing for a job that is not wanted any more', async () => {
    const mark = path.join(folder, 'started');
    const child = childThat(`writeFileSync(${JSON.stringify(mark)}, '')`);
    const job = runInference(request, { childFile: child, signal: AbortSignal.abort(), onEvent: () => undefined });
    expect((await refusalOf(job)).code).toBe('interrupted');
    expect(existsSync(mark)).toBe(false);
  });
});
