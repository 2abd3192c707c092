/** How long cancelling and pausing take, from the call to the answer, at every stage of every task. 720p, one group of pictures. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Job } from '../../../engine/contract/generation/job.ts';
import { clipsOf, tracksOf } from '../../../engine/contract/timeline/document.ts';
import { createQueue } from '../../../engine/jobs/queue/queue.ts';
import type { Queue } from '../../../engine/jobs/queue/queue.ts';
import { newId } from '../../../engine/projects/ids.ts';
import { importMedia } from '../../../engine/projects/import-media.ts';
import { createProject } from '../../../engine/projects/project.ts';
import type { Project } from '../../../engine/projects/project-types.ts';
import { problemOf } from '../../../engine/server/problem.ts';
import { cutClip, ffmpeg } from '../../e2e/clips.ts';
import { planFor } from '../../support/wishes.ts';
import { runParts } from '../run-parts.ts';
import type { MachineReport } from '../run-parts.ts';

const stages = ['cut', 'load', 'read', 'prior', 'denoise', 'refine', 'encode', 'place'] as const;
type StageName = (typeof stages)[number];
/** Milliseconds; a stage that a task has not, or that was over before, has none. */
type Stops = Partial<Record<StageName, { cancel?: number; pause?: number }>>;
type StopsReport = MachineReport & { stops: Record<string, Stops> };

/** Milliseconds into a stage at which a job is cancelled: in the midst of what it does. */
const midst = 150;

const folder = mkdtempSync(path.join(tmpdir(), 'longtake-stops-'));
process.env.LONGTAKE_DATA = path.join(folder, 'data');
const video = ['-c:v', 'libx264', '-crf', '18', '-preset', 'veryfast', '-g', '250'];
const clip = cutClip(folder, 'clip.mp4', { size: '1280x720', frames: 96, video });
const still = path.join(folder, 'still.png');
ffmpeg('-i', clip, '-frames:v', '1', still);

/** Whoever waits for a stage of the job that runs. */
let watching: ((job: Job) => void) | undefined;

const startFilm = async (
  name: string,
): Promise<{ project: Project; queue: Queue<string>; close: () => Promise<void> }> => {
  mkdirSync(path.join(folder, name));
  const project = await createProject(path.join(folder, name, 'film.longtake'), { backupEvery: 0 });
  const { mediaIds } = await importMedia(project, [clip, still]);
  project.edit('add-sequence', { name: 'Film', frameRate: { num: 24, den: 1 }, width: 1280, height: 720 });
  const [sequence] = project.document().sequences.values();
  const [track] = tracksOf(project.document(), sequence.id, 'video');
  // Two that touch, and after a gap a third.
  for (const at of [0, 96, 196]) {
    const source = { mediaId: mediaIds[0], in: { num: 0, den: 1 } };
    project.edit('overwrite', {
      ...{ sequenceId: sequence.id, source, at, videoTrackId: track.id, audioTrackId: null },
    });
  }
  const queue = createQueue<string>({
    locate: (_, mediaId) => {
      const media = project.document().media.get(mediaId);
      return media ? Promise.resolve(media) : Promise.reject(new Error('no such media'));
    },
    onJob: (_, job) => watching?.(job),
    ...{ onRemoved: () => undefined, onTake: () => undefined, onBusy: () => undefined, problemOf },
    onFault: (error) => console.error(error),
  });
  queue.attach('film', project);
  const close = async (): Promise<void> => {
    await queue.stop();
    await project.close();
  };
  return { project, queue, close };
};

/** Resolves when the job is in a stage; false when it ended before. */
const reaches = (id: string, stage: StageName): Promise<boolean> =>
  new Promise((resolve) => {
    watching = (job) => {
      if (job.id !== id) return;
      if (job.state === 'failed') console.error(job.problem);
      if (job.stage === stage) resolve(true);
      else if (job.endedAt !== null) resolve(false);
    };
  });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

const wishes = (project: Project) => {
  const document = project.document();
  const [sequence] = document.sequences.values();
  const [track] = tracksOf(document, sequence.id, 'video');
  const [a, b] = clipsOf(document, track.id);
  const mediaId = [...document.media.values()].find(({ kind }) => kind === 'still')?.id ?? '';
  return {
    extend: () => planFor(document, { task: 'extend', clipId: b.id, edge: 'tail', frames: 4 }),
    loop: () => planFor(document, { task: 'loop', clipId: b.id, frames: 4 }),
    fill: () => planFor(document, { task: 'fill', clipId: a.id, ranges: [[40, 43]] }),
    'fill-gap': () =>
      planFor(document, { task: 'fill-gap', sequenceId: sequence.id, trackId: track.id, start: 192, duration: 4 }),
    blend: () => planFor(document, { task: 'blend', leftClipId: a.id, rightClipId: b.id, frames: 4 }),
    animate: () =>
      planFor(document, {
        ...{ task: 'animate', mediaId, clipId: null, seconds: 0.25, camera: 'pan left', arrows: [], regions: [] },
        keep: null,
      }),
    inpaint: () =>
      planFor(document, {
        ...{ task: 'inpaint', clipId: a.id, first: 40, last: 43 },
        mask: {
          keys: [{ frame: 42, shapes: [{ shape: 'box', x: 500, y: 250, width: 140, height: 140 }] }],
          ...{ track: true, feather: 4, grow: 2 },
        },
      }),
  };
};
type TaskName = keyof ReturnType<typeof wishes>;
const tasks: TaskName[] = ['extend', 'loop', 'fill', 'fill-gap', 'blend', 'animate', 'inpaint'];

const measure = async (task: TaskName): Promise<Stops> => {
  const { project, queue, close } = await startFilm(task);
  const plan = { ...wishes(project)[task](), place: { kind: 'none' } as const };
  const stops: Stops = {};
  for (const stage of stages) {
    const id = newId();
    const reached = reaches(id, stage);
    queue.enqueue('film', { id, plan, first: false, replaces: null });
    if (!(await reached)) continue;
    await sleep(midst);
    const cancel = await timed(() => queue.cancel('film', id));
    stops[stage] = { cancel };
    await queue.remove('film', id);
  }
  // One job through all its stages: paused at the beginning of each, it goes on from what is finished.
  const id = newId();
  let reached = reaches(id, stages[0]);
  queue.enqueue('film', { id, plan, first: false, replaces: null });
  for (const [i, stage] of stages.entries()) {
    if (await reached) stops[stage] = { ...stops[stage], pause: await timed(() => queue.pause('film', id)) };
    if (i + 1 === stages.length) break;
    reached = reaches(id, stages[i + 1]);
    queue.resume('film', id);
  }
  watching = undefined;
  await queue.remove('film', id);
  await close();
  return stops;
};

const render = ({ processor, threads, load, beside, stops }: StopsReport): string => {
  const cell = (ms: number | undefined): string => (ms === undefined ? '–' : `${Math.round(ms)}`);
  const worst = Math.max(
    ...Object.values(stops).flatMap((each) =>
      Object.values(each).flatMap(({ cancel, pause }) => [cancel ?? 0, pause ?? 0]),
    ),
  );
  return [
    '# How soon a job stops',
    '',
    'Written by `npm run bench:jobs -- --cancel`; the numbers as JSON are in [jobs-speed.json](jobs-speed.json).',
    '',
    `Processor: ${processor}, ${threads} threads; load average when it began ${load.toFixed(1)}.${beside ? ` ${beside}` : ''}`,
    '',
    'Milliseconds from the call to the answer, when the process has ended and what it left is gone: cancelling in the midst of a stage, pausing at its',
    'beginning. 720p from one group of pictures, four new frames, the pack that ships. Promised is a second; the worst here is',
    `${Math.round(worst)} ms. A dash: the task has no such stage, or it was over before it could be stopped.`,
    '',
    `| task | ${stages.map((stage) => `${stage}, cancel / pause`).join(' | ')} |`,
    `| --- | ${stages.map(() => '---:').join(' | ')} |`,
    ...Object.entries(stops).map(
      ([task, each]) =>
        `| ${task} | ${stages.map((stage) => `${cell(each[stage]?.cancel)} / ${cell(each[stage]?.pause)}`).join(' | ')} |`,
    ),
    '',
  ].join('\n');
};

const { values } = parseArgs({
  options: {
    cancel: { type: 'boolean' },
    parts: { type: 'string', default: tasks.join(',') },
    beside: { type: 'string' },
    docs: { type: 'string', default: path.join(import.meta.dirname, '../../../docs') },
  },
});

const before = path.join(values.docs, 'jobs-speed.json');
/** Tasks of earlier runs are kept. */
const stops: Record<string, Stops> = existsSync(before)
  ? (JSON.parse(readFileSync(before, 'utf8')) as StopsReport).stops
  : {};
try {
  await runParts<StopsReport>({
    ...{ name: 'jobs-speed', wanted: values.parts, beside: values.beside, docs: values.docs, digits: 1, render },
    parts: Object.fromEntries(
      tasks.map((task) => [
        task,
        async () => {
          stops[task] = await measure(task);
          return { stops };
        },
      ]),
    ),
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
