/**
 * Waveform peaks as a file (`peaks.bin`), little-endian throughout:
 *
 *     0   8 bytes  "LTPEAKS1"
 *     8   uint32   sample rate
 *     12  uint32   channels C
 *     16  float64  samples per channel that were heard
 *     24  uint32   levels L
 *     28  uint32   0
 *     32  L times: uint32 samples per point, uint32 points, float64 offset in bytes from the start of the file
 *
 * A level is its points in order; a point is C pairs (lowest, highest) of int16, full scale ±32767. The last point of a level may cover less.
 */
export type PeakLevel = { samplesPerPoint: number; points: number; offset: number };
export type PeaksHeader = { sampleRate: number; channels: number; samples: number; levels: PeakLevel[] };

const magic = 'LTPEAKS1';
const fixed = 32;
const perLevel = 16;

export const headerBytes = (levels: number): number => fixed + levels * perLevel;

export const writeHeader = (header: PeaksHeader): Uint8Array => {
  const bytes = new Uint8Array(headerBytes(header.levels.length));
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  view.setUint32(8, header.sampleRate, true);
  view.setUint32(12, header.channels, true);
  view.setFloat64(16, header.samples, true);
  view.setUint32(24, header.levels.length, true);
  header.levels.forEach((level, index) => {
    const at = fixed + index * perLevel;
    view.setUint32(at, level.samplesPerPoint, true);
    view.setUint32(at + 4, level.points, true);
    view.setFloat64(at + 8, level.offset, true);
  });
  return bytes;
};

/** @param bytes at least the header of a file. @throws RangeError for anything else */
export const readHeader = (bytes: Uint8Array): PeaksHeader => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fixed || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic)
    throw new RangeError('peaks: not a file of peaks');
  const count = view.getUint32(24, true);
  if (count > 16 || bytes.length < headerBytes(count)) throw new RangeError('peaks: the header is cut off');
  return {
    sampleRate: view.getUint32(8, true),
    channels: view.getUint32(12, true),
    samples: view.getFloat64(16, true),
    levels: Array.from({ length: count }, (_, index) => {
      const at = fixed + index * perLevel;
      return {
        samplesPerPoint: view.getUint32(at, true),
        points: view.getUint32(at + 4, true),
        offset: view.getFloat64(at + 8, true),
      };
    }),
  };
};

/** The points of one level of a whole file. */
export const readLevel = (bytes: Uint8Array, header: PeaksHeader, level: number): Int16Array => {
  const { points, offset } = header.levels[level];
  const length = points * header.channels * 4;
  // A copy, because the offset need not be even in the memory that `bytes` lies in.
  return new Int16Array(new Uint8Array(bytes.subarray(offset, offset + length)).buffer);
};
