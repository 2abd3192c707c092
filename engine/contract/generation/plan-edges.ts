import type { Document } from '../timeline/document.ts';
import { contextAfter, contextBefore, endShown, knownIn, plainClip, soundAt, sourceFrames } from './describe-clip.ts';
import { anchor, ofClip, source } from './plan-parts.ts';
import type { WishPlan } from './plan.ts';
import type { WishOf } from './wish.ts';

export const extend = (document: Document, wish: WishOf<'extend'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  const sound = clip.media.sound !== null && soundAt(document, clip.clip, wish.edge) !== undefined;
  const end = endShown(clip, clip.out);
  const stretch =
    wish.edge === 'tail' ? contextBefore(clip.in, end, clip, sound) : contextAfter(clip.in, end, clip, sound);
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: knownIn(stretch, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound,
    sources: [source(clip, stretch)],
    holes: [],
    anchors: [anchor(clip, wish.edge, wish.edge === 'tail' ? clip.out : clip.in)],
    place: {
      kind: 'beside',
      clipId: clip.clip.id,
      side: wish.edge === 'tail' ? 'after' : 'before',
      duration: wish.frames,
    },
  };
};

export const loop = (document: Document, wish: WishOf<'loop'>): WishPlan => {
  const clip = plainClip(document, wish.clipId);
  const sound = clip.media.sound !== null && soundAt(document, clip.clip, 'tail') !== undefined;
  const end = endShown(clip, clip.out);
  const before = contextBefore(clip.in, end, clip, sound);
  const after = contextAfter(clip.in, end, clip, sound);
  return {
    ...ofClip(clip, wish),
    task: 'extend',
    knownFrames: knownIn(before, clip.rate) + knownIn(after, clip.rate),
    newFrames: sourceFrames(wish.frames, clip.sequence.frameRate, clip.rate),
    timelineFrames: wish.frames,
    sound,
    sources: [source(clip, after), source(clip, before)],
    holes: [],
    anchors: [anchor(clip, 'tail', clip.out), anchor(clip, 'head', clip.in)],
    place: { kind: 'beside', clipId: clip.clip.id, side: 'after', duration: wish.frames },
  };
};
