import type { Clip, Marker, Transition } from '../../../engine/contract/timeline/entities.ts';
import { cutOf, sidesOf } from '../../../engine/contract/timeline/transition-room.ts';
import { keysAt } from '../clip-keys.ts';
import { markerFrame, markerRoom } from '../clip-markers.ts';
import type { ClipPart } from '../hit.ts';
import { draftOf, snapped, snapTargets } from './gesture.ts';
import type { Gesture, Point, Stage } from './gesture.ts';

const draftGesture = (stage: Stage, move: (draft: ReturnType<typeof draftOf>, to: Point) => void): Gesture => {
  const draft = draftOf(stage);
  return { move: (to) => move(draft, to), release: () => void draft.commit(), cancel: draft.nothing };
};

/** Drags a marker: one of the sequence along the ruler, one of a clip within its clip. */
export const dragMarker = (stage: Stage, marker: Marker, from: Point): Gesture => {
  const { document } = stage.editor.view;
  const at = markerFrame(document, marker) ?? 0;
  const room = markerRoom(document, marker);
  const candidates = snapTargets(stage).filter((frame) => frame !== at);
  return draftGesture(stage, (draft, to) => {
    const by = snapped(stage, candidates, [at], Math.round(to.time - from.time));
    const frame = Math.min(room.to, Math.max(room.from, marker.frame + by));
    if (frame === marker.frame) draft.nothing();
    else draft.show('change-marker', { id: marker.id, changes: { frame } });
  });
};

/** Drags an edge of a transition, which makes it longer or shorter on both sides of its cut. */
const resizeTransition = (stage: Stage, transition: Transition): Gesture => {
  const { before, after, leftClipId, rightClipId } = transition;
  const sides = sidesOf(stage.editor.view.document, transition);
  const cut = sides ? cutOf(sides.left, sides.right) : 0;
  const oneSided = leftClipId === null || rightClipId === null || before === 0 || after === 0;
  return draftGesture(stage, (draft, to) => {
    const reach = Math.abs(Math.round(to.time) - cut);
    const duration = Math.max(1, oneSided ? reach : reach * 2);
    if (duration === before + after) draft.nothing();
    else draft.show('change-transition', { id: transition.id, duration, shorten: true });
  });
};

/** Drags a transition over its cut: it ends there, lies across it or starts there, whichever is nearest. */
const alignTransition = (stage: Stage, transition: Transition, from: Point): Gesture => {
  const { before, after } = transition;
  const middle = (after - before) / 2;
  const half = (before + after) / 2;
  const places = { end: -half, centre: 0, start: half } as const;
  return draftGesture(stage, (draft, to) => {
    const at = middle + to.time - from.time;
    const alignment = (Object.keys(places) as (keyof typeof places)[]).reduce((best, name) =>
      Math.abs(places[name] - at) < Math.abs(places[best] - at) ? name : best,
    );
    draft.show('change-transition', { id: transition.id, alignment, shorten: true });
  });
};

export const dragTransition = (stage: Stage, transition: Transition, part: ClipPart, from: Point): Gesture =>
  part === 'body' ? alignTransition(stage, transition, from) : resizeTransition(stage, transition);

/** Drags all keys of a clip that lie on one frame to another one. */
export const dragKeys = (stage: Stage, clip: Clip, frame: number, from: Point): Gesture => {
  const keys = keysAt(clip, frame);
  const candidates = snapTargets(stage);
  return draftGesture(stage, (draft, to) => {
    const by = snapped(stage, candidates, [clip.start + frame], Math.round(to.time - from.time));
    const next = Math.max(0, Math.min(clip.duration - 1, frame + by));
    if (next === frame) draft.nothing();
    else
      draft.show('batch', {
        operations: keys.flatMap(({ property, value, easing }) => [
          { op: 'remove-keyframe', input: { clipId: clip.id, property, frame } },
          { op: 'set-keyframe', input: { clipId: clip.id, property, frame: next, value, easing } },
        ]),
      });
  });
};
