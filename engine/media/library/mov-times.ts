/**
 * The times of a QuickTime or MP4 file's frames from its sample tables (ISO/IEC 14496-12), without reading the frames themselves: ffprobe
 * can list them only by reading the whole file, which for camera originals means reading hundreds of gigabytes at import.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Rational } from '../types.ts';

/** Boxes that a damaged file may make us walk through, and tables that it may make us hold. */
const mostBoxes = 10_000;
const mostBytes = 256 * 1024 * 1024;
const mostSamples = 5_000_000;

/** Frames in presentation order: ticks of `timeBase` seconds from the first one, rising. */
export type TrackTimes = { timeBase: Rational; ticks: Float64Array };

export type MovTimes =
  /**
   * By track number; tracks whose edit list shows only a part are left out.
   * `pictures`: tracks of pictures in all; undefined when the tables were not found.
   */
  | { whole: true; tracks: Map<number, TrackTimes>; pictures?: number }
  /** The media data goes on beyond the end of the file. */
  | { whole: false };

type Box = { type: string; from: number; to: number };

function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
  let at = from;
  for (let count = 0; at + 8 <= to && count < mostBoxes; count++) {
    let size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    let head = 8;
    if (size === 1 && at + 16 <= to) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      head = 16;
    } else if (size === 0) size = to - at;
    if (size < head || at + size > to) return;
    yield { type, from: at + head, to: at + size };
    at += size;
  }
}

const child = (bytes: Buffer, within: Box | undefined, type: string): Box | undefined => {
  if (within !== undefined) for (const box of boxesIn(bytes, within.from, within.to)) if (box.type === type) return box;
  return undefined;
};

/** The entries of a table with a count in front: `width` bytes each, given by their offset. */
const entries = (bytes: Buffer, box: Box, width: number): number[] | undefined => {
  if (box.from + 8 > box.to) return undefined;
  const count = bytes.readUInt32BE(box.from + 4);
  if (count * width > box.to - box.from - 8) return undefined;
  return Array.from({ length: count }, (_, i) => box.from + 8 + i * width);
};

/** Ticks on the track's own clock, in the order of decoding. */
const sampleTimes = (bytes: Buffer, table: Box): Float64Array | undefined => {
  const stts = child(bytes, table, 'stts');
  const sizes = child(bytes, table, 'stsz') ?? child(bytes, table, 'stz2');
  const runs = stts && entries(bytes, stts, 8);
  if (runs === undefined || sizes === undefined || sizes.from + 12 > sizes.to) return undefined;
  const count = bytes.readUInt32BE(sizes.from + 8);
  if (count === 0 || count > mostSamples) return undefined;
  const times = new Float64Array(count);
  let index = 0;
  let now = 0;
  for (const at of runs) {
    const step = bytes.readUInt32BE(at + 4);
    for (let left = bytes.readUInt32BE(at); left > 0; left--) {
      if (index === count) return undefined;
      times[index++] = now;
      now += step;
    }
  }
  if (index !== count) return undefined;
  const ctts = child(bytes, table, 'ctts');
  if (ctts === undefined) return times;
  const shifts = entries(bytes, ctts, 8);
  if (shifts === undefined) return undefined;
  index = 0;
  for (const at of shifts) {
    const shift = bytes.readInt32BE(at + 4);
    for (let left = bytes.readUInt32BE(at); left > 0 && index < count; left--) times[index++] += shift;
  }
  return times;
};

/** Whether an edit list shows all of a track: none, or one edit from the first frame to beyond the start of the last. */
const showsAll = (bytes: Buffer, trak: Box, first: number, last: number, ticksPerMovieTick: number): boolean => {
  const elst = child(bytes, child(bytes, trak, 'edts'), 'elst');
  if (elst === undefined) return true;
  const long = bytes[elst.from] === 1;
  const list = entries(bytes, elst, long ? 20 : 12);
  if (list === undefined) return false;
  const edits = list
    .map((at) =>
      long
        ? { length: Number(bytes.readBigUInt64BE(at)), start: Number(bytes.readBigInt64BE(at + 8)) }
        : { length: bytes.readUInt32BE(at), start: bytes.readInt32BE(at + 4) },
    )
    .filter(({ start }) => start >= 0);
  if (edits.length === 0) return true;
  const [edit] = edits;
  return (
    edits.length === 1 &&
    edit.start <= first &&
    (edit.length === 0 || edit.start + edit.length * ticksPerMovieTick > last)
  );
};

const showsPictures = (bytes: Buffer, trak: Box): boolean => {
  const hdlr = child(bytes, child(bytes, trak, 'mdia'), 'hdlr');
  return hdlr !== undefined && bytes.toString('latin1', hdlr.from + 8, hdlr.from + 12) === 'vide';
};

const trackTimes = (bytes: Buffer, trak: Box, movieScale: number): [number, TrackTimes] | undefined => {
  const tkhd = child(bytes, trak, 'tkhd');
  const mdia = child(bytes, trak, 'mdia');
  const mdhd = child(bytes, mdia, 'mdhd');
  if (tkhd === undefined || mdhd === undefined) return undefined;
  const id = bytes.readUInt32BE(tkhd.from + (bytes[tkhd.from] === 1 ? 20 : 12));
  const scale = bytes.readUInt32BE(mdhd.from + (bytes[mdhd.from] === 1 ? 20 : 12));
  const times = sampleTimes(bytes, child(bytes, child(bytes, mdia, 'minf'), 'stbl') ?? { type: '', from: 0, to: 0 });
  if (times === undefined || scale === 0) return undefined;
  times.sort();
  for (let i = 1; i < times.length; i++) if (times[i] <= times[i - 1]) return undefined;
  const first = times[0];
  if (!showsAll(bytes, trak, first, times[times.length - 1], scale / movieScale)) return undefined;
  return [id, { timeBase: { num: 1, den: scale }, ticks: times.map((time) => time - first) }];
};

const readMoov = (bytes: Buffer): MovTimes => {
  const whole: Box = { type: 'moov', from: 0, to: bytes.length };
  const traks = [...boxesIn(bytes, 0, bytes.length)].filter((box) => box.type === 'trak' && showsPictures(bytes, box));
  const found = { whole: true as const, tracks: new Map<number, TrackTimes>(), pictures: traks.length };
  const mvhd = child(bytes, whole, 'mvhd');
  // Fragments carry their times with them: the tables are empty or hold a part.
  if (mvhd === undefined || child(bytes, whole, 'mvex') !== undefined) return found;
  const movieScale = bytes.readUInt32BE(mvhd.from + (bytes[mvhd.from] === 1 ? 20 : 12)) || 1;
  for (const trak of traks) {
    const times = trackTimes(bytes, trak, movieScale);
    if (times !== undefined) found.tracks.set(...times);
  }
  return found;
};

const findMoov = async (file: FileHandle, size: number): Promise<{ moov?: Buffer; whole: boolean }> => {
  const head = Buffer.alloc(16);
  let moov: Buffer | undefined;
  let at = 0;
  for (let count = 0; at + 8 <= size && count < mostBoxes; count++) {
    const { bytesRead } = await file.read(head, 0, 16, at);
    if (bytesRead < 8) break;
    let length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    const start = length === 1 ? 16 : 8;
    if (length === 1) length = Number(head.readBigUInt64BE(8));
    else if (length === 0) length = size - at;
    if (length < start) break;
    if (at + length > size && (type === 'mdat' || type === 'moov')) return { whole: false };
    if (type === 'moov' && length <= mostBytes) {
      moov = Buffer.alloc(length - start);
      await file.read(moov, 0, moov.length, at + start);
    }
    at += length;
  }
  return { ...(moov !== undefined && { moov }), whole: true };
};

/** Reads the tables of a file that begins like QuickTime or MP4; whatever is damaged in them is left out. */
export const readMovTimes = async (path: string): Promise<MovTimes> => {
  const file = await open(path, 'r');
  try {
    const { moov, whole } = await findMoov(file, (await file.stat()).size);
    if (!whole) return { whole };
    return moov === undefined ? { whole, tracks: new Map<number, TrackTimes>() } : readMoov(moov);
  } catch (error) {
    // Offsets that a damaged table sends beyond its end.
    if (error instanceof RangeError) return { whole: true, tracks: new Map() };
    throw error;
  } finally {
    await file.close();
  }
};
