import type { TakePlace } from '../../contract/generation/plan.ts';
import { shownDraft, takesWith } from '../../contract/generation/takes.ts';
import { EditRefused } from '../../contract/timeline/edit-refused.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { StoredJob } from '../../projects/job-rows.ts';
import type { Project } from '../../projects/project-types.ts';

type Step = { op: string; input: unknown };

/** The clips that show a take, one of each group: choose-take changes the others with it. */
const clipsShowing = (project: Project, mediaId: string): string[] => {
  const groups = new Set<string>();
  const ids: string[] = [];
  for (const clip of project.document().clips.values()) {
    if (clip.mediaId !== mediaId || clip.placement === null) continue;
    const group = `${clip.trackId} ${clip.groupId ?? clip.id}`;
    if (!groups.has(group)) ids.push(clip.id);
    groups.add(group);
  }
  return ids;
};

/** Whether another take of the same wish lies on a timeline: then this one is another choice for its place, not more of the same. */
const hasShownSibling = (project: Project, take: Media): boolean => {
  const siblings = new Set(takesWith(project.document(), take).map(({ id }) => id));
  for (const { mediaId, placement } of project.document().clips.values())
    if (placement !== null && mediaId !== null && siblings.has(mediaId)) return true;
  return false;
};

/**
 * The take whose place a job's first one takes: the one that was there when it was asked for, or the draft of the same wish that has come to
 * lie there by itself since. A draft that somebody chose stays.
 */
export const replacedAtEnd = (project: Project, { plan: { wish }, replaces, createdAt }: StoredJob): string | null => {
  if (replaces !== null || wish.quality === 'draft') return replaces;
  const draft = shownDraft(project.document(), wish);
  const byItself = project.jobs
    .list()
    .some(({ takeMediaIds, endedAt }) => takeMediaIds[0] === draft?.id && (endedAt ?? createdAt) >= createdAt);
  return draft && byItself ? draft.id : null;
};

const edit = (project: Project, steps: Step[]): void => {
  const [first] = steps;
  if (steps.length === 1) project.edit(first.op, first.input);
  else project.edit('batch', { operations: steps });
};

/**
 * Takes a finished take into the project as one edit: to its place on the timeline, or instead of the take that it replaces there. Where the
 * timeline has changed so that neither can be, and where a take of the same wish lies already, it goes into the bin alone.
 * @returns a sentence where it could not be placed
 * @throws UserFacingError when the project cannot be written
 */
export const placeTake = (project: Project, media: Media, place: TakePlace, replaces: string | null): string | null => {
  const into = (where: TakePlace): Step => ({ op: 'place-take', input: { media, place: where } });
  const chosen = replaces === null ? [] : clipsShowing(project, replaces);
  try {
    if (replaces === null) edit(project, [into(hasShownSibling(project, media) ? { kind: 'none' } : place)]);
    else {
      const choose = chosen.map((clipId) => ({ op: 'choose-take', input: { clipId, mediaId: media.id } }));
      edit(project, [into({ kind: 'none' }), ...choose]);
    }
    return null;
  } catch (error) {
    if (!(error instanceof EditRefused)) throw error;
    edit(project, [into({ kind: 'none' })]);
    return `${error.message} ${error.remedy}`;
  }
};
