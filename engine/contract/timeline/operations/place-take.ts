import { z } from 'zod';
import { clipBeside, clipShowing } from '../../generation/place-spans.ts';
import { takePlaceSchema } from '../../generation/plan.ts';
import type { TakePlace } from '../../generation/plan.ts';
import { clipsBetween, clipsOf, endOf, linkedWith, neighbours, tracksOf } from '../document.ts';
import { mediaSchema } from '../media.ts';
import type { Media } from '../media.ts';
import { refused } from '../refusals.ts';
import { clipsFrom } from './new-clips.ts';
import { putTake } from './take-steps.ts';
import { freshId, needed, operation, putAll } from './work.ts';
import type { Work } from './work.ts';

type PlaceOf<K extends TakePlace['kind']> = Extract<TakePlace, { kind: K }>;

const moved = (): Error =>
  refused('not-found', 'The timeline has changed where the take belongs.', 'Take it from the bin and place it.');

const inside = (work: Work, take: Media, place: PlaceOf<'inside'>): void => {
  // From the end, so that the clip that was named keeps its id in front of what is cut away.
  for (const piece of place.pieces.toReversed()) {
    const found = clipShowing(work.document, place, piece);
    if (!found) throw moved();
    const { clip, at } = found;
    const { duration, from } = piece;
    putTake(work, clip, take, {
      ...{ place: 'instead', at, duration, from, audioTrackId: null, ripple: false, scope: 'touched' },
    });
  }
};

const cut = (work: Work, take: Media, { leftClipId, rightClipId, before, after }: PlaceOf<'cut'>): void => {
  const left = needed(work, 'clip', leftClipId);
  if (neighbours(work.document, left).right?.id !== rightClipId) throw moved();
  putTake(work, left, take, {
    ...{ place: 'instead', at: endOf(left) - before, duration: before + after },
    ...{ audioTrackId: null, ripple: false, scope: 'touched' },
  });
};

const gap = (work: Work, take: Media, { leftClipId, rightClipId, duration }: PlaceOf<'gap'>): void => {
  const left = needed(work, 'clip', leftClipId);
  const right = needed(work, 'clip', rightClipId);
  const start = endOf(left);
  if (left.trackId !== right.trackId || right.start !== start + duration) throw moved();
  const sound = linkedWith(work.document, left).find((mate) => mate.gain !== null && endOf(mate) === start);
  const free = sound && clipsBetween(work.document, sound.trackId, start, start + duration).length === 0;
  putTake(work, left, take, {
    ...{ place: 'after', duration, audioTrackId: free ? sound.trackId : null, ripple: false, scope: 'touched' },
  });
};

const append = (work: Work, take: Media, { sequenceId, left, right, duration }: PlaceOf<'append'>): void => {
  const sequence = needed(work, 'sequence', sequenceId);
  const [video] = tracksOf(work.document, sequenceId, 'video');
  const audio = tracksOf(work.document, sequenceId, 'audio').at(0);
  if (!video) throw refused('wrong-track');
  const ends = [video, ...(audio ? [audio] : [])].map(({ id }) => {
    const last = clipsOf(work.document, id).at(-1);
    return last ? endOf(last) : 0;
  });
  const targets = { videoTrackId: video.id, audioTrackId: audio?.id ?? null };
  let start = Math.max(...ends);
  const groupId = work.newId();
  for (const source of [left, { mediaId: take.id, duration }, right]) {
    const parts = clipsFrom(work, sequence, source, targets, start);
    putAll(
      work,
      'clip',
      parts.map((part) => ({ ...part, groupId })),
    );
    start += parts[0].duration;
  }
};

const placeIn = (work: Work, take: Media, place: TakePlace): void => {
  switch (place.kind) {
    case 'none':
      return;
    case 'beside': {
      const { clipId, side, duration } = place;
      putTake(work, clipBeside(work.document, place) ?? needed(work, 'clip', clipId), take, {
        ...{ place: side, duration, ripple: 'needed', scope: 'touched' },
      });
      return;
    }
    case 'still': {
      const clip = needed(work, 'clip', place.clipId);
      const duration = Math.min(place.duration, clip.duration);
      putTake(work, clip, take, { place: 'instead', duration, audioTrackId: null, ripple: false, scope: 'touched' });
      return;
    }
    case 'inside':
      return inside(work, take, place);
    case 'cut':
      return cut(work, take, place);
    case 'gap':
      return gap(work, take, place);
    case 'append':
      return append(work, take, place);
  }
};

/**
 * Takes a finished take into the project and puts it where its wish said, as one edit.
 * @throws EditRefused when the timeline has changed so that it does not fit there any more
 */
export const placeTake = operation(
  'place-take',
  z.object({ media: mediaSchema, place: takePlaceSchema }).strict(),
  (work, { media, place }) => {
    freshId(work, 'media', media.id);
    putAll(work, 'media', [media]);
    placeIn(work, media, place);
  },
);
