import { UserFacingError } from '../errors.ts';
import { clipsOf, endOf } from './document.ts';
import type { Document } from './document.ts';
import type { EditRefusal } from './edit-refused.ts';
import type { Clip, Marker, Sequence, Track, Transition } from './entities.ts';
import type { Animated } from './animated.ts';
import { animatedOf, animatedProperties } from './clip-animation.ts';
import type { Bin, Media } from './media.ts';
import { insideSource, keepsExact, timelineSampleRate } from './source-time.ts';
import { sidesOf, transitionRoom } from './transition-room.ts';

/** An invariant that does not hold, and what an edit that would break it is refused with. */
export type Problem = { reason: EditRefusal; message: string };

const problem = (reason: EditRefusal, message: string): Problem => ({ reason, message });

/** The media kinds that a clip kind may show. */
const mediaKinds: Record<Clip['kind'], readonly Media['kind'][]> = {
  video: ['video', 'images'],
  still: ['still'],
  audio: ['video', 'audio'],
  take: ['take'],
  title: [],
};

const trackKinds: Record<Clip['kind'], readonly Track['kind'][]> = {
  video: ['video'],
  still: ['video'],
  audio: ['audio'],
  take: ['video', 'audio'],
  title: ['video'],
};

const inOrder = (animated: Animated | null): boolean =>
  !animated || animated.keys.every((key, i) => i === 0 || animated.keys[i - 1].frame < key.frame);

const checkSource = (document: Document, clip: Clip, track: Track): Problem[] => {
  const named = `clip ${clip.id}`;
  if (clip.kind === 'title') {
    return clip.mediaId === null && clip.title
      ? []
      : [problem('wrong-kind', `${named}: a title has text and no media`)];
  }
  if (clip.title) return [problem('wrong-kind', `${named}: only a title has text`)];
  const media = clip.mediaId === null ? undefined : document.media.get(clip.mediaId);
  if (!media) return [problem('not-found', `${named}: its media is missing`)];
  if (!mediaKinds[clip.kind].includes(media.kind)) {
    return [problem('wrong-kind', `${named}: a clip of kind ${clip.kind} cannot show media of kind ${media.kind}`)];
  }
  if (track.kind === 'video' ? !media.picture : !media.sound) {
    return [problem('wrong-kind', `${named}: its media has nothing for this kind of track`)];
  }
  if (!keepsExact(document, clip)) return [problem('bad-input', `${named}: its times cannot be kept exactly`)];
  return insideSource(document, clip) ? [] : [problem('outside-source', `${named}: beyond the end of its source`)];
};

export const checkClip = (document: Document, clip: Clip): Problem[] => {
  const named = `clip ${clip.id}`;
  const track = document.tracks.get(clip.trackId);
  if (!track || !document.sequences.has(track.sequenceId)) {
    return [problem('not-found', `${named}: its track is missing`)];
  }
  const found: Problem[] = [];
  if (!trackKinds[clip.kind].includes(track.kind)) {
    found.push(problem('wrong-track', `${named}: a clip of kind ${clip.kind} on a track of kind ${track.kind}`));
  }
  if (clip.duration < 1) found.push(problem('too-short', `${named}: shorter than a frame`));
  if ((clip.placement !== null) !== (track.kind === 'video') || (clip.gain !== null) !== (track.kind === 'audio')) {
    found.push(problem('wrong-kind', `${named}: placement belongs to video tracks, gain to audio tracks`));
  }
  if (clip.fadeIn < 0 || clip.fadeOut < 0 || clip.fadeIn + clip.fadeOut > clip.duration) {
    found.push(problem('too-short', `${named}: its fades are longer than the clip`));
  }
  const still = clip.kind === 'still' || clip.kind === 'title';
  if (still && (clip.sourceIn.num !== 0 || clip.speed.num !== clip.speed.den || clip.reverse)) {
    found.push(problem('wrong-kind', `${named}: stills and titles have no time of their own`));
  }
  if (!animatedProperties.every((property) => inOrder(animatedOf(clip, property)))) {
    found.push(problem('bad-input', `${named}: keyframes out of order`));
  }
  return [...found, ...checkSource(document, clip, track)];
};

/** That a track's clips are in order and none overlaps the next. A track that is gone has none. */
export const checkTrack = (document: Document, trackId: string): Problem[] => {
  const found: Problem[] = [];
  const track = document.tracks.get(trackId);
  if (track && !document.sequences.has(track.sequenceId)) {
    found.push(problem('not-found', `track ${trackId}: its sequence is missing`));
  }
  const clips = clipsOf(document, trackId);
  if (clips.length > 0 && clips[0].start < 0) {
    found.push(problem('negative-time', `track ${trackId}: a clip before the start of the sequence`));
  }
  const last = clips.at(-1);
  const rate = track && document.sequences.get(track.sequenceId)?.frameRate;
  if (last && rate && endOf(last) * rate.den * timelineSampleRate > Number.MAX_SAFE_INTEGER) {
    found.push(problem('bad-input', `track ${trackId}: a clip beyond the times that can be counted in samples`));
  }
  for (let i = 1; i < clips.length; i++) {
    if (endOf(clips[i - 1]) > clips[i].start) {
      found.push(problem('overlap', `track ${trackId}: clips ${clips[i - 1].id} and ${clips[i].id} overlap`));
    }
  }
  return found;
};

export const checkTransition = (document: Document, transition: Transition): Problem[] => {
  const named = `transition ${transition.id}`;
  const { before, after, trackId, kind } = transition;
  const track = document.tracks.get(trackId);
  const sides = sidesOf(document, transition);
  if (!track || !sides) return [problem('not-found', `${named}: its track or a clip is missing`)];
  const { left, right } = sides;
  if (!left && !right) return [problem('bad-input', `${named}: no clip on either side`)];
  if ([left, right].some((clip) => clip && clip.trackId !== trackId)) {
    return [problem('wrong-track', `${named}: its clips lie on another track`)];
  }
  if (left && right && endOf(left) !== right.start) {
    return [problem('not-adjacent', `${named}: its clips do not meet`)];
  }
  const found: Problem[] = [];
  if (track.kind === 'audio' && kind !== 'dissolve') {
    found.push(problem('wrong-kind', `${named}: sound can only be cross-faded`));
  }
  if (before < 0 || after < 0 || before + after < 1) {
    found.push(problem('too-short', `${named}: shorter than a frame`));
  }
  const room = transitionRoom(document, left, right);
  if (before > room.before || after > room.after) {
    found.push(problem('no-handles', `${named}: not enough source or clip for its length`));
  }
  for (const [clip, side] of [
    [left, 'leftClipId'],
    [right, 'rightClipId'],
  ] as const) {
    const others = (clip && document.transitionsOfClip.get(clip.id)) ?? [];
    if (others.filter((id) => document.transitions.get(id)?.[side] === clip?.id).length > 1) {
      found.push(problem('in-use', `${named}: another transition lies at the same edge`));
    }
  }
  return found;
};

type Joined = 'clipsOfLink' | 'clipsOfGroup';

/** Links and groups join clips of one sequence, at least two. */
export const checkJoined = (document: Document, joined: Joined, id: string): Problem[] => {
  const clipIds = document[joined].get(id);
  if (!clipIds) return [];
  const found: Problem[] = [];
  const sequences = new Set(
    clipIds.map((clipId) => document.tracks.get(document.clips.get(clipId)?.trackId ?? '')?.sequenceId),
  );
  if (clipIds.length < 2) found.push(problem('bad-input', `${joined} ${id}: of a single clip`));
  if (sequences.size > 1) found.push(problem('bad-input', `${joined} ${id}: across sequences`));
  return found;
};

export const checkMarker = (document: Document, marker: Marker): Problem[] => {
  if (!document.sequences.has(marker.sequenceId)) {
    return [problem('not-found', `marker ${marker.id}: its sequence is missing`)];
  }
  if (marker.clipId === null) return [];
  const clip = document.clips.get(marker.clipId);
  if (clip && document.tracks.get(clip.trackId)?.sequenceId === marker.sequenceId) return [];
  return [problem('not-found', `marker ${marker.id}: its clip is missing`)];
};

export const checkBin = (document: Document, bin: Bin): Problem[] => {
  const seen = new Set([bin.id]);
  for (let parentId = bin.parentId; parentId !== null;) {
    if (seen.has(parentId)) return [problem('bad-input', `bin ${bin.id}: lies within itself`)];
    seen.add(parentId);
    const parent = document.bins.get(parentId);
    if (!parent) return [problem('not-found', `bin ${bin.id}: its parent is missing`)];
    parentId = parent.parentId;
  }
  return [];
};

export const checkMedia = (document: Document, media: Media): Problem[] =>
  media.binId === null || document.bins.has(media.binId)
    ? []
    : [problem('not-found', `media ${media.id}: its bin is missing`)];

/** That a sequence's tracks of each kind are numbered from 0 without holes. */
export const checkSequence = (document: Document, sequence: Sequence): Problem[] => {
  const tracks = document.tracksOfSequence.get(sequence.id);
  return (['video', 'audio'] as const)
    .filter((kind) => tracks?.[kind].some((track, i) => track.order !== i))
    .map((kind) => problem('bad-input', `sequence ${sequence.id}: the order of its ${kind} tracks has holes`));
};

/** A check that meets numbers which cannot be reckoned with has found a problem. */
const safely = (check: () => Problem[]): Problem[] => {
  try {
    return check();
  } catch (error) {
    if (error instanceof UserFacingError) return [problem('bad-input', error.message)];
    throw error;
  }
};

/** Every invariant that does not hold, in words; empty for a sound document. Entities are taken to fit their schemas. */
export const checkDocument = (document: Document): string[] => {
  const each = <V>(values: Iterable<V>, check: (document: Document, value: V) => Problem[]): Problem[] =>
    Array.from(values, (value) => safely(() => check(document, value))).flat();
  return [
    ...each(document.media.values(), checkMedia),
    ...each(document.bins.values(), checkBin),
    ...each(document.sequences.values(), checkSequence),
    ...each(document.clipsOfTrack.keys(), checkTrack),
    ...each(document.clips.values(), checkClip),
    ...each(document.transitions.values(), checkTransition),
    ...each(document.markers.values(), checkMarker),
    ...each(document.clipsOfLink.keys(), (_, id) => checkJoined(document, 'clipsOfLink', id)),
    ...each(document.clipsOfGroup.keys(), (_, id) => checkJoined(document, 'clipsOfGroup', id)),
  ].map(({ message }) => message);
};
