import { times255 } from '../../../engine/contract/compositing/blending.ts';
import type { Size } from '../../../engine/contract/compositing/placement.ts';
import type { Bitmap } from '../../../engine/render/compose/bitmap.ts';
import { boundedCache } from '../../timeline/bounded-cache.ts';
import type { Picture, PlainPixels } from '../picture.ts';
import { hasAlpha, scaledBitmap } from './scaled-bitmap.ts';

/** Pictures as premultiplied bytes; the last ones used are kept. */
export type PictureBitmaps = {
  /** A name for the picture that stays the same, for whoever keeps what is made of it. */
  nameOf: (picture: Picture) => string;
  /**
   * A decoded frame comes at the wanted size, if that is smaller; anything else at its own.
   * What is got is good until `tidy`.
   */
  bitmapOf: (picture: Picture, wanted: Size) => Bitmap;
  /** Buffers of what was let go may be used again from now on. */
  tidy: () => void;
};

/** Bytes that are kept: some forty frames at the size of the viewer in a full HD window, fifteen of full HD. */
export const mostBytes = 128e6;
/** Free buffers that are kept. */
const mostFree = 4;

const premultiplied = (plain: Uint8Array | Uint8ClampedArray, width: number, height: number): Bitmap => {
  const data = new Uint8Array(plain.length);
  let opaque = true;
  for (let at = 0; at < plain.length; at += 4) {
    const alpha = plain[at + 3];
    for (let c = 0; c < 3; c++) data[at + c] = times255(plain[at + c], alpha);
    data[at + 3] = alpha;
    if (alpha !== 255) opaque = false;
  }
  return { width, height, data, opaque };
};

const ofImage = (image: ImageBitmap): Bitmap => {
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('software compositor: no canvas');
  context.drawImage(image, 0, 0);
  return premultiplied(context.getImageData(0, 0, width, height).data, width, height);
};

const ofBytes = ({ data, premultiplied: already }: PlainPixels, { width, height }: Size): Bitmap =>
  already ? { width, height, data, opaque: false } : premultiplied(data, width, height);

export const createPictureBitmaps = (): PictureBitmaps => {
  const names = new WeakMap<Picture, string>();
  let named = 0;
  const dropped: Uint8Array[] = [];
  const free: Uint8Array[] = [];
  const kept = boundedCache<Bitmap>(mostBytes, ({ data }) => dropped.push(data));

  const nameOf = (picture: Picture): string => {
    const name = names.get(picture) ?? String(named++);
    names.set(picture, name);
    return name;
  };
  const buffer = (bytes: number): Uint8Array => {
    const at = free.findIndex(({ length }) => length === bytes);
    return at < 0 ? new Uint8Array(bytes) : free.splice(at, 1)[0];
  };

  return {
    nameOf,
    bitmapOf: (picture, wanted) => {
      const { pixels } = picture;
      const scales = pixels.kind === 'planes' && !hasAlpha(pixels);
      const width = scales ? Math.max(1, Math.min(picture.width, wanted.width)) : picture.width;
      const height = scales ? Math.max(1, Math.min(picture.height, wanted.height)) : picture.height;
      const key = `${nameOf(picture)} ${width}x${height}`;
      const known = kept.get(key);
      if (known) return known;
      const made =
        pixels.kind === 'planes'
          ? scaledBitmap(pixels, width, height, buffer(width * height * 4))
          : pixels.kind === 'image'
            ? ofImage(pixels.image)
            : ofBytes(pixels, picture);
      // A title's bytes are the picture's own, and count there.
      if (pixels.kind !== 'rgba' || !pixels.premultiplied) kept.set(key, made, made.data.length);
      return made;
    },
    tidy: () => {
      free.push(...dropped.splice(0));
      free.splice(0, Math.max(0, free.length - mostFree));
    },
  };
};
