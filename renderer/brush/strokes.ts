/** The maths of what is painted: all lengths in pixels of the source, y downwards. */
export type Point = readonly [x: number, y: number];

/** A painted line with round ends; one point is a dot. */
export type Line = { radius: number; points: Point[] };

/** Smallest and largest brush as shares of the picture's shorter side, and one press of [ or ]. */
const [smallest, largest, change] = [0.004, 0.5, 1.25];
/** A quarter of a tenth of the radius is less than anybody sees of a line's edge. */
const coarseness = 0.06;

/** The brush that one starts with. */
export const usualRadius = (width: number, height: number): number => Math.min(width, height) * 0.06;

/** The next larger (by > 0) or smaller brush. */
export const resized = (radius: number, by: number, width: number, height: number): number => {
  const shorter = Math.min(width, height);
  return Math.min(shorter * largest, Math.max(shorter * smallest, radius * change ** by));
};

/** A tenth of a pixel is exact enough, and short to send. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

export const distance = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(bx - ax, by - ay);

/** From a point to a straight piece. */
const toSegment = ([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length));
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
};

/** From a point to a line's middle; Infinity for a line without points. */
export const toLine = (point: Point, { points }: Line): number => {
  let nearest = points.length === 1 ? distance(point, points[0]) : Infinity;
  for (let i = 1; i < points.length; i++) nearest = Math.min(nearest, toSegment(point, points[i - 1], points[i]));
  return nearest;
};

/** On which side of a straight piece a point lies: by its sign. */
const side = ([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number =>
  Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));

const cross = (a: Line, b: Line): boolean =>
  a.points.some((from, i) => {
    const to = a.points[i + 1];
    return b.points.some((start, k) => {
      const end = b.points[k + 1];
      if (!to || !end) return false;
      return side(start, from, to) * side(end, from, to) < 0 && side(from, start, end) * side(to, start, end) < 0;
    });
  });

/** Whether two lines have paint in common. */
export const touch = (a: Line, b: Line): boolean => {
  const reach = a.radius + b.radius;
  const near = (from: Line, to: Line): boolean => from.points.some((point) => toLine(point, to) <= reach);
  return near(a, b) || near(b, a) || cross(a, b);
};

/**
 * The same line with as few points as leave it where it was, to within a small part of its radius (Douglas and Peucker, 1973), on tenths of
 * a pixel.
 */
export const thinned = ({ radius, points }: Line): Line => {
  const tolerance = Math.max(0.5, radius * coarseness);
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const pieces: [number, number][] = [[0, points.length - 1]];
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
    const [from, to] = piece;
    let [furthest, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const off = toSegment(points[i], points[from], points[to]);
      if (off > furthest) [furthest, at] = [off, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    pieces.push([from, at], [at, to]);
  }
  return {
    radius: tenth(radius),
    points: points.filter((_, i) => keep[i] === 1).map(([x, y]): Point => [tenth(x), tenth(y)]),
  };
};

/** Points of a line no further apart than `step`, so that pieces of it can be taken out. */
const dense = (points: readonly Point[], step: number): Point[] => {
  const made: Point[] = points.slice(0, 1);
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const count = Math.max(1, Math.ceil(distance(points[i - 1], points[i]) / step));
    for (let k = 1; k <= count; k++) made.push([ax + ((bx - ax) * k) / count, ay + ((by - ay) * k) / count]);
  }
  return made;
};

/**
 * What an eraser that was led along a line leaves of another: the pieces whose middle it did not come over. The same object where it touched
 * nothing.
 */
export const erased = (line: Line, eraser: Line): readonly Line[] => {
  const reach = Math.max(eraser.radius, line.radius * 0.5);
  const step = Math.max(1, reach / 4);
  const points = dense(line.points, step);
  const pieces: Point[][] = [];
  let open: Point[] | undefined;
  let gone = false;
  for (const point of points) {
    if (toLine(point, eraser) <= reach) {
      open = undefined;
      gone = true;
    } else if (open) open.push(point);
    else pieces.push((open = [point]));
  }
  return gone ? pieces.map((piece) => thinned({ radius: line.radius, points: piece })) : [line];
};

/** The middle of what is painted, by length of line. */
export const middleOf = (lines: readonly Line[]): Point => {
  let [sum, x, y] = [0, 0, 0];
  const add = (weight: number, [px, py]: Point): void => {
    sum += weight;
    x += weight * px;
    y += weight * py;
  };
  for (const { radius, points } of lines) {
    add(radius, points[0]);
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1], points[i]];
      add(distance(a, b), [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    }
  }
  return [x / sum, y / sum];
};

/** An SVG path through the points; a dot is a piece without length, drawn by its round ends. */
export const pathOf = ({ points }: Line): string =>
  points.length === 1
    ? `M${points[0].join(' ')}h0`
    : points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.join(' ')}`).join('');
