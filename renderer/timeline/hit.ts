import {
  clipsBetween,
  endOf,
  neighbours,
  transitionAtEnd,
  transitionAtStart,
} from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Marker, Transition } from '../../engine/contract/timeline/entities.ts';
import { cutOf, sidesOf } from '../../engine/contract/timeline/transition-room.ts';
import { keyFramesOf, keyLine, keySize } from './clip-keys.ts';
import { clipFlag, clipMarkersOf, narrowClip } from './clip-markers.ts';
import { rowAt } from './rows.ts';
import type { Row } from './rows.ts';
import type { Scene } from './scene.ts';
import { timeAt, xOf } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';

/** Which part of a clip is meant: its edges are 8 px wide, less on a narrow clip. */
export type ClipPart = 'head' | 'body' | 'tail';

export type Hit =
  | { kind: 'nothing' }
  | { kind: 'row'; row: Row }
  | { kind: 'clip'; row: Row; clip: Clip; part: ClipPart }
  /** The keys of a selected clip that lie on one frame, counted from its start. */
  | { kind: 'key'; row: Row; clip: Clip; frame: number }
  | { kind: 'marker'; row: Row; clip: Clip; marker: Marker }
  | { kind: 'transition'; row: Row; transition: Transition; part: ClipPart };

/** How near to an edge counts as the edge, pixels inside the clip and outside of it. */
const inside = 8;
const outside = 4;

/** A transition is taken hold of by the band along the bottom of its clips; above it are the clips' own edges. */
export const transitionBand = (row: Row): { top: number; height: number } => {
  const height = Math.max(12, Math.min(22, row.height / 2));
  return { top: row.y + row.height - height, height };
};

/** Where a transition begins and ends, frames of the sequence. */
export const spanOf = (document: Document, transition: Transition): { from: number; to: number } => {
  const sides = sidesOf(document, transition);
  const cut = sides ? cutOf(sides.left, sides.right) : 0;
  return { from: cut - transition.before, to: cut + transition.after };
};

const partOf = (x: number, from: number, to: number): ClipPart => {
  const zone = Math.min(inside, (to - from) / 4);
  if (x < from + zone) return 'head';
  return x >= to - zone ? 'tail' : 'body';
};

const transitionAt = (document: Document, clip: Clip, time: TimeScale, x: number): Transition | undefined =>
  [transitionAtStart(document, clip.id), transitionAtEnd(document, clip.id)].find((transition) => {
    if (!transition) return false;
    const { from, to } = spanOf(document, transition);
    return x >= xOf(time, from) && x < xOf(time, to);
  });

const keyAt = (row: Row, clip: Clip, time: TimeScale, x: number, y: number): number | undefined => {
  if (Math.abs(y - (row.y + row.height - 3 - keyLine)) > keySize + 2) return undefined;
  return keyFramesOf(clip).find((frame) => Math.abs(x - xOf(time, clip.start + frame)) <= keySize + 2);
};

/** The last of those that meet there, which is drawn above the others. */
const markerAt = (
  document: Document,
  row: Row,
  clip: Clip,
  time: TimeScale,
  x: number,
  y: number,
): Marker | undefined => {
  if (y > row.y + 2 + clipFlag.height + 2 || clip.duration * time.scale < narrowClip) return undefined;
  return clipMarkersOf(document, clip).findLast(
    ({ frame }) => Math.abs(x - xOf(time, clip.start + frame)) <= clipFlag.half + 2,
  );
};

/** What lies at a place of the rows; `x` from the left of the clips, `y` from the top of the first row, pixels. */
export const hitAt = (
  { document, rows, time, selection }: Pick<Scene, 'document' | 'rows' | 'time' | 'selection'>,
  x: number,
  y: number,
): Hit => {
  const row = rowAt(rows, y);
  if (!row) return { kind: 'nothing' };
  const from = Math.floor(timeAt(time, x - outside));
  const near = clipsBetween(
    document,
    row.track.id,
    Math.max(0, from),
    Math.max(1, Math.ceil(timeAt(time, x + outside))),
  );
  const clip =
    near.find(({ start, duration }) => x >= xOf(time, start) && x < xOf(time, start + duration)) ??
    near.find((one) => Math.min(Math.abs(x - xOf(time, one.start)), Math.abs(x - xOf(time, endOf(one)))) <= outside);
  if (!clip) return { kind: 'row', row };
  const marker = row.track.locked ? undefined : markerAt(document, row, clip, time, x, y);
  if (marker) return { kind: 'marker', row, clip, marker };
  const key = selection.has(clip.id) && !row.track.locked ? keyAt(row, clip, time, x, y) : undefined;
  if (key !== undefined) return { kind: 'key', row, clip, frame: key };
  const transition = y >= transitionBand(row).top ? transitionAt(document, clip, time, x) : undefined;
  if (transition) {
    const span = spanOf(document, transition);
    return { kind: 'transition', row, transition, part: partOf(x, xOf(time, span.from), xOf(time, span.to)) };
  }
  return { kind: 'clip', row, clip, part: partOf(x, xOf(time, clip.start), xOf(time, endOf(clip))) };
};

/** The clip whose end is the cut that a clip's edge lies on; undefined where it meets no other clip there. */
export const leftOfCut = (document: Document, clip: Clip, edge: 'head' | 'tail'): Clip | undefined => {
  const { left, right } = neighbours(document, clip);
  if (edge === 'head') return left;
  return right && clip;
};
