import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { newId } from './ids.ts';

/** Who writes a project; stands as JSON in the lock file beside it. */
const ownerSchema = z.object({
  pid: z.number().int().positive(),
  /** When the process started, in whatever words the system has: a process number is used again, this pair is not. */
  started: z.string().max(200),
  host: z.string().max(300),
  /** This one taking of the lock. */
  token: z.string().max(100),
});
export type LockOwner = z.infer<typeof ownerSchema>;

export const lockPath = (project: string): string => `${project}.lock`;

/** Empty where the system does not tell; then the process number alone has to do. */
const startOf = (pid: number): string => {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name, in brackets, may itself hold spaces and brackets; the start is the 20th field after it.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
    }
    if (process.platform === 'darwin') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 }).trim();
    }
  } catch {
    // Gone, or not ours to ask about.
  }
  return '';
};

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** A process of another machine counts as alive: nothing here can tell. */
const alive = ({ pid, started, host }: LockOwner): boolean => {
  if (host !== hostname()) return true;
  if (!runs(pid)) return false;
  const now = startOf(pid);
  return now === '' || started === '' || now === started;
};

/** The owner that a lock file names; null when there is no file, or no sense in it (a crash while it was written). */
const ownerIn = (file: string): LockOwner | null => {
  try {
    const stat = lstatSync(file);
    if (!stat.isFile() || stat.size > 4096) return null;
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
};

export type Lock = { held: true; release: () => void } | { held: false; owner: LockOwner | null };

/** Makes the lock file with its content in one step, so that nobody reads half of it. False when there is one. */
const made = (file: string, owner: LockOwner): boolean => {
  const draft = `${file}.${owner.token}`;
  writeFileSync(draft, JSON.stringify(owner), { flag: 'wx' });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // No hard links on this disk.
    try {
      writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
      return true;
    } catch (second) {
      if ((second as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw second;
    }
  } finally {
    rmSync(draft, { force: true });
  }
};

/**
 * Takes the lock file, over from a process that is gone if need be. Two processes that take over at once could both believe that they have
 * it for a moment; the store's check of the revision inside each transaction keeps even those from overwriting each other.
 * @param force takes it from a living owner too, for a lock that another machine left behind
 * @throws Error of the file system when the folder cannot be written to
 */
export const takeLock = (project: string, force = false): Lock => {
  const file = lockPath(project);
  const owner: LockOwner = { pid: process.pid, started: startOf(process.pid), host: hostname(), token: newId() };
  const held: Lock = {
    held: true,
    release: () => {
      if (ownerIn(file)?.token === owner.token) rmSync(file, { force: true });
    },
  };
  if (made(file, owner)) return held;
  const other = ownerIn(file);
  if (other && alive(other) && !force) return { held: false, owner: other };
  const aside = `${file}.${owner.token}`;
  try {
    renameSync(file, aside);
  } catch {
    // Someone else took it over first.
  }
  rmSync(aside, { force: true });
  return made(file, owner) ? held : { held: false, owner: ownerIn(file) };
};
