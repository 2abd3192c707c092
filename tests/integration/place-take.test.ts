import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { placeTake } from '../../engine/jobs/queue/place-take.ts';
import { createProject } from '../../engine/projects/project.ts';
import { temporaryFolders } from '../support/folders.ts';
import { filmId, sequenceId, testId, videoMedia } from '../support/timeline.ts';
import { planFor, takeFor } from '../support/wishes.ts';

const newFolder = temporaryFolders();

describe('a finished take', () => {
  it('is another choice where one of the same wish lies, and is placed again where that one is gone', async () => {
    const project = await createProject(join(newFolder(), 'film.longtake'), { backupEvery: 0 });
    project.edit('add-media', { media: [videoMedia(filmId)] });
    project.edit('add-sequence', { id: sequenceId, name: 'Film', frameRate: rational(24), width: 1920, height: 1080 });
    const [track] = tracksOf(project.document(), sequenceId, 'video');
    const clipId = testId(500);
    project.edit('append', {
      ...{ sequenceId, source: { mediaId: filmId }, videoTrackId: track.id, audioTrackId: null },
      videoClipId: clipId,
    });
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
