import { isShift } from '../../contract/compositing/placement.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import type { FrameLayer } from '../compose/frame.ts';
import type { MediaFiles, OpenMedia } from '../media-files.ts';
import { sketchFrame, type Sketch } from '../sketch.ts';

/** Frames of a sequence that are made in one way; `to` is the last. */
export type Stretch =
  /** One opaque picture that fills the frame sample by pixel: its frames, in any order, go from decoder to encoder. */
  | { kind: 'straight'; from: number; to: number; media: OpenMedia; frames: number[] }
  /** Everything else. */
  | { kind: 'composed'; from: number; to: number };

/** Composed stretches are cut so that a long one is not planned to its end before it begins. */
const longestComposed = 1000;

/** The source frame that is the whole picture, if there is one. */
const straightSource = (
  layers: FrameLayer<Sketch>[],
  { width, height }: Sequence,
): { media: OpenMedia; index: number; clipId: string } | undefined => {
  if (layers.length !== 1 || layers[0].type !== 'picture') return undefined;
  const { placed, opacity, opaque, source } = layers[0].drawing;
  if (source.kind !== 'frame' || !opaque || opacity !== 1) return undefined;
  const { info } = source.media;
  const { matrix, visible } = placed;
  const whole = visible.left === 0 && visible.top === 0 && visible.right === width && visible.bottom === height;
  const fills = info.width === width && info.height === height && whole;
  if (!fills || !isShift(matrix) || matrix.e !== 0 || matrix.f !== 0) return undefined;
  // HDR goes through the compositor's curve, R'G'B' through its matrix.
  return info.colour.transfer === 'pq' || info.format.rgb ? undefined : source;
};

/**
 * Cuts frames from..to of a sequence into stretches, in order.
 * @param composeAll for outputs that keep transparency
 * @throws UserFacingError 'input' when a media cannot be opened
 */
export async function* stretchesOf(
  document: Document,
  sequence: Sequence,
  range: { from: number; to: number },
  files: MediaFiles,
  composeAll: boolean,
): AsyncGenerator<Stretch> {
  let open: { stretch: Stretch; clipId?: string } | undefined;
  for (let frame = range.from; frame <= range.to; frame++) {
    const source = composeAll
      ? undefined
      : straightSource(await sketchFrame(document, sequence, frame, files), sequence);
    const last = open?.stretch;
    if (source === undefined) {
      if (last?.kind === 'composed' && frame - last.from < longestComposed) last.to = frame;
      else {
        if (last) yield last;
        open = { stretch: { kind: 'composed', from: frame, to: frame } };
      }
      continue;
    }
    const { media, index, clipId } = source;
    if (last?.kind === 'straight' && open?.clipId === clipId) {
      last.frames.push(index);
      last.to = frame;
    } else {
      if (last) yield last;
      open = { stretch: { kind: 'straight', from: frame, to: frame, media, frames: [index] }, clipId };
    }
  }
  if (open) yield open.stretch;
}
