import { markersOfClip } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Marker } from '../../engine/contract/timeline/entities.ts';

/** Half the width of a clip's marker, and its height from the upper edge of the clip on; pixels. */
export const clipFlag = { half: 5, height: 9 } as const;

/** Narrower clips are strokes, on which nothing can be taken hold of; pixels. */
export const narrowClip = 5;

/** Markers of a clip that lie within it, as they are drawn. */
export const clipMarkersOf = (document: Document, clip: Clip): Marker[] =>
  markersOfClip(document, clip.id).filter(({ frame }) => frame >= 0 && frame < clip.duration);

/** Where a marker lies in its sequence, frames; undefined for one that a trim has left outside of its clip. */
export const markerFrame = (document: Document, { clipId, frame }: Marker): number | undefined => {
  if (clipId === null) return frame;
  const clip = document.clips.get(clipId);
  return clip && frame >= 0 && frame < clip.duration ? clip.start + frame : undefined;
};

/** Frames that a marker may be moved to, both ends included, counted as its own frame is. */
export const markerRoom = (document: Document, { clipId }: Marker): { from: number; to: number } => ({
  from: 0,
  to: clipId === null ? Number.MAX_SAFE_INTEGER : Math.max(0, (document.clips.get(clipId)?.duration ?? 1) - 1),
});
