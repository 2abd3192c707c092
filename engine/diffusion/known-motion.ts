import { disFlow } from '../frames/dis-flow.ts';
import type { Image } from '../frames/image.ts';
import type { WindowFrame } from './conditions.ts';

/**
 * How the known frames at a window's two ends moved, each towards its known neighbour away from the gap: from how motion changed the
 * network judges how it goes on. `order` holds the window's frames, ascending; `pictureOf` answers for the known ones.
 */
export const knownMotion = (
  order: number[],
  pictureOf: (index: number) => Image | undefined,
): Map<number, NonNullable<WindowFrame['moved']>> => {
  const pictures = order.map(pictureOf);
  const first = pictures.findIndex((picture) => picture === undefined);
  const last = pictures.findLastIndex((picture) => picture === undefined);
  const flow = (from: number, to: number): Image => disFlow(pictures[from]!, pictures[to]!);
  const moved = new Map<number, NonNullable<WindowFrame['moved']>>();
  for (let i = 1; i < first; i++) moved.set(order[i], { before: flow(i, i - 1), after: null });
  for (let i = last + 1; i < order.length - 1; i++) moved.set(order[i], { before: null, after: flow(i, i + 1) });
  return moved;
};
