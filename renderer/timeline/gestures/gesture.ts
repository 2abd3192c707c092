import { EditRefused } from '../../../engine/contract/timeline/edit-refused.ts';
import type { Sequence } from '../../../engine/contract/timeline/entities.ts';
import { runOperation } from '../../../engine/contract/timeline/operations/registry.ts';
import type { OperationInput, OperationName } from '../../../engine/contract/timeline/operations/registry.ts';
import { snap, snapCandidates } from '../../../engine/contract/timeline/snapping.ts';
import { newId } from '../../document/new-id.ts';
import type { Grow, WishBody } from '../../generate/grow.svelte.ts';
import type { Editor } from '../../ui/editor.svelte.ts';
import type { Row } from '../rows.ts';
import type { TimelineView } from '../timeline-view.svelte.ts';

/** A place on the rows: `time` in frames of the sequence (fractional), `y` in pixels from the top of the first row. */
export type Point = { time: number; y: number };
export type Modifiers = { shift: boolean; ctrl: boolean; alt: boolean };

/** What a pointer does from pressing to letting go. Nothing reaches the engine before `release`, and nothing after `cancel`. */
export type Gesture = {
  move: (to: Point, modifiers: Modifiers) => void;
  release: () => void;
  cancel: () => void;
};

/** What gestures work on. */
export type Stage = {
  editor: Editor;
  view: TimelineView;
  sequence: Sequence;
  rows: readonly Row[];
  grow: Grow;
  /** Asks for new frames, as the Grow panel is set. */
  ask: (wish: WishBody) => unknown;
  /** Tells the user why an edit could not be made. */
  fail: (error: unknown) => void;
};

/** How near, in pixels, something snaps. */
const snapPixels = 8;

/** The frames that a drag moves by so that an edge meets something, and shows what it meets. */
export const snapped = (
  { view }: Stage,
  candidates: readonly number[],
  edges: readonly number[],
  by: number,
): number => {
  if (!view.snapping) return by;
  const result = snap(candidates, edges, { by, within: Math.round(snapPixels / view.time.scale) });
  view.snapAt = result.at;
  return result.by;
};

const nobody: ReadonlySet<string> = new Set();
let hovered: { of: readonly unknown[]; frames: readonly number[] } | undefined;

/** The frames that a drag snaps to: edges of clips but those that move, markers, the playhead, in and out. */
export const snapTargets = ({ editor, sequence }: Stage, except = nobody): readonly number[] => {
  const { document } = editor.view;
  const { frame, inPoint, outPoint } = editor;
  const find = (): readonly number[] =>
    snapCandidates(document, sequence.id, { except, more: [frame, inPoint, outPoint].filter((one) => one !== null) });
  if (except !== nobody) return find();
  // A pointer that hovers asks again and again, and ten thousand clips take milliseconds to sort.
  const of = [document, sequence.id, frame, inPoint, outPoint];
  if (!hovered?.of.every((one, i) => one === of[i])) hovered = { of, frames: find() };
  return hovered.frames;
};

/** A frame, or what it snaps to. */
export const snappedFrame = (stage: Stage, frame: number): number =>
  frame + snapped(stage, snapTargets(stage), [frame], 0);

/** Whether an operation could be made now. */
export const canBe = <N extends OperationName>({ editor }: Stage, name: N, input: OperationInput<N>): boolean => {
  try {
    runOperation(editor.view.document, name, input, { newId });
    return true;
  } catch (error) {
    if (error instanceof EditRefused) return false;
    throw error;
  }
};

/** One edit that a drag shows while it is under way, and makes when it ends. */
export type Draft = {
  /** @returns whether it can be; what was shown before stays where not */
  show: <N extends OperationName>(name: N, input: OperationInput<N>) => boolean;
  /** Back to where the drag began. */
  nothing: () => void;
  /** Makes what is shown, as one undo step. */
  commit: () => Promise<void>;
};

export const draftOf = ({ editor, view, fail }: Stage): Draft => {
  let edit: (() => Promise<void>) | undefined;
  const nothing = (): void => {
    if (edit) editor.store.endPreview();
    edit = undefined;
  };
  return {
    show: (name, input) => {
      try {
        editor.store.preview(name, input);
      } catch (error) {
        if (error instanceof EditRefused) return false;
        throw error;
      }
      edit = () => editor.store.edit(name, input);
      return true;
    },
    nothing: () => {
      nothing();
      view.snapAt = view.readout = null;
    },
    commit: async () => {
      view.snapAt = view.readout = null;
      await edit?.().catch(fail);
    },
  };
};
