/** Which frames of the sequence are on screen: `left` is the frame at x = 0 (may be fractional), `scale` is pixels per frame. */
export type TimeScale = { left: number; scale: number };

/** Pixels per frame at the closest; further in there is nothing more to see. */
export const closest = 60;

/** Free pixels after the last clip when the whole sequence is shown. */
const margin = 48;

export const xOf = ({ left, scale }: TimeScale, frame: number): number => (frame - left) * scale;

/** The frame at a place, fractional. */
export const timeAt = ({ left, scale }: TimeScale, x: number): number => left + x / scale;

/** The frame that a place lies in, 0 or later. */
export const frameAt = (time: TimeScale, x: number): number => Math.max(0, Math.floor(timeAt(time, x)));

/** The frame whose start is nearest to a place, 0 or later. */
export const nearestFrame = (time: TimeScale, x: number): number => Math.max(0, Math.round(timeAt(time, x)));

/** The scale at which a sequence of so many frames fills a width; of an empty one, ten seconds at 24. */
export const fittingScale = (frames: number, width: number): number =>
  Math.min(closest, Math.max(1, width - margin) / Math.max(1, frames || 240));

/** The furthest out: four times what fits. */
export const widest = (frames: number, width: number): number => fittingScale(frames, width) / 4;

export const fitted = (frames: number, width: number): TimeScale => ({ left: 0, scale: fittingScale(frames, width) });

/** Holds a view to where there is something: never before frame 0, and the last clip never wholly out of it to the left. */
export const held = ({ left, scale }: TimeScale, frames: number, width: number): TimeScale => {
  const kept = Math.min(closest, Math.max(widest(frames, width), scale));
  const furthest = Math.max(0, frames - (width * 0.25) / kept);
  return { left: Math.min(furthest, Math.max(0, left)), scale: kept };
};

/** Zooms by a factor; the frame at `x` stays under it. */
export const zoomedAt = (time: TimeScale, x: number, factor: number, frames: number, width: number): TimeScale => {
  const scale = Math.min(closest, Math.max(widest(frames, width), time.scale * factor));
  return held({ left: timeAt(time, x) - x / scale, scale }, frames, width);
};
