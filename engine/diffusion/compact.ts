import type { Image } from '../frames/image.ts';
import type { Field } from './fields.ts';
import type { RefinedFrame } from './refine-frames.ts';

/*
 * A made frame that waits (for its turn in the file, or as context of a later window) in about 23 bytes a working pixel instead of 60: a
 * minute's keyframes at 60 frames a second, extended backward, wait together.
 */

type Packed = { channels: number; width: number; height: number; unit: number; data: Int16Array | Uint8Array };
type PackedField = { flow: Packed; visibility: Packed };

export type CompactFrame = {
  before: PackedField | null;
  after: PackedField | null;
  secondBefore: PackedField | null;
  secondAfter: PackedField | null;
  generated: Packed;
  weights: Packed;
  residual: Packed;
  picture: Packed;
};

/** A 64th of a pixel, up to 512 pixels. */
const flowUnit = 1 / 64;
/** An 8192nd of the range, −4 … 4. */
const valueUnit = 1 / 8192;
const shareUnit = 1 / 255;

const packed = (image: Image, unit: number, data: Int16Array | Uint8Array): Packed => {
  const [low, high] = data instanceof Int16Array ? [-32768, 32767] : [0, 255];
  for (let i = 0; i < data.length; i++) {
    const value = Math.round(image.data[i] / unit);
    data[i] = value > low ? (value < high ? value : high) : low;
  }
  return { channels: image.channels, width: image.width, height: image.height, unit, data };
};

const wide = (image: Image, unit: number): Packed => packed(image, unit, new Int16Array(image.data.length));
const narrow = (image: Image): Packed => packed(image, shareUnit, new Uint8Array(image.data.length));
const packedField = (field: Field | null): PackedField | null =>
  field === null ? null : { flow: wide(field.flow, flowUnit), visibility: narrow(field.visibility) };

export const compact = (frame: RefinedFrame): CompactFrame => ({
  before: packedField(frame.lineage.before),
  after: packedField(frame.lineage.after),
  secondBefore: packedField(frame.lineage.secondBefore),
  secondAfter: packedField(frame.lineage.secondAfter),
  generated: wide(frame.generated, valueUnit),
  weights: narrow(frame.weights),
  residual: wide(frame.residual, valueUnit),
  picture: narrow(frame.picture),
});

const opened = ({ channels, width, height, unit, data }: Packed): Image => ({
  channels,
  width,
  height,
  data: Float32Array.from(data, (v) => v * unit),
});
const openedField = (field: PackedField | null): Field | null =>
  field === null ? null : { flow: opened(field.flow), visibility: opened(field.visibility) };

export const expand = (frame: CompactFrame): RefinedFrame => ({
  lineage: {
    before: openedField(frame.before),
    after: openedField(frame.after),
    secondBefore: openedField(frame.secondBefore),
    secondAfter: openedField(frame.secondAfter),
  },
  generated: opened(frame.generated),
  weights: opened(frame.weights),
  residual: opened(frame.residual),
  picture: opened(frame.picture),
});
