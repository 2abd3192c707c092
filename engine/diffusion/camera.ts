import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import type { WantedMotion } from './prior.ts';

/**
 * A steady camera move, per second. Panning left moves the camera to the left, so what is seen moves to the right; tilting up moves it
 * down; zooming in makes it grow; rolling left (the camera turns anticlockwise) turns it clockwise.
 */
export type CameraMove = {
  /** Share of the picture's width that the view moves to the right (negative: to the left). */
  panRight: number;
  /** Share of the picture's height that the view moves up. */
  tiltUp: number;
  /** Natural logarithm of the growth. */
  zoomIn: number;
  /** Radians that the camera turns anticlockwise. */
  rollLeft: number;
};

type Affine = { scale: number; cos: number; sin: number; x: number; y: number };

/** Where a point of the still (relative to the middle, working pixels) is seen after `seconds`. */
const viewAt = (move: CameraMove, seconds: number, width: number, height: number): Affine => {
  const angle = move.rollLeft * seconds; // y points down: a positive angle turns clockwise
  return {
    scale: Math.exp(move.zoomIn * seconds),
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    x: -move.panRight * seconds * width,
    y: move.tiltUp * seconds * height,
  };
};

/** The flow of a camera move between any two times; time 0 is the still. */
export const cameraMotion =
  (move: CameraMove, width: number, height: number): WantedMotion =>
  (from, to) => {
    const a = viewAt(move, from, width, height);
    const b = viewAt(move, to, width, height);
    const flow = createImage(2, width, height);
    const count = width * height;
    const cx = (width - 1) / 2;
    const cy = (height - 1) / 2;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const qx = (x - cx - a.x) / a.scale;
        const qy = (y - cy - a.y) / a.scale;
        const px = a.cos * qx + a.sin * qy;
        const py = a.cos * qy - a.sin * qx;
        flow.data[i] = b.scale * (b.cos * px - b.sin * py) + b.x + cx - x;
        flow.data[count + i] = b.scale * (b.sin * px + b.cos * py) + b.y + cy - y;
      }
    }
    return flow;
  };

/** What is white in `hold` ([1,H,W], 0..1) stays where it is. */
export const heldStill =
  (motion: WantedMotion, hold: Image): WantedMotion =>
  (from, to) => {
    const flow = motion(from, to);
    const count = flow.width * flow.height;
    return { ...flow, data: flow.data.map((v, i) => v * (1 - hold.data[i % count])) };
  };
