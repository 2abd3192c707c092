import { valueAt } from './animated.ts';
import { clipAt, endOf, tracksOf, transitionAtEnd, transitionAtStart } from './document.ts';
import type { Document } from './document.ts';
import type { Clip, Placement, Title, Track, Transition } from './entities.ts';
import { rational } from './rational.ts';
import type { Rational } from './rational.ts';
import { sourceTimeAt } from './source-time.ts';

/** A clip's picture in one frame, every keyframe worked out. */
export type PictureLayer = {
  clipId: string;
  /** `source` names the media and its time in seconds; a title has its text instead. */
  source: { mediaId: string; time: Rational } | { title: Title };
  fit: Placement['fit'];
  /** 0..1, fades included. */
  opacity: number;
  x: number;
  y: number;
  scale: number;
  rotation: number;
  crop: { left: number; top: number; right: number; bottom: number };
};

/** What lies on one video track: a picture, or two on their way from one to the other. A side that is null is transparent. */
export type Layer =
  | { type: 'picture'; trackId: string; picture: PictureLayer }
  | {
      type: 'transition';
      trackId: string;
      from: PictureLayer | null;
      to: PictureLayer | null;
      kind: Transition['kind'];
      /** Share that has turned: frame k of n (from 0) is (k + 1/2) / n, exact. */
      progress: Rational;
      colour: string;
      direction: Transition['direction'];
      softness: number;
    };

/** Share of a fade or a transition that has passed in frame k of n: the middle of the frame. */
const shareOf = (k: number, n: number): number => (k + 0.5) / n;

/**
 * 0..1 at frame `k` of a clip, linear. An edge that a transition lies on does not fade: the transition leads in or out there.
 */
const fadeAt = (clip: Clip, k: number, fadesIn: boolean, fadesOut: boolean): number => {
  let level = 1;
  if (fadesIn && k < clip.fadeIn) level *= shareOf(k, clip.fadeIn);
  const left = clip.duration - 1 - k;
  if (fadesOut && left < clip.fadeOut) level *= shareOf(left, clip.fadeOut);
  return level;
};

/** The tracks of a kind that are seen or heard: none that is muted, and only solo ones while there are any. */
export const shownTracks = (document: Document, sequenceId: string, kind: Track['kind']): readonly Track[] => {
  const tracks = tracksOf(document, sequenceId, kind);
  const solo = tracks.some((track) => track.solo);
  return solo || tracks.some((track) => track.muted)
    ? tracks.filter((track) => !track.muted && (!solo || track.solo))
    : tracks;
};

type Edges = { atStart: Transition | undefined; atEnd: Transition | undefined };

const pictureOf = (clip: Clip, frame: number, frameRate: Rational, { atStart, atEnd }: Edges): PictureLayer | null => {
  const placement = clip.placement;
  if (!clip.enabled || !placement) return null;
  const k = frame - clip.start;
  const source =
    clip.title !== null
      ? { title: clip.title }
      : { mediaId: clip.mediaId ?? '', time: sourceTimeAt(clip, frameRate, k) };
  return {
    clipId: clip.id,
    source,
    fit: placement.fit,
    opacity: valueAt(placement.opacity, k) * fadeAt(clip, k, !atStart, !atEnd),
    x: valueAt(placement.x, k),
    y: valueAt(placement.y, k),
    scale: valueAt(placement.scale, k),
    rotation: valueAt(placement.rotation, k),
    crop: {
      left: valueAt(placement.cropLeft, k),
      top: valueAt(placement.cropTop, k),
      right: valueAt(placement.cropRight, k),
      bottom: valueAt(placement.cropBottom, k),
    },
  };
};

const edgesOf = (document: Document, clip: Clip): Edges => ({
  atStart: transitionAtStart(document, clip.id),
  atEnd: transitionAtEnd(document, clip.id),
});

const inTransition = (
  document: Document,
  { transition, cut }: { transition: Transition; cut: number },
  frame: number,
  frameRate: Rational,
): Layer | undefined => {
  const { trackId, leftClipId, rightClipId, before, after, kind, colour, direction, softness } = transition;
  const sideOf = (id: string | null): PictureLayer | null => {
    const clip = id === null ? undefined : document.clips.get(id);
    return clip ? pictureOf(clip, frame, frameRate, edgesOf(document, clip)) : null;
  };
  const from = sideOf(leftClipId);
  const to = sideOf(rightClipId);
  if (!from && !to) return undefined;
  const progress = rational(2 * (frame - cut + before) + 1, 2 * (before + after));
  return { type: 'transition', trackId, from, to, kind, progress, colour, direction, softness };
};

/** The transition of a clip that a frame of it lies in. A transition never reaches beyond the two clips of its cut. */
const activeTransition = (clip: Clip, frame: number, { atStart, atEnd }: Edges) => {
  if (atStart && frame < clip.start + atStart.after) return { transition: atStart, cut: clip.start };
  if (atEnd && frame >= endOf(clip) - atEnd.before) return { transition: atEnd, cut: endOf(clip) };
  return undefined;
};

/**
 * What is seen in one frame of a sequence, from the bottom to the top: preview and export both draw this and nothing else. Costs a binary
 * search a track.
 * @throws RangeError for a sequence that is not there
 */
export const layersAt = (document: Document, sequenceId: string, frame: number): Layer[] => {
  const sequence = document.sequences.get(sequenceId);
  if (!sequence) throw new RangeError(`layers: no sequence ${sequenceId}`);
  const layers: Layer[] = [];
  for (const track of shownTracks(document, sequenceId, 'video')) {
    const clip = clipAt(document, track.id, frame);
    if (!clip) continue;
    const edges = edgesOf(document, clip);
    const active = activeTransition(clip, frame, edges);
    if (active) {
      const layer = inTransition(document, active, frame, sequence.frameRate);
      if (layer) layers.push(layer);
      continue;
    }
    const picture = pictureOf(clip, frame, sequence.frameRate, edges);
    if (picture) layers.push({ type: 'picture', trackId: track.id, picture });
  }
  return layers;
};
