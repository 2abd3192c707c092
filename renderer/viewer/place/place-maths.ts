import type { Size } from '../../../engine/contract/compositing/placement.ts';
import type { Point, SeenClip } from './seen-clips.ts';

/** Shares of the picture that every screen shows, from an edge on: for what happens in it, and for titles. */
export const safeEdges = [0.05, 0.1] as const;

/** A line of the picture that something was snapped to, sequence pixels; null where to none. */
export type SnapLines = { x: number | null; y: number | null };
type Snapped = { by: number; line: number | null };

/** The nearest of the ways for an edge to meet a line, else the whole way. */
const snapAxis = (by: number, pairs: readonly (readonly [at: number, line: number])[], within: number): Snapped => {
  let best: Snapped = { by, line: null };
  let off = within;
  for (const [at, line] of pairs) {
    const away = Math.abs(at + by - line);
    if (away <= off) [best, off] = [{ by: line - at, line }, away];
  }
  return best;
};

/** From lowest to highest along an axis: edges meet the picture's and the safe areas', the anchor its middle. */
const pairsOf = (low: number, high: number, anchor: number, length: number): (readonly [number, number])[] => [
  ...[0, ...safeEdges].flatMap((share) => [[low, share * length] as const, [high, (1 - share) * length] as const]),
  // Last, so that of two that are equally near the middle counts.
  [anchor, length / 2] as const,
];

/**
 * A move of a picture, snapped to the middle of the frame, to its edges and to the safe areas.
 * @param within how near something snaps, sequence pixels; 0 for not at all
 */
export const snappedMove = (
  { corners, anchor }: Pick<SeenClip, 'corners' | 'anchor'>,
  [x, y]: Point,
  { width, height }: Size,
  within: number,
): { by: Point; lines: SnapLines } => {
  if (within <= 0) return { by: [x, y], lines: { x: null, y: null } };
  const along = (axis: 0 | 1, by: number, length: number): Snapped => {
    const places = corners.map((corner) => corner[axis]);
    return snapAxis(by, pairsOf(Math.min(...places), Math.max(...places), anchor[axis], length), within);
  };
  const [across, down] = [along(0, x, width), along(1, y, height)];
  return { by: [across.by, down.by], lines: { x: across.line, y: down.line } };
};

/** How many times as far a pointer is from the anchor as it was. */
export const scaleBetween = ([ax, ay]: Point, [fx, fy]: Point, [tx, ty]: Point): number => {
  const before = Math.hypot(fx - ax, fy - ay);
  return before === 0 ? 1 : Math.hypot(tx - ax, ty - ay) / before;
};

/** Degrees clockwise, -180..180, that a pointer went round the anchor. */
export const turnBetween = ([ax, ay]: Point, [fx, fy]: Point, [tx, ty]: Point): number => {
  const turned = ((Math.atan2(ty - ay, tx - ax) - Math.atan2(fy - ay, fx - ax)) * 180) / Math.PI;
  return ((((turned + 180) % 360) + 360) % 360) - 180;
};

/** How near a turn snaps to an eighth of a round, degrees. */
const nearEighth = 2;

/** A rotation in whole steps of 15 degrees, near an eighth of a round exactly there, or free; to a tenth of a degree. */
export const snappedRotation = (degrees: number, how: 'steps' | 'near' | 'free'): number => {
  if (how === 'steps') return Math.round(degrees / 15) * 15;
  const eighth = Math.round(degrees / 45) * 45;
  if (how === 'near' && Math.abs(degrees - eighth) <= nearEighth) return eighth;
  return Math.round(degrees * 10) / 10;
};

/** The middle of a handle from the edge of the picture at least, and how far the round one stands off; pixels of the layout. */
const [margin, stalk] = [10, 26];

/** Where the handles of a picture are, pixels of the layout. */
export type HandlePlaces = {
  corners: Point[];
  /** The middle of its upper side, and the round handle that turns it. */
  top: Point;
  turn: Point;
  /** What it turns about. */
  middle: Point;
};

/**
 * Handles at the corners and above the upper side, or below it where there is no room above; each where it can be taken hold of, however much of
 * the picture lies outside of the frame.
 * @param scale pixels of the layout for one of the sequence's
 */
export const handlePlaces = (
  { corners, anchor, rotation }: Pick<SeenClip, 'corners' | 'anchor' | 'rotation'>,
  { width, height }: Size,
  scale: number,
): HandlePlaces => {
  const [across, down] = [width * scale, height * scale];
  const within = ([x, y]: Point): Point => [
    Math.min(across - margin, Math.max(margin, x)),
    Math.min(down - margin, Math.max(margin, y)),
  ];
  const places = corners.map(([x, y]): Point => [x * scale, y * scale]);
  const [a, b] = places;
  const top: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const angle = (rotation * Math.PI) / 180;
  const off: Point = [Math.sin(angle) * stalk, -Math.cos(angle) * stalk];
  const up: Point = [top[0] + off[0], top[1] + off[1]];
  const held = within(up);
  const hasRoom = held[0] === up[0] && held[1] === up[1];
  return {
    corners: places.map(within),
    top,
    turn: hasRoom ? up : within([top[0] - off[0], top[1] - off[1]]),
    middle: within([anchor[0] * scale, anchor[1] * scale]),
  };
};
