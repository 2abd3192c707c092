/**
 * Before which job one comes to lie that is moved a place up (-1) or down (1); null is the end.
 * @param waiting ids in their order
 * @returns undefined where it cannot go further
 */
export const beforeOfMove = (waiting: readonly string[], id: string, by: 1 | -1): string | null | undefined => {
  const at = waiting.indexOf(id);
  if (at < 0) return undefined;
  if (by < 0) return at === 0 ? undefined : waiting[at - 1];
  return at === waiting.length - 1 ? undefined : (waiting[at + 2] ?? null);
};
