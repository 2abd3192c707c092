import { pushOffset, wipeWeight } from '../../contract/compositing/blending.ts';
import type { Transition } from '../../contract/timeline/entities.ts';

/*
 * The formulas of contract/compositing/blending.ts on whole words: two channels at a time, each in its own 16 bits, where products of 8-bit
 * numbers never meet. Bit for bit the same as channel by channel.
 */

const lanes = 0xff00ff;
const half = 0x800080;

/** One word over another; `weight` 0..256. */
export const overWord = (below: number, above: number, weight: number): number => {
  let rb = above & lanes;
  let ga = (above >>> 8) & lanes;
  if (weight !== 256) {
    rb = ((Math.imul(rb, weight) + half) >>> 8) & lanes;
    ga = ((Math.imul(ga, weight) + half) >>> 8) & lanes;
  }
  const left = 255 - (ga >>> 16);
  if (left === 0) return (ga << 8) | rb;
  let under = Math.imul(below & lanes, left) + half;
  rb += ((under + ((under >>> 8) & lanes)) >>> 8) & lanes;
  under = Math.imul((below >>> 8) & lanes, left) + half;
  ga += ((under + ((under >>> 8) & lanes)) >>> 8) & lanes;
  return (ga << 8) | rb;
};

const mixWord = (from: number, to: number, weight: number): number => {
  const rest = 256 - weight;
  const rb = ((Math.imul(from & lanes, rest) + Math.imul(to & lanes, weight) + half) >>> 8) & lanes;
  const ga = (Math.imul((from >>> 8) & lanes, rest) + Math.imul((to >>> 8) & lanes, weight) + half) & 0xff00ff00;
  return ga | rb;
};

/** A row over a row of the frame: `count` words, all with one weight. */
export const overRow = (
  frame: Uint32Array,
  at: number,
  above: Uint32Array,
  from: number,
  count: number,
  weight: number,
): void => {
  for (let i = 0; i < count; i++) frame[at + i] = overWord(frame[at + i], above[from + i], weight);
};

/** frame = from + (to − from)·weight/256 over what is there; `clear`: nothing is there yet. */
export const mixOver = (
  frame: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  end: number,
  weight: number,
  clear: boolean,
): void => {
  if (clear) for (let i = start; i < end; i++) frame[i] = mixWord(from[i], to[i], weight);
  else for (let i = start; i < end; i++) frame[i] = overWord(frame[i], mixWord(from[i], to[i], weight), 256);
};

/** Mixes one picture with a colour over the whole frame. */
export const mixColourOver = (
  frame: Uint32Array,
  picture: Uint32Array,
  colour: number,
  weight: number,
  clear: boolean,
): void => {
  for (let i = 0; i < frame.length; i++) {
    const word = mixWord(picture[i], colour, weight);
    frame[i] = clear ? word : overWord(frame[i], word, 256);
  }
};

type Moving = { width: number; height: number; progress: number; direction: Transition['direction'] };

export const wipeOver = (
  frame: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  { width, height, progress, direction, softness }: Moving & { softness: number },
  clear: boolean,
): void => {
  const size = { width, height };
  if (direction === 'up' || direction === 'down') {
    for (let y = 0; y < height; y++)
      mixOver(frame, from, to, y * width, (y + 1) * width, wipeWeight(y, size, progress, direction, softness), clear);
    return;
  }
  const weights = Int32Array.from({ length: width }, (_, x) => wipeWeight(x, size, progress, direction, softness));
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const word = mixWord(from[i], to[i], weights[x]);
      frame[i] = clear ? word : overWord(frame[i], word, 256);
    }
};

/** A whole frame over the frame, moved by whole pixels. */
const shiftedOver = (
  frame: Uint32Array,
  picture: Uint32Array,
  { width, height }: Moving,
  dx: number,
  dy: number,
): void => {
  const left = Math.max(0, dx);
  const count = Math.min(width, width + dx) - left;
  if (count <= 0) return;
  for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++)
    overRow(frame, y * width + left, picture, (y - dy) * width + left - dx, count, 256);
};

export const pushOver = (frame: Uint32Array, from: Uint32Array, to: Uint32Array, moving: Moving): void => {
  const offset = pushOffset(moving, moving.progress, moving.direction);
  shiftedOver(frame, from, moving, offset.x, offset.y);
  shiftedOver(frame, to, moving, offset.nextX, offset.nextY);
};
