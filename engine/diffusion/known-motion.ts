import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import type { WindowFrame } from './conditions.ts';
import type { FlowOf } from './prior.ts';

/** Optical flow that is estimated once for each pair of pictures. */
export const rememberedFlow = (): FlowOf => {
  const made = new Map<Image, Map<Image, Image>>();
  return (from, to) => {
    const known = made.get(from) ?? new Map<Image, Image>();
    made.set(from, known);
    const flow = known.get(to) ?? disFlow(from, to);
    known.set(to, flow);
    return flow;
  };
};

/**
 * How the known frames at a window's two ends moved, each towards its known neighbour away from the gap: from how motion changed the
 * network judges how it goes on. `order` holds the window's frames, ascending; `pictureOf` answers for the known ones.
 */
export const knownMotion = (
  order: number[],
  pictureOf: (index: number) => Image | undefined,
  flowOf: FlowOf,
): Map<number, NonNullable<WindowFrame['moved']>> => {
  const pictures = order.map(pictureOf);
  const first = pictures.findIndex((picture) => picture === undefined);
  const last = pictures.findLastIndex((picture) => picture === undefined);
  const flow = (from: number, to: number): Image => flowOf(pictures[from]!, pictures[to]!);
  const moved = new Map<number, NonNullable<WindowFrame['moved']>>();
  for (let i = 1; i < first; i++) moved.set(order[i], { before: flow(i, i - 1), after: null });
  for (let i = last + 1; i < order.length - 1; i++) moved.set(order[i], { before: null, after: flow(i, i + 1) });
  return moved;
};
