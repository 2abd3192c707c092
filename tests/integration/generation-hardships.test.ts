/** What may happen to a queue: killed at any stage, cancelled at any stage, a full disk, a project that may not be edited. Real jobs. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { Job } from '../../engine/contract/generation/job.ts';
import { takesFolder } from '../../engine/jobs/queue/take-media.ts';
import { openProject } from '../../engine/projects/project.ts';
import type { Project } from '../../engine/projects/project-types.ts';
import { temporaryFolders } from '../support/folders.ts';
import { growClip, jobIn, projectWithClip, startQueue, whenEnded } from '../support/queue.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const newFolder = temporaryFolders();
let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

/** Files of the project's takes, and what its jobs keep. */
const kept = (project: Project): { takes: string[]; jobs: string[] } => {
  const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const folder = takesFolder(project);
  return { takes: list(folder).filter((name) => name !== '.jobs'), jobs: list(path.join(folder, '.jobs')) };
};

const start = async (folder: string, footage = folder, onJob?: (job: Job) => void) => {
  const project = await projectWithClip(folder, footage);
  const queue = startQueue(project, onJob);
  ends.push(async () => {
    await queue.stop();
    await project.close();
  });
  return { project, queue };
};

describe('a program with a queue', () => {
  it('may be killed at any stage: the job goes on in the next one, and gives the bytes of an undisturbed one', async () => {
    const undisturbed = await start(newFolder());
    const { id } = growClip(undisturbed.project, undisturbed.queue, 14);
    const [mediaId] = (await whenEnded(undisturbed.queue, id)).takeMediaIds;
    const whole = undisturbed.project.document().media.get(mediaId);

    const project = await projectWithClip(newFolder());
    const waiting = startQueue(project);
    const asked = growClip(project, waiting, 14);
    await waiting.stop();
    expect(project.jobs.list().map(({ state }) => state)).toEqual(['queued']);
    await project.close();

    const runUntil = async (reached: RegExp): Promise<void> => {
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, '../support/queue-child.ts'), project.path],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const closed = new Promise((resolve) => child.once('close', resolve));
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith('failed')) throw new Error('the job failed');
        if (reached.test(line)) break;
      }
      child.kill('SIGKILL');
      await closed;
    };
    // Twice in the middle: after the first window, and when the second is under way.
    for (const stage of [
      /running cut/,
      /running load/,
      /running refine/,
      /running denoise ([5-9]|\d\d)/,
      /running encode/,
    ])
      await runUntil(stage);
    await runUntil(/done/);
    const again = await openProject(project.path, { backupEvery: 0 });
    ends.push(() => again.close());
    const [job] = again.jobs.list();
    expect(job).toMatchObject({ id: asked.id, state: 'done', takesDone: 1, problem: null });
    const take = again.document().media.get(job.takeMediaIds[0]);
    expect(take?.picture?.frameCount).toBe(14);
    expect(readFileSync(take?.path ?? '').equals(readFileSync(whole?.path ?? ''))).toBe(true);
    expect(kept(again)).toEqual({ takes: [path.basename(take?.path ?? '')], jobs: [] });
  }, 600_000);
});

describe('a job', () => {
  it('leaves nothing when it is cancelled, at whatever stage', async () => {
    let wanted: Job['stage'] = null;
    let cancelled: Promise<Job> | undefined;
    const { project, queue } = await start(newFolder(), undefined, ({ id, stage }) => {
      if (stage !== null && stage === wanted) cancelled ??= Promise.resolve().then(() => queue.cancel('film', id));
    });
    const before = project.revision;
    let last = '';
    for (const stage of ['cut', 'load', 'read', 'prior', 'denoise', 'refine', 'encode', 'place'] as const) {
      [wanted, cancelled] = [stage, undefined];
      const { id } = growClip(project, queue, 2);
      const ended = await whenEnded(queue, id);
      expect([stage, ended.state]).toEqual([stage, 'cancelled']);
      expect(await cancelled).toMatchObject({ state: 'cancelled', stage: null, takesDone: 0 });
      expect(kept(project)).toEqual({ takes: [], jobs: [] });
      last = id;
    }
    expect(project.revision).toBe(before);
    // And it can be made after all.
    wanted = null;
    queue.retry('film', last);
    expect((await whenEnded(queue, last)).state).toBe('done');
  }, 600_000);

  it.skipIf(process.platform !== 'linux')(
    'fails in words on a full disk, and is made once there is room',
    async (context) => {
      const folder = newFolder();
      const disk = newFolder();
      if (!mountSmallDisk(disk, 24 * 1024)) return context.skip();
      ends.push(async () => execFileSync('umount', [disk]));
      const filler = path.join(disk, 'filler');
      const leave = (bytes: number): void => {
        rmSync(filler, { force: true });
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
      };
      let fillAt: Job['stage'] = null;
      const { project, queue } = await start(disk, folder, ({ stage }) => {
        if (stage === null || stage !== fillAt) return;
        fillAt = null;
        leave(0);
      });
      const failsForRoom = async (id: string): Promise<void> => {
        const failed = await whenEnded(queue, id);
        expect(failed).toMatchObject({ state: 'failed', takesDone: 0, problem: { code: 'room' } });
        expect(kept(project).takes).toEqual([]);
        expect(project.check()).toEqual([]);
      };
      // No room for what is read; then the disk fills up while frames are made.
      leave(64 * 1024);
      const { id } = growClip(project, queue, 2);
      await failsForRoom(id);
      rmSync(filler);
      fillAt = 'denoise';
      queue.retry('film', id);
      await failsForRoom(id);
      rmSync(filler);
      queue.retry('film', id);
      expect((await whenEnded(queue, id)).state).toBe('done');
      expect(kept(project)).toMatchObject({ jobs: [] });
    },
    600_000,
  );

  it('is paused with all others without any of them being begun', async () => {
    const begun = new Set<string>();
    const { project, queue } = await start(newFolder(), undefined, ({ id, state }) => {
      if (state === 'running') begun.add(id);
    });
    const ids = Array.from({ length: 4 }, () => growClip(project, queue, 2).id);
    const states = async (paused: boolean): Promise<string[]> =>
      (await queue.pauseAll('film', paused)).map(({ state }) => state);
    expect(await states(true)).toEqual(['paused', 'paused', 'paused', 'paused']);
    expect([...begun]).toEqual([ids[0]]);
    expect(await states(false)).toEqual(['running', 'queued', 'queued', 'queued']);
    for (const id of ids) await queue.remove('film', id);
    expect([queue.list('film'), kept(project)]).toEqual([[], { takes: [], jobs: [] }]);
  }, 600_000);

  it('is not taken by a project that may only be read, and none of its waiting ones is begun', async () => {
    const project = await projectWithClip(newFolder());
    const waiting = startQueue(project);
    const { id } = growClip(project, waiting, 2);
    await waiting.stop();
    await project.close();
    const reading = await openProject(project.path, { mode: 'read' });
    ends.push(() => reading.close());
    const queue = startQueue(reading);
    expect(jobIn(queue, id).state).toBe('queued');
    expect(() => growClip(reading, queue, 2)).toThrow('reading only');
    expect(() => queue.retry('film', id)).not.toThrow();
    await expect(queue.cancel('film', id)).rejects.toThrow('only be read');
    expect(queue.running()).toEqual([]);
  });
});
