import type { MaskShape, Stroke } from '../contract/generation/wish.ts';
import type { Image } from './image.ts';
import { createImage } from './image.ts';
import { featherMask } from './mask.ts';

/** Pixels of a mask for one pixel of the picture that was painted on. */
export type MaskScale = { x: number; y: number };

type Put = (mask: Image, index: number) => void;

/** All pixels whose centre is not farther than `radius` from a segment; a segment of length zero is a dot. */
const paintSegment = (
  mask: Image,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  radius: number,
  { x: sx, y: sy }: MaskScale,
  put: Put,
): void => {
  const left = Math.max(0, Math.floor((Math.min(ax, bx) - radius) * sx - 1));
  const right = Math.min(mask.width - 1, Math.ceil((Math.max(ax, bx) + radius) * sx + 1));
  const top = Math.max(0, Math.floor((Math.min(ay, by) - radius) * sy - 1));
  const bottom = Math.min(mask.height - 1, Math.ceil((Math.max(ay, by) + radius) * sy + 1));
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  // A thin stroke in a small mask still leaves a line.
  const reach = Math.max(radius, 0.5 / Math.min(sx, sy)) ** 2;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const px = (x + 0.5) / sx - ax;
      const py = (y + 0.5) / sy - ay;
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      if ((px - t * dx) ** 2 + (py - t * dy) ** 2 <= reach) put(mask, y * mask.width + x);
    }
  }
};

const paintStroke = (mask: Image, { radius, points }: Stroke, scale: MaskScale, put: Put): void => {
  for (let i = 0; i < points.length; i++) paintSegment(mask, points[Math.max(0, i - 1)], points[i], radius, scale, put);
};

const on: Put = (mask, index) => void (mask.data[index] = 1);
const off: Put = (mask, index) => void (mask.data[index] = 0);

/** Strokes as a mask [1,H,W] of 0 and 1. Coordinates are pixels of the picture, of which the mask is `scale` times as large. */
export const maskOfStrokes = (
  strokes: readonly Stroke[],
  width: number,
  height: number,
  scale: MaskScale = { x: 1, y: 1 },
): Image => {
  const mask = createImage(1, width, height);
  for (const stroke of strokes) paintStroke(mask, stroke, scale, on);
  return mask;
};

/** Boxes and strokes, later ones over earlier ones, as a mask [1,H,W] of 0 and 1. */
export const maskOfShapes = (
  shapes: readonly MaskShape[],
  width: number,
  height: number,
  scale: MaskScale = { x: 1, y: 1 },
): Image => {
  const mask = createImage(1, width, height);
  for (const shape of shapes) {
    if (shape.shape === 'stroke') {
      paintStroke(mask, shape, scale, shape.erase ? off : on);
      continue;
    }
    const [left, right] = [Math.round(shape.x * scale.x), Math.round((shape.x + shape.width) * scale.x)];
    const [top, bottom] = [Math.round(shape.y * scale.y), Math.round((shape.y + shape.height) * scale.y)];
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
      mask.data.fill(1, y * width + Math.max(0, left), y * width + Math.max(0, Math.min(width, right)));
  }
  return mask;
};

/** The mask made larger by so many of its pixels all round, or smaller where negative. [1,H,W] → [1,H,W] of 0 and 1. */
export const grownMask = (mask: Image, by: number): Image => {
  if (by === 0) return mask;
  const inverted = (of: Image): Image => ({ ...of, data: of.data.map((value) => (value >= 0.5 ? 0 : 1)) });
  // A feather of twice the distance is at least a half exactly up to that distance.
  const halfway = (of: Image): Image => {
    const soft = featherMask(of, 2 * Math.abs(by));
    return { ...soft, data: soft.data.map((value) => (value >= 0.5 ? 1 : 0)) };
  };
  return by > 0 ? halfway(mask) : inverted(halfway(inverted(mask)));
};
