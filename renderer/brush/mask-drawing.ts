/** What is to be painted anew in a clip, by frames: a key is the whole mask as it is at its frame. Immutable; pixels of the source. */
import type { KeyedMask, MaskShape } from '../../engine/contract/generation/wish.ts';
import { tenth, thinned } from './strokes.ts';
import type { Line, Point } from './strokes.ts';

export type MaskKey = KeyedMask['keys'][number];

/** Keys in order of their frames, frames of the sequence. */
export type MaskDrawing = { readonly keys: readonly MaskKey[] };

export const blankMask: MaskDrawing = { keys: [] };

/** A mask that nothing was painted into yet: keys alone say where nothing is masked. */
export const isBlankMask = ({ keys }: MaskDrawing): boolean =>
  !keys.some(({ shapes }) => shapes.some((shape) => shape.shape === 'box' || !shape.erase));

export const keyAt = ({ keys }: MaskDrawing, frame: number): MaskKey | undefined =>
  keys.find((key) => key.frame === frame);

/** The key that a frame follows: the last one before it, or the first of all. */
export const rulingKey = ({ keys }: MaskDrawing, frame: number): MaskKey | undefined =>
  keys.findLast((key) => key.frame <= frame) ?? keys[0];

/** The mask at a frame where it is not led along by the picture's motion. */
export const shapesAt = (drawing: MaskDrawing, frame: number): readonly MaskShape[] =>
  rulingKey(drawing, frame)?.shapes ?? [];

/** With the mask at a frame: a key of its own. */
export const withShapes = ({ keys }: MaskDrawing, frame: number, shapes: MaskShape[]): MaskDrawing => ({
  keys: [...keys.filter((key) => key.frame !== frame), { frame, shapes }].sort((a, b) => a.frame - b.frame),
});

export const withoutKey = (drawing: MaskDrawing, frame: number): MaskDrawing =>
  keyAt(drawing, frame) ? { keys: drawing.keys.filter((key) => key.frame !== frame) } : drawing;

/** Only what lies in a range, both ends included; a key before it holds at its first frame. */
export const keysWithin = (drawing: MaskDrawing, first: number, last: number): MaskKey[] => {
  const inside = drawing.keys.filter(({ frame }) => frame >= first && frame <= last);
  const before = drawing.keys.findLast(({ frame }) => frame < first);
  if (inside[0]?.frame === first || (!before && inside.length > 0)) return inside;
  const held = before ?? drawing.keys[0];
  return held ? [{ frame: first, shapes: held.shapes }, ...inside] : [];
};

export const strokeShape = (line: Line, erase: boolean): MaskShape => {
  const { radius, points } = thinned(line);
  return { shape: 'stroke', erase, radius: Math.max(0.5, radius), points: points.map(([x, y]) => [x, y]) };
};

/** From corner to corner, whichever way it was drawn; undefined when it is smaller than `least`. */
export const boxShape = ([ax, ay]: Point, [bx, by]: Point, least: number): MaskShape | undefined => {
  const [x, y, width, height] = [Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay)].map(tenth);
  return width < least || height < least ? undefined : { shape: 'box', x, y, width, height };
};

export type Bounds = { left: number; top: number; right: number; bottom: number };

/** What surrounds all that the shapes paint; undefined where they paint nothing. */
export const boundsOf = (shapes: readonly MaskShape[]): Bounds | undefined => {
  let bounds: Bounds | undefined;
  const add = (left: number, top: number, right: number, bottom: number): void => {
    bounds = bounds
      ? {
          left: Math.min(bounds.left, left),
          top: Math.min(bounds.top, top),
          right: Math.max(bounds.right, right),
          bottom: Math.max(bounds.bottom, bottom),
        }
      : { left, top, right, bottom };
  };
  for (const shape of shapes) {
    if (shape.shape === 'box') add(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height);
    else if (!shape.erase)
      for (const [x, y] of shape.points) add(x - shape.radius, y - shape.radius, x + shape.radius, y + shape.radius);
  }
  return bounds;
};

/** A closed line. */
export type Outline = readonly (readonly [number, number])[];

/** What surrounds all lines; undefined without any. */
export const boundsOfOutlines = (outlines: readonly Outline[]): Bounds | undefined => {
  const points = outlines.flat();
  if (points.length === 0) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
};

/** The same shapes moved and stretched with what surrounds them: how a mask that was led along becomes one that can be corrected. */
export const carried = (shapes: readonly MaskShape[], from: Bounds, to: Bounds): MaskShape[] => {
  const ratio = (a: number, b: number): number => (b > 0 && a > 0 ? a / b : 1);
  const [sx, sy] = [
    ratio(to.right - to.left, from.right - from.left),
    ratio(to.bottom - to.top, from.bottom - from.top),
  ];
  const x = (value: number): number => tenth(to.left + (value - from.left) * sx);
  const y = (value: number): number => tenth(to.top + (value - from.top) * sy);
  return shapes.map((shape) =>
    shape.shape === 'box'
      ? { ...shape, x: x(shape.x), y: y(shape.y), width: tenth(shape.width * sx), height: tenth(shape.height * sy) }
      : {
          ...shape,
          radius: Math.max(0.5, tenth(shape.radius * Math.sqrt(sx * sy))),
          points: shape.points.map(([px, py]): [number, number] => [x(px), y(py)]),
        },
  );
};
