import type { PictureLayer } from '../timeline/layers.ts';
import type { Rational } from '../timeline/rational.ts';

/*
 * Where a picture lies in the frame. Coordinates are continuous: sample i of a row covers i..i+1, so its centre is at i + 1/2; x runs to the
 * right, y downwards. Every compositor (export in TypeScript, preview in WebGL2) uses these functions and passes
 * tests/fixtures/compositing/.
 */

/** x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Affine = { a: number; b: number; c: number; d: number; e: number; f: number };

export type Size = { width: number; height: number };

/** A rectangle in continuous coordinates; right and bottom are where it ends. */
export type Rect = { left: number; top: number; right: number; bottom: number };

export type Placed = {
  /** From the picture's samples to the frame's pixels: a turn, and before it a scale along each axis. */
  matrix: Affine;
  /** Frame pixels per sample along the picture's own axes, not negative. */
  scaleX: number;
  scaleY: number;
  /** What the crop leaves, in samples. */
  visible: Rect;
};

/** Cosine and sine of degrees, exact for quarter turns, so that a turned picture stays as sharp as it was. */
const turn = (degrees: number): [number, number] => {
  const quarters = degrees / 90;
  if (Number.isInteger(quarters)) {
    const which = ((quarters % 4) + 4) % 4;
    return [[1, 0, -1, 0][which], [0, 1, 0, -1][which]];
  }
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
};

/**
 * Fit, scale, turn and move, in this order, about the centre of the whole picture, whose place is the frame's centre plus (x, y). The crop
 * cuts from the picture without moving or enlarging what is left. With `inside` and `cover` a sample is as wide as its aspect says; with
 * `pixels` each sample takes one pixel, whatever its aspect.
 */
export const placePicture = (
  layer: Pick<PictureLayer, 'fit' | 'x' | 'y' | 'scale' | 'rotation' | 'crop'>,
  picture: Size & { sampleAspect: Rational },
  frame: Size,
): Placed => {
  const aspect = layer.fit === 'pixels' ? 1 : picture.sampleAspect.num / picture.sampleAspect.den;
  const across = frame.width / (picture.width * aspect);
  const down = frame.height / picture.height;
  const fit = layer.fit === 'pixels' ? 1 : layer.fit === 'inside' ? Math.min(across, down) : Math.max(across, down);
  const scaleX = fit * layer.scale * aspect;
  const scaleY = fit * layer.scale;
  const [cos, sin] = turn(layer.rotation);
  const [a, b, c, d] = [cos * scaleX, sin * scaleX, -sin * scaleY, cos * scaleY];
  const { left, top, right, bottom } = layer.crop;
  return {
    matrix: {
      a,
      b,
      c,
      d,
      e: frame.width / 2 + layer.x - (a * picture.width + c * picture.height) / 2,
      f: frame.height / 2 + layer.y - (b * picture.width + d * picture.height) / 2,
    },
    scaleX,
    scaleY,
    visible: {
      left: left * picture.width,
      top: top * picture.height,
      right: (1 - right) * picture.width,
      bottom: (1 - bottom) * picture.height,
    },
  };
};

/** The same placement for a bitmap whose first sample is sample (x, y) of the picture: a title is drawn only where it has ink. */
export const placePart = (placed: Placed, part: Size & { x: number; y: number }): Placed => {
  const { matrix, visible } = placed;
  return {
    ...placed,
    matrix: {
      ...matrix,
      e: matrix.a * part.x + matrix.c * part.y + matrix.e,
      f: matrix.b * part.x + matrix.d * part.y + matrix.f,
    },
    visible: {
      left: Math.max(0, visible.left - part.x),
      top: Math.max(0, visible.top - part.y),
      right: Math.min(part.width, visible.right - part.x),
      bottom: Math.min(part.height, visible.bottom - part.y),
    },
  };
};

/** The way back, or undefined for a picture without area. */
export const inverse = ({ a, b, c, d, e, f }: Affine): Affine | undefined => {
  const det = a * d - b * c;
  if (det === 0) return undefined;
  return { a: d / det, b: -b / det, c: -c / det, d: a / det, e: (c * f - d * e) / det, f: (b * e - a * f) / det };
};

/** True when every sample lies exactly on one pixel, upright and unscaled: the picture is copied, not sampled. */
export const isShift = ({ a, b, c, d, e, f }: Affine): boolean =>
  a === 1 && b === 0 && c === 0 && d === 1 && Number.isInteger(e) && Number.isInteger(f);

/** True when the picture lies upright over the whole frame, so that an opaque one hides everything below it. */
export const coversFrame = ({ matrix, visible }: Placed, frame: Size): boolean =>
  matrix.b === 0 &&
  matrix.c === 0 &&
  matrix.a > 0 &&
  matrix.d > 0 &&
  matrix.a * visible.left + matrix.e <= 0 &&
  matrix.d * visible.top + matrix.f <= 0 &&
  matrix.a * visible.right + matrix.e >= frame.width &&
  matrix.d * visible.bottom + matrix.f >= frame.height;
