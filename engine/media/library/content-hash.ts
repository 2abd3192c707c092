import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { UserFacingError } from '../../contract/errors.ts';

/** A file of up to this many blocks (4 MiB) is hashed whole. */
const usualBlocks = 64;
/** Of each of numbered pictures, of which there are thousands: a film in DPX is read for a fiftieth of its bytes. */
export const pictureBlocks = 16;
const blockBytes = 64 * 1024;

/** Fills `into` from `position`; a file that got shorter meanwhile gives less. */
const readFully = async (file: FileHandle, into: Buffer, position: number): Promise<number> => {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
};

const hashPart = async (hash: Hash, file: FileHandle, bytes: number, blocks: number): Promise<void> => {
  const block = Buffer.alloc(blockBytes);
  const sampled = bytes > blocks * blockBytes;
  const count = sampled ? blocks : Math.ceil(bytes / blockBytes);
  for (let index = 0; index < count; index++) {
    const position = sampled ? Math.floor((index * (bytes - blockBytes)) / (blocks - 1)) : index * blockBytes;
    hash.update(block.subarray(0, await readFully(file, block, position)));
  }
};

/**
 * What a media file is known by wherever it lies: SHA-256 over its length (8 bytes, big-endian) and its content. Of a file above 4 MiB the
 * content is 64 blocks of 64 KiB spread evenly from the first to the last byte, so that importing a card of camera originals costs a few
 * megabytes each instead of reading them whole. What that may miss: a change that keeps the length and lies wholly between two blocks.
 * @param blocks `pictureBlocks` for one of numbered pictures
 * @returns 64 hexadecimal digits
 * @throws UserFacingError 'input' when it cannot be read
 */
export const contentHash = async (path: string, blocks = usualBlocks): Promise<string> => {
  const file = await open(path, 'r').catch(() => {
    throw new UserFacingError('input', `${path} may not be read.`, 'Check that it is there and that you may read it.');
  });
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(size));
    hash.update(length);
    await hashPart(hash, file, size, blocks);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
};

/** The hash of numbered pictures: of their own hashes, in order. */
export const joinedHash = (hashes: readonly string[]): string =>
  createHash('sha256').update(hashes.join('')).digest('hex');

/** Whether two files are the same to the last byte; stops at the first difference. */
export const sameContent = async (a: string, b: string, signal?: AbortSignal): Promise<boolean> => {
  const [left, right] = await Promise.all([a, b].map((path) => open(path, 'r').catch(() => undefined)));
  try {
    if (left === undefined || right === undefined) return false;
    const size = (await left.stat()).size;
    if ((await right.stat()).size !== size) return false;
    const [one, two] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (let at = 0; at < size; at += one.length) {
      signal?.throwIfAborted();
      const [n, m] = await Promise.all([readFully(left, one, at), readFully(right, two, at)]);
      if (n !== m || n === 0 || !one.subarray(0, n).equals(two.subarray(0, n))) return false;
    }
    return true;
  } finally {
    await left?.close();
    await right?.close();
  }
};
