import { fitted, held, timeAt, xOf, zoomedAt } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';

export type Box = { x: number; y: number; width: number; height: number };

/** Where dragged media would come to lie. */
export type Ghost = { from: number; to: number; trackIds: readonly string[]; insert: boolean };

/** What the Grow tool makes, or would make where it is held: frames of a track from `from` up to, not including, `to`. */
export type Growth = {
  kind: 'extend' | 'fill' | 'blend' | 'mark';
  trackId: string;
  from: number;
  to: number;
  /** Whether it is being drawn now, instead of only offered. */
  drawn: boolean;
};

/** How many frames a drag moves by, said beside the pointer: `time` in frames, `y` in pixels from the top of the first row. */
export type Readout = { by: number; time: number; y: number };

/** What of the timeline is on screen, and what a gesture shows beside the clips. Reactive; lengths are CSS pixels. */
export type TimelineView = {
  readonly time: TimeScale;
  /** Pixels of the rows that are scrolled off above. */
  readonly top: number;
  /** Of the area with the clips. */
  readonly width: number;
  readonly height: number;
  /** Whether there are more rows than fit. */
  readonly rowsOverflow: boolean;
  resize: (width: number, height: number) => void;
  /** Moves what is shown by pixels: positive is to later frames and lower tracks. */
  pan: (x: number, y: number) => void;
  showFrame: (left: number) => void;
  /** Zooms about a place; without one about the playhead where that is seen, else about the middle. */
  zoom: (factor: number, x?: number) => void;
  fit: () => void;
  /** Turns the page when a frame is not on screen. */
  follow: (frame: number) => void;
  snapping: boolean;
  /** The frame that is snapped to, while it is. */
  snapAt: number | null;
  /** The frame at which the blade would cut. */
  bladeAt: number | null;
  marquee: Box | null;
  ghost: Ghost | null;
  growth: Growth | null;
  readout: Readout | null;
  /** The clip that the list for screen readers is on. */
  focusedClipId: string | null;
};

type Options = {
  /** Frames of the sequence. */
  length: () => number;
  /** Of all rows together. */
  rowsHeight: () => number;
  playhead: () => number;
};

export const createTimelineView = ({ length, rowsHeight, playhead }: Options): TimelineView => {
  let time = $state.raw<TimeScale>({ left: 0, scale: 4 });
  let size = $state.raw({ width: 0, height: 0 });
  let top = $state(0);
  const shown = $state({
    snapping: true,
    snapAt: null as number | null,
    bladeAt: null as number | null,
    marquee: null as Box | null,
    ghost: null as Ghost | null,
    growth: null as Growth | null,
    readout: null as Readout | null,
    focusedClipId: null as string | null,
  });
  const heldTop = (wanted: number): number => Math.max(0, Math.min(rowsHeight() - size.height, wanted));
  return {
    get time() {
      return time;
    },
    get top() {
      return top;
    },
    get width() {
      return size.width;
    },
    get height() {
      return size.height;
    },
    get rowsOverflow() {
      return rowsHeight() > size.height;
    },
    resize: (width, height) => {
      const first = size.width === 0;
      size = { width, height };
      time = first ? fitted(length(), width) : held(time, length(), width);
      top = heldTop(top);
    },
    pan: (x, y) => {
      time = held({ ...time, left: time.left + x / time.scale }, length(), size.width);
      top = heldTop(top + y);
    },
    showFrame: (left) => {
      time = held({ ...time, left }, length(), size.width);
    },
    zoom: (factor, x) => {
      const at = xOf(time, playhead());
      const about = x ?? (at >= 0 && at <= size.width ? at : size.width / 2);
      time = zoomedAt(time, about, factor, length(), size.width);
    },
    fit: () => {
      time = fitted(length(), size.width);
    },
    follow: (frame) => {
      const x = xOf(time, frame);
      if (x >= 0 && x < size.width) return;
      time = held({ ...time, left: frame - (size.width * 0.1) / time.scale }, Math.max(length(), frame), size.width);
    },
    get snapping() {
      return shown.snapping;
    },
    set snapping(on) {
      shown.snapping = on;
    },
    get snapAt() {
      return shown.snapAt;
    },
    set snapAt(frame) {
      shown.snapAt = frame;
    },
    get bladeAt() {
      return shown.bladeAt;
    },
    set bladeAt(frame) {
      shown.bladeAt = frame;
    },
    get marquee() {
      return shown.marquee;
    },
    set marquee(box) {
      shown.marquee = box;
    },
    get ghost() {
      return shown.ghost;
    },
    set ghost(ghost) {
      shown.ghost = ghost;
    },
    get growth() {
      return shown.growth;
    },
    set growth(growth) {
      shown.growth = growth;
    },
    get readout() {
      return shown.readout;
    },
    set readout(readout) {
      shown.readout = readout;
    },
    get focusedClipId() {
      return shown.focusedClipId;
    },
    set focusedClipId(id) {
      shown.focusedClipId = id;
    },
  };
};

/** The frames between the edges of the view, whole ones. */
export const framesShown = ({ time, width }: Pick<TimelineView, 'time' | 'width'>): { from: number; to: number } => ({
  from: Math.max(0, Math.floor(time.left)),
  to: Math.ceil(timeAt(time, width)),
});
