import { placePart, placePicture, type Size } from '../contract/compositing/placement.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Sequence } from '../contract/timeline/entities.ts';
import { layersAt, type PictureLayer } from '../contract/timeline/layers.ts';
import { toNumber } from '../contract/timeline/rational.ts';
import { rgbaFromPlanes } from './compose/from-planes.ts';
import type { Bitmap, Picture } from './compose/bitmap.ts';
import { visibleLayers, type Drawing, type FrameLayer } from './compose/frame.ts';
import type { FrameReaders } from './frame-readers.ts';
import type { MediaFiles, OpenMedia } from './media-files.ts';
import { rasteriseTitle, titleKey } from './titles/rasterise-title.ts';

/** Where a drawing's pixels come from. */
export type PictureSource =
  | { kind: 'frame'; clipId: string; media: OpenMedia; index: number }
  | { kind: 'still'; media: OpenMedia }
  | { kind: 'title'; key: string; bitmap: Bitmap };

/** A drawing whose pixels were not read yet. */
export type Sketch = Omit<Drawing, 'picture'> & { source: PictureSource };

const still = ({ media, info }: OpenMedia): boolean => media.kind === 'still' || info.frameCount === 1;

const sketchOf = async (layer: PictureLayer, sequence: Sequence, files: MediaFiles): Promise<Sketch> => {
  const { opacity, source } = layer;
  if ('title' in source) {
    const { x, y, width, height, data } = await rasteriseTitle(source.title, sequence);
    const whole = { width: sequence.width, height: sequence.height, sampleAspect: { num: 1, den: 1 } };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return {
      placed: placePart(placePicture(layer, whole, sequence), { x, y, width, height }),
      opacity,
      opaque: false,
      source: {
        kind: 'title',
        key: titleKey(source.title, sequence),
        bitmap: { width, height, data: bytes, opaque: false },
      },
    };
  }
  const media = await files.open(source.mediaId);
  const { width, height, sar, format } = media.info;
  return {
    placed: placePicture(layer, { width, height, sampleAspect: sar }, sequence),
    opacity,
    opaque: !format.alpha,
    source: still(media)
      ? { kind: 'still', media }
      : { kind: 'frame', clipId: layer.clipId, media, index: media.frameAt(source.time) },
  };
};

/**
 * What is seen in a frame, bottom first, without what is hidden; no pixel is read yet.
 * @throws UserFacingError 'input' when a media cannot be opened
 */
export const sketchFrame = async (
  document: Document,
  sequence: Sequence,
  frame: number,
  files: MediaFiles,
): Promise<FrameLayer<Sketch>[]> => {
  const side = (layer: PictureLayer | null): Promise<Sketch> | null => layer && sketchOf(layer, sequence, files);
  const layers: FrameLayer<Sketch>[] = [];
  for (const layer of layersAt(document, sequence.id, frame)) {
    if (layer.type === 'picture') {
      if (layer.picture.opacity > 0)
        layers.push({ type: 'picture', drawing: await sketchOf(layer.picture, sequence, files) });
      continue;
    }
    const { kind, colour, direction, softness, progress } = layer;
    const [from, to] = [await side(layer.from), await side(layer.to)];
    layers.push({ type: 'transition', from, to, kind, colour, direction, softness, progress: toNumber(progress) });
  }
  return visibleLayers(layers, sequence);
};

/** Every drawing of a frame. */
export const drawingsOf = <D>(layers: FrameLayer<D>[]): D[] =>
  layers.flatMap((layer) =>
    (layer.type === 'picture' ? [layer.drawing] : [layer.from, layer.to]).filter((d) => d !== null),
  );

/** Stills and titles that are kept as bitmaps, bytes: a few large photographs. */
const keptBytes = 400e6;

export type PictureLoader = { load: (layers: FrameLayer<Sketch>[]) => Promise<FrameLayer[]> };

/** Reads the pixels that sketches speak of; what does not move is read once and kept. */
export const createPictureLoader = (readers: FrameReaders): PictureLoader => {
  const bitmaps = new Map<string, Bitmap>();
  const kept = async (key: string, make: () => Promise<Bitmap> | Bitmap): Promise<Picture> => {
    const bitmap = bitmaps.get(key) ?? (await make());
    bitmaps.delete(key);
    bitmaps.set(key, bitmap);
    let bytes = [...bitmaps.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    for (const [oldest, { data }] of bitmaps) {
      if (bytes <= keptBytes || oldest === key) break;
      bitmaps.delete(oldest);
      bytes -= data.byteLength;
    }
    return { kind: 'bitmap', bitmap, key };
  };
  const sharedBitmap = ({ width, height, opaque }: Size & { opaque: boolean }): Bitmap => ({
    width,
    height,
    opaque,
    data: new Uint8Array(new SharedArrayBuffer(width * height * 4)),
  });
  const picture = (source: PictureSource): Promise<Picture> => {
    switch (source.kind) {
      case 'title':
        return kept(source.key, () => {
          const bitmap = sharedBitmap(source.bitmap);
          bitmap.data.set(source.bitmap.data);
          return bitmap;
        });
      case 'still': {
        const { media, info } = source.media;
        return kept(media.id, async () => {
          const planes = await readers.read(media.id, info, 0);
          const bitmap = sharedBitmap({ width: info.width, height: info.height, opaque: !info.format.alpha });
          rgbaFromPlanes(planes, bitmap.data);
          return bitmap;
        });
      }
      case 'frame':
        return readers
          .read(source.clipId, source.media.info, source.index)
          .then((planes): Picture => ({ kind: 'planes', planes }));
    }
  };
  const drawing = async ({ source, ...rest }: Sketch): Promise<Drawing> => ({
    ...rest,
    picture: await picture(source),
  });
  return {
    load: async (layers) => {
      const ids = new Set(drawingsOf(layers).map(({ source }) => (source.kind === 'frame' ? source.clipId : '')));
      const loaded: FrameLayer[] = [];
      for (const layer of layers) {
        if (layer.type === 'picture') loaded.push({ type: 'picture', drawing: await drawing(layer.drawing) });
        else {
          const [from, to] = await Promise.all([layer.from && drawing(layer.from), layer.to && drawing(layer.to)]);
          loaded.push({ ...layer, from, to });
        }
      }
      await readers.keepOnly(ids);
      return loaded;
    },
  };
};
