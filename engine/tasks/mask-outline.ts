import type { Image } from '../frames/image.ts';

/** Corners of a closed line, pixels. */
export type Outline = [x: number, y: number][];

/** How far a corner may lie off the line between its neighbours to be left out, pixels of the mask. */
const tolerance = 0.75;

/** Without the corners that the line hardly needs (Douglas and Peucker, 1973). */
const thinned = (points: Outline): Outline => {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const pieces: [number, number][] = [[0, points.length - 1]];
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
    const [from, to] = piece;
    const [[ax, ay], [bx, by]] = [points[from], points[to]];
    const length = Math.hypot(bx - ax, by - ay);
    let [furthest, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const [x, y] = points[i];
      const off =
        length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length;
      if (off > furthest) [furthest, at] = [off, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    pieces.push([from, at], [at, to]);
  }
  return points.filter((_, i) => keep[i] === 1);
};

/**
 * The closed lines around what a mask [1,H,W] holds (values from 0.5 on), in pixels of a picture of another size; drawn with the even-odd
 * rule they are the mask again, holes included.
 */
export const outlinesOf = (mask: Image, size: { width: number; height: number }): Outline[] => {
  const { width, height, data } = mask;
  const inside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] >= 0.5;
  // Sides of pixels between inside and outside, each from corner to corner with the inside to its right.
  const next = new Map<number, number[]>();
  const cornerOf = (x: number, y: number): number => y * (width + 1) + x;
  const side = (x0: number, y0: number, x1: number, y1: number): void => {
    const from = cornerOf(x0, y0);
    const list = next.get(from);
    if (list) list.push(cornerOf(x1, y1));
    else next.set(from, [cornerOf(x1, y1)]);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y)) continue;
      if (!inside(x, y - 1)) side(x, y, x + 1, y);
      if (!inside(x + 1, y)) side(x + 1, y, x + 1, y + 1);
      if (!inside(x, y + 1)) side(x + 1, y + 1, x, y + 1);
      if (!inside(x - 1, y)) side(x, y + 1, x, y);
    }
  }
  const [sx, sy] = [size.width / width, size.height / height];
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  const lines: Outline[] = [];
  for (const start of next.keys()) {
    while ((next.get(start)?.length ?? 0) > 0) {
      const line: Outline = [];
      let corner = start;
      for (let to = next.get(corner)?.pop(); to !== undefined; to = next.get(corner)?.pop()) {
        line.push([corner % (width + 1), Math.floor(corner / (width + 1))]);
        corner = to;
      }
      line.push([corner % (width + 1), Math.floor(corner / (width + 1))]);
      lines.push(thinned(line).map(([x, y]) => [tenth(x * sx), tenth(y * sy)]));
    }
  }
  return lines;
};
