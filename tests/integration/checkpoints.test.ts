import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskRequest } from '../../engine/contract/task-request.ts';
import { taskRequest } from '../../engine/contract/task-request.ts';
import type { InferenceOptions } from '../../engine/jobs/inference-process.ts';
import { runInference } from '../../engine/jobs/inference-process.ts';
import { cutClip, paintMask } from '../e2e/clips.ts';
import { checkout } from '../e2e/command-line.ts';

/** Jobs with the model that ships, killed or stopped after a window and run again: they must end as if nothing had happened. */
let folder: string;
let clip: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-kept-'));
  clip = cutClip(folder, 'clip.mp4', { frames: 14 });
  paintMask(folder, 'mask.png', '192x108', '112,40,40,32');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const requestOf = (out: string, fields: Record<string, unknown>): TaskRequest =>
  taskRequest.parse({ clip, out: path.join(folder, out), codec: 'ffv1', seed: 7, ...fields });

/** The engine's own child, which is killed at once when a file is there. */
const childKilledBy = (file: string): string => {
  const child = path.join(folder, 'killed-child.mjs');
  const real = pathToFileURL(path.join(checkout, 'engine/jobs/inference-child.ts')).href;
  writeFileSync(
    child,
    `import { existsSync } from 'node:fs';
     setInterval(() => existsSync(${JSON.stringify(file)}) && process.kill(process.pid, 'SIGKILL'), 2);
     await import(${JSON.stringify(real)});`,
  );
  return child;
};

type Run = { bytes: Buffer[]; newWindows: number };

/** Runs to the end; `newWindows` are those of which denoising was told step by step. */
const run = async (request: TaskRequest, options: Partial<InferenceOptions> = {}): Promise<Run> => {
  let newWindows = 0;
  let last = 0;
  const takes = await runInference(request, {
    onEvent: (event) => {
      if (event.event !== 'progress' || event.stage !== 'denoise') return;
      if (event.done === last + 1 && event.done % request.steps === 1) newWindows += 1;
      last = event.done;
    },
    ...options,
  });
  return { bytes: takes.map(({ output }) => readFileSync(output)), newWindows };
};

const extend = { task: 'extend', seconds: 25 / 24, onlyNew: true };
const inpaint = { task: 'inpaint' };

describe('windows that are kept', () => {
  it.each([
    ['extend', extend, 'kept-extend/7/0-1.kept', 3],
    [
      'inpaint',
      {
        ...inpaint,
        get mask() {
          return path.join(folder, 'mask.png');
        },
      },
      'kept-inpaint/7/0.kept',
      2,
    ],
  ])('%s: a killed job goes on after the last of them, to the same bytes', async (name, fields, file, windows) => {
    const undisturbed = await run(requestOf(`${name}-whole.mkv`, fields));
    expect(undisturbed.newWindows).toBe(windows);

    const request = requestOf(`${name}.mkv`, fields);
    const checkpoints = path.join(folder, `kept-${name}`);
    const childFile = childKilledBy(path.join(folder, file));
    await expect(run(request, { checkpoints, childFile })).rejects.toMatchObject({ code: 'room' });
    expect(existsSync(request.out)).toBe(false);
    const resumed = await run(request, { checkpoints });
    expect(resumed.newWindows).toBeLessThan(windows);
    expect(resumed.bytes[0].equals(undisturbed.bytes[0])).toBe(true);
    expect(readdirSync(checkpoints), 'windows of a finished take are let go').toEqual(['7.kept']);
  });

  it('makes a damaged one anew', async () => {
    const checkpoints = path.join(folder, 'kept-again');
    const request = requestOf('again.mkv', extend);
    const window = (number: number): string => path.join(checkpoints, '7', `0-${number}.kept`);
    const childFile = childKilledBy(window(1));
    await expect(run(request, { checkpoints, childFile })).rejects.toMatchObject({ code: 'room' });
    truncateSync(window(1), statSync(window(1)).size - 100);
    const bytes = readFileSync(window(0));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(window(0), bytes);
    const resumed = await run(request, { checkpoints });
    expect(resumed.newWindows).toBe(3);
    expect(resumed.bytes[0].equals(readFileSync(path.join(folder, 'extend-whole.mkv')))).toBe(true);
  });

  it('does not make finished takes again; pausing is stopping with them kept', async () => {
    const fields = { ...extend, seconds: 0.25, takes: 2 };
    const whole = await run(requestOf('takes-whole.mkv', fields));
    expect(whole.newWindows).toBe(2);
    const checkpoints = path.join(folder, 'kept-takes');
    const request = requestOf('takes.mkv', fields);
    const pause = new AbortController();
    const stopped = run(request, {
      checkpoints,
      signal: pause.signal,
      onEvent: (event) => {
        if (event.event === 'progress' && event.stage === 'denoise' && event.done > request.steps) pause.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted', remedy: expect.stringContaining('go on') });
    expect(existsSync(request.out)).toBe(true);
    const made = statSync(request.out).mtimeMs;
    const resumed = await run(request, { checkpoints });
    expect(statSync(request.out).mtimeMs).toBe(made);
    expect(resumed.newWindows).toBe(1);
    expect(resumed.bytes.map((bytes, i) => bytes.equals(whole.bytes[i]))).toEqual([true, true]);
  });
});

describe('previews', () => {
  it('show what is being made, as pictures that are whole when they are told of', async () => {
    const seen: { frame: number; head: string }[] = [];
    const { newWindows } = await run(requestOf('shown.mkv', { ...extend, onlyNew: false, seconds: 0.25 }), {
      onPreview: ({ file, frame }) => {
        const bytes = readFileSync(file);
        seen.push({ frame, head: bytes.subarray(0, 3).toString('hex') + bytes.subarray(-2).toString('hex') });
      },
    });
    expect(newWindows).toBe(1);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThanOrEqual(4);
    for (const { frame, head } of seen) {
      expect(head).toBe('ffd8ffffd9');
      expect(frame).toBeGreaterThanOrEqual(14);
      expect(frame).toBeLessThan(20);
    }
  });
});
