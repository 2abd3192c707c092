/** What a list has selected, and from where a selection with Shift is counted. */
export type ListSelection = { ids: ReadonlySet<string>; anchor: string | null };

export const nothingSelected: ListSelection = { ids: new Set(), anchor: null };

type Keys = { toggle: boolean; range: boolean };

/**
 * The selection after an item was pointed at or reached by keys: alone; with `range` from the anchor to it; with `toggle` besides or no longer
 * among the others.
 */
export const selectedWith = (
  order: readonly string[],
  { ids, anchor }: ListSelection,
  id: string,
  { toggle, range }: Keys,
): ListSelection => {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(id);
  if (range && from >= 0 && to >= 0) {
    const between = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    return { ids: new Set(toggle ? [...ids, ...between] : between), anchor };
  }
  if (!toggle) return { ids: new Set([id]), anchor: id };
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
};

/** A place of a list's item on screen, pixels. */
export type Box = { left: number; top: number; width: number };

/**
 * Where an arrow leads in a grid or a list: to the next in reading order, or to the nearest in the row above or below. Stays at the edges.
 * `Home` and `End` lead to the ends.
 */
export const neighbourOf = (boxes: readonly Box[], at: number, key: string): number => {
  const last = boxes.length - 1;
  if (at < 0 || last < 0) return last < 0 ? -1 : 0;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return Math.min(last, at + 1);
  if (key === 'ArrowLeft') return Math.max(0, at - 1);
  const down = key === 'ArrowDown';
  const here = boxes[at];
  const middle = here.left + here.width / 2;
  const beyond = boxes.flatMap(({ top }) => ((down ? top > here.top + 1 : top < here.top - 1) ? [top] : []));
  if (beyond.length === 0) return at;
  const row = down ? Math.min(...beyond) : Math.max(...beyond);
  let best = at;
  let distance = Infinity;
  for (const [i, box] of boxes.entries()) {
    const away = Math.abs(box.left + box.width / 2 - middle);
    if (Math.abs(box.top - row) > 1 || away >= distance) continue;
    best = i;
    distance = away;
  }
  return best;
};
