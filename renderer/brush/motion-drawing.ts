/** What is drawn on a still: what moves where, and what stays. Immutable; pixels of the source. */
import type { Size } from '../../engine/contract/compositing/placement.ts';
import { within } from './picture-map.ts';
import { distance, erased, middleOf, tenth, thinned, touch } from './strokes.ts';
import type { Line, Point } from './strokes.ts';

/** What lies at (x, y) at the beginning has moved by (dx, dy) at the end. */
export type Arrow = { x: number; y: number; dx: number; dy: number };

/** A painted part of the picture that moves as a whole, as its arrow says. */
export type Region = { strokes: readonly Line[]; arrow: Arrow };

export type MotionDrawing = {
  readonly arrows: readonly Arrow[];
  readonly regions: readonly Region[];
  readonly keep: readonly Line[];
};

export const blankMotion: MotionDrawing = { arrows: [], regions: [], keep: [] };

export const isBlankMotion = ({ arrows, regions, keep }: MotionDrawing): boolean =>
  arrows.length + regions.length + keep.length === 0;

/** Where the arrow of a region that was just painted points: to the right, by this share of the picture's width. */
const usualMove = 0.12;

const roundArrow = ({ x, y, dx, dy }: Arrow): Arrow => ({ x: tenth(x), y: tenth(y), dx: tenth(dx), dy: tenth(dy) });

export const arrowBetween = (from: Point, to: Point): Arrow =>
  roundArrow({ x: from[0], y: from[1], dx: to[0] - from[0], dy: to[1] - from[1] });

export const tipOf = ({ x, y, dx, dy }: Arrow): Point => [x + dx, y + dy];
export const tailOf = ({ x, y }: Arrow): Point => [x, y];

export const withArrow = (drawing: MotionDrawing, arrow: Arrow): MotionDrawing => ({
  ...drawing,
  arrows: [...drawing.arrows, arrow],
});

export const withKeep = (drawing: MotionDrawing, line: Line): MotionDrawing => ({
  ...drawing,
  keep: [...drawing.keep, thinned(line)],
});

/** Joins what it touches of a region to it; elsewhere it is a region of its own, whose arrow points to the right at first. */
export const withRegion = (drawing: MotionDrawing, painted: Line, size: Size): MotionDrawing => {
  const line = thinned(painted);
  const at = drawing.regions.findIndex(({ strokes }) => strokes.some((stroke) => touch(stroke, line)));
  if (at >= 0) {
    const { strokes, arrow } = drawing.regions[at];
    return { ...drawing, regions: drawing.regions.with(at, { strokes: [...strokes, line], arrow }) };
  }
  const [x, y] = within(middleOf([line]), size);
  const region: Region = { strokes: [line], arrow: roundArrow({ x, y, dx: size.width * usualMove, dy: 0 }) };
  return { ...drawing, regions: [...drawing.regions, region] };
};

/** Of a box's shorter side: the brush that paints it, whose round ends are its corners. */
const boxBrush = 0.1;

/** A box painted in one go: along its border, then row by row within. */
const lineOfBox = (left: number, top: number, width: number, height: number): Line => {
  const radius = Math.max(0.5, Math.min(width, height) * boxBrush);
  const [x0, x1] = [left + radius, Math.max(left + radius, left + width - radius)];
  const [y0, y1] = [top + radius, Math.max(top + radius, top + height - radius)];
  const between = Math.max(0, Math.ceil((y1 - y0) / (1.7 * radius)) - 1);
  const rows = Array.from({ length: between }, (_, i): Point[] => {
    const y = y0 + ((i + 1) * (y1 - y0)) / (between + 1);
    return i % 2 === 0 ? [[x0, y], [x1, y]] : [[x1, y], [x0, y]]; // prettier-ignore
  });
  const border: Point[] = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]; // prettier-ignore
  return {
    radius: tenth(radius),
    points: [...border, ...rows.flat()].map(([x, y]): Point => [tenth(x), tenth(y)]),
  };
};

/** A box from corner to corner moves as a whole, whatever it lies over: a region of its own, with an arrow as its path. */
export const withBox = (drawing: MotionDrawing, [ax, ay]: Point, [bx, by]: Point, size: Size): MotionDrawing => {
  const line = lineOfBox(Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
  const arrow = roundArrow({ x: (ax + bx) / 2, y: (ay + by) / 2, dx: size.width * usualMove, dy: 0 });
  return { ...drawing, regions: [...drawing.regions, { strokes: [line], arrow }] };
};

/** An end of an arrow that can be dragged. */
export type Handle = { of: 'arrow' | 'region'; index: number; end: 'tail' | 'tip' };

const moved = (arrow: Arrow, end: Handle['end'], to: Point): Arrow =>
  end === 'tip' ? arrowBetween(tailOf(arrow), to) : roundArrow({ ...arrow, x: to[0], y: to[1] });

/** With an end of an arrow elsewhere: the tip turns and stretches it, the tail takes all of it along. */
export const withHandleAt = (drawing: MotionDrawing, { of, index, end }: Handle, to: Point): MotionDrawing => {
  if (of === 'arrow') {
    const arrow = drawing.arrows[index];
    return arrow ? { ...drawing, arrows: drawing.arrows.with(index, moved(arrow, end, to)) } : drawing;
  }
  const region = drawing.regions[index];
  if (!region) return drawing;
  return { ...drawing, regions: drawing.regions.with(index, { ...region, arrow: moved(region.arrow, end, to) }) };
};

/** The end of an arrow within `reach` of a point, the nearest. */
export const handleAt = (drawing: MotionDrawing, point: Point, reach: number): Handle | undefined => {
  let found: Handle | undefined;
  let nearest = reach;
  const look = (arrow: Arrow, of: Handle['of'], index: number): void => {
    for (const end of ['tip', 'tail'] as const) {
      const away = distance(point, end === 'tip' ? tipOf(arrow) : tailOf(arrow));
      if (away <= nearest) [nearest, found] = [away, { of, index, end }];
    }
  };
  drawing.arrows.forEach((arrow, i) => look(arrow, 'arrow', i));
  drawing.regions.forEach(({ arrow }, i) => look(arrow, 'region', i));
  return found;
};

const erasedLines = (lines: readonly Line[], eraser: Line): readonly Line[] =>
  lines.flatMap((line) => erased(line, eraser));

/** Without what an eraser came over: paint where it went, arrows whole. A region without paint is gone with its arrow. */
export const withErased = (drawing: MotionDrawing, eraser: Line): MotionDrawing => {
  const hit = (arrow: Arrow): boolean => touch({ radius: 0, points: [tailOf(arrow), tipOf(arrow)] }, eraser);
  const regions = drawing.regions
    .map(({ strokes, arrow }) => ({ strokes: erasedLines(strokes, eraser), arrow }))
    .filter(({ strokes }) => strokes.length > 0);
  return {
    arrows: drawing.arrows.filter((arrow) => !hit(arrow)),
    regions,
    keep: erasedLines(drawing.keep, eraser),
  };
};
