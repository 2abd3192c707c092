import { endOf, linkedWith } from '../../../engine/contract/timeline/document.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import type { OperationInput, OperationName } from '../../../engine/contract/timeline/operations/registry.ts';
import { furthest } from '../furthest.ts';
import { leftOfCut } from '../hit.ts';
import { canBe, draftOf, snapped, snapTargets } from './gesture.ts';
import type { Gesture, Point, Stage } from './gesture.ts';
import { grabbedWith, isWhole } from './together.ts';

type ByDrag<N extends OperationName> = {
  name: N;
  input: (by: number) => OperationInput<N>;
  /** Edges that snap, frames. */
  edges: readonly number[];
  /** Clips whose edges are not snapped to. */
  except: ReadonlySet<string>;
  /** -1 where dragging to the right means earlier. */
  sign?: 1 | -1;
};

/** A drag that is one number of frames; it goes as far as handles and neighbours let it. */
const byDrag = <N extends OperationName>(
  stage: Stage,
  from: Point,
  { name, input, edges, except, sign = 1 }: ByDrag<N>,
): Gesture => {
  const { view } = stage;
  const candidates = snapTargets(stage, except);
  const draft = draftOf(stage);
  let shown = 0;
  return {
    move: (to) => {
      const dragged = Math.round(to.time - from.time);
      const wanted = sign * (edges.length > 0 ? snapped(stage, candidates, edges, dragged) : dragged);
      const by = furthest(wanted, (frames) => canBe(stage, name, input(frames)));
      if (by !== wanted) view.snapAt = null;
      if (by !== shown) {
        shown = by;
        if (by === 0) draft.nothing();
        else draft.show(name, input(by));
      }
      view.readout = { by, time: to.time, y: to.y };
    },
    release: () => void draft.commit(),
    cancel: draft.nothing,
  };
};

/** Whether what is linked with a clip is edited with it: unless it was picked singly. */
const withLinkedOf = ({ editor }: Stage, clip: Clip): boolean =>
  isWhole(editor.view.document, grabbedWith(editor.view.document, clip, editor.selection));

const idsOfLinked = ({ editor }: Stage, clip: Clip): Set<string> =>
  new Set(linkedWith(editor.view.document, clip).map(({ id }) => id));

const edgeOf = (clip: Clip, edge: 'head' | 'tail'): number => (edge === 'head' ? clip.start : endOf(clip));

/** Drags an edge alone, or with everything that follows. */
export const trimEdge = (
  stage: Stage,
  clip: Clip,
  edge: 'head' | 'tail',
  name: 'trim' | 'ripple-trim',
  from: Point,
): Gesture => {
  const withLinked = withLinkedOf(stage, clip);
  return byDrag(stage, from, {
    name,
    input: (by) => ({ clipId: clip.id, edge, by, withLinked }),
    edges: [edgeOf(clip, edge)],
    except: idsOfLinked(stage, clip),
  });
};

/** Drags the cut between two clips; null where an edge meets no other clip. */
export const rollCut = (stage: Stage, clip: Clip, edge: 'head' | 'tail', from: Point): Gesture | null => {
  const left = leftOfCut(stage.editor.view.document, clip, edge);
  if (!left) return null;
  const withLinked = withLinkedOf(stage, clip);
  return byDrag(stage, from, {
    name: 'roll',
    input: (by) => ({ leftClipId: left.id, by, withLinked }),
    edges: [endOf(left)],
    except: new Set([...idsOfLinked(stage, left), ...idsOfLinked(stage, clip)]),
  });
};

/** Drags the source below a clip that stays: to the right shows earlier frames. */
export const slipClip = (stage: Stage, clip: Clip, from: Point): Gesture => {
  const withLinked = withLinkedOf(stage, clip);
  return byDrag(stage, from, {
    name: 'slip',
    input: (by) => ({ clipId: clip.id, by, withLinked }),
    edges: [],
    except: new Set(),
    sign: -1,
  });
};

/** Drags a clip between its neighbours. */
export const slideClip = (stage: Stage, clip: Clip, from: Point): Gesture => {
  const withLinked = withLinkedOf(stage, clip);
  return byDrag(stage, from, {
    name: 'slide',
    input: (by) => ({ clipId: clip.id, by, withLinked }),
    edges: [clip.start, endOf(clip)],
    except: idsOfLinked(stage, clip),
  });
};
