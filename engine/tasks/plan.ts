import type { MediaInfo, Rational } from '../media/types.ts';
import type { PlanarFrame } from '../frames/image.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Engine } from './engine.ts';
import type { Preview } from './preview-pictures.ts';
import type { Span } from './span-frames.ts';
import { countWindows } from './span-frames.ts';
import type { TaskProgress } from './task-progress.ts';

/** What a piece of new footage needs to be made. */
export type Making = {
  engine: Engine;
  seed: number;
  progress: TaskProgress;
  /** Where finished windows are kept; null where they are not. */
  checkpoints: Checkpoints | null;
  /** Takes a picture of what frame `index` of the piece is about to become. */
  preview: Preview | null;
  /** Told how much of frame `index` of the piece was filmed, 0 to 1 (made-up.ts). */
  onFilmed: (index: number, share: number) => void;
};

/** A stretch of the result: frames of the source as they are, frames made as they are taken, or frames of other footage. */
export type PlannedPiece =
  | { kind: 'kept'; from: number; to: number }
  | {
      kind: 'new';
      count: number;
      /** Source frames whose place these take. */
      replaces?: { from: number; to: number };
      frames: (making: Making) => AsyncIterable<PlanarFrame>;
    }
  | {
      kind: 'other';
      count: number;
      sound?: { info: MediaInfo; fromSeconds: number };
      frames: () => AsyncIterable<PlanarFrame>;
    };

export type Work = { windows: number; reads: number; frames: number };

/** Everything about a result but its making; settled before a model is loaded, so that wrong input is refused at once. */
export type TaskPlan = {
  source: MediaInfo;
  pieces: PlannedPiece[];
  /** True where the result is the new frames alone. */
  onlyNew?: boolean;
  /** Steps of progress in all, by stage. */
  work: (engine: Engine) => Work;
  /** Where the rate is not the source's own (a still). */
  rate?: Rational;
};

/** Ranges of made frames in the result, both ends included. */
export const newFrameRanges = ({ pieces, onlyNew }: Pick<TaskPlan, 'pieces' | 'onlyNew'>): [number, number][] => {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const piece of pieces) {
    if (onlyNew === true && piece.kind !== 'new') continue;
    const end = at + countOf(piece);
    if (piece.kind === 'new') ranges.push([at, end - 1]);
    at = end;
  }
  return ranges;
};

export const countOf = (piece: PlannedPiece): number =>
  piece.kind === 'kept' ? piece.to - piece.from + 1 : piece.count;

/** What spans add to the work. */
export const workOf = (spans: Span[], engine: Engine): Work => ({
  windows: spans.reduce((sum, span) => sum + countWindows(span, engine), 0),
  reads: spans.reduce((sum, span) => sum + (span.before === null ? 0 : 1) + (span.after === null ? 0 : 1), 0),
  frames: spans.reduce((sum, span) => sum + span.unknown, 0),
});
