/** A project with a small clip of real footage and the queue of its jobs, without windows. */
import path from 'node:path';
import { vi } from 'vitest';
import type { Job } from '../../engine/contract/generation/job.ts';
import { describeWish } from '../../engine/contract/generation/preview.ts';
import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { createQueue } from '../../engine/jobs/queue/queue.ts';
import type { Queue } from '../../engine/jobs/queue/queue.ts';
import { newId } from '../../engine/projects/ids.ts';
import { importMedia } from '../../engine/projects/import-media.ts';
import { createProject } from '../../engine/projects/project.ts';
import type { Project } from '../../engine/projects/project-types.ts';
import { problemOf } from '../../engine/server/problem.ts';
import { cutClip } from '../e2e/clips.ts';
import { wishFor } from './wishes.ts';

/** @param folder where the project lies @param footage where the clip lies; beside the project unless told */
export const projectWithClip = async (
  folder: string,
  footage = folder,
  clip = cutClip(footage, 'clip.mp4', { size: '128x72' }),
): Promise<Project> => {
  const project = await createProject(path.join(folder, 'film.longtake'), { backupEvery: 0 });
  const { mediaIds } = await importMedia(project, [clip]);
  project.edit('add-sequence', { name: 'Film', frameRate: { num: 24, den: 1 }, width: 128, height: 72 });
  const [sequence] = project.document().sequences.values();
  const [video] = tracksOf(project.document(), sequence.id, 'video');
  const [audio] = tracksOf(project.document(), sequence.id, 'audio');
  project.edit('append', {
    ...{ sequenceId: sequence.id, source: { mediaId: mediaIds[0] } },
    ...{ videoTrackId: video.id, audioTrackId: audio.id },
  });
  return project;
};

export const startQueue = (project: Project, onJob: (job: Job) => void = () => undefined): Queue<string> => {
  const queue = createQueue<string>({
    locate: async (_, mediaId) => {
      const media = project.document().media.get(mediaId);
      if (!media) throw new Error('no such media');
      return media;
    },
    onJob: (_, job) => onJob(job),
    ...{ onRemoved: () => undefined, onTake: () => undefined, onBusy: () => undefined, problemOf },
    onFault: (error) => {
      throw error;
    },
  });
  queue.attach('film', project);
  return queue;
};

/** Asks for frames after the clip. */
export const growClip = (project: Project, queue: Queue<string>, frames: number): Job => {
  const [sequence] = project.document().sequences.values();
  const [video] = tracksOf(project.document(), sequence.id, 'video');
  const [clip] = clipsOf(project.document(), video.id);
  const plan = describeWish(project.document(), wishFor({ task: 'extend', clipId: clip.id, edge: 'tail', frames }));
  return queue.enqueue('film', { id: newId(), plan, first: false, replaces: null });
};

export const jobIn = (queue: Queue<string>, id: string): Job => {
  const job = queue.list('film').find((one) => one.id === id);
  if (!job) throw new Error('the job is gone');
  return job;
};

export const whenEnded = (queue: Queue<string>, id: string): Promise<Job> =>
  vi.waitFor(
    () => {
      const job = jobIn(queue, id);
      if (job.endedAt === null) throw new Error(`the job is ${job.state}, ${job.stage}`);
      return job;
    },
    { timeout: 150_000, interval: 50 },
  );
