import { clipsBetween } from '../../../engine/contract/timeline/document.ts';
import { xOf } from '../time-scale.ts';
import type { Gesture, Modifiers, Point, Stage } from './gesture.ts';
import { together } from './together.ts';

/** Drags a frame around clips; letting go without having dragged selects nothing. With Shift or Ctrl it adds to the selection. */
export const marquee = (stage: Stage, from: Point, { shift, ctrl }: Modifiers): Gesture => {
  const { editor, view, rows } = stage;
  const before = editor.selection;
  const detailBefore = editor.detail;
  const kept = shift || ctrl ? before : new Set<string>();
  let dragged = false;
  return {
    move: (to) => {
      dragged = true;
      const [start, end] = [Math.min(from.time, to.time), Math.max(from.time, to.time)];
      const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
      view.marquee = {
        ...{ x: xOf(view.time, start), y: top - view.top },
        ...{ width: (end - start) * view.time.scale, height: bottom - top },
      };
      const { document } = editor.view;
      const inside = rows
        .filter((row) => row.y < bottom && row.y + row.height > top && !row.track.locked)
        .flatMap(({ track }) => clipsBetween(document, track.id, Math.max(0, Math.floor(start)), Math.ceil(end)));
      editor.select([
        ...kept,
        ...together(
          document,
          inside.map(({ id }) => id),
        ),
      ]);
    },
    release: () => {
      view.marquee = null;
      if (!dragged) editor.select(kept);
    },
    cancel: () => {
      view.marquee = null;
      if (detailBefore) editor.selectDetail(detailBefore);
      else editor.select(before);
    },
  };
};
