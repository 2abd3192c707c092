import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { Field } from './fields.ts';
import { chained, filled } from './fields.ts';

/**
 * Where a small frame's pixels come from in the two *real* frames beside the span; null where that side has none. A generated frame that
 * serves as context for others hands its lineage on, so that full-size detail is always borrowed from footage, never from a generation.
 */
export type Lineage = {
  before: Field | null;
  after: Field | null;
  /** Another account of the way there, for where the first is wrong; null where none is offered. */
  secondBefore: Field | null;
  secondAfter: Field | null;
};

/** The lineage of a real frame beside the span: it is its own reference. */
export const ownLineage = (side: 'before' | 'after', width: number, height: number): Lineage => {
  const itself: Field = { flow: createImage(2, width, height), visibility: filled(1, width, height, 1) };
  return {
    before: side === 'before' ? itself : null,
    after: side === 'after' ? itself : null,
    secondBefore: null,
    secondAfter: null,
  };
};

export type Route = {
  /** From the new frame to a context frame of its window. */
  step: Field;
  /** From that context frame to the real frame; null where it has no way there. */
  onward: Field | null;
  /** How near the context frame is, 0..1; the routes' shares add up to 1 where there are two. */
  share: number;
};

/**
 * One field to a real frame out of the ways there. Displacements add, visibilities multiply; two ways are averaged by share and
 * visibility, so that a frame drifts from one context frame's account to the other's instead of jumping. Null where no way leads there.
 * `fading`: a context frame without a way there counts as one that has faded out (a blend's inner frames go on from one to the other).
 */
export const routeToReal = (routes: Route[], fading = false): Field | null => {
  const ways = routes
    .filter((route) => route.onward !== null && route.share > 0)
    .map((route) => {
      const onward = route.onward!;
      const seen = warp(onward.visibility, route.step.flow);
      const visibility: Image = { ...seen, data: seen.data.map((v, i) => v * route.step.visibility.data[i]) };
      return { flow: chained(route.step.flow, onward.flow), visibility, share: route.share };
    });
  if (ways.length === 0) return null;
  const first = ways[0];
  if (ways.length === 1) {
    const by = fading ? first.share : 1;
    return { flow: first.flow, visibility: { ...first.visibility, data: first.visibility.data.map((v) => v * by) } };
  }
  const { width, height } = first.flow;
  const count = width * height;
  const flow = createImage(2, width, height);
  const visibility = createImage(1, width, height);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (const way of ways) {
      const weight = way.share * (way.visibility.data[i] + 0.02);
      sum += weight;
      flow.data[i] += weight * way.flow.data[i];
      flow.data[count + i] += weight * way.flow.data[count + i];
      visibility.data[i] += (fading ? way.share : weight) * way.visibility.data[i];
    }
    flow.data[i] /= sum;
    flow.data[count + i] /= sum;
    if (!fading) visibility.data[i] /= sum;
  }
  return { flow, visibility };
};
