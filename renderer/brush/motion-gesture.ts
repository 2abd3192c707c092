/** One gesture on a still, from where the pointer goes down to where it is lifted. Pure, so that a pen of keys does the same. */
import type { Size } from '../../engine/contract/compositing/placement.ts';
import {
  arrowBetween,
  handleAt,
  withArrow,
  withBox,
  withErased,
  withHandleAt,
  withKeep,
  withRegion,
} from './motion-drawing.ts';
import type { Handle, MotionDrawing } from './motion-drawing.ts';
import { within } from './picture-map.ts';
import { distance } from './strokes.ts';
import type { Line, Point } from './strokes.ts';

export const motionTools = ['arrow', 'region', 'box-path', 'keep', 'erase'] as const;
export type MotionTool = (typeof motionTools)[number];

export type MotionGesture = {
  tool: MotionTool;
  /** As it was before. */
  from: MotionDrawing;
  size: Size;
  line: Line;
  /** What is dragged instead of something new being drawn. */
  handle: Handle | undefined;
  /** Shorter than this an arrow, or a side of a box, is a click. */
  reach: number;
};

type Start = { tool: MotionTool; drawing: MotionDrawing; size: Size; radius: number; at: Point; reach: number };

/** @param start `reach`: pixels of the source within which an arrow's end is taken hold of */
export const startMotion = ({ tool, drawing, size, radius, at, reach }: Start): MotionGesture => ({
  ...{ tool, from: drawing, size, reach },
  line: { radius, points: [within(at, size)] },
  handle: tool === 'erase' ? undefined : handleAt(drawing, at, reach),
});

export const moveMotion = (gesture: MotionGesture, at: Point): MotionGesture => {
  const { line, size, tool } = gesture;
  const point = within(at, size);
  if (tool === 'box-path' && !gesture.handle) return { ...gesture, line: { ...line, points: [line.points[0], point] } };
  // Closer together nothing is added to what is seen.
  if (distance(line.points[line.points.length - 1], point) < Math.min(2, line.radius / 8)) return gesture;
  return { ...gesture, line: { ...line, points: [...line.points, point] } };
};

/** The drawing if the pointer were lifted now. */
export const endMotion = ({ tool, from, size, line, handle, reach }: MotionGesture): MotionDrawing => {
  const [first, last] = [line.points[0], line.points[line.points.length - 1]];
  if (handle) return line.points.length > 1 ? withHandleAt(from, handle, last) : from;
  if (tool === 'arrow') return distance(first, last) < reach ? from : withArrow(from, arrowBetween(first, last));
  if (tool === 'box-path') {
    const sides = [Math.abs(last[0] - first[0]), Math.abs(last[1] - first[1])];
    return Math.min(...sides) < reach ? from : withBox(from, first, last, size);
  }
  if (tool === 'region') return withRegion(from, line, size);
  return tool === 'keep' ? withKeep(from, line) : withErased(from, line);
};
