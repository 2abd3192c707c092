import { codeMap } from './colour.ts';
import type { PlanarFrame } from './image.ts';
import { resizePlane } from './resize.ts';

/** Frame ranges, both ends included, in presentation order. */
export type Range = [from: number, to: number];
export type Damage = { black: Range[]; duplicate: Range[]; flash: Range[] };

/** Frames are looked at this wide at most: small enough to be quick, large enough that a moving hand is many pixels. */
const lookWidth = 160;
/** Luma 0..1 below which a pixel counts as black, and the share of pixels that must (as ffmpeg's blackdetect: 0.1 and 0.98, here stricter). */
const blackLuma = 0.06;
const blackShare = 0.98;
/**
 * A repeat differs from its original by less than this part of what the neighbours' motion changes; once a run of them has begun, by less
 * than the second figure, because a codec goes on refining a picture that stands still (measured at H.264 CRF 23: 0.01 to 0.3).
 */
const repeatRatio = 0.15;
const refinedRatio = 0.4;
/** Motion must be seen before it can be missed: mean luma difference 0..1 of a picture in which something moves. */
const leastMotion = 4e-4;
/** Motion that stops dead keeps at least this part of the median until the run; easing out falls below it. */
const abruptness = 0.3;
/** How many differences on each side tell what motion there is. */
const neighbourhood = 6;
/** A longer run of repeats is a shot that holds still, not a fault. */
const longestRun = 24;
/** Where more than this share of a stretch repeats (animation on twos, a screen recording), repeats are the footage's rhythm. */
const rhythmShare = 0.4;
const rhythmReach = 12;

/**
 * A flashed frame differs from both neighbours by at least this mean luma (0..1), and so many times as much as they do from each other: what
 * moves has moved twice as far by then (measured on the demo clips: a ratio of 0.55 to 0.6), pictures that have nothing in common give 1, and
 * after a cut nothing comes back.
 */
const leastFlash = 0.03;
const flashRatio = 2.5;

const luma = (frame: PlanarFrame): Float32Array => {
  const width = Math.min(lookWidth, frame.width);
  const height = Math.max(1, Math.round((frame.height * width) / frame.width));
  const { data } = resizePlane(frame.planes[0], frame.width, frame.height, width, height);
  const { offset, forward } = codeMap(frame.format, frame.colour);
  const scale = 1 / (forward[0] + forward[1] + forward[2]);
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - offset[0]) * scale;
  return data;
};

const rangesOf = (flags: boolean[]): Range[] => {
  const ranges: Range[] = [];
  flags.forEach((flag, i) => {
    if (!flag) return;
    const last = ranges.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else ranges.push([i, i]);
  });
  return ranges;
};

/** What motion changes at least, one exception aside, in the frames that are given: its second smallest difference. */
const steady = (differences: number[]): number => {
  const sorted = differences.toSorted((a, b) => a - b);
  return sorted[1] ?? sorted[0] ?? 0;
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Many short runs, or repeats that make up much of a stretch, are how the footage was shot; one long freeze is a fault. */
const isRhythm = (flags: boolean[], i: number): boolean => {
  const near = flags.slice(Math.max(1, i - rhythmReach), i + rhythmReach + 1);
  const repeats = near.filter(Boolean).length;
  const runs = near.filter((flag, k) => flag && !near[k - 1]).length;
  return runs >= 3 && Math.max(repeats / near.length, runs / (runs + near.length - repeats)) > rhythmShare;
};

/**
 * Which frames repeat the one before them, from the mean luma difference of every frame to its predecessor (index 0 unused).
 *
 * A run of small differences is a fault if motion goes on at both of its ends: they are small beside nearly every one of the six
 * nearest differences before it and after it, and motion does not fade into the run or out of it. A static
 * shot has nothing but small differences, so none is small beside the others. A run at either end of the clip is not told: nothing there
 * says that the shot should move.
 */
export const findRepeats = (differences: number[]): boolean[] => {
  const count = differences.length;
  const flags = new Array<boolean>(count).fill(false);
  const motion: number[] = [];
  for (let i = 1; i < count; i++) {
    const before = steady(motion.slice(-neighbourhood));
    let end = i;
    while (end < count && differences[end] <= (end === i ? repeatRatio : refinedRatio) * before) end++;
    const following = differences.slice(end, end + neighbourhood);
    const after = steady(following);
    const run = end - i;
    const isFault =
      run > 0 &&
      run <= longestRun &&
      following.length > 0 &&
      Math.min(before, after) >= leastMotion &&
      (motion.at(-1) ?? 0) >= abruptness * median(motion.slice(-neighbourhood)) &&
      following[0] >= abruptness * median(following) &&
      differences[i] <= repeatRatio * after &&
      differences.slice(i, end).every((value) => value <= refinedRatio * after);
    if (isFault) {
      flags.fill(true, i, end);
      i = end;
    }
    if (i < count) motion.push(differences[i]);
  }
  return flags.map((flag, i) => flag && !isRhythm(flags, i));
};

/**
 * A detector that is shown a clip's frames one by one and keeps two small pictures and three numbers a frame.
 * `finish` tells the ranges of black frames, of frames that repeat the one before them (the first showing is never part of a range), and of
 * single frames that differ from both neighbours far more than those from each other (a flash, a picture that does not belong there).
 * No frame is of two kinds.
 */
export const createDamageDetector = (): { push: (frame: PlanarFrame) => void; finish: () => Damage } => {
  const black: boolean[] = [];
  const differences: number[] = [];
  /** To the frame before the last one. */
  const overOne: number[] = [];
  let previous: Float32Array | undefined;
  let earlier: Float32Array | undefined;
  return {
    push: (frame) => {
      const current = luma(frame);
      let dark = 0;
      let change = 0;
      let changeOverOne = 0;
      for (let i = 0; i < current.length; i++) {
        if (current[i] <= blackLuma) dark++;
        if (previous) change += Math.abs(current[i] - previous[i]);
        if (earlier) changeOverOne += Math.abs(current[i] - earlier[i]);
      }
      black.push(dark >= blackShare * current.length);
      differences.push(change / current.length);
      overOne.push(changeOverOne / current.length);
      earlier = previous;
      previous = current;
    },
    finish: () => {
      const flash = black.map((dark, i) => {
        if (i === 0 || i + 1 === black.length || dark || black[i - 1] || black[i + 1]) return false;
        const least = Math.min(differences[i], differences[i + 1]);
        return least >= leastFlash && least >= flashRatio * overOne[i + 1];
      });
      const odd = black.map((dark, i) => dark || flash[i]);
      // A cut to black and back or to a flash and back is no motion, and black frames equal each other: neither may speak of repeats.
      const kept = differences.map((_, i) => i).filter((i) => !odd[i] && !odd[i - 1]);
      const repeats = new Array<boolean>(black.length).fill(false);
      findRepeats(kept.map((i) => differences[i])).forEach((flag, k) => {
        if (flag) repeats[kept[k]] = true;
      });
      return { black: rangesOf(black), duplicate: rangesOf(repeats), flash: rangesOf(flash) };
    },
  };
};
