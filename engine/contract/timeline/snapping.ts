import { allTracksOf, clipsOf, endOf } from './document.ts';
import type { Document } from './document.ts';

/**
 * The frames that an edge snaps to, ascending: the sequence's start, clip edges, markers, and what else is given (the playhead, in and out).
 * @param options.except ids of the clips that are being moved
 */
export const snapCandidates = (
  document: Document,
  sequenceId: string,
  { except, more = [] }: { except: ReadonlySet<string>; more?: readonly number[] },
): number[] => {
  const frames = new Set<number>([0, ...more]);
  for (const track of allTracksOf(document, sequenceId)) {
    for (const clip of clipsOf(document, track.id)) {
      if (except.has(clip.id)) continue;
      frames.add(clip.start);
      frames.add(endOf(clip));
    }
  }
  for (const marker of document.markers.values()) {
    if (marker.sequenceId !== sequenceId || (marker.clipId !== null && except.has(marker.clipId))) continue;
    const start = marker.clipId === null ? 0 : (document.clips.get(marker.clipId)?.start ?? 0);
    frames.add(start + marker.frame);
    if (marker.duration > 0) frames.add(start + marker.frame + marker.duration);
  }
  return [...frames].sort((a, b) => a - b);
};

const nearest = (candidates: readonly number[], frame: number): number | undefined => {
  let [low, high] = [0, candidates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candidates[middle] < frame) low = middle + 1;
    else high = middle;
  }
  const [below, above] = [candidates[low - 1], candidates[low]];
  if (below === undefined || above === undefined) return below ?? above;
  return frame - below <= above - frame ? below : above;
};

/** How far to move so that an edge meets a candidate, and which; `at` is null where none is near. */
export type Snap = { by: number; at: number | null };

/**
 * Snaps a move of some edges (frames before the move) to the nearest candidate of any of them.
 * @param within frames; an edge further off does not snap
 */
export const snap = (
  candidates: readonly number[],
  edges: readonly number[],
  { by, within }: { by: number; within: number },
): Snap => {
  let best: Snap = { by, at: null };
  let distance = within + 1;
  for (const edge of edges) {
    const at = nearest(candidates, edge + by);
    if (at === undefined) continue;
    const off = Math.abs(at - edge - by);
    if (off < distance) [best, distance] = [{ by: at - edge, at }, off];
  }
  return best;
};
