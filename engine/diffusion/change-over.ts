import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { resizeImage } from '../frames/resize.ts';

/** How much of the whole blend one place takes to turn; the rest is the spread of the places' turns. */
const turnLength = 0.45;
/** Places are told apart at this part of the size: regions turn, not pixels. */
const coarse = 16;

/**
 * How far each place of a blend has turned from A to B at `share` (0..1) of it: [1,H,W], 0 = A, 1 = B. Places where the two look alike turn
 * first and carry the change to the others, in an order by rank, so that at any time as much has turned as has gone by. A place itself turns
 * smoothly within `turnLength`; most of the picture is thus one or the other, and not a double exposure of both.
 */
export const changeOver = (a: Image, b: Image, share: number): Image => {
  const { width, height } = a;
  const count = width * height;
  const apart = createImage(1, width, height);
  for (let i = 0; i < count; i++) {
    for (let at = i; at < 3 * count; at += count) apart.data[i] += Math.abs(a.data[at] - b.data[at]);
  }
  const places = resizeImage(apart, width / coarse, height / coarse);
  const order = Array.from(places.data.keys()).sort((p, q) => places.data[p] - places.data[q] || p - q);
  const rank = createImage(1, places.width, places.height);
  for (const [position, place] of order.entries()) rank.data[place] = position / Math.max(1, order.length - 1);
  const soft = resizeImage(rank, width, height); // bilinear: borders between early and late places are soft
  const turned = createImage(1, width, height);
  for (let i = 0; i < count; i++) {
    const t = Math.min(1, Math.max(0, (share - soft.data[i] * (1 - turnLength)) / turnLength));
    turned.data[i] = t * t * (3 - 2 * t);
  }
  return turned;
};
