import type { Marker } from '../../engine/contract/timeline/entities.ts';
import { flag, rulerHeight, sequenceMarkers } from './draw-ruler.ts';
import { dragMarker } from './gestures/drag-details.ts';
import type { Gesture, Modifiers, Point, Stage } from './gestures/gesture.ts';
import { growthUnder } from './gestures/grow-clips.ts';
import { bladeFrame, cursorOver, startGesture } from './gestures/start-gesture.ts';
import { hitAt } from './hit.ts';
import type { Hit } from './hit.ts';
import { takeHint } from './take-hint.ts';
import { timeAt, xOf } from './time-scale.ts';

/** Pixels that a press may wander before it is a drag. */
const slack = 3;
/** So near to a side a drag scrolls on, pixels; and how far it does in a frame. */
const edge = 28;
const scrollStep = 14;

/** Calls a gesture's `move` only once the pointer has gone further than a shaking hand. */
const afterSlack = (gesture: Gesture, start: { x: number; y: number }) => {
  let dragging = false;
  return (x: number, y: number, to: Point, modifiers: Modifiers): void => {
    dragging ||= Math.hypot(x - start.x, y - start.y) >= slack;
    if (dragging) gesture.move(to, modifiers);
  };
};

const scrub = ({ editor, view }: Stage, first: number): Gesture => {
  const show = (time: number): void => {
    editor.frame = Math.max(0, Math.floor(time));
  };
  const before = editor.frame;
  editor.playing = false;
  show(timeAt(view.time, first));
  return {
    move: ({ time }) => show(time),
    release: () => undefined,
    cancel: () => (editor.frame = before),
  };
};

const panning = ({ view }: Stage, start: { x: number; y: number }) => {
  let last = start;
  return (x: number, y: number): void => {
    view.pan(last.x - x, last.y - y);
    last = { x, y };
  };
};

/** The pointer over ruler and clips: what it presses, drags and hovers. @returns what ends it */
export const pointer = (element: HTMLElement, stage: () => Stage): (() => void) => {
  let gesture: Gesture | null = null;
  let move: ((x: number, y: number, to: Point, modifiers: Modifiers) => void) | null = null;
  let last: { x: number; y: number; modifiers: Modifiers } | null = null;
  let scrolling = 0;

  const placeOf = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const modifiersOf = ({ shiftKey, ctrlKey, metaKey, altKey }: MouseEvent | KeyboardEvent): Modifiers => ({
    ...{ shift: shiftKey, ctrl: ctrlKey || metaKey, alt: altKey },
  });
  const pointAt = (x: number, y: number): Point => {
    const { view } = stage();
    return { time: timeAt(view.time, x), y: y - rulerHeight + view.top };
  };
  const hit = (x: number, y: number): Hit => {
    const { editor, rows, view } = stage();
    const scene = { document: editor.view.shown, rows, time: view.time, selection: editor.selection };
    return hitAt(scene, x, y - rulerHeight + view.top);
  };

  const end = (): void => {
    cancelAnimationFrame(scrolling);
    scrolling = 0;
    gesture = null;
    move = null;
    last = null;
  };

  /** While something is held near a side the view goes on that way. */
  const scrollOn = (): void => {
    scrolling = 0;
    const { view } = stage();
    if (!gesture || !last) return;
    const sideways = last.x < edge ? -scrollStep : last.x > view.width - edge ? scrollStep : 0;
    if (sideways === 0) return;
    view.pan(sideways, 0);
    move?.(last.x, last.y, pointAt(last.x, last.y), last.modifiers);
    scrolling = requestAnimationFrame(scrollOn);
  };

  const markerOnRuler = (x: number, y: number): Marker | undefined => {
    const { editor, sequence, view } = stage();
    if (y < rulerHeight - 16) return undefined;
    return sequenceMarkers({ document: editor.view.shown, sequence }).find(
      ({ frame }) => Math.abs(xOf(view.time, frame) - x) <= flag + 1,
    );
  };
  const onRuler = (x: number, y: number): Gesture => {
    const now = stage();
    const { editor } = now;
    const marker = markerOnRuler(x, y);
    if (!marker) return scrub(now, x);
    editor.selectDetail({ kind: 'marker', id: marker.id });
    return dragMarker(now, marker, pointAt(x, y));
  };

  const pressed = (event: PointerEvent): void => {
    if (gesture || move) return;
    const { x, y } = placeOf(event);
    const modifiers = modifiersOf(event);
    if (event.button === 1) move = panning(stage(), { x, y });
    else if (event.button === 0) {
      gesture = y < rulerHeight ? onRuler(x, y) : startGesture(stage(), hit(x, y), pointAt(x, y), modifiers);
      move = gesture && afterSlack(gesture, { x, y });
    }
    if (!move) return;
    // A middle press would else start the browser's own scrolling.
    event.preventDefault();
    (document.activeElement as HTMLElement | null)?.blur();
    element.setPointerCapture(event.pointerId);
  };

  const hovered = (x: number, y: number): void => {
    const now = stage();
    const { editor, view } = now;
    const over = y < rulerHeight ? null : hit(x, y);
    const marker = over ? (over.kind === 'marker' ? over.marker : undefined) : markerOnRuler(x, y);
    element.style.cursor = over ? cursorOver(over, editor.tool) : marker ? 'ew-resize' : 'default';
    view.snapAt = null;
    element.title = marker?.name ?? (over?.kind === 'clip' ? takeHint(editor.view.shown, over.clip) : '');
    view.growth = editor.tool === 'grow' && over ? growthUnder(now, over, pointAt(x, y)) : null;
    if (view.growth?.kind === 'fill') element.style.cursor = 'pointer';
    if (view.growth?.kind === 'blend') element.style.cursor = 'col-resize';
    view.bladeAt = editor.tool === 'blade' && over?.kind === 'clip' ? bladeFrame(now, pointAt(x, y)) : null;
  };

  const moved = (event: PointerEvent): void => {
    const { x, y } = placeOf(event);
    if (!move) {
      hovered(x, y);
      return;
    }
    last = { x, y, modifiers: modifiersOf(event) };
    move(x, y, pointAt(x, y), last.modifiers);
    if (gesture && scrolling === 0) scrolling = requestAnimationFrame(scrollOn);
  };

  const released = (): void => {
    const ending = gesture;
    end();
    ending?.release();
  };
  const cancelled = (): void => {
    const ending = gesture;
    end();
    ending?.cancel();
  };
  const left = (): void => {
    const { view } = stage();
    view.bladeAt = null;
    if (gesture) return;
    view.snapAt = null;
    view.growth = null;
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !gesture) return;
    event.stopImmediatePropagation();
    cancelled();
  };
  const listeners = {
    ...{ pointerdown: pressed, pointermove: moved, pointerup: released, pointercancel: cancelled },
    pointerleave: left,
  };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
  addEventListener('keydown', key, { capture: true });
  return () => {
    cancelled();
    removeEventListener('keydown', key, { capture: true });
    for (const [name, listener] of Object.entries(listeners))
      element.removeEventListener(name, listener as EventListener);
  };
};
