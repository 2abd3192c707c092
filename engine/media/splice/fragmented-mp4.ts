import type { Rational } from '../types.ts';

/*
 * Just enough of a fragmented MP4 (ISO/IEC 14496-12) to hand ready-made video packets with exact decode and presentation times to ffmpeg
 * through a pipe; ffmpeg writes the file that people get.
 */

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, i * 4));
  return bytes;
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2));
  return bytes;
};
const box = (name: string, ...content: Buffer[]): Buffer => {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([u32(size), Buffer.from(name, 'latin1'), ...content]);
};
const identity = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/** The matrix by which players turn the stored picture; `rotation` in degrees anticlockwise. */
const turned = (rotation: number): number[] => {
  const cos = [1, 0, -1, 0][rotation / 90] * 0x10000;
  const sin = [0, 1, 0, -1][rotation / 90] * 0x10000;
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 0x40000000];
};

export type Track = {
  sampleEntry: 'avc1' | 'hev1';
  configuration: Buffer;
  /** Stored size. */
  width: number;
  height: number;
  sar: Rational;
  rotation: number;
  timescale: number;
};

export const mp4Head = ({ sampleEntry, configuration, width, height, sar, rotation, timescale }: Track): Buffer => {
  const entry = box(
    sampleEntry,
    u32(0), u16(0, 1, 0, 0), u32(0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1), Buffer.alloc(32), u16(24, 0xffff),
    box(sampleEntry === 'avc1' ? 'avcC' : 'hvcC', configuration),
    ...(sar.num === sar.den ? [] : [box('pasp', u32(sar.num, sar.den))]),
  ); // prettier-ignore
  const empty = (name: string, words: number): Buffer => box(name, u32(...new Array<number>(words).fill(0)));
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), entry),
    empty('stts', 2),
    empty('stsc', 2),
    empty('stsz', 3),
    empty('stco', 2),
  );
  const handler = box('hdlr', u32(0, 0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('video\0'));
  const where = box('dinf', box('dref', u32(0, 1), box('url ', u32(1))));
  const media = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, timescale, 0), u16(0x55c4, 0)),
    handler,
    box('minf', box('vmhd', u32(1), u16(0, 0, 0, 0)), where, table),
  );
  const track = box(
    'trak',
    box('tkhd', u32(3, 0, 0, 1, 0, 0, 0, 0, 0, 0), u32(...turned(rotation)), u32(width * 65536, height * 65536)),
    media,
  );
  return Buffer.concat([
    box('ftyp', Buffer.from('iso5'), u32(512), Buffer.from('iso5iso6mp41')),
    box(
      'moov',
      box(
        'mvhd',
        u32(0, 0, 0, timescale, 0, 0x10000),
        u16(0x100, 0),
        u32(0, 0),
        u32(...identity),
        u32(0, 0, 0, 0, 0, 0, 2),
      ),
      track,
      box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0))),
    ),
  ]);
};

export type Sample = {
  data: Buffer;
  key: boolean;
  /** Ticks until the next sample in decode order. */ duration: number;
  /** Presentation minus decode time, ticks. */ composition: number;
};

/** One fragment. `time` is the first sample's decode time in ticks, not negative. */
export const mp4Fragment = (number: number, time: number, samples: Sample[]): Buffer => {
  const rows = samples.map(({ data, key, duration, composition }) =>
    u32(duration, data.length, key ? 0x02000000 : 0x01010000, composition),
  );
  const run = (offset: number): Buffer => box('trun', u32(0x00000f01, samples.length, offset), ...rows);
  const start = Buffer.alloc(8);
  start.writeBigUInt64BE(BigInt(time));
  const head = (offset: number): Buffer =>
    box(
      'moof',
      box('mfhd', u32(0, number)),
      box('traf', box('tfhd', u32(0x020000, 1)), box('tfdt', u32(0x01000000), start), run(offset)),
    );
  const offset = head(0).length + 8;
  return Buffer.concat([head(offset), box('mdat', ...samples.map((sample) => sample.data))]);
};
