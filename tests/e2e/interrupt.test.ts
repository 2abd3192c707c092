import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutClip } from './clips.ts';
import { startLongtake } from './command-line.ts';
import type { Running } from './command-line.ts';

/** Ctrl-C, and an engine that the system kills, at a moment when files are open and the network computes. */
let folder: string;
let clip: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-interrupt-'));
  mkdirSync(path.join(folder, 'tmp'));
  clip = cutClip(folder, 'clip.mp4', { size: '640x360' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (): Running =>
  startLongtake(['extend', clip, '--seconds', '20', '-o', 'out.mp4', '--json'], folder, {
    TMPDIR: path.join(folder, 'tmp'),
  });

/** Resolves when the stage is met. */
const whenIn = (running: Running, stage: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = '';
    running.child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(`"stage":"${stage}"`)) resolve();
    });
    void running.ended.then(({ stdout, stderr }) => reject(new Error(`ended before ${stage}: ${stdout}${stderr}`)));
  });

const leftBehind = (): string[] => [
  ...readdirSync(folder).filter((name) => !['clip.mp4', 'tmp'].includes(name)),
  ...readdirSync(path.join(folder, 'tmp')).filter((name) => name.startsWith('longtake')),
];

/** Living processes that were started for this folder's job. */
const stillRunning = (): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it.each(['load', 'denoise', 'encode'])('while it is in %s ends it with 130 and leaves nothing', async (stage) => {
    const running = start();
    await whenIn(running, stage);
    running.child.kill('SIGINT');
    const { code, events } = await running.ended;
    expect(code).toBe(130);
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'interrupted' });
    expect(leftBehind()).toEqual([]);
    if (process.platform === 'linux') expect(stillRunning()).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('an engine that the system kills', () => {
  it('is one clear error, and leaves nothing', async () => {
    const running = start();
    await whenIn(running, 'denoise');
    process.kill(childOf(running.child.pid ?? 0), 'SIGKILL');
    const { code, events } = await running.ended;
    expect(code).toBe(6);
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'room', message: expect.stringContaining('memory') });
    expect(leftBehind()).toEqual([]);
    expect(stillRunning()).toEqual([]);
  });

  it('that loses its host ends too, and tidies up itself', async () => {
    const running = start();
    await whenIn(running, 'denoise');
    running.child.kill('SIGKILL');
    await running.ended;
    await expect.poll(stillRunning, { timeout: 30_000 }).toEqual([]);
    expect(leftBehind()).toEqual([]);
  });
});
