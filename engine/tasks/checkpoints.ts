import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { KeptWindow } from '../diffusion/kept-windows.ts';

/** Raised when the same inputs would give other values than before. */
const format = 1;
const hashBytes = 32;

export type Checkpoints = {
  /**
   * A value by a name such as `7/0-3`. The fingerprint stands for all that it was made from: with another one, or damaged, it counts as
   * missing.
   */
  at: <T>(name: string, fingerprint: string) => KeptWindow<T>;
  /** Removes everything below a name. */
  drop: (name: string) => Promise<void>;
  /** Whether anything has been read back. */
  used: () => boolean;
};

const sha256 = (...parts: (string | NodeJS.ArrayBufferView)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** One text for values and pictures: the same only where all of them are. */
export const fingerprintOf = (parts: (string | NodeJS.ArrayBufferView)[]): string =>
  sha256(...parts.flatMap((part) => [`${typeof part === 'string' ? part.length : part.byteLength};`, part])).toString(
    'hex',
  );

/**
 * Values in files of a folder, each written beside its place and renamed, so that a process which is killed leaves a whole one or none. A
 * value that cannot be kept (no room) stops nobody's work: `note` is told once.
 */
export const openCheckpoints = (folder: string, note: (text: string) => void): Checkpoints => {
  let used = false;
  let told = false;

  const read = async <T>(file: string, fingerprint: string): Promise<T | null> => {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) return null;
    const body = bytes.subarray(hashBytes);
    if (!sha256(body).equals(bytes.subarray(0, hashBytes))) return null;
    const [as, from, value] = deserialize(body) as [number, string, T];
    if (as !== format || from !== fingerprint) return null;
    used = true;
    return value;
  };

  const write = async (file: string, fingerprint: string, value: unknown): Promise<void> => {
    const partial = `${file}.partial`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const body = serialize([format, fingerprint, value]);
      await writeFile(partial, [sha256(body), body]);
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      if (!told) note(`What is finished so far cannot be kept (${(error as Error).message}): stopped, it starts over.`);
      told = true;
    }
  };

  return {
    at: (name, fingerprint) => {
      const file = path.join(folder, `${name}.kept`);
      return { load: () => read(file, fingerprint), save: (value) => write(file, fingerprint, value) };
    },
    drop: (name) => rm(path.join(folder, name), { recursive: true, force: true }),
    used: () => used,
  };
};
