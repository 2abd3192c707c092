import { readFileSync } from 'node:fs';

const sampleEveryMs = 200;

/**
 * Follows the resident memory of a process and all its descendants (the engine's ffmpeg children count as the engine),
 * from outside, because a process that computes cannot look at itself. Linux only: elsewhere it stays at 0, and the
 * child's own figure stands alone.
 */
export const watchMemory = (pid: number): { stop: () => number } => {
  let peakBytes = 0;
  const sample = (): void => {
    peakBytes = Math.max(peakBytes, residentBytes(pid));
  };
  const timer = process.platform === 'linux' ? setInterval(sample, sampleEveryMs) : undefined;
  timer?.unref();
  return {
    /** @returns the peak so far, bytes */
    stop: () => {
      clearInterval(timer);
      return peakBytes;
    },
  };
};

const residentBytes = (pid: number): number => {
  try {
    const kib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map(Number);
    return kib * 1024 + below.reduce((sum, child) => sum + residentBytes(child), 0);
  } catch {
    // It ended between two reads.
    return 0;
  }
};
