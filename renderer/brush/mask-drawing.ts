/** What is to be painted anew in a clip, by frames: a key is the whole mask as it is at its frame. Immutable; pixels of the source. */
import type { Size } from '../../engine/contract/compositing/placement.ts';
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

/** A box that can be taken hold of: by its border to be moved, by a corner to be stretched from the opposite one. */
export type BoxHold = { index: number; corner: { x: 'left' | 'right'; y: 'top' | 'bottom' } | null };

/** The box whose border is within `reach` of a point, the one painted last. */
export const boxHoldAt = (shapes: readonly MaskShape[], [px, py]: Point, reach: number): BoxHold | undefined => {
  for (let index = shapes.length - 1; index >= 0; index--) {
    const shape = shapes[index];
    if (shape.shape !== 'box') continue;
    const [toLeft, toRight] = [Math.abs(px - shape.x), Math.abs(px - shape.x - shape.width)];
    const [toTop, toBottom] = [Math.abs(py - shape.y), Math.abs(py - shape.y - shape.height)];
    const across = px > shape.x - reach && px < shape.x + shape.width + reach;
    const along = py > shape.y - reach && py < shape.y + shape.height + reach;
    if (!across || !along || Math.min(toLeft, toRight, toTop, toBottom) > reach) continue;
    const isCorner = Math.min(toLeft, toRight) <= reach && Math.min(toTop, toBottom) <= reach;
    const corner = { x: toLeft < toRight ? 'left' : 'right', y: toTop < toBottom ? 'top' : 'bottom' } as const;
    return { index, corner: isCorner ? corner : null };
  }
  return undefined;
};

/** The shapes with a box moved, or stretched, as it was dragged by its hold; as they were where nothing of it would be left. */
export const withBoxDragged = (
  shapes: readonly MaskShape[],
  { index, corner }: BoxHold,
  [fromX, fromY]: Point,
  [toX, toY]: Point,
  least: number,
): readonly MaskShape[] => {
  const box = shapes[index];
  if (box?.shape !== 'box') return shapes;
  const [dx, dy] = [toX - fromX, toY - fromY];
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const dragged = corner
    ? boxShape(
        [corner.x === 'left' ? box.x + dx : right + dx, corner.y === 'top' ? box.y + dy : bottom + dy],
        [corner.x === 'left' ? right : box.x, corner.y === 'top' ? bottom : box.y],
        least,
      )
    : { ...box, x: tenth(box.x + dx), y: tenth(box.y + dy) };
  return dragged ? shapes.with(index, dragged) : shapes;
};

/** A closed line. */
export type Outline = readonly (readonly [number, number])[];

/** Rows in the longer side of a picture: as fine as the engine draws where a mask has been led. */
const rowsAcross = 240;
/** Shapes that lines are filled with at most; what is painted on top needs some too. */
const mostRows = 300;
/** Of the distance of two rows: so wide a stroke leaves nothing between them, and begins so far within the line that its round end lies on it. */
const [rowRadius, rowInset] = [0.72, 0.6];

/** From where to where a horizontal line lies within closed lines, by the even-odd rule. */
const runsAt = (outlines: readonly Outline[], y: number): [from: number, to: number][] => {
  const crossings: number[] = [];
  for (const line of outlines) {
    for (const [i, [ax, ay]] of line.entries()) {
      const [bx, by] = line[(i + 1) % line.length];
      if (ay <= y !== by <= y) crossings.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
    }
  }
  crossings.sort((a, b) => a - b);
  return Array.from({ length: crossings.length / 2 }, (_, i) => [crossings[2 * i], crossings[2 * i + 1]]);
};

/**
 * What lies within closed lines (even-odd rule) as strokes, row by row, so that it can be painted on and erased from: how a mask that was led
 * along becomes one that can be corrected. True to within half a row.
 */
export const shapesOfOutlines = (outlines: readonly Outline[], { width, height }: Size): MaskShape[] => {
  const ys = outlines.flatMap((line) => line.map(([, y]) => y));
  if (ys.length === 0) return [];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  for (let pitch = Math.max(1, Math.max(width, height) / rowsAcross); ; pitch *= 1.5) {
    const rows = Math.max(1, Math.ceil((bottom - top) / pitch));
    const runs = Array.from({ length: rows }, (_, i) => top + ((i + 0.5) * (bottom - top)) / rows).flatMap((y) =>
      runsAt(outlines, y).map(([from, to]) => ({ y, from, to })),
    );
    if (runs.length > mostRows) continue;
    const radius = Math.max(0.5, tenth(pitch * rowRadius));
    const inset = pitch * rowInset;
    return runs.map(({ y, from, to }): MaskShape => {
      const middle = (from + to) / 2;
      const ends = to - from > 2 * inset ? [from + inset, to - inset] : [middle];
      return { shape: 'stroke', erase: false, radius, points: ends.map((x): [number, number] => [tenth(x), tenth(y)]) };
    });
  }
};
