import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { TaskRequest } from '../contract/task-request.ts';
import type { Checkpoints } from './checkpoints.ts';
import { fingerprintOf } from './checkpoints.ts';
import type { Written } from './write-result.ts';

/** What does not change a take's picture: its name, how many others there are, and where the inputs lie (they may be cut anew). */
const indifferent = new Set(['out', 'force', 'takes', 'seed', 'threads', 'clip', 'image', 'a', 'b']);

const settingsOf = (request: TaskRequest): string =>
  JSON.stringify(
    Object.entries(request).filter(
      ([key, value]) => !indifferent.has(key) && !(['mask', 'keep'].includes(key) && typeof value === 'string'),
    ),
  );

/** SHA-256 of a file; null where it cannot be read. */
const hashOf = async (file: string): Promise<string | null> => {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  } catch {
    return null;
  }
  return hash.digest('hex');
};

/**
 * Makes a take unless its file is there as it was finished before. Its windows are not needed any more then.
 */
export const unlessFinished = async (
  checkpoints: Checkpoints,
  request: TaskRequest,
  seed: number,
  output: string,
  make: () => Promise<Written>,
): Promise<Written> => {
  const settings = fingerprintOf([settingsOf(request), String(seed)]);
  const record = checkpoints.at<Partial<Written> & { frames: number; hash: string | null }>(`${seed}`, settings);
  const before = await record.load();
  if (before !== null && before.hash !== null && before.hash === (await hashOf(output)))
    return { frames: before.frames, madeUp: before.madeUp ?? [] };
  const written = await make();
  await record.save({ ...written, hash: await hashOf(output) });
  await checkpoints.drop(`${seed}`);
  return written;
};
