import type { KeyedMask, MotionRegion, Stroke } from '../contract/generation/wish.ts';
import type { Hint } from '../contract/task-request.ts';
import { codeMap } from '../frames/colour.ts';
import type { Image, PlanarFrame } from '../frames/image.ts';
import { maskOfStrokes } from '../frames/stroke-mask.ts';
import { openEncoder } from '../media/encode.ts';
import { writeMaskPicture } from '../media/mask-picture.ts';
import { planeSize } from '../media/pixel-format.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';
import { trackMask } from './track-mask.ts';

/** A mask as a grey frame of the clip's own format, so that it is written and read like the clip. */
const frameOf = (mask: Image, { format, colour }: MediaInfo): PlanarFrame => {
  const { width, height } = mask;
  const { offset, forward } = codeMap(format, colour);
  const white = forward[0] + forward[1] + forward[2];
  const plane = (index: number): Uint8Array | Uint16Array => {
    const [w, h] = planeSize(format, width, height, index);
    const samples = format.bits > 8 ? new Uint16Array(w * h) : new Uint8Array(w * h);
    if (index === 3) return samples.fill(2 ** format.bits - 1);
    if (index > 0 && !format.rgb) return samples.fill(offset[index]);
    for (let i = 0; i < samples.length; i++) samples[i] = Math.round(offset[0] + mask.data[i] * white);
    return samples;
  };
  return { format, colour, width, height, planes: Array.from({ length: format.alpha ? 4 : 3 }, (_, i) => plane(i)) };
};

export type MaskVideo = {
  /** The clip that it is for. */
  clip: string;
  /** `keys` by frames of the clip. */
  mask: KeyedMask;
  /** Size of the picture that was painted on. */
  picture: { width: number; height: number };
  /** A Matroska file. */
  out: string;
  /** After every frame. May throw to stop. */
  onFrame?: (done: number, total: number) => void | Promise<void>;
};

/** Writes a painted mask, led through a clip, as the lossless mask video that the inpaint task takes. */
export const writeMaskVideo = async ({ clip, mask, picture, out, onFrame }: MaskVideo): Promise<void> => {
  const info = await probe(clip);
  const scale = { x: info.width / picture.width, y: info.height / picture.height };
  const encoder = openEncoder(out, { like: info, rate: info.averageRate, codec: 'ffv1' });
  try {
    const grow = Math.round(mask.grow * scale.x);
    const frames = trackMask({ info, keys: mask.keys, track: mask.track, grow, scale });
    let done = 0;
    for await (const one of frames) {
      await encoder.write(frameOf(one, info));
      await onFrame?.(++done, info.frameCount);
    }
    await encoder.close();
  } catch (error) {
    await encoder.abort();
    throw error;
  }
};

/** Writes strokes as the PNG mask that `keep` takes; coordinates are pixels of the picture. */
export const writeStrokeMask = (
  strokes: readonly Stroke[],
  { width, height }: { width: number; height: number },
  out: string,
): Promise<void> => writeMaskPicture(out, maskOfStrokes(strokes, width, height));

/** Hints inside a painted region lie this share of the region's larger side apart. */
const hintSpacing = 1 / 6;
/** And at least so many pixels of the picture: more than one on a spot say nothing more. */
const leastSpacing = 12;

/** A region that moves, as arrows that are spread over it. */
export const hintsOfRegions = (regions: readonly MotionRegion[]): Hint[] =>
  regions.flatMap(({ strokes, dx, dy }) => {
    const points = strokes.flatMap((stroke) => stroke.points.map(([x, y]) => ({ x, y, radius: stroke.radius })));
    const left = Math.floor(Math.min(...points.map(({ x, radius }) => x - radius)));
    const top = Math.floor(Math.min(...points.map(({ y, radius }) => y - radius)));
    const width = Math.ceil(Math.max(...points.map(({ x, radius }) => x + radius))) - left;
    const height = Math.ceil(Math.max(...points.map(({ y, radius }) => y + radius))) - top;
    // As small as finding the places allows.
    const scale = 64 / Math.max(width, height);
    const shifted = strokes.map((stroke) => ({
      ...stroke,
      points: stroke.points.map(([x, y]): [number, number] => [x - left, y - top]),
    }));
    const [w, h] = [Math.max(1, Math.ceil(width * scale)), Math.max(1, Math.ceil(height * scale))];
    const mask = maskOfStrokes(shifted, w, h, { x: scale, y: scale });
    const step = Math.max(64 * hintSpacing, leastSpacing * scale);
    const hints: Hint[] = [];
    for (let y = step / 2; y < h; y += step) {
      for (let x = step / 2; x < w; x += step) {
        if (mask.data[Math.floor(y) * w + Math.floor(x)] > 0)
          hints.push({ x: left + x / scale, y: top + y / scale, dx, dy });
      }
    }
    const [first] = points;
    return hints.length > 0 ? hints : [{ x: first.x, y: first.y, dx, dy }];
  });
