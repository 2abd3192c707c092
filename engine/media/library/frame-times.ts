import { open, readFile } from 'node:fs/promises';
import { probe } from '../probe.ts';
import type { Cache } from './cache.ts';
import { readMovTimes, type TrackTimes } from './mov-times.ts';
import type { SourceMedia } from './source-input.ts';

/** Milliseconds: a reader that says nothing for so long has lost its way in a damaged file. */
const silence = 20_000;

/*
 * The file (`frame-times.bin`), little-endian: 8 bytes "LTTIMES1", float64 numerator and denominator of the time base, then a float64 of
 * whole ticks for each frame. Eight bytes a frame: an hour at 60 frames a second is 1.7 MB.
 */
const magic = 'LTTIMES1';
const headerBytes = 24;

const encode = ({ timeBase, ticks }: TrackTimes): Uint8Array => {
  const bytes = new Uint8Array(headerBytes + ticks.length * 8);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  view.setFloat64(8, timeBase.num, true);
  view.setFloat64(16, timeBase.den, true);
  ticks.forEach((tick, index) => view.setFloat64(headerBytes + index * 8, tick, true));
  return bytes;
};

/** @throws RangeError for anything but a whole table */
export const decodeFrameTimes = (bytes: Uint8Array): TrackTimes => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length > headerBytes && bytes.length % 8 === 0;
  if (!whole || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic)
    throw new RangeError('frame times: not a table of times');
  const timeBase = { num: view.getFloat64(8, true), den: view.getFloat64(16, true) };
  const ticks = Float64Array.from({ length: bytes.length / 8 - 3 }, (_, i) =>
    view.getFloat64(headerBytes + i * 8, true),
  );
  return { timeBase, ticks };
};

const count = async (media: SourceMedia, signal?: AbortSignal): Promise<TrackTimes> => {
  const mov = await readMovTimes(media.path);
  const table = mov.whole && mov.pictures === 1 ? [...mov.tracks.values()].at(0) : undefined;
  if (table !== undefined) return table;
  const info = await probe(media.path, { signal, stallMs: silence, background: true });
  const { pts } = info.scan;
  return { timeBase: info.timeBase, ticks: pts.map((tick) => tick - pts[0]) };
};

/**
 * The times of a clip's frames, for clips whose frames are not found by dividing. Counted where the cache lacks them.
 * @throws UserFacingError 'input' when the file is damaged, 'room' when the disk is full
 */
export const frameTimes = async (cache: Cache, media: SourceMedia, signal?: AbortSignal): Promise<TrackTimes> => {
  const path = await cache.make(media.hash, 'frame-times.bin', async (partial) => {
    const times = await count(media, signal);
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(encode(times));
    } finally {
      await file.close();
    }
  });
  return decodeFrameTimes(await readFile(path));
};
