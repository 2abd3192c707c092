import { endOf, transitionAtEnd, transitionAtStart } from './document.ts';
import type { Document } from './document.ts';
import type { Clip, Transition } from './entities.ts';
import { handlesOf } from './source-time.ts';

/** The most frames that a transition may have before and after its cut. */
export type TransitionRoom = { before: number; after: number };

/** A transition's clips; undefined where one is named that is not there. */
export const sidesOf = (
  document: Document,
  { leftClipId, rightClipId }: Pick<Transition, 'leftClipId' | 'rightClipId'>,
): { left: Clip | null; right: Clip | null } | undefined => {
  const left = leftClipId === null ? null : document.clips.get(leftClipId);
  const right = rightClipId === null ? null : document.clips.get(rightClipId);
  return left === undefined || right === undefined ? undefined : { left, right };
};

/** Frames of a clip that the transition at its other edge leaves free. */
const freeOfLeft = (document: Document, left: Clip): number =>
  left.duration - (transitionAtStart(document, left.id)?.after ?? 0);
const freeOfRight = (document: Document, right: Clip): number =>
  right.duration - (transitionAtEnd(document, right.id)?.before ?? 0);

/** Two transitions may not meet within a clip, and each side needs source beyond the cut for as long as it is seen there. */
export const transitionRoom = (document: Document, left: Clip | null, right: Clip | null): TransitionRoom => ({
  before: left ? Math.min(freeOfLeft(document, left), right ? handlesOf(document, right).head : Infinity) : 0,
  after: right ? Math.min(freeOfRight(document, right), left ? handlesOf(document, left).tail : Infinity) : 0,
});

/** The frame on which a transition's cut lies. */
export const cutOf = (left: Clip | null, right: Clip | null): number => {
  if (right) return right.start;
  return left ? endOf(left) : 0;
};
