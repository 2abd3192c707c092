import { inverse, placePicture } from '../../engine/contract/compositing/placement.ts';
import type { Affine, Size } from '../../engine/contract/compositing/placement.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { layersAt } from '../../engine/contract/timeline/layers.ts';
import type { PictureLayer } from '../../engine/contract/timeline/layers.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { Point } from './strokes.ts';

/** Where a source's pixels lie on the screen, in pixels of the layout from the corner of what is drawn on. */
export type PictureMap = {
  /** Pixels of the source. */
  source: Size;
  matrix: Affine;
  toScreen: (point: Point) => Point;
  toSource: (point: Point) => Point;
  /** Pixels of the layout for one of the source, on the average of both axes. */
  scale: number;
};

const through = ({ a, b, c, d, e, f }: Affine, [x, y]: Point): Point => [a * x + c * y + e, b * x + d * y + f];

const scaled = ({ a, b, c, d, e, f }: Affine, by: number): Affine => ({
  ...{ a: a * by, b: b * by, c: c * by, d: d * by, e: e * by, f: f * by },
});

/** @returns undefined where the picture has no area, so that nothing can be drawn on it */
export const mapOf = (source: Size, matrix: Affine): PictureMap | undefined => {
  const back = inverse(matrix);
  if (!back) return undefined;
  return {
    source,
    matrix,
    toScreen: (point) => through(matrix, point),
    toSource: (point) => through(back, point),
    scale: Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c)),
  };
};

/** A picture that fills what is drawn on. */
export const plainMap = (source: Size, screen: Size): PictureMap | undefined =>
  mapOf(source, { a: screen.width / source.width, b: 0, c: 0, d: screen.height / source.height, e: 0, f: 0 });

const pictureOfClip = (
  document: Document,
  sequenceId: string,
  frame: number,
  clipId: string,
): PictureLayer | undefined =>
  layersAt(document, sequenceId, frame)
    .flatMap((layer) => (layer.type === 'picture' ? [layer.picture] : [layer.from, layer.to]))
    .find((picture) => picture?.clipId === clipId) ?? undefined;

export type ClipOnScreen = {
  document: Document;
  sequenceId: string;
  frame: number;
  clipId: string;
  /** What the clip shows. */
  media: Media;
  /** What is drawn on, of the same shape: a still of which the clip shows a take. The media's own picture where left out. */
  drawnOn?: Size;
  /** Pixels of the layout for one of the sequence's. */
  zoom: number;
};

/**
 * A clip's picture as the viewer shows it at a frame: cropped, turned and moved as its placement says there.
 * @returns undefined where the clip is not seen at that frame
 */
export const clipMap = ({
  document,
  sequenceId,
  frame,
  clipId,
  media,
  drawnOn,
  zoom,
}: ClipOnScreen): PictureMap | undefined => {
  const size = document.sequences.get(sequenceId);
  const { picture } = media;
  if (!size || !picture) return undefined;
  const layer = pictureOfClip(document, sequenceId, frame, clipId);
  if (!layer) return undefined;
  const { a, b, c, d, e, f } = scaled(placePicture(layer, picture, size).matrix, zoom);
  const source = drawnOn ?? picture;
  const [sx, sy] = [picture.width / source.width, picture.height / source.height];
  return mapOf(source, { a: a * sx, b: b * sx, c: c * sy, d: d * sy, e, f });
};

/** Within the picture, however far the pointer went. */
export const within = ([x, y]: Point, { width, height }: Size): Point => [
  Math.min(width - 1, Math.max(0, x)),
  Math.min(height - 1, Math.max(0, y)),
];
