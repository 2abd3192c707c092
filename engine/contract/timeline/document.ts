import type { Bin, Media } from './media.ts';
import type { Clip, Marker, Sequence, Track, Transition } from './entities.ts';

/**
 * A project's content: immutable; an applied change shares with it all that it did not touch. Clips are held per track in order of
 * `start`, since every question that is asked often is asked of one track and one frame.
 */
export type Document = {
  media: ReadonlyMap<string, Media>;
  bins: ReadonlyMap<string, Bin>;
  sequences: ReadonlyMap<string, Sequence>;
  tracks: ReadonlyMap<string, Track>;
  /** By track id; every track has its (possibly empty) list, sorted by start. */
  clips: ReadonlyMap<string, readonly Clip[]>;
  /** The track of each clip. */
  trackOfClip: ReadonlyMap<string, string>;
  transitions: ReadonlyMap<string, Transition>;
  markers: ReadonlyMap<string, Marker>;
};
