/*
 * Which frames are made together, and in which order.
 *
 * Frames of a span are numbered 0 … unknown−1; what is known before it is −1, −2, …, what is known after it is unknown, unknown+1, …
 * A span that does not fit one window is made as keyframes first (spread over the whole length, so that errors do not add up frame by
 * frame), then the gaps between them; several small gaps share a window. Windows come in the order in which the span can be written out.
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

const widestGap = 8;
const chainStrides = [2, 4, 8];
const bridgeStrides = [2, 4, 8, 64, 512];

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

  /** Makes every missing frame between two existing ones; each gap is at most `widestGap` frames. */
  const fillGaps = (low: number, high: number): void => {
    let cursor = low;
    for (;;) {
      while (cursor < high && done.has(cursor + 1)) cursor++;
      if (cursor >= high) return;
      const before = done.nearest(cursor, -1, limits.known);
      const between: number[] = [];
      const fresh: number[] = [];
      let end = cursor;
      while (end < high) {
        const next = done.nearest(end + 1, 1, 1)[0];
        const gap = next - end - 1;
        if (fresh.length > 0 && before.length + between.length + fresh.length + gap + 1 > limits.frames) break;
        for (let i = end + 1; i < next; i++) fresh.push(i);
        between.push(next);
        end = next;
      }
      const room = limits.frames - before.length - between.length - fresh.length;
      const after = done.nearest(end + 1, 1, Math.max(0, Math.min(limits.known - 1, room)));
      makeWindow([...before, ...between, ...after], fresh, 1);
      cursor = end;
    }
  };

  /** Makes everything between two existing frames, coarse to fine, earliest first. */
  const bridge = (low: number, high: number): void => {
    const gap = high - low - 1;
    if (gap < 1) return;
    if (gap <= limits.frames - 2 * limits.known) {
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
    if (stride <= widestGap) {
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
  if (unknown <= firstRoom) {
    const known = done.strided(at(-1), direction, 1, limits.known);
    makeWindow(
      known,
      Array.from({ length: unknown }, (_, i) => i),
      1,
    );
    return windows;
  }
  const stride = chainStrides.find((k) => Math.ceil(unknown / k) <= firstRoom) ?? widestGap;
  const count = Math.ceil(unknown / stride);
  const keySteps = Array.from({ length: count }, (_, i) => Math.round((unknown * (i + 1)) / count) - 1);
  let start = -1;
  for (let i = 0; i < keySteps.length;) {
    const known = done.strided(at(start), direction, stride, limits.known);
    // Keyframes of uneven spacing: take the nearest that exist instead of exact strides.
    const context =
      known.length < limits.known && start >= 0 ? keySteps.slice(Math.max(0, i - limits.known), i).map(at) : known;
    const group = keySteps.slice(i, i + limits.frames - context.length);
    makeWindow(context, group.map(at), stride);
    const end = group[group.length - 1];
    if (forward) fillGaps(at(start), at(end));
    start = end;
    i += group.length;
  }
  // Backward, the far end is made last but written first: all keyframes must stand before the first gap is filled.
  if (!forward) fillGaps(0, unknown);
  return windows;
};
