import { applyChanges } from '../../contract/timeline/apply-changes.ts';
import { endOf } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Sequence, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { PlacedSequence } from '../../contract/timeline/operations/place-sequence.ts';
import { putting } from '../../contract/timeline/operations/work.ts';
import { ceil, compare, divide, one, subtract, zero } from '../../contract/timeline/rational.ts';
import { extentOf, sourceStep } from '../../contract/timeline/source-time.ts';
import { transitionRoom } from '../../contract/timeline/transition-room.ts';
import { createLosses } from './interchange.ts';
import type { Losses } from './interchange.ts';
import type { ReadTimeline } from './otio-read.ts';

export type PlacedTimeline = {
  /** For the operation `place-sequence`. */
  content: PlacedSequence;
  /** What reading and placing left out, one sentence a kind. */
  notCarried: string[];
};

/**
 * Fits a read timeline to the media that were found for it: a clip never reaches beyond its source, a transition never beyond its handles.
 * What had to give way is listed.
 *
 * @param found by the id of the wanted media, the id of the document's
 */
export const placeTimeline = (
  document: Document,
  timeline: ReadTimeline,
  found: ReadonlyMap<string, string>,
): PlacedTimeline => {
  const losses = createLosses();
  const mediaOf = (wanted: string): Media | undefined => document.media.get(found.get(wanted) ?? '');
  const names = new Map(timeline.wanted.map(({ id, name }) => [id, name]));
  const tracks = new Map(timeline.tracks.map((track) => [track.id, track]));
  const sequence = timeline.sizeKnown ? timeline.sequence : withSizeOf(timeline, mediaOf);
  const fitted = timeline.clips.flatMap((clip) => {
    const track = tracks.get(clip.trackId);
    if (!track) return [];
    const media = clip.mediaId === null ? undefined : mediaOf(clip.mediaId);
    if (clip.mediaId !== null && !media) {
      losses.add('Media that was not found leaves its clips out', names.get(clip.mediaId) ?? clip.name);
      return [];
    }
    const own = fitClip(clip, track, sequence, media, losses);
    return own ? [own] : [];
  });
  const clips = withoutLonely(fitted);
  const kept = new Map(clips.map((clip) => [clip.id, clip]));
  const content: PlacedSequence = {
    sequence,
    tracks: timeline.tracks,
    clips,
    transitions: [],
    markers: timeline.markers.filter(({ clipId }) => clipId === null || kept.has(clipId)),
  };
  let placed = applyChanges(document, [
    putting('sequence', sequence),
    ...content.tracks.map((track) => putting('track', track)),
    ...clips.map((clip) => putting('clip', clip)),
  ]);
  for (const transition of timeline.transitions) {
    // A clip that was left out or cut shorter is no longer met by its neighbour.
    const left = kept.get(transition.leftClipId ?? '') ?? null;
    const next = kept.get(transition.rightClipId ?? '') ?? null;
    const right = left && next && endOf(left) !== next.start ? null : next;
    const room = transitionRoom(placed, left, right);
    const value = {
      ...transition,
      leftClipId: left?.id ?? null,
      rightClipId: right?.id ?? null,
      before: Math.max(0, Math.min(transition.before, room.before)),
      after: Math.max(0, Math.min(transition.after, room.after)),
    };
    const shorter = value.before + value.after < transition.before + transition.after;
    if (shorter) losses.add('A transition is shorter for want of source beyond the cut', (left ?? right)?.name);
    if (value.before + value.after < 1 || (!left && !right)) continue;
    content.transitions.push(value);
    placed = applyChanges(placed, [putting('transition', value)]);
  }
  return { content, notCarried: [...timeline.notCarried, ...losses.list()] };
};

/** The size of the first picture, where the file does not say one. */
const withSizeOf = ({ sequence, clips }: ReadTimeline, mediaOf: (wanted: string) => Media | undefined): Sequence => {
  const even = (size: number): number => Math.min(8192, Math.max(16, size + (size % 2)));
  for (const { placement, mediaId } of clips) {
    const picture = placement && mediaId !== null ? mediaOf(mediaId)?.picture : null;
    if (picture) return { ...sequence, width: even(picture.width), height: even(picture.height) };
  }
  return sequence;
};

const fitClip = (
  clip: Clip,
  track: Track,
  sequence: Sequence,
  media: Media | undefined,
  losses: Losses,
): Clip | undefined => {
  if (!media) return withFades(clip);
  const name = clip.name || media.name;
  if (track.kind === 'video' ? !media.picture : !media.sound) {
    losses.add(`A clip on a ${track.kind} track whose media has no ${track.kind} is left out`, name);
    return undefined;
  }
  const mediaId = media.id;
  if (media.kind === 'still') {
    return withFades({ ...clip, mediaId, kind: 'still', sourceIn: zero, speed: one, reverse: false });
  }
  const kind = media.kind === 'take' ? 'take' : track.kind;
  const own: Clip = { ...clip, mediaId, kind };
  const extent = extentOf(media, track.kind);
  if (!extent) return withFades(own);
  if (compare(own.sourceIn, extent.from) < 0 || compare(own.sourceIn, extent.to) >= 0) {
    losses.add('A clip that lies outside its media is left out', name);
    return undefined;
  }
  if (own.speed.num === 0) return withFades(own);
  const longest = ceil(divide(subtract(extent.to, own.sourceIn), sourceStep(own, sequence.frameRate)));
  if (longest >= own.duration) return withFades(own);
  losses.add('A clip that is longer than its media ends with it', name);
  return withFades({ ...own, duration: longest });
};

const withFades = (clip: Clip): Clip => {
  const fadeIn = Math.min(clip.fadeIn, clip.duration);
  return { ...clip, fadeIn, fadeOut: Math.min(clip.fadeOut, clip.duration - fadeIn) };
};

/** A link or group of which one clip is left joins nothing. */
const withoutLonely = (clips: Clip[]): Clip[] => {
  const links = Map.groupBy(clips, ({ linkId }) => linkId);
  const groups = Map.groupBy(clips, ({ groupId }) => groupId);
  return clips.map((clip) => {
    const linkId = (links.get(clip.linkId)?.length ?? 0) > 1 ? clip.linkId : null;
    const groupId = (groups.get(clip.groupId)?.length ?? 0) > 1 ? clip.groupId : null;
    return linkId === clip.linkId && groupId === clip.groupId ? clip : { ...clip, linkId, groupId };
  });
};
