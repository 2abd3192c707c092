import { endOf, linkedWith, neighbours } from '../../../engine/contract/timeline/document.ts';
import type { Document } from '../../../engine/contract/timeline/document.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import { nominalRate } from '../../../engine/contract/timeline/timecode.ts';
import { blendLength, blendSpan, gapAt, joinedRanges, partsOfDrag } from '../../generate/grow-maths.ts';
import type { Gap } from '../../generate/grow-maths.ts';
import { furthest } from '../furthest.ts';
import { leftOfCut, transitionBand } from '../hit.ts';
import type { Hit } from '../hit.ts';
import { canBe, draftOf, snapped, snapTargets } from './gesture.ts';
import type { Gesture, Point, Stage } from './gesture.ts';
import { together } from './together.ts';

type ClipHit = Extract<Hit, { kind: 'clip' }>;

/** The longest that may be asked for, frames. */
const longest = 3600;

/** The picture of what was pressed on: frames are grown of it, and its sound goes along. */
const pictureOf = (document: Document, clip: Clip): Clip | undefined =>
  linkedWith(document, clip).find(({ placement }) => placement !== null);

/** Shows what a drag would grow; a release asks for it. */
const growing = (stage: Stage, move: (to: Point) => void, ask: () => void, back = (): void => undefined): Gesture => {
  const { view } = stage;
  const end = (): void => {
    view.growth = null;
    view.snapAt = null;
  };
  return {
    move,
    release: () => {
      ask();
      end();
    },
    cancel: () => {
      end();
      back();
    },
  };
};

/**
 * Drags an edge outwards: over the handle it is a trim, and what goes beyond is grown. Room for both is made by moving what comes later,
 * unless there is a gap.
 */
const growEdge = (stage: Stage, clip: Clip, edge: 'head' | 'tail', from: Point): Gesture => {
  const { editor, view, grow } = stage;
  const at = edge === 'tail' ? endOf(clip) : clip.start;
  const sign = edge === 'tail' ? 1 : -1;
  const candidates = snapTargets(stage, together(editor.view.document, [clip.id]));
  const draft = draftOf(stage);
  const inputOf = (outward: number) => ({ clipId: clip.id, edge, by: sign * outward });
  const trimOf = (outward: number) => (canBe(stage, 'trim', inputOf(outward)) ? 'trim' : 'ripple-trim');
  const canTrim = (outward: number): boolean =>
    canBe(stage, 'trim', inputOf(outward)) || canBe(stage, 'ripple-trim', inputOf(outward));
  let parts = { trim: 0, grow: 0 };
  grow.edge = edge;
  grow.show('extend');

  const move = (to: Point): void => {
    const by = snapped(stage, candidates, [at], Math.round(to.time - from.time));
    const outward = Math.min(longest, Math.max(0, sign * by));
    parts = partsOfDrag(outward, furthest(outward, canTrim));
    if (parts.trim === 0) draft.nothing();
    else draft.show(trimOf(parts.trim), inputOf(parts.trim));
    // Rippled at its start a clip keeps its place and what comes later moves: the new frames are seen before it all the same.
    const filmed = editor.view.shown.clips.get(clip.id) ?? clip;
    const edgeAt = edge === 'tail' ? endOf(filmed) : filmed.start;
    const ends = [edgeAt, edgeAt + sign * parts.grow].sort((a, b) => a - b);
    view.growth =
      parts.grow === 0 ? null : { kind: 'extend', trackId: clip.trackId, from: ends[0], to: ends[1], drawn: true };
  };

  return growing(
    stage,
    move,
    () => {
      const { grow: frames } = parts;
      const asked = async (): Promise<void> => {
        await draft.commit();
        if (frames > 0) stage.ask({ task: 'extend', clipId: clip.id, edge, frames });
      };
      void asked();
    },
    draft.nothing,
  );
};

/** Drags a length out of a cut, on both sides of it. */
const growBlend = (stage: Stage, left: Clip, right: Clip): Gesture => {
  const { view, grow, editor } = stage;
  const cut = endOf(left);
  let frames = 0;
  editor.select(together(editor.view.document, [left.id, right.id]));
  grow.show('blend');
  const move = (to: Point): void => {
    frames = Math.min(longest, blendLength(to.time - cut, left, right));
    view.growth = { kind: 'blend', trackId: left.trackId, ...blendSpan(cut, frames), drawn: true };
  };
  return growing(stage, move, () => {
    if (frames > 0) stage.ask({ task: 'blend', leftClipId: left.id, rightClipId: right.id, frames });
  });
};

/** Drags over frames of a clip that are damaged; they are listed, to be filled together. */
const markDamaged = (stage: Stage, clip: Clip, from: Point): Gesture => {
  const { view, grow } = stage;
  const inside = (time: number): number => Math.min(endOf(clip) - 1, Math.max(clip.start, Math.floor(time)));
  let range: [number, number] | null = null;
  const move = (to: Point): void => {
    const [first, last] = [inside(from.time), inside(to.time)].sort((a, b) => a - b);
    range = [first, last];
    view.growth = { kind: 'mark', trackId: clip.trackId, from: first, to: last + 1, drawn: true };
  };
  return growing(stage, move, () => {
    if (!range) return;
    const before = grow.damaged?.clipId === clip.id ? grow.damaged.ranges : [];
    const kept = before.filter(({ chosen }) => chosen).map(({ first, last }): [number, number] => [first, last]);
    const ranges = joinedRanges([...kept, range]).map(([first, last]) => ({ first, last, chosen: true }));
    const others = before.filter(
      ({ chosen, first, last }) => !chosen && !(range && first <= range[1] && last >= range[0]),
    );
    grow.damaged = { clipId: clip.id, ranges: [...ranges, ...others].sort((a, b) => a.first - b.first) };
    grow.show('fill');
  });
};

const gapUnder = ({ editor }: Stage, hit: Hit, { time }: Point): Gap | undefined =>
  hit.kind === 'row' && hit.row.track.kind === 'video' && !hit.row.track.locked
    ? gapAt(editor.view.shown, hit.row.track.id, Math.floor(time))
    : undefined;

/** The cut whose lower band, where transitions lie, is pointed at. */
const cutUnder = (
  { editor }: Stage,
  { clip, part, row }: ClipHit,
  { y }: Point,
): { left: Clip; right: Clip } | undefined => {
  if (part === 'body' || row.track.kind !== 'video' || y < transitionBand(row).top) return undefined;
  const left = leftOfCut(editor.view.shown, clip, part);
  const right = left && neighbours(editor.view.shown, left).right;
  return left && right ? { left, right } : undefined;
};

/** What pressing with the Grow tool begins on a clip; null where there is nothing to drag. */
export const growOnClip = (stage: Stage, hit: ClipHit, point: Point): Gesture | null => {
  const { editor } = stage;
  const cut = cutUnder(stage, hit, point);
  if (cut) return growBlend(stage, cut.left, cut.right);
  editor.select(together(editor.view.document, [hit.clip.id]));
  const picture = pictureOf(editor.view.document, hit.clip);
  if (!picture) return null;
  if (hit.part !== 'body') return growEdge(stage, picture, hit.part, point);
  stage.grow.open = true;
  return picture.kind === 'still' || picture.kind === 'title' ? null : markDamaged(stage, picture, point);
};

/** Pressing into a gap with the Grow tool fills it; null beside it. */
export const growInGap = (stage: Stage, hit: Hit, point: Point): Gesture | null => {
  const gap = gapUnder(stage, hit, point);
  if (!gap || hit.kind !== 'row') return null;
  const { start, duration } = gap;
  const trackId = hit.row.track.id;
  stage.grow.show('fill');
  return growing(
    stage,
    () => undefined,
    () => stage.ask({ task: 'fill-gap', sequenceId: stage.sequence.id, trackId, start, duration }),
  );
};

/** What the Grow tool would do where it is held, before anything is pressed. */
export const growthUnder = (stage: Stage, hit: Hit, point: Point): Stage['view']['growth'] => {
  const gap = gapUnder(stage, hit, point);
  if (gap && hit.kind === 'row')
    return { kind: 'fill', trackId: hit.row.track.id, from: gap.start, to: gap.start + gap.duration, drawn: false };
  if (hit.kind !== 'clip' || hit.row.track.locked) return null;
  const cut = cutUnder(stage, hit, point);
  if (!cut) return null;
  const frames = blendLength((stage.grow.frames ?? nominalRate(stage.sequence.frameRate)) / 2, cut.left, cut.right);
  return { kind: 'blend', trackId: cut.left.trackId, ...blendSpan(endOf(cut.left), frames), drawn: false };
};
