import type { Colour, PlanarFormat } from '../../frames/image.ts';

/** R, G, B, A bytes, premultiplied, gamma-encoded BT.709, rows packed. */
export type Bitmap = {
  width: number;
  height: number;
  data: Uint8Array;
  /** True when every A is known to be 255. */
  opaque: boolean;
};

/** A frame of a source as it was decoded: planes in their own encoding, one after the other. */
export type PlanarPicture = {
  width: number;
  height: number;
  format: PlanarFormat;
  colour: Colour;
  planes: (Uint8Array | Uint16Array)[];
};

/** What a layer shows. `key` names a picture that stays the same over many frames, so that what is made of it can be kept. */
export type Picture =
  { kind: 'bitmap'; bitmap: Bitmap; key?: string } | { kind: 'planes'; planes: PlanarPicture; key?: string };

export const sizeOf = (picture: Picture): { width: number; height: number } =>
  picture.kind === 'bitmap' ? picture.bitmap : picture.planes;

/** Pixels as whole words, A in the highest byte (every machine this runs on is little-endian). */
export const wordsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);

/**
 * Buffers that are used again: a frame at full HD needs several of 8 MB, and asking for fresh, zeroed ones costs more than drawing them.
 * Content is whatever it was.
 */
export type Scratch = { take: (bytes: number) => Uint8Array; give: (buffer: Uint8Array) => void };

export const createScratch = (): Scratch => {
  const free: Uint8Array[] = [];
  return {
    take: (bytes) => {
      const at = free.findIndex((buffer) => buffer.byteLength === bytes);
      return at < 0 ? new Uint8Array(bytes) : free.splice(at, 1)[0];
    },
    give: (buffer) => {
      free.push(buffer);
      if (free.length > 6) free.shift();
    },
  };
};
