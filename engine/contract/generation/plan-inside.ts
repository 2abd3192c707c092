import { endOf } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import { add, compare, floor, multiply } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import {
  contextAfter,
  contextBefore,
  endShown,
  framesIn,
  growClip,
  mediaTimeAt,
  secondsOfFrames,
  timeAtFrame,
} from './describe-clip.ts';
import type { GrowClip, Stretch } from './describe-clip.ts';
import { innerAnchors, mediaStretch, ofClip, retimeOf, sourceOf, withinFrame } from './plan-parts.ts';
import type { TakePlace, WishPlan } from './plan.ts';
import type { WishOf } from './wish.ts';

type Opened = { holes: Stretch[]; pieces: Extract<TakePlace, { kind: 'inside' }>['pieces'] };

/** The first range with those that follow it without a frame between. */
const firstRun = ([[first, last], ...others]: WishOf<'fill'>['ranges']): [number, number] => {
  let end = last;
  for (const [from, to] of others) if (from === end + 1) end = to;
  return [first, end];
};

/** What is made anew for ranges of the sequence, and where it goes. Of a slow clip two ranges may show one and the same frame: it is made once. */
const opened = (clip: GrowClip, ranges: WishOf<'fill'>['ranges']): Opened => {
  const { rate, steady } = clip;
  const frameAt = (time: Rational): number => floor(multiply(time, rate));
  const made: Opened = { holes: [], pieces: [] };
  let done = 0;
  for (const [first, last] of ranges) {
    const hole: Stretch = { in: timeAtFrame(clip, first), out: endShown(clip, last + 1) };
    const before = made.holes.at(-1);
    const shared = before && steady ? Math.max(0, frameAt(before.out) - frameAt(hole.in)) : 0;
    const from = add(secondsOfFrames(done - shared, rate), withinFrame(hole.in, clip));
    made.pieces.push({ time: mediaTimeAt(clip, first), duration: last - first + 1, from });
    if (before && shared > 0) hole.in = before.out;
    if (compare(hole.in, hole.out) >= 0) continue;
    made.holes.push(hole);
    done += framesIn(hole, rate);
  }
  return made;
};

/** Ranges of the sequence as stretches of the clip's media, with the context that each is seen with; what touches is one. */
export const fill = (document: Document, wish: WishOf<'fill'>): WishPlan => {
  const clip = growClip(document, wish.clipId);
  const end = endOf(clip.clip);
  let free = clip.clip.start;
  for (const [first, last] of wish.ranges) {
    if (first < free || last < first || last >= end)
      throw refused('bad-input', 'The frames to fill lie outside of the clip or overlap.', 'Mark them again.');
    free = last + 1;
  }
  const timelineFrames = wish.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const { holes, pieces } = opened(clip, wish.ranges);
  const sources: Stretch[] = [];
  for (const hole of holes) {
    const before = contextBefore(clip.in, hole.in, clip);
    const after = contextAfter(hole.out, endShown(clip, endOf(clip.clip)), clip);
    const open = sources.at(-1);
    if (open && compare(before.in, open.out) <= 0) open.out = after.out;
    else sources.push({ in: before.in, out: after.out });
  }
  const count = (stretches: readonly Stretch[]): number =>
    stretches.reduce((sum, stretch) => sum + framesIn(stretch, clip.rate), 0);
  const newFrames = count(holes);
  // Of a slow clip one frame is seen for several, and few of the sequence's may be all that there are.
  if (newFrames >= count(sources))
    throw refused('too-short', 'Every frame of the clip is marked as damaged.', 'Leave at least one good frame.');
  return {
    ...ofClip(clip, wish),
    task: 'fill',
    knownFrames: count(sources) - newFrames,
    newFrames,
    timelineFrames,
    sound: false,
    sources: sources.map((stretch) => sourceOf(clip, stretch)),
    holes: holes.map((hole) => mediaStretch(clip, hole)),
    anchors: innerAnchors(clip, firstRun(wish.ranges)),
    place: { kind: 'inside', clipId: clip.clip.id, mediaId: clip.media.id, ...retimeOf(clip), pieces },
  };
};

export const inpaint = (document: Document, wish: WishOf<'inpaint'>): WishPlan => {
  const clip = growClip(document, wish.clipId);
  if (wish.first < clip.clip.start || wish.last < wish.first || wish.last >= endOf(clip.clip))
    throw refused('bad-input', 'The frames to paint lie outside of the clip.', 'Choose frames of the clip.');
  const { keys } = wish.mask;
  if (keys[0].frame < wish.first || keys[keys.length - 1].frame > wish.last)
    throw refused('bad-input', 'The mask is painted on frames outside of the stretch.', 'Paint it on frames within.');
  if (keys.every(({ shapes }) => shapes.length === 0))
    throw refused('nothing-to-do', 'Nothing is masked.', 'Paint over what should go, or draw a box around it.');
  const stretch = { in: timeAtFrame(clip, wish.first), out: endShown(clip, wish.last + 1) };
  const timelineFrames = wish.last - wish.first + 1;
  return {
    ...ofClip(clip, wish),
    task: 'inpaint',
    knownFrames: 0,
    newFrames: framesIn(stretch, clip.rate),
    timelineFrames,
    sound: false,
    sources: [sourceOf(clip, stretch)],
    holes: [],
    anchors: innerAnchors(clip, [wish.first, wish.last]),
    place: {
      kind: 'inside',
      clipId: clip.clip.id,
      mediaId: clip.media.id,
      ...retimeOf(clip),
      pieces: [
        {
          time: mediaTimeAt(clip, wish.first),
          duration: timelineFrames,
          from: withinFrame(stretch.in, clip),
        },
      ],
    },
  };
};
