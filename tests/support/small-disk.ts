import { execFileSync } from 'node:child_process';

/** A disk of a size that fills up, mounted on an existing folder; only root can make one, and not in every container. */
export const mountSmallDisk = (place: string, kilobytes: number): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
