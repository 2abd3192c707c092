import { applyChanges } from './apply-changes.ts';
import type { Change } from './change.ts';
import { clipsOf, entityById } from './document.ts';
import type { Document } from './document.ts';
import type { EntityKind } from './entities.ts';

type Shift = Extract<Change, { type: 'shift' }>;
type Step = Exclude<Change, Shift>;

const idOf = (step: Step): string => (step.type === 'put' ? step.value.id : step.id);

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const owners: readonly EntityKind[] = ['bin', 'media', 'sequence', 'track', 'clip', 'transition', 'marker'];
const rank = Object.fromEntries(owners.map((kind, i) => [kind, i])) as Record<EntityKind, number>;

/** Owners are put before what they own and removed after it, so that references hold at every step (tables check them). */
const inOrder = (a: Step, b: Step): number => {
  if (a.type !== b.type) return a.type === 'put' ? -1 : 1;
  return a.type === 'put' ? rank[a.entity] - rank[b.entity] : rank[b.entity] - rank[a.entity];
};

const compactSteps = (document: Document, steps: Step[]): Step[] => {
  const last = new Map<string, Step>();
  for (const step of steps) last.set(idOf(step), step);
  return [...last.values()]
    .filter((step) => {
      const before = entityById(document, step.entity, idOf(step));
      return step.type === 'put' ? !same(before, step.value) : before !== undefined;
    })
    .sort(inOrder);
};

const movesNothing = (document: Document, { trackId, from, by }: Shift): boolean =>
  by === 0 || (clipsOf(document, trackId).at(-1)?.start ?? -1) < from;

/** The same edit with one step an entity between two shifts, and without steps that change nothing. */
export const compactChanges = (document: Document, changes: readonly Change[]): Change[] => {
  const compact: Change[] = [];
  let state = document;
  let steps: Step[] = [];
  for (const change of changes) {
    if (change.type !== 'shift') {
      steps.push(change);
      continue;
    }
    const before = compactSteps(state, steps);
    steps = [];
    state = applyChanges(state, before);
    compact.push(...before);
    if (movesNothing(state, change)) continue;
    state = applyChanges(state, [change]);
    compact.push(change);
  }
  return [...compact, ...compactSteps(state, steps)];
};
