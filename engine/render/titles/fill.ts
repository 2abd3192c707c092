/** Coverage 0..1 of every pixel of a box; `left` and `top` are its place in the frame. */
export type Mask = { left: number; top: number; width: number; height: number; cover: Float32Array };

export type Box = { left: number; top: number; right: number; bottom: number };

export const emptyMask = ({ left, top, right, bottom }: Box): Mask => {
  const [width, height] = [right - left, bottom - top];
  return { left, top, width, height, cover: new Float32Array(width * height) };
};

/** The whole pixels that polygons touch. */
export const boundsOf = (polygons: readonly number[][]): Box => {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const points of polygons) {
    for (let i = 0; i < points.length; i += 2) {
      box.left = Math.min(box.left, points[i]);
      box.right = Math.max(box.right, points[i]);
      box.top = Math.min(box.top, points[i + 1]);
      box.bottom = Math.max(box.bottom, points[i + 1]);
    }
  }
  return {
    left: Math.floor(box.left),
    top: Math.floor(box.top),
    right: Math.ceil(box.right),
    bottom: Math.ceil(box.bottom),
  };
};

/**
 * Adds what one edge changes: in each row the height that it spans, shared between the pixel in which it lies and all that follow, by how
 * much of that pixel is right of it. Summed along a row this gives the exact area that the polygon covers.
 * @param stride length of a row of `changes`; the edge lies within the rows and columns that there are
 */
const addEdge = (changes: Float64Array, stride: number, x0: number, y0: number, x1: number, y1: number): void => {
  if (y0 === y1) return;
  const sign = y0 < y1 ? 1 : -1;
  const [topX, top, bottomX, bottom] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bottomX - topX) / (bottom - top);
  const [lowest, highest] = topX < bottomX ? [topX, bottomX] : [bottomX, topX];
  const inside = (x: number): number => Math.min(highest, Math.max(lowest, x));
  for (let row = Math.floor(top); row < bottom; row++) {
    const from = Math.max(top, row);
    const to = Math.min(bottom, row + 1);
    const xFrom = inside(topX + (from - top) * slope);
    const xTo = inside(topX + (to - top) * slope);
    const [left, right] = xFrom < xTo ? [xFrom, xTo] : [xTo, xFrom];
    const height = sign * (to - from);
    const last = Math.floor(right);
    for (let column = Math.floor(left); column <= last; column++) {
      const enter = Math.max(left, column);
      const leave = Math.min(right, column + 1);
      const share = right > left ? (height * (leave - enter)) / (right - left) : height;
      const middle = (enter + leave) / 2 - column;
      changes[row * stride + column] += share * (1 - middle);
      changes[row * stride + column + 1] += share * middle;
    }
  }
};

/**
 * Adds the inside of a glyph's polygons to a mask, antialiased by exact area. Overlaps, within a glyph and between glyphs, are filled; two
 * glyphs that share an edge show no seam.
 * @param mask reaches around the polygons
 */
export const fillPolygons = (mask: Mask, polygons: readonly number[][]): void => {
  const box = boundsOf(polygons);
  if (!(box.right > box.left && box.bottom > box.top)) return;
  // One column more for an edge on the right border, and one for what follows it.
  const stride = box.right - box.left + 2;
  const rows = box.bottom - box.top;
  const changes = new Float64Array(stride * rows);
  for (const points of polygons) {
    let x = points[points.length - 2] - box.left;
    let y = points[points.length - 1] - box.top;
    for (let i = 0; i < points.length; i += 2) {
      const [toX, toY] = [points[i] - box.left, points[i + 1] - box.top];
      addEdge(changes, stride, x, y, toX, toY);
      [x, y] = [toX, toY];
    }
  }
  for (let row = 0; row < rows; row++) {
    let area = 0;
    let at = (box.top + row - mask.top) * mask.width + (box.left - mask.left);
    for (let column = 0; column < stride - 2; column++, at++) {
      area += changes[row * stride + column];
      // Sums that ought to be 0 end a few bits beside it, and a growing outline would start there.
      if (Math.abs(area) > 1e-6) mask.cover[at] = Math.min(1, mask.cover[at] + Math.abs(area));
    }
  }
};
