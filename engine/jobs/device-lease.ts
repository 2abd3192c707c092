import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder } from '../models/folders.ts';
import { takeLock } from '../projects/lock-file.ts';

/** Milliseconds between two looks at a device that another program uses. */
const lookEvery = 250;

export type LeaseOptions = {
  signal?: AbortSignal;
  /** Told once, when another program has the device. */
  onWait?: () => void;
};

const tryToTake = (): (() => void) | undefined => {
  const folder = dataFolder();
  try {
    mkdirSync(folder, { recursive: true });
    // A home folder may be shared by machines, or a container come back under another name: each has its own device.
    const lock = takeLock(path.join(folder, `device-${hostname().replace(/[^\w.-]/g, '_')}`));
    return lock.held ? lock.release : undefined;
  } catch {
    // Where nothing can be written no two programs can agree; better slow side by side than not at all.
    return () => undefined;
  }
};

/**
 * Waits until no other program of this user generates on this machine: two at once would take twice the memory and be slower than one after the
 * other. One lock file in the user's data folder, shared by the editor and the command line; that of a program that is gone counts for nothing.
 * @returns the way to give it back
 * @throws the signal's reason
 */
export const takeDevice = async ({ signal, onWait }: LeaseOptions = {}): Promise<() => void> => {
  for (let told = false; ; told = true) {
    signal?.throwIfAborted();
    const release = tryToTake();
    if (release) return release;
    if (!told) onWait?.();
    await sleep(lookEvery, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
};
