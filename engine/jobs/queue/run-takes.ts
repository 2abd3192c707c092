import { readFile, rm } from 'node:fs/promises';
import type { Job } from '../../contract/generation/job.ts';
import { stepsOf } from '../../contract/generation/wish.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { StoredJob } from '../../projects/job-rows.ts';
import type { Project } from '../../projects/project-types.ts';
import { showsThrough } from '../../media/library/shows-through.ts';
import { createEta } from '../eta.ts';
import type { InferenceOptions } from '../inference-process.ts';
import { runInference } from '../inference-process.ts';
import { makeRequest } from './make-request.ts';
import { placeTake, replacedAtEnd } from './place-take.ts';
import {
  checkpointFolder,
  dropWorkFolder,
  freshWorkFolder,
  jobFolder,
  takeFile,
  takeInProject,
  takeMedia,
} from './take-media.ts';

export type TakesContext = {
  project: Project;
  job: StoredJob;
  /** The media as the project has it, with the path at which its file lies now. @throws UserFacingError when it is not there */
  locate: (mediaId: string) => Promise<Media>;
  signal: AbortSignal;
  onStage: (stage: Job['stage'], step: Job['step'], secondsLeftOfTake: number | null) => void;
  /** A JPEG of what a new frame is about to become. */
  onPreview: (picture: Uint8Array) => void;
  /** A take is in the project: how many are, and what a person should know. */
  onTake: (media: Media, done: number, notes: readonly string[]) => void;
  childFile?: InferenceOptions['childFile'];
};

/** Small pictures, so that the last one of a stage may be read after the process has ended. */
const readPreview = (file: string, tell: (picture: Uint8Array) => void): void => {
  readFile(file).then(tell, () => undefined);
};

/**
 * Makes the takes of a job that are missing, one process each, and takes every one into the project as it is finished: the first to its
 * place, the others into the bin.
 * @throws UserFacingError why it cannot be done; `interrupted` when the signal fired: what is finished is kept
 */
export const runTakes = async (context: TakesContext): Promise<void> => {
  const { project, job, locate, signal, onStage, onPreview, onTake, childFile } = context;
  const { plan } = job;
  const { takes, seed: firstSeed, quality } = plan.wish;
  for (let number = job.takesDone + 1; number <= takes; number++) {
    const seed = (firstSeed + number - 1) % 2 ** 32;
    const there = takeInProject(project, job.id, seed);
    if (there) {
      onTake(there, number, []);
      continue;
    }
    const workDir = freshWorkFolder(project, job.id);
    const notes = new Set<string>();
    const eta = createEta();
    try {
      onStage('cut', null, null);
      const seeThrough = await showsThrough(await locate(plan.sources[0].mediaId));
      const out = takeFile(project, plan, { jobId: job.id, number, seeThrough });
      const request = await makeRequest({ plan, seed, out, seeThrough, workDir, locate, signal });
      const [{ made_up: madeUp }] = await runInference(request, {
        ...{ signal, childFile, checkpoints: checkpointFolder(project, job.id) },
        onWait: () => onStage('wait', null, null),
        onEvent: (event) => {
          if (event.event === 'note') notes.add(event.text);
          else {
            const left = eta.report(event.stage, event.done, event.total);
            onStage(event.stage, { done: Math.min(event.done, event.total), total: event.total }, left);
          }
        },
        onPreview: ({ file }) => readPreview(file, onPreview),
      });
      onStage('place', null, 0);
      const made = { file: out, plan, jobId: job.id, seed, steps: stepsOf[quality], number, madeUp, notes: [...notes] };
      const media = await takeMedia(project, made, signal);
      const first = job.takeMediaIds.length === 0 && number === 1;
      const unplaced = placeTake(
        project,
        media,
        first ? plan.place : { kind: 'none' },
        first ? replacedAtEnd(project, job) : null,
      );
      onTake(media, number, unplaced === null ? [...notes] : [...notes, unplaced]);
    } finally {
      dropWorkFolder(project, job.id);
    }
  }
  await rm(jobFolder(project, job.id), { recursive: true, force: true });
};
