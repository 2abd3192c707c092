import type { PlanarFormat } from '../frames/image.ts';

/**
 * A minimal Matroska stream of uncompressed frames. It is how frames of a variable rate reach ffmpeg: its plain raw input
 * has no times. Elements as in RFC 9559; a tick is one microsecond.
 */

/** Element size as an eight-byte EBML number. */
const size = (bytes: number): Buffer => {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(BigInt(bytes) | (1n << 56n));
  return field;
};

const element = (id: number[], ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from(id), size(body.length), body]);
};

const uint = (value: number): Buffer => {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(BigInt(value));
  return field;
};

/** The four-character codes by which ffmpeg knows planar layouts in this container (libavcodec/raw.c). */
const fourcc = (format: PlanarFormat): Buffer => {
  const plain: Record<string, string> = { yuv420p: 'I420', yuv422p: 'Y42B', yuv444p: '444P' };
  const name = plain[format.pixFmt];
  if (name !== undefined) return Buffer.from(name, 'latin1');
  const grid = format.rgb ? 0 : format.log2ChromaW * 10 + format.log2ChromaH;
  return Buffer.from([format.rgb ? 0x47 : 0x59, format.alpha ? 0x34 : 0x33, grid, format.bits]);
};

/** What stands before the first frame. */
export const rawMatroskaHead = (format: PlanarFormat, width: number, height: number): Buffer => {
  const video = element(
    [0xe0],
    element([0xb0], uint(width)),
    element([0xba], uint(height)),
    element([0x2e, 0xb5, 0x24], fourcc(format)),
  );
  const track = element(
    [0xae],
    element([0xd7], uint(1)),
    element([0x73, 0xc5], uint(1)),
    element([0x83], uint(1)),
    element([0x86], Buffer.from('V_UNCOMPRESSED')),
    video,
  );
  return Buffer.concat([
    element(
      [0x1a, 0x45, 0xdf, 0xa3],
      element([0x42, 0x82], Buffer.from('matroska')),
      element([0x42, 0x87], uint(4)),
      element([0x42, 0x85], uint(2)),
    ),
    Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], uint(1000))),
    element([0x16, 0x54, 0xae, 0x6b], track),
  ]);
};

/** What stands before each frame's planes. */
export const rawMatroskaFrameHead = (seconds: number, frameBytes: number): Buffer => {
  const time = element([0xe7], uint(Math.round(seconds * 1e6)));
  const block = Buffer.from([0x81, 0, 0, 0x80]);
  const blockHead = Buffer.concat([Buffer.from([0xa3]), size(block.length + frameBytes), block]);
  return Buffer.concat([
    Buffer.from([0x1f, 0x43, 0xb6, 0x75]),
    size(time.length + blockHead.length + frameBytes),
    time,
    blockHead,
  ]);
};
