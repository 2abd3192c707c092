import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { taskRequest } from '../contract/task-request.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { runInference } from './inference-process.ts';

export type ModelSpeed = { secondsPerFrame: number; loadSeconds: number; peakMb: number };

const frames = 12;

/** A second of moving stripes: what the networks cost does not depend on what they see. */
const drawClip = async (file: string, signal: AbortSignal): Promise<void> => {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=24:duration=1'];
  const words = [...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', file];
  await promisify(execFile)(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...words], { signal });
};

/**
 * Makes half a second of 1280x720 by a model, as any job would.
 * @throws UserFacingError `model` when it cannot be loaded, `interrupted` when the signal fired
 */
export const measureModel = async (model: string, signal: AbortSignal): Promise<ModelSpeed> => {
  const folder = mkdtempSync(path.join(tmpdir(), `longtake-job-${process.pid}-`));
  try {
    const clip = path.join(folder, 'clip.mp4');
    await drawClip(clip, signal);
    const out = path.join(folder, 'out.mp4');
    const wish = { task: 'extend', clip, out, seconds: frames / 24, onlyNew: true, audio: false, model };
    const [done] = await runInference(taskRequest.parse(wish), { signal, onEvent: () => undefined });
    const { load = 0, ...stages } = done.seconds;
    const seconds = Object.values(stages).reduce((sum, value) => sum + value, 0);
    return { secondsPerFrame: seconds / frames, loadSeconds: load, peakMb: done.peak_rss_mb };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};
