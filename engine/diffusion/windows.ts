/*
 * Which frames are made together, and in which order.
 *
 * Frames of a span are numbered 0 … unknown−1; what is known before it is −1, −2, …, what is known after it is unknown, unknown+1, …
 * Every window holds one run of unknown frames beside known ones, as the windows of the training do. A span that does not fit one window
 * is chained if it is short; else it is made as keyframes first (spread over the whole length, so that errors do not add up frame by
 * frame), then the gaps between them. Windows come in the order in which the span can be written out.
 */

export type SpanShape = {
  /** Known frames that may be looked at before and after the span (0 = none on that side). */
  before: number;
  unknown: number;
  after: number;
};

export type WindowLimits = {
  /** Frames a window holds at most, even. */
  frames: number;
  /** Known frames wanted on each side. */
  known: number;
};

export type PlannedFrame = { index: number; known: boolean };
/** Ascending indices; an even count, reached if need be by naming the last frame twice. */
export type PlannedWindow = { frames: PlannedFrame[] };

/** How far back (frames) a plan may look for known frames: four at the widest keyframe stride of 8. */
export const farthestKnown = 25;

/** Keyframes of a one-sided span, and the finest between two sides. */
const keyStride = 8;
const bridgeStrides = [8, 64, 512];
/** A one-sided span of at most this many windows' frames is chained frame after frame. */
const chainedWindows = 3;

/** The frames that exist so far, within the span and `farthestKnown` on each side. */
const createDone = (shape: SpanShape) => {
  const low = -Math.min(shape.before, farthestKnown);
  const high = shape.unknown + Math.min(shape.after, farthestKnown);
  const flags = new Uint8Array(high - low);
  for (let i = low; i < high; i++) if (i < 0 || i >= shape.unknown) flags[i - low] = 1;
  const has = (index: number): boolean => index >= low && index < high && flags[index - low] === 1;
  return {
    has,
    add: (index: number): void => {
      flags[index - low] = 1;
    },
    /** Up to `count` existing frames from `from` (included) on, nearest first. */
    nearest: (from: number, direction: 1 | -1, count: number): number[] => {
      const found: number[] = [];
      for (let i = from; i >= low && i < high && found.length < count; i += direction) if (has(i)) found.push(i);
      return found;
    },
    /** Up to `count` existing frames at `from`, `from` ± stride, …; at least two where the clip has two, since one shows no motion. */
    strided: (from: number, direction: 1 | -1, stride: number, count: number): number[] => {
      const found: number[] = [];
      for (let j = 0; j < count; j++) if (has(from + direction * stride * j)) found.push(from + direction * stride * j);
      if (found.length === 1) {
        for (let distance = stride; distance > 0; distance--) {
          if (has(from + direction * distance)) {
            found.push(from + direction * distance);
            break;
          }
        }
      }
      return found;
    },
  };
};

/**
 * Plan of a span. Every unknown frame is unknown in exactly one window; every other frame of a window is known or made by an earlier
 * window; each unknown frame has a known neighbour on every side on which the span has one.
 * @throws RangeError for a span without unknown frames or without any known frame.
 */
export const planWindows = (shape: SpanShape, limits: WindowLimits): PlannedWindow[] => {
  const { unknown } = shape;
  if (unknown < 1) throw new RangeError('planWindows: nothing to make');
  if (shape.before < 1 && shape.after < 1) throw new RangeError('planWindows: no known frame on either side');
  const done = createDone(shape);
  const windows: PlannedWindow[] = [];

  const makeWindow = (known: number[], fresh: number[], stride: number): void => {
    const all = [...new Set([...known, ...fresh])].sort((a, b) => a - b);
    if (all.length % 2 === 1) {
      const first = all[0];
      const last = all[all.length - 1];
      const extra = [first - stride, last + stride, first - 1, last + 1].find((i) => done.has(i));
      all.push(extra ?? last);
      all.sort((a, b) => a - b);
    }
    const isFresh = new Set(fresh);
    windows.push({ frames: all.map((index) => ({ index, known: !isFresh.has(index) })) });
    for (const index of fresh) done.add(index);
  };

  /** Makes every missing frame between two existing ones, gap by gap, earliest first; each gap fits a window. */
  const fillGaps = (low: number, high: number): void => {
    for (let cursor = low; ;) {
      while (cursor < high && done.has(cursor + 1)) cursor++;
      if (cursor >= high) return;
      const next = done.nearest(cursor + 1, 1, 1)[0];
      const fresh = Array.from({ length: next - cursor - 1 }, (_, i) => cursor + 1 + i);
      const room = limits.frames - fresh.length;
      const before = done.nearest(cursor, -1, Math.min(limits.known, room - 1));
      const after = run(next, Math.min(limits.known, room - before.length));
      makeWindow([...before, ...after], fresh, 1);
      cursor = next;
    }
  };

  /** Existing frames from `from` upwards without a break, at most `count`: keyframes further on would be unevenly spaced. */
  const run = (from: number, count: number): number[] => {
    let length = 0;
    while (length < count && done.has(from + length)) length++;
    return Array.from({ length }, (_, i) => from + i);
  };

  /** Makes everything between two existing frames, coarse to fine, earliest first. */
  const bridge = (low: number, high: number): void => {
    const gap = high - low - 1;
    if (gap < 1) return;
    // One window, with fewer known frames behind the gap where it is long.
    if (gap <= limits.frames - limits.known - 1) {
      fillGaps(low, high);
      return;
    }
    const most = limits.frames - 2 * limits.known;
    const stride =
      bridgeStrides.find((k) => Math.ceil((gap + 1) / k) - 1 <= most) ?? bridgeStrides[bridgeStrides.length - 1];
    const count = Math.ceil((gap + 1) / stride) - 1;
    const keys = Array.from({ length: count }, (_, i) => low + Math.round(((gap + 1) * (i + 1)) / (count + 1)));
    makeWindow(
      [...done.strided(low, -1, stride, limits.known), ...done.strided(high, 1, stride, limits.known)],
      keys,
      stride,
    );
    if (stride <= keyStride) {
      fillGaps(low, high);
      return;
    }
    const ends = [low, ...keys, high];
    for (let i = 1; i < ends.length; i++) bridge(ends[i - 1], ends[i]);
  };

  if (shape.before > 0 && shape.after > 0) {
    bridge(-1, unknown);
    return windows;
  }

  // One side known. Steps are counted outward from it: step s is frame s forward, frame unknown−1−s backward.
  const forward = shape.before > 0;
  const direction = forward ? -1 : 1; // towards what is known
  const at = (step: number): number => (forward ? step : unknown - 1 - step);
  const firstRoom = limits.frames - Math.min(limits.known, forward ? shape.before : shape.after);
  const nextRoom = limits.frames - limits.known;
  const chained = unknown <= Math.max(firstRoom, chainedWindows * nextRoom);
  const stride = chained ? 1 : keyStride;
  const count = Math.ceil(unknown / stride);
  const keySteps = Array.from({ length: count }, (_, i) => Math.round((unknown * (i + 1)) / count) - 1);
  const groups = count <= firstRoom ? 1 : Math.ceil(count / nextRoom);
  let start = -1;
  for (let g = 0; g < groups; g++) {
    const from = Math.round((count * g) / groups);
    const group = keySteps.slice(from, Math.round((count * (g + 1)) / groups));
    const exact = done.strided(at(start), direction, stride, limits.known);
    // Keyframes are unevenly spaced where their number does not divide the span: then the nearest of them serve.
    const known =
      g > 0 && exact.length < limits.known ? keySteps.slice(Math.max(0, from - limits.known), from).map(at) : exact;
    makeWindow(known, group.map(at), stride);
    const end = group[group.length - 1];
    if (forward) fillGaps(at(start), at(end));
    start = end;
  }
  // Backward, the far end is made last but written first: all keyframes must stand before the first gap is filled.
  if (!forward) fillGaps(0, unknown);
  return windows;
};
