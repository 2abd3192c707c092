import { placePicture } from '../../../engine/contract/compositing/placement.ts';
import type { Affine, Placed, Rect, Size } from '../../../engine/contract/compositing/placement.ts';
import type { Document } from '../../../engine/contract/timeline/document.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import { layersAt } from '../../../engine/contract/timeline/layers.ts';
import type { PictureLayer } from '../../../engine/contract/timeline/layers.ts';

/** Pixels of the sequence's picture, y downwards. */
export type Point = readonly [x: number, y: number];

/** A clip as it is seen in a frame. */
export type SeenClip = {
  clip: Clip;
  /** Of what is seen of it: its top left corner, and on clockwise as the picture itself goes. */
  corners: readonly [Point, Point, Point, Point];
  /** What it is scaled and turned about. */
  anchor: Point;
  /** Degrees clockwise. */
  rotation: number;
  scale: number;
};

/** Where the ink of a title lies in the sequence's picture at placement 0, 0; undefined while that is not known. */
export type InkOf = (clip: Clip) => Rect | undefined;

const through = ({ a, b, c, d, e, f }: Affine, x: number, y: number): Point => [a * x + c * y + e, b * x + d * y + f];

const common = (a: Rect, b: Rect): Rect => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

type Lying = { placed: Placed; rect: Rect };

const lyingOf = (document: Document, clip: Clip, layer: PictureLayer, frame: Size, inkOf: InkOf): Lying | undefined => {
  const { source } = layer;
  if ('title' in source) {
    const ink = inkOf(clip);
    const placed = placePicture(layer, { ...frame, sampleAspect: { num: 1, den: 1 } }, frame);
    return ink && { placed, rect: common(ink, placed.visible) };
  }
  const picture = document.media.get(source.mediaId)?.picture;
  if (!picture) return undefined;
  const placed = placePicture(layer, picture, frame);
  return { placed, rect: placed.visible };
};

const picturesAt = (document: Document, sequenceId: string, frame: number): (PictureLayer | null)[] =>
  layersAt(document, sequenceId, frame).flatMap((layer) =>
    layer.type === 'picture' ? [layer.picture] : [layer.from, layer.to],
  );

/** The clips whose pictures are seen in a frame, the lowest first. @throws RangeError for a sequence that is not there */
export const seenClips = (document: Document, sequenceId: string, frame: number, inkOf: InkOf): SeenClip[] => {
  const size = document.sequences.get(sequenceId);
  if (!size) throw new RangeError(`seen: no sequence ${sequenceId}`);
  return picturesAt(document, sequenceId, frame).flatMap((layer): SeenClip[] => {
    const clip = layer && document.clips.get(layer.clipId);
    const lying = clip && lyingOf(document, clip, layer, { width: size.width, height: size.height }, inkOf);
    if (!lying) return [];
    const { left, top, right, bottom } = lying.rect;
    if (right <= left || bottom <= top) return [];
    const at = (x: number, y: number): Point => through(lying.placed.matrix, x, y);
    return [
      {
        ...{ clip, rotation: layer.rotation, scale: layer.scale },
        corners: [at(left, top), at(right, top), at(right, bottom), at(left, bottom)],
        anchor: [size.width / 2 + layer.x, size.height / 2 + layer.y],
      },
    ];
  });
};

/** The titles among them, whose ink must be asked for. */
export const seenTitles = (document: Document, sequenceId: string, frame: number): Clip[] =>
  picturesAt(document, sequenceId, frame).flatMap((layer) => {
    const clip = layer && 'title' in layer.source ? document.clips.get(layer.clipId) : undefined;
    return clip ? [clip] : [];
  });

/** Whether a point lies in what is seen of a clip. */
export const covers = ({ corners }: Pick<SeenClip, 'corners'>, [x, y]: Point): boolean => {
  const sides = corners.map(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % 4];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
};

/** The topmost clip under a point. */
export const clipUnder = (seen: readonly SeenClip[], point: Point): SeenClip | undefined =>
  seen.findLast((each) => covers(each, point));
