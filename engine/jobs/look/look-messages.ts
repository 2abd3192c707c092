import type { Media } from '../../contract/timeline/media.ts';
import type { MaskShape } from '../../contract/generation/wish.ts';
import type { Problem } from '../../contract/protocol/values.ts';
import type { DamageKind } from '../../tasks/find-damaged.ts';
import type { Outline } from '../../tasks/mask-outline.ts';

/** What is to be looked at in a media, whose `path` is where its file lies now. Times are seconds of the media. */
export type LookWish =
  /** Damaged frames among those that are seen at these times, which rise or fall throughout. */
  | { look: 'damaged'; media: Media; times: Float64Array }
  /** Where the picture's motion leads a mask from one time to another. */
  | { look: 'mask'; media: Media; shapes: readonly MaskShape[]; from: number; to: number };

/** Positions among the times, both ends included, ascending. */
export type DamagedPlaces = { first: number; last: number; kind: DamageKind }[];

export type LookResult = { damaged: DamagedPlaces; mask: Outline[] };

export type LookMessage = { id: number; wish: LookWish } | { id: number; cancel: true };

export type LookAnswer = { id: number } & (
  | { done: number; total: number }
  | { result: DamagedPlaces | Outline[] }
  /** What a user is told. */
  | { problem: Omit<Problem, 'reason'> }
  /** A bug: its stack. */
  | { failure: string }
);
