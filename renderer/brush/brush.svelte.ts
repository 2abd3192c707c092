import { createContext, untrack } from 'svelte';
import type { Size } from '../../engine/contract/compositing/placement.ts';
import type { MaskShape } from '../../engine/contract/generation/wish.ts';
import { begun, redone, undone, went } from './history.ts';
import type { History } from './history.ts';
import { blankMask, keyAt, shapesAt, shapesOfOutlines } from './mask-drawing.ts';
import type { MaskDrawing, Outline } from './mask-drawing.ts';
import { endMask, maskTools, moveMask, startMask } from './mask-gesture.ts';
import type { MaskGesture, MaskTool } from './mask-gesture.ts';
import { blankMotion } from './motion-drawing.ts';
import type { MotionDrawing } from './motion-drawing.ts';
import { endMotion, motionTools, moveMotion, startMotion } from './motion-gesture.ts';
import type { MotionGesture, MotionTool } from './motion-gesture.ts';
import { sameMotion } from './motion-wish.ts';
import { resized, usualRadius } from './strokes.ts';
import type { Line, Point } from './strokes.ts';

/** What is drawn on: a still that shall move, or a clip of which a part shall be painted anew. */
export type BrushTarget = {
  kind: 'motion' | 'mask';
  /** The clip that is drawn on in the viewer; null where a media alone is (the quick screens). */
  clipId: string | null;
  mediaId: string;
  /** Of the media's picture, pixels. */
  size: Size;
  /** The take of the still that the clip shows: drawings are of one take each. */
  takeId?: string | null;
  /** What is there before anything was drawn: the motion of that take. */
  from?: MotionDrawing;
};

/** A mask as the engine led it along to a frame without a key of its own: closed lines, pixels of the source. */
export type TrackedMask = { frame: number; outlines: readonly Outline[] };

export type BrushTool = MotionTool | MaskTool;

/** Drawing on the picture: one for a project, shared by the panel that asks for it and by what is drawn on. Reactive. */
export type Brush = {
  /** Null while no panel wants anything drawn. */
  readonly target: BrushTarget | null;
  /** Wants a drawing; what was drawn on the same before is there again. @returns what ends it */
  open: (target: BrushTarget) => () => void;
  /** Those of the target. */
  readonly tools: readonly BrushTool[];
  tool: BrushTool;
  /** Pixels of the source. */
  readonly radius: number;
  /** One step larger (1) or smaller (-1). */
  resize: (by: number) => void;
  setRadius: (radius: number) => void;
  /** With the gesture that is under way. */
  readonly motion: MotionDrawing;
  readonly mask: MaskDrawing;
  /** The mask that is seen at a frame, as shapes: where it is led along, what lies within the lines that the engine led it to. */
  maskAt: (frame: number) => readonly MaskShape[];
  /** Set by the panel for the frame at the playhead; null for a mask that is not led, or not yet. */
  tracked: TrackedMask | null;
  /** What is being painted now. */
  readonly line: Line | null;
  readonly drawing: boolean;
  begin: (at: Point, reach: number, frame: number) => void;
  move: (at: Point) => void;
  end: () => void;
  /** Takes the gesture back. @returns whether there was one */
  cancel: () => boolean;
  /** Puts another drawing in the place of what is there: one step to undo. */
  setMotion: (drawing: MotionDrawing) => void;
  setMask: (drawing: MaskDrawing) => void;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  undo: () => void;
  redo: () => void;
};

export const [useBrush, provideBrush] = createContext<Brush>();

type Gesture = { kind: 'motion'; at: MotionGesture } | { kind: 'mask'; at: MaskGesture };
type Drawings = { motion: History<MotionDrawing>; mask: History<MaskDrawing> };

const keyOf = ({ kind, clipId, mediaId, takeId }: BrushTarget): string =>
  [kind, clipId ?? mediaId, takeId ?? ''].join(' ');

/** To be called while a component is set up. */
export const createBrush = (): Brush => {
  let target = $state.raw<BrushTarget | null>(null);
  /** Of every target that was drawn on, for as long as the project is open. */
  let drawings = $state.raw<ReadonlyMap<string, Drawings>>(new Map());
  let gesture = $state.raw<Gesture | null>(null);
  let tool = $state<BrushTool>('arrow');
  /** As a share of the picture's shorter side, so that it suits the next picture too. */
  let share = $state<number | null>(null);
  let tracked = $state.raw<TrackedMask | null>(null);

  const own = $derived<Drawings>(
    (target && drawings.get(keyOf(target))) ?? { motion: begun(target?.from ?? blankMotion), mask: begun(blankMask) },
  );
  const size = $derived(target?.size ?? { width: 1, height: 1 });
  const radius = $derived(
    share === null ? usualRadius(size.width, size.height) : share * Math.min(size.width, size.height),
  );

  const keep = (change: Partial<Drawings>): void => {
    if (target) drawings = new Map(drawings).set(keyOf(target), { ...own, ...change });
  };
  /** What was drawn over one take and has become another one is no more drawn over the first. */
  const forgetMade = ({ takeId, clipId, from, ...rest }: BrushTarget): void => {
    if (!takeId || !from) return;
    const own = keyOf({ takeId, clipId, ...rest });
    const ofClip = keyOf({ clipId, ...rest });
    const made = ([key, { motion }]: [string, Drawings]): boolean =>
      key !== own && key.startsWith(ofClip) && sameMotion(motion.now, from);
    drawings = new Map([...drawings].filter((each) => !made(each)));
  };
  const setRadius = (next: number): void => {
    share = next / Math.min(size.width, size.height);
  };

  const motion = $derived(gesture?.kind === 'motion' ? endMotion(gesture.at) : own.motion.now);
  const mask = $derived(gesture?.kind === 'mask' ? endMask(gesture.at) : own.mask.now);

  /** As it is seen at a frame: its own key, else what the engine led it to, else the ruling key. */
  const shapesSeen = (drawing: MaskDrawing, frame: number): readonly MaskShape[] =>
    tracked?.frame === frame && !keyAt(drawing, frame)
      ? shapesOfOutlines(tracked.outlines, size)
      : shapesAt(drawing, frame);

  const change = (how: <V>(history: History<V>) => History<V>): void => {
    gesture = null;
    if (target?.kind === 'mask') keep({ mask: how(own.mask) });
    else keep({ motion: how(own.motion) });
  };
  const history = $derived<History<unknown>>(target?.kind === 'mask' ? own.mask : own.motion);

  return {
    get target() {
      return target;
    },
    open: (next) => {
      untrack(() => forgetMade(next));
      target = next;
      gesture = null;
      tracked = null;
      const tools: readonly BrushTool[] = next.kind === 'mask' ? maskTools : motionTools;
      // Whoever opens it in an effect does not do so again with another tool.
      if (!tools.includes(untrack(() => tool))) tool = tools[0];
      return () => {
        if (untrack(() => target) !== next) return;
        target = null;
        gesture = null;
      };
    },
    get tools() {
      return target?.kind === 'mask' ? maskTools : motionTools;
    },
    get tool() {
      return tool;
    },
    set tool(next) {
      tool = next;
    },
    get radius() {
      return radius;
    },
    resize: (by) => setRadius(resized(radius, by, size.width, size.height)),
    setRadius,
    get motion() {
      return motion;
    },
    get mask() {
      return mask;
    },
    maskAt: (frame) => shapesSeen(mask, frame),
    get tracked() {
      return tracked;
    },
    set tracked(next) {
      tracked = next;
    },
    get line() {
      if (!gesture || (gesture.kind === 'motion' ? gesture.at.handle : gesture.at.hold)) return null;
      return gesture.at.line;
    },
    get drawing() {
      return gesture !== null;
    },
    begin: (at, reach, frame) => {
      if (!target) return;
      const start = { size, radius, at, reach };
      if (target.kind === 'motion') {
        gesture = { kind: 'motion', at: startMotion({ ...start, tool: tool as MotionTool, drawing: own.motion.now }) };
        return;
      }
      const drawing = own.mask.now;
      const shapes = shapesSeen(drawing, frame);
      gesture = { kind: 'mask', at: startMask({ ...start, tool: tool as MaskTool, drawing, frame, shapes }) };
    },
    move: (at) => {
      if (gesture?.kind === 'motion') gesture = { kind: 'motion', at: moveMotion(gesture.at, at) };
      else if (gesture) gesture = { kind: 'mask', at: moveMask(gesture.at, at) };
    },
    end: () => {
      const ended = gesture;
      gesture = null;
      if (ended?.kind === 'motion') keep({ motion: went(own.motion, endMotion(ended.at)) });
      else if (ended) keep({ mask: went(own.mask, endMask(ended.at)) });
    },
    cancel: () => {
      const was = gesture !== null;
      gesture = null;
      return was;
    },
    setMotion: (next) => keep({ motion: went(own.motion, next) }),
    setMask: (next) => keep({ mask: went(own.mask, next) }),
    get canUndo() {
      return history.past.length > 0;
    },
    get canRedo() {
      return history.future.length > 0;
    },
    undo: () => change(undone),
    redo: () => change(redone),
  };
};
