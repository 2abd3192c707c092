import { fileUrl, runProgram } from '../child.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import type { MediaInfo } from '../types.ts';

/** A stream's decoder configuration record: avcC (ISO/IEC 14496-15, 5.3.3) or hvcC (8.3.3), as the container carries it. */
export const readConfiguration = async (info: MediaInfo): Promise<Buffer> => {
  const told = await runProgram(findFfmpeg().ffprobe, [
    '-v', 'error', ...info.inputOptions, '-select_streams', String(info.videoIndex), '-show_data', '-show_entries', 'stream=extradata', fileUrl(info.path),
  ]); // prettier-ignore
  const bytes: number[] = [];
  for (const line of told.stdout.toString('latin1').split('\n')) {
    const hex = /^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+)/.exec(line)?.[1].replaceAll(' ', '') ?? '';
    for (let i = 0; i < hex.length; i += 2) bytes.push(Number.parseInt(hex.slice(i, i + 2), 16));
  }
  return Buffer.from(bytes);
};

export type AvcConfiguration = { head: Buffer; lengthSize: number; sps: Buffer[]; pps: Buffer[]; tail: Buffer };

/** Undefined where the record is not one: a stream that carries its parameter sets in another way. */
export const parseAvc = (record: Buffer): AvcConfiguration | undefined => {
  if (record.length < 7 || record[0] !== 1) return undefined;
  let at = 5;
  const list = (count: number): Buffer[] =>
    Array.from({ length: count }, () => {
      const length = record.readUInt16BE(at);
      at += 2 + length;
      return record.subarray(at - length, at);
    });
  const sps = list(record[at++] & 31);
  const pps = list(record[at++]);
  return { head: record.subarray(0, 5), lengthSize: (record[4] & 3) + 1, sps, pps, tail: record.subarray(at) };
};

export const writeAvc = ({ head, sps, pps, tail }: AvcConfiguration): Buffer => {
  const list = (sets: Buffer[]): Buffer[] =>
    sets.flatMap((set) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(set.length);
      return [length, set];
    });
  return Buffer.concat([
    head,
    Buffer.from([0xe0 | sps.length]),
    ...list(sps),
    Buffer.from([pps.length]),
    ...list(pps),
    tail,
  ]);
};

/** The parameter sets of an hvcC record, in its order: VPS, SPS, PPS. */
export const parseHevc = (record: Buffer): { lengthSize: number; sets: Buffer[] } | undefined => {
  if (record.length < 23 || record[0] !== 1) return undefined;
  const sets: Buffer[] = [];
  let at = 23;
  for (let array = 0; array < record[22]; array++) {
    const type = record[at] & 63;
    const count = record.readUInt16BE(at + 1);
    at += 3;
    for (let i = 0; i < count; i++) {
      const length = record.readUInt16BE(at);
      if (type >= 32 && type <= 34) sets.push(record.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { lengthSize: (record[21] & 3) + 1, sets };
};

/** Exp-Golomb numbers of a NAL unit (ITU-T H.264, 9.1), from a byte offset; emulation prevention bytes are skipped. */
const golombFrom = (nal: Buffer, offset: number): (() => number) => {
  const bytes = [...nal].filter((byte, i) => !(i >= 2 && byte === 3 && nal[i - 1] === 0 && nal[i - 2] === 0));
  let bit = offset * 8;
  const next = (): number => {
    const value = (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
    bit++;
    return value;
  };
  return () => {
    let zeros = 0;
    while (zeros < 32 && next() === 0) zeros++;
    let value = 1;
    for (let i = 0; i < zeros; i++) value = value * 2 + next();
    return value - 1;
  };
};

/** The smallest number that neither a sequence nor a picture parameter set of the record has. */
export const freeSetId = ({ sps, pps }: AvcConfiguration): number => {
  const taken = new Set([...sps.map((set) => golombFrom(set, 4)()), ...pps.map((set) => golombFrom(set, 1)())]);
  let id = 0;
  while (taken.has(id)) id++;
  return id;
};
