import type { Document } from '../../contract/timeline/document.ts';
import { newId } from '../../projects/ids.ts';
import type { Project } from '../../projects/project-types.ts';

/** One operation of an edit that a command puts together. */
export type Step = { op: string; input: unknown };

/** The bins of a path like "day 1/card A", and the steps that make those that are missing. */
export const binFor = (document: Document, name: string | undefined): { id: string | null; steps: Step[] } => {
  const steps: Step[] = [];
  let parentId: string | null = null;
  for (const part of (name ?? '').split('/').filter((each) => each !== '')) {
    const known = [...document.bins.values()].find((bin) => bin.parentId === parentId && bin.name === part);
    const id: string = known?.id ?? newId();
    if (!known) steps.push({ op: 'add-bin', input: { id, name: part, parentId } });
    parentId = id;
  }
  return { id: parentId, steps };
};

/** Several steps as one edit, which one undo takes back. */
export const editAll = (project: Project, steps: Step[]): number =>
  (steps.length === 1 ? project.edit(steps[0].op, steps[0].input) : project.edit('batch', { operations: steps }))
    .revision;
