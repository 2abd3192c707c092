/**
 * An overnight queue: `npm run bench:jobs -- [JOBS]` (500). Extensions by a frame of a small clip, one in ten of a model that is not there; after
 * every fifty: open files, memory, processes and temporary folders, which must not grow. Fails when a good job did not end well, a bad one
 * did not fail alone, or something was left behind.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job } from '../../../engine/contract/generation/job.ts';
import { describeWish } from '../../../engine/contract/generation/preview.ts';
import { clipsOf, tracksOf } from '../../../engine/contract/timeline/document.ts';
import { createQueue } from '../../../engine/jobs/queue/queue.ts';
import { newId } from '../../../engine/projects/ids.ts';
import { importMedia } from '../../../engine/projects/import-media.ts';
import { createProject } from '../../../engine/projects/project.ts';
import { problemOf } from '../../../engine/server/problem.ts';
import { cutClip } from '../../e2e/clips.ts';
import { wishFor } from '../../support/wishes.ts';

const count = Number(process.argv[2] ?? 500);
const folder = mkdtempSync(path.join(tmpdir(), 'longtake-overnight-'));
const keptFolder = path.join(folder, 'night takes', '.jobs');
process.env.LONGTAKE_DATA = path.join(folder, 'data');

const rssMb = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
const childCount = (): number => {
  try {
    return (
      execFileSync('pgrep', ['-P', String(process.pid)], { encoding: 'utf8' })
        .trim()
        .split('\n').length - 1
    );
  } catch {
    return 0;
  }
};
/** In the system's temporary folder, and beside the takes. */
const jobFolders = (): number =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`longtake-job-${process.pid}-`)).length +
  (existsSync(keptFolder) ? readdirSync(keptFolder).length : 0);
const state = (): Record<string, number> => {
  global.gc?.();
  return {
    ...{ openFiles: readdirSync('/proc/self/fd').length, rssMb: Math.round(rssMb()) },
    ...{ children: childCount(), jobFolders: jobFolders() },
  };
};

const project = await createProject(path.join(folder, 'night.longtake'));
const clip = cutClip(folder, 'clip.mp4', { size: '128x72', audio: [] });
const { mediaIds } = await importMedia(project, [clip]);
project.edit('add-sequence', {
  ...{ name: 'Night', frameRate: { num: 24, den: 1 }, width: 128, height: 72, videoTracks: 1, audioTracks: 1 },
});
const [sequence] = project.document().sequences.values();
const [video] = tracksOf(project.document(), sequence.id, 'video');
project.edit('append', {
  ...{ sequenceId: sequence.id, source: { mediaId: mediaIds[0] }, videoTrackId: video.id, audioTrackId: null },
});
const [{ id: clipId }] = clipsOf(project.document(), video.id);

let ended = 0;
const finished = Promise.withResolvers<void>();
const seen = new Set<string>();
const marks: Record<string, number>[] = [];
const from = performance.now();
const queue = createQueue<string>({
  locate: async (_, mediaId) => {
    const media = project.document().media.get(mediaId);
    if (!media) throw new Error('no such media');
    return media;
  },
  onJob: (_, { id, state: now }: Job) => {
    if ((now !== 'done' && now !== 'failed') || seen.has(id)) return;
    seen.add(id);
    ended += 1;
    if (ended % 50 === 0 || ended === count) {
      const mark = { ended, seconds: Math.round((performance.now() - from) / 1000), ...state() };
      marks.push(mark);
      console.log(JSON.stringify(mark));
    }
    if (ended === count) finished.resolve();
  },
  ...{ onRemoved: () => undefined, onTake: () => undefined, onBusy: () => undefined, problemOf },
  onFault: (error) => finished.reject(error instanceof Error ? error : new Error(String(error))),
});
queue.attach('night', project);
for (let i = 0; i < count; i++) {
  const wish = wishFor({ task: 'extend', clipId, edge: 'tail', frames: 1, seed: i });
  const asked = i % 10 === 9 ? { ...wish, model: 'no-such-model' } : wish;
  const plan = { ...describeWish(project.document(), asked), place: { kind: 'none' } as const };
  queue.enqueue('night', { id: newId(), plan, first: false, replaces: null });
}
await finished.promise;
// The last job's own end comes after it was told.
await queue.stop();
const jobs = queue.list('night');
const failed = jobs.filter((job) => job.state === 'failed');
const takes = [...project.document().media.values()].filter(({ kind }) => kind === 'take');
const last = state();
const wrong = [
  jobs.length === count || `${jobs.length} jobs of ${count}`,
  failed.length === Math.floor(count / 10) || `${failed.length} failed`,
  failed.every(({ problem }) => problem?.code === 'model') || 'a job failed for another reason',
  takes.length === count - failed.length || `${takes.length} takes`,
  last.children === 0 || `${last.children} processes left`,
  last.jobFolders === 0 || `${last.jobFolders} temporary folders left`,
  last.openFiles <= marks[0].openFiles + 5 || `open files grew from ${marks[0].openFiles} to ${last.openFiles}`,
  last.rssMb <= marks[0].rssMb + 150 || `memory grew from ${marks[0].rssMb} to ${last.rssMb} MB`,
].filter((one) => one !== true);
for (const one of wrong) console.error(one);
await project.close();
rmSync(folder, { recursive: true, force: true });
process.exitCode = wrong.length > 0 ? 1 : 0;
