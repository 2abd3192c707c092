import { statfsSync } from 'node:fs';
import path from 'node:path';

/** File systems (Linux's numbers) on which shared memory between programs, or locks, cannot be relied on: NFS, SMB, FUSE, 9p and such. */
const unfit = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x5346414f, 0x00c36400, 0x786f4256,
]);

/**
 * WAL on local disks; DELETE where a folder is on a network or a user-space file system. macOS and Windows do not say what a disk is by such
 * a number: there only a network path (`\\server\share`) is known, and SQLite itself refuses WAL where shared memory fails.
 */
export const journalFor = (folder: string, type = statfsSync(folder).type): 'WAL' | 'DELETE' => {
  if (process.platform === 'win32') return path.resolve(folder).startsWith('\\\\') ? 'DELETE' : 'WAL';
  return unfit.has(type) ? 'DELETE' : 'WAL';
};
