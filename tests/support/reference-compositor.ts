import {
  colourPixel,
  dipStage,
  mixedPixels,
  over,
  pushOffset,
  weightOf,
  wipeWeight,
  type Pixel,
} from '../../engine/contract/compositing/blending.ts';
import { inverse, placePicture, type Size } from '../../engine/contract/compositing/placement.ts';
import { boxSize, coverage, heldInside, linearTaps, sampled } from '../../engine/contract/compositing/sampling.ts';
import type { Transition } from '../../engine/contract/timeline/entities.ts';
import type { PictureLayer } from '../../engine/contract/timeline/layers.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';

/*
 * The compositing formulas of the contract, one pixel after the other, with no thought for speed: what the golden vectors were made with
 * and what fast compositors are compared with.
 */

export type ReferencePicture = Size & { sampleAspect: Rational; rgba: Uint8Array };
export type ReferenceDrawing = Pick<PictureLayer, 'fit' | 'opacity' | 'x' | 'y' | 'scale' | 'rotation' | 'crop'> & {
  picture: string;
};
export type ReferenceLayer =
  | { type: 'picture'; drawing: ReferenceDrawing }
  | {
      type: 'transition';
      from: ReferenceDrawing | null;
      to: ReferenceDrawing | null;
      kind: Transition['kind'];
      progress: number;
      colour: string;
      direction: Transition['direction'];
      softness: number;
    };

const clear: Pixel = [0, 0, 0, 0];

const pixelAt = ({ width, rgba }: ReferencePicture, x: number, y: number): Pixel => {
  const at = (y * width + x) * 4;
  return [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]];
};

const averaged = (picture: ReferencePicture, nx: number, ny: number): ReferencePicture => {
  const [width, height] = [Math.ceil(picture.width / nx), Math.ceil(picture.height / ny)];
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0, 0];
      let count = 0;
      for (let v = y * ny; v < Math.min(picture.height, y * ny + ny); v++)
        for (let u = x * nx; u < Math.min(picture.width, x * nx + nx); u++, count++)
          pixelAt(picture, u, v).forEach((value, c) => (sum[c] += value));
      sum.forEach((value, c) => (rgba[(y * width + x) * 4 + c] = Math.floor(value / count + 0.5)));
    }
  return { ...picture, width, height, rgba };
};

const drawOn = (frame: Pixel[], size: Size, drawing: ReferenceDrawing, whole: ReferencePicture): Pixel[] => {
  const placed = placePicture(drawing, whole, size);
  const back = inverse(placed.matrix);
  const { visible, scaleX, scaleY } = placed;
  if (!back || visible.right <= visible.left || visible.bottom <= visible.top) return frame;
  const [nx, ny] = [boxSize(scaleX), boxSize(scaleY)];
  const picture = averaged(whole, nx, ny);
  return frame.map((below, index) => {
    const [x, y] = [(index % size.width) + 0.5, Math.floor(index / size.width) + 0.5];
    const u = back.a * x + back.c * y + back.e;
    const v = back.b * x + back.d * y + back.f;
    const weight = weightOf(drawing.opacity * coverage(u, v, visible, scaleX, scaleY));
    if (weight === 0) return below;
    const column = linearTaps(heldInside(u / nx, visible.left / nx, visible.right / nx), picture.width);
    const row = linearTaps(heldInside(v / ny, visible.top / ny, visible.bottom / ny), picture.height);
    const corners = [row.first, row.second].flatMap((r) =>
      [column.first, column.second].map((c) => pixelAt(picture, c, r)),
    );
    const above = [0, 1, 2, 3].map((c) =>
      sampled(corners[0][c], corners[1][c], corners[2][c], corners[3][c], column.weight, row.weight),
    ) as unknown as Pixel;
    return over(below, above, weight);
  });
};

/** Composes layers, bottom first: `size.width * size.height` pixels. */
export const composeReference = (
  layers: ReferenceLayer[],
  size: Size,
  pictures: Record<string, ReferencePicture>,
): Pixel[] => {
  const empty = new Array<Pixel>(size.width * size.height).fill(clear);
  const alone = (drawing: ReferenceDrawing | null): Pixel[] =>
    drawing === null ? empty : drawOn(empty, size, drawing, pictures[drawing.picture]);
  return layers.reduce((frame, layer) => {
    if (layer.type === 'picture') return drawOn(frame, size, layer.drawing, pictures[layer.drawing.picture]);
    const [from, to] = [alone(layer.from), alone(layer.to)];
    const { kind, progress, direction, softness } = layer;
    const push = pushOffset(size, progress, direction);
    return frame.map((below, index) => {
      const [x, y] = [index % size.width, Math.floor(index / size.width)];
      const moved = (side: Pixel[], dx: number, dy: number): Pixel =>
        x - dx < 0 || x - dx >= size.width || y - dy < 0 || y - dy >= size.height
          ? clear
          : side[(y - dy) * size.width + x - dx];
      switch (kind) {
        case 'dissolve':
          return over(below, mixedPixels(from[index], to[index], weightOf(progress)), 256);
        case 'dip': {
          const { half, weight } = dipStage(progress);
          const colour = colourPixel(layer.colour);
          return over(
            below,
            half === 'from' ? mixedPixels(from[index], colour, weight) : mixedPixels(colour, to[index], weight),
            256,
          );
        }
        case 'wipe': {
          const along = direction === 'left' || direction === 'right' ? x : y;
          return over(
            below,
            mixedPixels(from[index], to[index], wipeWeight(along, size, progress, direction, softness)),
            256,
          );
        }
        case 'push':
          return over(over(below, moved(from, push.x, push.y), 256), moved(to, push.nextX, push.nextY), 256);
      }
    });
  }, empty);
};
