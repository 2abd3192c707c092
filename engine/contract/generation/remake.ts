import { endOf, neighbours } from '../timeline/document.ts';
import type { Document } from '../timeline/document.ts';
import type { Clip } from '../timeline/entities.ts';
import type { Media } from '../timeline/media.ts';
import { add, compare, subtract, zero } from '../timeline/rational.ts';
import type { Rational } from '../timeline/rational.ts';
import { refused } from '../timeline/refusals.ts';
import { growClip, mediaTimeAt, movingMedia } from './describe-clip.ts';
import { isPlain } from './retime.ts';
import type { Stretch } from './describe-clip.ts';
import { between } from './plan-between.ts';
import type { WishPlan } from './plan.ts';
import { describeWish } from './preview.ts';
import { takeSettingsOf } from './takes.ts';
import type { GenerationWish } from './wish.ts';

/** The first clip on a timeline that shows the take. */
const shownAs = (document: Document, take: Media): Clip | undefined => {
  let first: Clip | undefined;
  for (const clip of document.clips.values()) {
    if (clip.mediaId === take.id && clip.placement !== null && (!first || clip.start < first.start)) first = clip;
  }
  return first;
};

/** By how much what lies beside the take has slipped in its media since: the left side tells, or the right one where there is none. */
const slipOf = (document: Document, shown: Clip | undefined, mediaId: string, hole: Stretch): Rational => {
  if (!shown) return zero;
  const { left, right } = neighbours(document, shown);
  const edgeOf = (clip: Clip, frame: number): Rational => {
    if (!isPlain(clip)) throw retimed();
    return mediaTimeAt(growClip(document, clip.id), frame);
  };
  if (left?.mediaId === mediaId) return subtract(edgeOf(left, endOf(left)), hole.in);
  if (right?.mediaId === mediaId) return subtract(edgeOf(right, right.start), hole.out);
  return zero;
};

/** What is seen of a clip at another speed has no place in the media that could simply be moved. */
const retimed = (): Error =>
  refused(
    'wrong-kind',
    'The clip around this take is played at another speed or backwards.',
    'Make a new take from the Grow panel.',
  );

/** The same stretches of the source as it is now. */
const within = (document: Document, plan: WishPlan, wish: GenerationWish, shown: Clip | undefined): WishPlan => {
  if (plan.sources.some(({ sampled }) => sampled !== undefined)) throw retimed();
  const [{ mediaId }] = plan.sources;
  const { media, duration } = movingMedia(document, mediaId);
  const by = slipOf(document, shown, mediaId, plan.holes.at(0) ?? plan.sources[0]);
  const moved = (stretch: Stretch): Stretch => ({ in: add(stretch.in, by), out: add(stretch.out, by) });
  const fresh = plan.holes.length > 0 ? plan.holes : plan.sources;
  if (fresh.map(moved).some((stretch) => stretch.in.num < 0 || compare(stretch.out, duration) > 0))
    throw refused('outside-source', 'The clip has no frames there any more.', 'Make a new take from the Grow panel.');
  return {
    ...plan,
    ...{ wish, holes: plan.holes.map(moved) },
    sources: plan.sources.map((part) => {
      const stretch = moved(part);
      return {
        ...{ mediaId, hash: media.hash },
        in: stretch.in.num < 0 ? zero : stretch.in,
        out: compare(stretch.out, duration) > 0 ? duration : stretch.out,
      };
    }),
    anchors: plan.anchors.map((anchor) => ({ ...anchor, time: add(anchor.time, by) })),
  };
};

/**
 * What a take would be made from now, where it stands: between its neighbours as they are, from its source as it is. It is for the place
 * that the take has, and goes only into the bin.
 * @throws EditRefused when that cannot be
 */
export const remakeTake = (document: Document, take: Media, seed: number): WishPlan => {
  const settings = takeSettingsOf(take);
  if (!settings) {
    throw refused('bad-input', 'Nothing is known of how this take was made.', 'Make a new one from the Grow panel.');
  }
  const { plan } = settings;
  const wish = { ...plan.wish, takes: 1, seed };
  const place = { kind: 'none' } as const;
  const shown = shownAs(document, take);
  if (wish.task === 'fill' || wish.task === 'inpaint') return { ...within(document, plan, wish, shown), place };
  // The still's own clip gave way to the take.
  if (wish.task === 'animate')
    return { ...describeWish(document, { ...wish, clipId: shown?.id ?? null }), wish, place };
  if (!shown || (wish.task !== 'blend' && wish.task !== 'fill-gap')) return { ...describeWish(document, wish), place };
  const { left, right } = neighbours(document, shown);
  if (!left || !right)
    throw refused('not-adjacent', 'The take has no clip on either side any more.', 'Move them back.');
  const sides = [growClip(document, left.id), growClip(document, right.id)] as const;
  const ends = { left: endOf(left), right: right.start, frames: shown.duration, sound: plan.sound };
  return between(document, wish, sides, ends, place);
};
