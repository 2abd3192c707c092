import type { Document } from '../timeline/document.ts';
import { endOf } from '../timeline/document.ts';
import {
  contextAfter,
  contextBefore,
  endShown,
  goesOnSounding,
  growClip,
  knownIn,
  sourceFrames,
} from './describe-clip.ts';
import { anchor, ofClip, sourceOf } from './plan-parts.ts';
import type { WishPlan } from './plan.ts';
import type { WishOf } from './wish.ts';

export const extend = (document: Document, wish: WishOf<'extend'>): WishPlan => {
  const clip = growClip(document, wish.clipId);
  const sound = goesOnSounding(document, clip, wish.edge);
  const end = endShown(clip, endOf(clip.clip));
  const stretch =
    wish.edge === 'tail' ? contextBefore(clip.in, end, clip, sound) : contextAfter(clip.in, end, clip, sound);
  const edge = anchor(clip, wish.edge, wish.edge === 'tail' ? endOf(clip.clip) : clip.clip.start);
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: knownIn(stretch, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound,
    sources: [sourceOf(clip, stretch)],
    holes: [],
    anchors: [edge],
    place: {
      kind: 'beside',
      clipId: clip.clip.id,
      anchor: edge,
      side: wish.edge === 'tail' ? 'after' : 'before',
      duration: wish.frames,
    },
  };
};

export const loop = (document: Document, wish: WishOf<'loop'>): WishPlan => {
  const clip = growClip(document, wish.clipId);
  const sound = goesOnSounding(document, clip, 'tail');
  const end = endShown(clip, endOf(clip.clip));
  const before = contextBefore(clip.in, end, clip, sound);
  const after = contextAfter(clip.in, end, clip, sound);
  const tail = anchor(clip, 'tail', endOf(clip.clip));
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: knownIn(before, clip.rate) + knownIn(after, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound,
    sources: [sourceOf(clip, after), sourceOf(clip, before)],
    holes: [],
    anchors: [tail, anchor(clip, 'head', clip.clip.start)],
    place: { kind: 'beside', clipId: clip.clip.id, anchor: tail, side: 'after', duration: wish.frames },
  };
};
