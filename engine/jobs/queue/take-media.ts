import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { WishPlan } from '../../contract/generation/plan.ts';
import { takeSettingsOf } from '../../contract/generation/takes.ts';
import { UserFacingError } from '../../contract/errors.ts';
import type { TaskRequest } from '../../contract/task-request.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { contentHash } from '../../media/library/content-hash.ts';
import { relativeTo } from '../../media/library/locate-media.ts';
import { readMediaFile } from '../../media/library/media-facts.ts';
import { refineFacts } from '../../media/library/refine-facts.ts';
import { listPacks } from '../../models/registry.ts';
import { newId } from '../../projects/ids.ts';
import type { StoredJob } from '../../projects/job-rows.ts';
import type { Project } from '../../projects/project-types.ts';

/** Where a project's takes lie, beside it. */
export const takesFolder = (project: Project): string =>
  path.join(path.dirname(project.path), `${path.basename(project.path, path.extname(project.path))} takes`);

/** What a job keeps while it is not done. */
export const jobFolder = (project: Project, jobId: string): string => path.join(takesFolder(project), '.jobs', jobId);

/** In it, what is finished: it outlives the engine. */
export const checkpointFolder = (project: Project, jobId: string): string =>
  path.join(jobFolder(project, jobId), 'finished');

/** In it, an empty folder for what is cut out, of which nothing outlives a run: what a crash left there is gone. */
export const freshWorkFolder = (project: Project, jobId: string): string => {
  const folder = path.join(jobFolder(project, jobId), 'work');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  makeFolder(folder);
  return folder;
};

/** Takes away what was cut out, and the job's folder where nothing finished is kept in it. */
export const dropWorkFolder = (project: Project, jobId: string): void => {
  const folder = jobFolder(project, jobId);
  rmSync(path.join(folder, 'work'), { recursive: true, force: true, maxRetries: 3 });
  try {
    if (existsSync(checkpointFolder(project, jobId))) rmdirSync(checkpointFolder(project, jobId));
    rmdirSync(folder);
  } catch {
    // There is something in it: the job goes on from that.
  }
};

const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    throw new UserFacingError('room', `${folder} cannot be made.`, 'Free some space, or check the permissions there.');
  }
};

/** Letters and digits of any script; the rest of a name may mean something to a system. */
const plainName = (name: string): string =>
  [...name.replace(/\.[a-z0-9]{2,5}$/i, '').replace(/[^\p{L}\p{N}]+/gu, ' ')].slice(0, 40).join('').trim() || 'take';

/** How takes are written: they play in windows and are cut into, nearly without loss. Only ProRes keeps what shows through. */
export const takeEncoding = (seeThrough: boolean): Pick<TaskRequest, 'codec' | 'crf' | 'gop'> =>
  seeThrough ? { codec: 'prores' } : { codec: 'h264', crf: 8, gop: 12 };

const endings = ['.mp4', '.mov'] as const;

/** Named by its job, so that a job that goes on finds what it has finished, and no other one can overwrite it. Without its ending. */
const takePath = (project: Project, { subject, wish }: WishPlan, jobId: string, number: number): string =>
  path.join(takesFolder(project), `${plainName(subject)} ${wish.task} ${jobId.slice(-8)}-${number}`);

/** Where a take is written; its folder is there then. */
export const takeFile = (
  project: Project,
  plan: WishPlan,
  { jobId, number, seeThrough }: { jobId: string; number: number; seeThrough: boolean },
): string => {
  makeFolder(takesFolder(project));
  return takePath(project, plan, jobId, number) + endings[seeThrough ? 1 : 0];
};

/**
 * Removes what a job that is not wanted any more has left: its folder, and finished files that never came into the project (a disk that was
 * full by then).
 */
export const dropJobFiles = async (project: Project, job: StoredJob): Promise<void> => {
  await rm(jobFolder(project, job.id), { recursive: true, force: true });
  const known = new Set(Array.from(project.document().media.values(), (media) => media.path));
  for (let number = job.takesDone + 1; number <= job.plan.wish.takes; number++) {
    for (const ending of endings) {
      const file = takePath(project, job.plan, job.id, number) + ending;
      if (!known.has(file)) await rm(file, { force: true });
    }
  }
};

/** The media that this take of a job is in the project, where it is there already. */
export const takeInProject = (project: Project, jobId: string, seed: number): Media | undefined =>
  [...project.document().media.values()].find(
    (media) => takeSettingsOf(media)?.jobId === jobId && media.provenance?.seed === seed,
  );

export type FinishedTake = {
  file: string;
  plan: WishPlan;
  jobId: string;
  seed: number;
  steps: number;
  /** In the job, from 1. */
  number: number;
  notes: readonly string[];
  /** Ranges of frames of which little was filmed. */
  madeUp: readonly [number, number][];
};

/** A finished file as the media of kind `take` that goes into the project. @throws the signal's reason; the file stays then */
export const takeMedia = async (project: Project, take: FinishedTake, signal: AbortSignal): Promise<Media> => {
  const { file, plan, jobId, seed, steps, number, notes, madeUp } = take;
  const {
    firstNumber,
    bytes,
    picture,
    sound,
    path: place,
  } = await refineFacts(await readMediaFile(file, { signal }), signal);
  const pack = (await listPacks()).find(({ id }) => id === plan.wish.model);
  const hash = await contentHash(file);
  signal.throwIfAborted();
  return {
    ...{ id: newId(), kind: 'take', name: `${plan.subject} · ${plan.wish.task} ${number}`, binId: null },
    ...{ path: place, relativePath: relativeTo(path.dirname(project.path), { kind: 'take', path: place }) },
    ...{ firstNumber, bytes, hash, picture, sound },
    starred: false,
    provenance: {
      ...{ task: plan.task, model: plan.wish.model, modelVersion: pack?.manifest?.version ?? '', seed, steps },
      settings: {
        plan: { ...plan, wish: { ...plan.wish } },
        jobId,
        notes: [...notes],
        madeUp: madeUp.map((range) => [...range]),
      },
      sources: plan.sources.map(({ mediaId, hash, in: from, out }) => ({ mediaId, hash, in: from, out })),
    },
  };
};
