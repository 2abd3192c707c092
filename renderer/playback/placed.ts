import type { Placed } from '../../engine/contract/compositing/placement.ts';

/** A placement in a frame that is shown at another size: `x` and `y` times as wide and high. */
export const shrunk = (placed: Placed, x: number, y: number): Placed => {
  const { a, b, c, d, e, f } = placed.matrix;
  return {
    ...placed,
    matrix: { a: a * x, b: b * y, c: c * x, d: d * y, e: e * x, f: f * y },
    scaleX: placed.scaleX * x,
    scaleY: placed.scaleY * y,
  };
};

/** The placement of a picture that has one sample for `across` × `down` of those that `placed` speaks of. */
export const resampled = (placed: Placed, across: number, down: number): Placed => {
  if (across === 1 && down === 1) return placed;
  const { a, b, c, d, e, f } = placed.matrix;
  const { left, top, right, bottom } = placed.visible;
  return {
    matrix: { a: a * across, b: b * across, c: c * down, d: d * down, e, f },
    ...{ scaleX: placed.scaleX * across, scaleY: placed.scaleY * down },
    visible: { left: left / across, top: top / down, right: right / across, bottom: bottom / down },
  };
};
