import { open, type FileHandle } from 'node:fs/promises';
import type { MediaInfo, PacketTable } from '../types.ts';

export type PacketFile = {
  packets: PacketTable;
  /** The payload of packet `index`, in decode order. */
  read: (index: number) => Promise<Buffer>;
  close: () => Promise<void>;
};

/** NAL units of a sample whose units carry four-byte lengths; undefined when the lengths do not add up. */
export const nalUnits = (sample: Buffer): Buffer[] | undefined => {
  const units: Buffer[] = [];
  let at = 0;
  while (at + 4 <= sample.length) {
    const length = sample.readUInt32BE(at);
    if (length === 0 || at + 4 + length > sample.length) return undefined;
    units.push(sample.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === sample.length && units.length > 0 ? units : undefined;
};

/**
 * Opens a file for reading its video packets straight from their places. In Matroska the place that is told is the block's; its payload
 * stands behind track number, time and flags.
 */
export const openPackets = async (info: MediaInfo, packets: PacketTable): Promise<PacketFile> => {
  const file: FileHandle = await open(info.path, 'r');
  const header = info.container === 'matroska' ? 4 : 0;
  return {
    packets,
    read: async (index) => {
      const size = packets.size[index];
      const bytes = Buffer.allocUnsafe(size);
      const { bytesRead } = await file.read(bytes, 0, size, packets.position[index] + header);
      if (bytesRead !== size) throw new Error(`packet ${index} of ${info.path} ends early`);
      return bytes;
    },
    close: () => file.close(),
  };
};

/** True for a picture that a decoder can start from with nothing before it: IDR of H.264, IDR of H.265. */
export const isFreshStart = (codec: string, sample: Buffer): boolean => {
  const units = nalUnits(sample);
  if (units === undefined) return false;
  return codec === 'h264'
    ? units.some((unit) => (unit[0] & 31) === 5)
    : units.some((unit) => ((unit[0] >> 1) & 63) === 19 || ((unit[0] >> 1) & 63) === 20);
};
