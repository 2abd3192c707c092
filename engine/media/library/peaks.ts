import { type FileHandle, open } from 'node:fs/promises';
import { lastLine } from '../child.ts';
import { rawPieces } from '../decode.ts';
import { unreadable } from '../file-head.ts';
import type { Cache } from './cache.ts';
import { headerBytes, writeHeader } from '../../contract/peaks.ts';
import { readingLimit, type SourceMedia, sourceInput } from './source-input.ts';

/** Samples per point: from a second over some thousand pixels to hours over one screen. */
const zooms = [256, 4096, 65536];
/** More channels than a person looks at are mixed down to two. */
const mostChannels = 8;
/** Milliseconds: a decoder that says nothing for so long has lost its way in a damaged file. */
const silence = 20_000;
/** Samples per channel of one read: a whole number of points of the finest level. */
const pieceSamples = zooms[0] * 256;

/** Points that are being made of one level, and those that are finished but not written yet. */
type Level = { per: number; filled: number; current: Int16Array; done: Int16Array; count: number };

const emptyPoint = (channels: number): Int16Array =>
  Int16Array.from({ length: channels * 2 }, (_, i) => (i % 2 === 0 ? 32767 : -32768));

const openLevel = (per: number, channels: number): Level => ({
  per, filled: 0, current: emptyPoint(channels), done: new Int16Array(1024 * channels * 2), count: 0,
}); // prettier-ignore

/** Widens the current point by a lower level's point, or by the samples themselves taken as a pair each. */
const widen = (level: Level, pairs: Int16Array, at: number): void => {
  const { current } = level;
  for (let i = 0; i < current.length; i += 2) {
    if (pairs[at + i] < current[i]) current[i] = pairs[at + i];
    if (pairs[at + i + 1] > current[i + 1]) current[i + 1] = pairs[at + i + 1];
  }
};

const finishPoint = (level: Level): void => {
  const width = level.current.length;
  if ((level.count + 1) * width > level.done.length) {
    const larger = new Int16Array(level.done.length * 2);
    larger.set(level.done);
    level.done = larger;
  }
  level.done.set(level.current, level.count++ * width);
  level.current = emptyPoint(width / 2);
  level.filled = 0;
};

/** Peaks of interleaved samples as they come. Only the coarser levels are held: a thousandth of the sound. */
const collectPeaks = (channels: number, writeFinest: (points: Int16Array) => Promise<void>) => {
  const [finest, ...coarser] = zooms.map((per) => openLevel(per, channels));
  let samples = 0;
  let finestPoints = 0;
  const pair = new Int16Array(channels * 2);
  const passOn = (): void => {
    for (const level of coarser) {
      widen(level, finest.current, 0);
      level.filled += finest.per;
      if (level.filled >= level.per) finishPoint(level);
    }
    finishPoint(finest);
  };
  const flush = async (): Promise<void> => {
    if (finest.count > 0) await writeFinest(finest.done.slice(0, finest.count * channels * 2));
    finestPoints += finest.count;
    finest.count = 0;
  };
  return {
    add: async (interleaved: Int16Array): Promise<void> => {
      for (let at = 0; at + channels <= interleaved.length; at += channels) {
        for (let c = 0; c < channels; c++) pair[c * 2] = pair[c * 2 + 1] = interleaved[at + c];
        widen(finest, pair, 0);
        if (++finest.filled === finest.per) passOn();
      }
      samples += Math.floor(interleaved.length / channels);
      await flush();
    },
    end: async (): Promise<{ samples: number; finestPoints: number; coarser: Level[] }> => {
      if (finest.filled > 0) passOn();
      for (const level of coarser) if (level.filled > 0) finishPoint(level);
      await flush();
      return { samples, finestPoints, coarser };
    },
  };
};

const writeAll = async (file: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  let written = 0;
  while (written < bytes.length)
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
};

const bytesOf = (points: Int16Array): Uint8Array => new Uint8Array(points.buffer, points.byteOffset, points.byteLength);

const writePeaks = async (media: SourceMedia, path: string, options: PeaksOptions): Promise<void> => {
  const sound = media.sound;
  if (sound === null) throw new RangeError('peaks: the media has no sound');
  const channels = sound.channels > mostChannels ? 2 : sound.channels;
  const file = await open(path, 'wx');
  try {
    let position = headerBytes(zooms.length);
    const peaks = collectPeaks(channels, async (points) => {
      await writeAll(file, bytesOf(points), position);
      position += points.byteLength;
    });
    let words = '';
    let heard = 0;
    // Gaps are filled as they are in the engine's own reading, so that a peak stands where its sound is.
    const args = [
      ...(await sourceInput(media)), '-map', '0:a:0', '-vn', '-sn', '-dn', '-af', 'aresample=async=1:min_hard_comp=0.05',
      ...(channels === sound.channels ? [] : ['-ac', '2']), '-t', String(readingLimit(media)), '-f', 's16le', 'pipe:1',
    ]; // prettier-ignore
    const limits = { signal: options.signal, stallMs: silence, background: true };
    for await (const piece of rawPieces(
      args,
      pieceSamples * channels * 2,
      (_, said) => (words = said),
      2 * channels,
      limits,
    )) {
      options.signal?.throwIfAborted();
      await peaks.add(new Int16Array(piece.buffer, piece.byteOffset, piece.byteLength >> 1));
      heard += piece.length / channels / 2;
      options.onProgress?.(Math.min(1, heard / Math.max(1, sound.samples)));
    }
    options.signal?.throwIfAborted();
    if (heard === 0) throw unreadable(media.path, `has no sound that can be decoded (${lastLine(words)})`);
    const { samples, finestPoints, coarser } = await peaks.end();
    const levels = [{ samplesPerPoint: zooms[0], points: finestPoints, offset: headerBytes(zooms.length) }];
    for (const level of coarser) {
      const points = level.done.subarray(0, level.count * channels * 2);
      levels.push({ samplesPerPoint: level.per, points: level.count, offset: position });
      await writeAll(file, bytesOf(points), position);
      position += points.byteLength;
    }
    await writeAll(file, writeHeader({ sampleRate: sound.sampleRate, channels, samples, levels }), 0);
  } finally {
    await file.close();
  }
};

export type PeaksOptions = {
  /** Told the share that is done, 0..1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
};

/**
 * The waveform of a media's first sound track, as the file that `engine/contract/peaks.ts` describes; made where the cache lacks it, in one pass and
 * with flat memory.
 * @throws UserFacingError 'input' when nothing can be decoded, 'room' when the disk is full
 */
export const peaksFile = (cache: Cache, media: SourceMedia, options: PeaksOptions = {}): Promise<string> =>
  cache.make(media.hash, 'peaks.bin', (path) => writePeaks(media, path, options));
