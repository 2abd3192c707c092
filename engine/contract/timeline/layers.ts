import type { Title, Placement, Transition } from './entities.ts';
import type { Rational } from './rational.ts';

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
