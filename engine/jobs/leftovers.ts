import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { partialPath, takePath } from '../contract/output-names.ts';

const prefix = 'longtake-job-';
const abandonedAfterMs = 24 * 3600 * 1000;

/** A folder for what a job keeps while it runs. Its name carries the owner's process id, so that an orphan can be told. */
export const makeWorkDir = (): string => {
  sweepAbandoned();
  return mkdtempSync(path.join(tmpdir(), `${prefix}${process.pid}-`));
};

/** Removes what an unfinished job may have left: its temporary folder and the partial file of every take. */
export const removeLeftovers = (workDir: string, out: string, takes: number): void => {
  rmSync(workDir, { recursive: true, force: true, maxRetries: 3 });
  for (let take = 1; take <= takes; take += 1) rmSync(partialPath(takePath(out, take)), { force: true });
};

/** A machine that lost power leaves folders behind; a day is kept back because another container may share the disk. */
const sweepAbandoned = (): void => {
  try {
    for (const name of readdirSync(tmpdir())) {
      if (!name.startsWith(prefix)) continue;
      const folder = path.join(tmpdir(), name);
      const owner = Number(name.slice(prefix.length).split('-')[0]);
      if (Date.now() - statSync(folder).mtimeMs > abandonedAfterMs && !isAlive(owner)) {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  } catch {
    // Somebody else's folder, or one that has just gone: not ours to tidy.
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
