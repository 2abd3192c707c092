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

/**
 * The same edit with one step an entity between two shifts, and without steps that change nothing. What was kept so far is applied only
 * when the next step asks about it: a ripple is a shift of each of many tracks, none of which asks about another.
 */
export const compactChanges = (document: Document, changes: readonly Change[]): Change[] => {
  const compact: Change[] = [];
  let state = document;
  let waiting: Change[] = [];
  let steps: Step[] = [];
  const keep = (kept: readonly Change[]): void => {
    compact.push(...kept);
    waiting.push(...kept);
  };
  const settled = (): Document => {
    if (waiting.length > 0) state = applyChanges(state, waiting);
    waiting = [];
    return state;
  };
  const asksAbout = ({ trackId }: Shift): boolean =>
    waiting.some((change) => change.type !== 'shift' || change.trackId === trackId);
  for (const change of changes) {
    if (change.type !== 'shift') {
      steps.push(change);
      continue;
    }
    if (steps.length > 0) keep(compactSteps(settled(), steps));
    steps = [];
    if (!movesNothing(asksAbout(change) ? settled() : state, change)) keep([change]);
  }
  return steps.length > 0 ? [...compact, ...compactSteps(settled(), steps)] : compact;
};
