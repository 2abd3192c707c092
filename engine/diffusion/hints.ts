import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import { motionScale } from './conditions.ts';
import { cell } from './fields.ts';
import type { WantedMotion } from './prior.ts';

/** A drawn arrow in working pixels: what lies at (x, y) at the start has moved by (dx, dy) at the end. */
export type Arrow = { x: number; y: number; dx: number; dy: number };

/** A painted region in working pixels: it moves by (dx, dy) over the whole motion, and drags its surroundings along as far as `soft` says. */
export type MovingRegion = {
  /** [1,H,W] in the still: 1 within, falling to 0 around it. */
  soft: Image;
  dx: number;
  dy: number;
};

/** How far around an arrow things move along, as a share of the picture's shorter side (one standard deviation). */
const reach = 0.12;

/**
 * Hints of a frame at `share` (0..1) of the whole motion: [3,H/8,W/8] dx/8, dy/8, present. At the cell where the arrow's point has got to,
 * the way back to the start, −share·(dx, dy).
 */
export const hintCells = (arrows: Arrow[], share: number, width: number, height: number): Image => {
  const out = createImage(3, width / cell, height / cell);
  const count = out.width * out.height;
  for (const { x, y, dx, dy } of arrows) {
    const i = Math.floor((x + share * dx + 0.5) / cell);
    const j = Math.floor((y + share * dy + 0.5) / cell);
    if (i < 0 || j < 0 || i >= out.width || j >= out.height) continue;
    const at = j * out.width + i;
    out.data[at] = (-share * dx) / motionScale;
    out.data[count + at] = (-share * dy) / motionScale;
    out.data[2 * count + at] = 1;
  }
  return out;
};

/** Flow of the frame at `share` back to the still: each arrow carries its surroundings along, fading with distance. */
const arrowFlow = (arrows: Arrow[], share: number, width: number, height: number): Image => {
  const flow = createImage(2, width, height);
  const count = width * height;
  const spread = 2 * (reach * Math.min(width, height)) ** 2;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0;
      let fx = 0;
      let fy = 0;
      for (const arrow of arrows) {
        const ox = x - share * arrow.dx - arrow.x;
        const oy = y - share * arrow.dy - arrow.y;
        const weight = Math.exp(-(ox * ox + oy * oy) / spread);
        sum += weight;
        fx -= weight * share * arrow.dx;
        fy -= weight * share * arrow.dy;
      }
      const total = Math.max(1, sum);
      flow.data[i] = fx / total;
      flow.data[count + i] = fy / total;
    }
  }
  return flow;
};

/** The same of regions; where several drag, they share. Added to `flow`, which it changes. */
const addRegions = (flow: Image, regions: MovingRegion[], share: number): Image => {
  const { width, height } = flow;
  const count = width * height;
  const total = new Float32Array(count);
  const weights = regions.map(({ soft, dx, dy }) => {
    const back = createImage(2, width, height);
    back.data.fill(-share * dx, 0, count).fill(-share * dy, count);
    const weight = warp(soft, back).data;
    for (let i = 0; i < count; i++) total[i] += weight[i];
    return weight;
  });
  for (const [k, { dx, dy }] of regions.entries()) {
    for (let i = 0; i < count; i++) {
      const part = (share * weights[k][i]) / Math.max(1, total[i]);
      flow.data[i] -= part * dx;
      flow.data[count + i] -= part * dy;
    }
  }
  return flow;
};

/**
 * Adds arrows and regions, drawn over `seconds`, to a camera's motion. Towards a time other than the still's, their part is taken in proportion
 * to the time between.
 */
export const withDrawn =
  (
    camera: WantedMotion,
    { arrows, regions }: { arrows: Arrow[]; regions: MovingRegion[] },
    seconds: number,
    width: number,
    height: number,
  ): WantedMotion =>
  (from, to) => {
    const flow = camera(from, to);
    if (arrows.length + regions.length === 0 || from === 0) return flow;
    const own = addRegions(arrowFlow(arrows, from / seconds, width, height), regions, from / seconds);
    // They live in the still's own coordinates; the camera carries them along.
    const moved = warp(own, camera(from, 0));
    const part = (from - to) / from;
    return { ...flow, data: flow.data.map((v, i) => v + part * moved.data[i]) };
  };
