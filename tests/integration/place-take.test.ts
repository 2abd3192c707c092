import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shownDraft } from '../../engine/contract/generation/takes.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { placeTake, replacedAtEnd } from '../../engine/jobs/queue/place-take.ts';
import type { StoredJob } from '../../engine/projects/job-rows.ts';
import { createProject } from '../../engine/projects/project.ts';
import { temporaryFolders } from '../support/folders.ts';
import { filmId, sequenceId, testId, videoMedia } from '../support/timeline.ts';
import { planFor, takeFor } from '../support/wishes.ts';

const newFolder = temporaryFolders();

/** A project whose sequence holds one clip of film. */
const filmOfOneClip = async () => {
  const project = await createProject(join(newFolder(), 'film.longtake'), { backupEvery: 0 });
  project.edit('add-media', { media: [videoMedia(filmId)] });
  project.edit('add-sequence', { id: sequenceId, name: 'Film', frameRate: rational(24), width: 1920, height: 1080 });
  const [track] = tracksOf(project.document(), sequenceId, 'video');
  const clipId = testId(500);
  project.edit('append', {
    ...{ sequenceId, source: { mediaId: filmId }, videoTrackId: track.id, audioTrackId: null },
    videoClipId: clipId,
  });
  return { project, track, clipId };
};

describe('a final whose draft lies on the timeline', () => {
  /** What became of a draft's place: the job of the final was asked for before or after the draft was made. */
  const startFilm = async () => {
    const { project, track, clipId } = await filmOfOneClip();
    const plan = (quality: 'draft' | 'final') =>
      planFor(project.document(), { task: 'extend', clipId, edge: 'tail', frames: 12, quality });
    const job = (n: number, quality: 'draft' | 'final', replaces: string | null): StoredJob => ({
      ...{ id: testId(n), state: 'running', order: n, plan: plan(quality), replaces, createdAt: n, startedAt: n },
      ...{ endedAt: null, takesDone: 0, takeMediaIds: [], problem: null, notes: [] },
    });
    /** As the queue ends a job: its take comes into the project, and the job's row names it. */
    const end = (of: StoredJob, n: number, endedAt: number): string | null => {
      const said = placeTake(project, takeFor(of.plan, n, n), of.plan.place, replacedAtEnd(project, of));
      project.jobs.put({ ...of, state: 'done', takesDone: 1, takeMediaIds: [testId(n)], endedAt });
      return said;
    };
    const shown = (): (string | null | undefined)[] =>
      clipsOf(project.document(), track.id)
        .filter(({ kind }) => kind === 'take')
        .map(({ mediaId }) => mediaId);
    return { project, job, end, shown };
  };

  it('takes its place by one edit that undo takes back', async () => {
    const { project, job, end, shown } = await startFilm();
    end(job(10, 'draft', null), 701, 11);
    expect(shown()).toEqual([testId(701)]);
    expect(shownDraft(project.document(), job(12, 'final', null).plan.wish)?.id).toBe(testId(701));
    const { revision } = project;
    expect(end(job(12, 'final', testId(701)), 702, 13)).toBeNull();
    expect([shown(), project.revision]).toEqual([[testId(702)], revision + 1]);
    project.undo();
    expect(shown()).toEqual([testId(701)]);
    await project.close();
  });

  it('takes it too when both were asked for before either was made', async () => {
    const { project, job, end, shown } = await startFilm();
    const [draft, final] = [job(10, 'draft', null), job(11, 'final', null)];
    end(draft, 701, 12);
    end(final, 702, 14);
    expect(shown()).toEqual([testId(702)]);
    await project.close();
  });

  it('goes into the bin where somebody chose otherwise meanwhile', async () => {
    const { project, job, end, shown } = await startFilm();
    end(job(10, 'draft', null), 701, 11);
    end(job(12, 'draft', null), 703, 13);
    const [take] = [...project.document().clips.values()].filter(({ kind }) => kind === 'take');
    project.edit('choose-take', { clipId: take.id, mediaId: testId(703) });
    expect(end(job(14, 'final', testId(701)), 702, 15)).toBeNull();
    expect(shown()).toEqual([testId(703)]);
    // Nor is a draft replaced that was made and chosen before the final was thought of.
    end(job(16, 'final', null), 704, 17);
    expect(shown()).toEqual([testId(703)]);
    expect(project.document().media.has(testId(704))).toBe(true);
    await project.close();
  });
});

describe('a finished take', () => {
  it('is another choice where one of the same wish lies, and is placed again where that one is gone', async () => {
    const { project, track, clipId } = await filmOfOneClip();
    const laid = (): string =>
      clipsOf(project.document(), track.id)
        .map((clip) => `${clip.start}-${endOf(clip)}${clip.kind === 'take' ? '*' : ''}`)
        .join(' ');
    const grow = (n: number, edge: 'head' | 'tail', frames: number): string | null => {
      const wish: Pick<GenerationWish, 'task'> & { clipId: string; edge: typeof edge; frames: number } = {
        ...{ task: 'extend', clipId, edge, frames },
      };
      const plan = planFor(project.document(), wish as never);
      return placeTake(project, takeFor(plan, n, n), plan.place, null);
    };
    expect(grow(701, 'tail', 12)).toBeNull();
    expect(laid()).toBe('0-240 240-252*');
    // Of another length, but for the same place.
    expect(grow(702, 'tail', 24)).toBeNull();
    expect(laid()).toBe('0-240 240-252*');
    expect(project.document().media.has(testId(702))).toBe(true);
    // The other side is another place.
    expect(grow(703, 'head', 6)).toBeNull();
    expect(laid()).toBe('0-6* 6-246 246-258*');
    const [, , grown] = clipsOf(project.document(), track.id);
    project.edit('delete', { clipIds: [grown.id] });
    expect(grow(704, 'tail', 24)).toBeNull();
    expect(laid()).toBe('0-6* 6-246 246-270*');
    await project.close();
  });
});
