import { colourPixel, dipStage, weightOf } from '../../contract/compositing/blending.ts';
import type { LayerOf } from '../../contract/compositing/layer-of.ts';
import { coversFrame, isShift, type Placed, type Size } from '../../contract/compositing/placement.ts';
import { boxSize } from '../../contract/compositing/sampling.ts';
import { createScratch, sizeOf, wordsOf, type Bitmap, type Picture, type Scratch } from './bitmap.ts';
import { drawBitmap, type Canvas } from './draw.ts';
import { rgbaFromPlanes } from './from-planes.ts';
import { mixColourOver, mixOver, pushOver, wipeOver } from './mix.ts';
import { reduceBitmap } from './reduce.ts';

/** A picture in its place. `opaque` is known before its pixels are. */
export type Drawing = { picture: Picture; placed: Placed; opacity: number; opaque: boolean };

/** A layer of drawings, or of what is known of them so far. */
export type FrameLayer<D = Drawing> = LayerOf<D>;

type Covering = Omit<Drawing, 'picture'>;

/** True when nothing below the drawing can be seen. */
export const hidesAll = ({ placed, opacity, opaque }: Covering, frame: Size): boolean =>
  opaque && weightOf(opacity) === 256 && coversFrame(placed, frame);

/** A transition hides what is below when both its pictures do, whatever it makes of them. */
const layerHides = (layer: FrameLayer<Covering>, frame: Size): boolean => {
  if (layer.type === 'picture') return hidesAll(layer.drawing, frame);
  return layer.from !== null && layer.to !== null && hidesAll(layer.from, frame) && hidesAll(layer.to, frame);
};

/** The layers that can be seen: nothing below one that hides all. Bottom first, as given. */
export const visibleLayers = <D extends Covering>(layers: FrameLayer<D>[], frame: Size): FrameLayer<D>[] =>
  layers.slice(
    Math.max(
      0,
      layers.findLastIndex((layer) => layerHides(layer, frame)),
    ),
  );

/** Draws frames; keeps reductions of pictures that stay, and its buffers. One at a time, in one thread. */
export type Compositor = {
  /** Composes layers, bottom first, into `into` (4 bytes a pixel, premultiplied). */
  compose: (layers: FrameLayer[], frame: Size, into: Uint8Array) => void;
};

/** Reductions kept for pictures with a key. */
const keptReductions = 12;

export const createCompositor = (): Compositor => {
  const scratch = createScratch();
  const kept = new Map<string, Bitmap>();

  const reduced = (bitmap: Bitmap, nx: number, ny: number, key: string | undefined, borrowed: Uint8Array[]): Bitmap => {
    if (nx === 1 && ny === 1) return bitmap;
    const bytes = Math.ceil(bitmap.width / nx) * Math.ceil(bitmap.height / ny) * 4;
    if (key === undefined) {
      const into = scratch.take(bytes);
      borrowed.push(into);
      return reduceBitmap(bitmap, nx, ny, into);
    }
    const name = `${key} ${nx}x${ny}`;
    const known = kept.get(name) ?? reduceBitmap(bitmap, nx, ny, new Uint8Array(bytes));
    kept.delete(name);
    kept.set(name, known);
    if (kept.size > keptReductions) kept.delete(kept.keys().next().value as string);
    return known;
  };

  const draw = ({ picture, placed, opacity, opaque }: Drawing, canvas: Canvas, bytes: Uint8Array): void => {
    const { width, height } = sizeOf(picture);
    const { matrix, visible } = placed;
    const whole = visible.left === 0 && visible.top === 0 && visible.right === width && visible.bottom === height;
    const fills =
      isShift(matrix) && matrix.e === 0 && matrix.f === 0 && width === canvas.width && height === canvas.height;
    if (picture.kind === 'planes' && whole && fills && opaque && weightOf(opacity) === 256) {
      rgbaFromPlanes(picture.planes, bytes);
      return;
    }
    const borrowed: Uint8Array[] = [];
    let bitmap: Bitmap;
    if (picture.kind === 'bitmap') bitmap = picture.bitmap;
    else {
      const data = scratch.take(width * height * 4);
      borrowed.push(data);
      rgbaFromPlanes(picture.planes, data);
      bitmap = { width, height, data, opaque };
    }
    const [nx, ny] = [boxSize(placed.scaleX), boxSize(placed.scaleY)];
    drawBitmap(canvas, { bitmap: reduced(bitmap, nx, ny, picture.key, borrowed), nx, ny }, placed, opacity);
    for (const buffer of borrowed) scratch.give(buffer);
  };

  return {
    compose: (layers, frame, into) => {
      const canvas = { ...frame, words: wordsOf(into) };
      const seen = visibleLayers(layers, frame);
      // Nothing is cleared that is written over whole.
      if (seen.length === 0 || !layerHides(seen[0], frame)) canvas.words.fill(0);
      seen.forEach((layer, index) => {
        if (layer.type === 'picture') draw(layer.drawing, canvas, into);
        else drawTransition(layer, canvas, index === 0, scratch, draw);
      });
    },
  };
};

const drawTransition = (
  layer: FrameLayer & { type: 'transition' },
  canvas: Canvas,
  first: boolean,
  scratch: Scratch,
  draw: (drawing: Drawing, canvas: Canvas, bytes: Uint8Array) => void,
): void => {
  const { width, height } = canvas;
  const borrowed: Uint8Array[] = [];
  const side = (drawing: Drawing | null): Uint32Array => {
    const bytes = scratch.take(width * height * 4);
    borrowed.push(bytes);
    const words = wordsOf(bytes);
    if (drawing === null || !hidesAll(drawing, canvas)) words.fill(0);
    if (drawing !== null) draw(drawing, { width, height, words }, bytes);
    return words;
  };
  const { kind, progress, direction, softness } = layer;
  if (kind === 'dip') {
    const { half, weight } = dipStage(progress);
    const [r, g, b] = colourPixel(layer.colour);
    const colour = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    const picture = side(half === 'from' ? layer.from : layer.to);
    mixColourOver(canvas.words, picture, colour, half === 'from' ? weight : 256 - weight, first);
  } else {
    const [from, to] = [side(layer.from), side(layer.to)];
    if (kind === 'dissolve') mixOver(canvas.words, from, to, 0, canvas.words.length, weightOf(progress), first);
    else if (kind === 'wipe') wipeOver(canvas.words, from, to, { width, height, progress, direction, softness }, first);
    else pushOver(canvas.words, from, to, { width, height, progress, direction });
  }
  for (const buffer of borrowed) scratch.give(buffer);
};
