/** One gesture on a mask, from where the pointer goes down to where it is lifted. Pure. */
import type { Size } from '../../engine/contract/compositing/placement.ts';
import type { MaskShape } from '../../engine/contract/generation/wish.ts';
import { boxHoldAt, boxShape, strokeShape, withBoxDragged, withShapes } from './mask-drawing.ts';
import type { BoxHold, MaskDrawing } from './mask-drawing.ts';
import { within } from './picture-map.ts';
import { distance } from './strokes.ts';
import type { Line, Point } from './strokes.ts';

export const maskTools = ['box', 'paint', 'erase'] as const;
export type MaskTool = (typeof maskTools)[number];

export type MaskGesture = {
  tool: MaskTool;
  from: MaskDrawing;
  frame: number;
  /** The mask at that frame as it was seen before. */
  shapes: readonly MaskShape[];
  size: Size;
  line: Line;
  /** The box that is dragged instead of another one being drawn. */
  hold: BoxHold | undefined;
  /** A smaller box is a click, pixels of the source. */
  reach: number;
};

type Start = Omit<MaskGesture, 'from' | 'line' | 'hold'> & { drawing: MaskDrawing; radius: number; at: Point };

export const startMask = ({ drawing, radius, at, ...rest }: Start): MaskGesture => ({
  ...rest,
  from: drawing,
  hold: rest.tool === 'box' ? boxHoldAt(rest.shapes, at, rest.reach) : undefined,
  line: { radius, points: [within(at, rest.size)] },
});

export const moveMask = (gesture: MaskGesture, at: Point): MaskGesture => {
  const { line, size, tool } = gesture;
  const point = within(at, size);
  if (tool === 'box') return { ...gesture, line: { ...line, points: [line.points[0], point] } };
  if (distance(line.points[line.points.length - 1], point) < Math.min(2, line.radius / 8)) return gesture;
  return { ...gesture, line: { ...line, points: [...line.points, point] } };
};

/** The drawing if the pointer were lifted now. */
export const endMask = ({ tool, from, frame, shapes, line, reach, hold }: MaskGesture): MaskDrawing => {
  if (tool !== 'box') return withShapes(from, frame, [...shapes, strokeShape(line, tool === 'erase')]);
  const [first, last] = [line.points[0], line.points[line.points.length - 1]];
  if (hold) {
    const dragged = withBoxDragged(shapes, hold, first, last, reach);
    return distance(first, last) === 0 || dragged === shapes ? from : withShapes(from, frame, [...dragged]);
  }
  const box = boxShape(first, last, reach);
  return box ? withShapes(from, frame, [...shapes, box]) : from;
};
