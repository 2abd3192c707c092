import type { Hit } from '../hit.ts';
import { dragKeys, dragMarker, dragTransition } from './drag-details.ts';
import { snappedFrame } from './gesture.ts';
import type { Gesture, Modifiers, Point, Stage } from './gesture.ts';
import { growInGap, growOnClip } from './grow-clips.ts';
import { marquee } from './marquee.ts';
import { moveClips } from './move-clips.ts';
import { together } from './together.ts';
import { rollCut, slideClip, slipClip, trimEdge } from './trim-edge.ts';

type ClipHit = Extract<Hit, { kind: 'clip' }>;

/** Selects what was pressed on: alone with Alt, more or less of it with Shift or Ctrl. @returns whether it may be dragged now */
const selectClip = ({ editor }: Stage, { clip }: ClipHit, { shift, ctrl, alt }: Modifiers): boolean => {
  const { selection } = editor;
  const ids = alt ? new Set([clip.id]) : together(editor.view.document, [clip.id]);
  if (shift || ctrl) {
    const rest = [...selection].filter((id) => !ids.has(id));
    editor.select(selection.has(clip.id) ? rest : [...rest, ...ids]);
    return !selection.has(clip.id);
  }
  if (!selection.has(clip.id) || alt) editor.select(ids);
  return true;
};

/** The frame at which the blade cuts: snapped to the playhead, markers and other cuts. */
export const bladeFrame = (stage: Stage, { time }: Point): number => snappedFrame(stage, Math.max(0, Math.round(time)));

/** Cuts the clip that was pressed on and what is linked with it; with Shift everything at that frame. */
const cut = (stage: Stage, { row }: ClipHit, point: Point, { shift, alt }: Modifiers): void => {
  const { editor, sequence, fail } = stage;
  const frame = bladeFrame(stage, point);
  const trackIds = shift ? null : [row.track.id];
  editor.store.edit('blade', { sequenceId: sequence.id, frame, trackIds, withLinked: !alt }).catch(fail);
  stage.view.snapAt = null;
};

const onClip = (stage: Stage, hit: ClipHit, point: Point, modifiers: Modifiers): Gesture | null => {
  const { clip, part } = hit;
  const { tool } = stage.editor;
  if (tool === 'blade') {
    cut(stage, hit, point, modifiers);
    return null;
  }
  if (tool === 'grow' && !hit.row.track.locked) return growOnClip(stage, hit, point);
  // With Ctrl the select tool ripples at an edge, so there Ctrl does not add to the selection.
  const atEdge = part !== 'body' && tool !== 'slip' && tool !== 'slide';
  const quick = atEdge && tool === 'select' && modifiers.ctrl;
  if (!selectClip(stage, hit, quick ? { ...modifiers, ctrl: false, shift: false } : modifiers)) return null;
  if (hit.row.track.locked) return null;
  if (tool === 'slip') return slipClip(stage, clip, point);
  if (tool === 'slide') return slideClip(stage, clip, point);
  if (!atEdge) return moveClips(stage, clip, point);
  if (tool === 'roll' || (quick && modifiers.shift)) return rollCut(stage, clip, part, point);
  return trimEdge(stage, clip, part, tool === 'ripple' || quick ? 'ripple-trim' : 'trim', point);
};

/** What pressing on the rows begins; null where it is done with the press. */
export const startGesture = (stage: Stage, hit: Hit, point: Point, modifiers: Modifiers): Gesture | null => {
  switch (hit.kind) {
    case 'clip':
      return onClip(stage, hit, point, modifiers);
    case 'key':
      return dragKeys(stage, hit.clip, hit.frame, point);
    case 'marker':
      stage.editor.selectDetail({ kind: 'marker', id: hit.marker.id });
      return dragMarker(stage, hit.marker, point);
    case 'transition':
      stage.editor.selectDetail({ kind: 'transition', id: hit.transition.id });
      return dragTransition(stage, hit.transition, hit.part, point);
    case 'row':
    case 'nothing':
      return (stage.editor.tool === 'grow' ? growInGap(stage, hit, point) : null) ?? marquee(stage, point, modifiers);
  }
};

/** The pointer's shape over something. */
export const cursorOver = (hit: Hit, tool: Stage['editor']['tool']): string => {
  if (hit.kind === 'row' || hit.kind === 'nothing') return tool === 'blade' ? 'crosshair' : 'default';
  if (hit.kind === 'key' || hit.kind === 'marker') return 'ew-resize';
  if (hit.row.track.locked) return 'not-allowed';
  if (hit.kind === 'transition') return hit.part === 'body' ? 'grab' : 'ew-resize';
  if (tool === 'blade') return 'crosshair';
  if (tool === 'grow' && hit.part === 'body') return 'text';
  if (tool === 'slip' || tool === 'slide') return 'col-resize';
  if (hit.part === 'body') return 'default';
  if (tool === 'roll') return 'col-resize';
  return hit.part === 'head' ? 'w-resize' : 'e-resize';
};
