/** Clips at another speed and backwards: what is cut out for a task is what is seen, bit for bit, and takes of the real model fit in. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WishPlan } from '../../engine/contract/generation/plan.ts';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { sourceFrameAt, sourceTimeAt } from '../../engine/contract/timeline/source-time.ts';
import { makeRequest } from '../../engine/jobs/queue/make-request.ts';
import { readFrames } from '../../engine/media/decode.ts';
import { probe } from '../../engine/media/probe.ts';
import { newId } from '../../engine/projects/ids.ts';
import type { Project } from '../../engine/projects/project-types.ts';
import { cutClip } from '../e2e/clips.ts';
import { temporaryFolders } from '../support/folders.ts';
import { projectWithClip, startQueue, whenEnded } from '../support/queue.ts';
import { planFor } from '../support/wishes.ts';

const newFolder = temporaryFolders();

const pictures = (project: Project): Clip[] => {
  const [sequence] = project.document().sequences.values();
  return [...clipsOf(project.document(), tracksOf(project.document(), sequence.id, 'video')[0].id)];
};
const laid = (project: Project): string =>
  pictures(project)
    .map((clip) => `${clip.start}-${endOf(clip)}${clip.kind === 'take' ? '*' : ''}`)
    .join(' ');

/** The planes of every frame of a file. */
const framesOf = async (file: string): Promise<Buffer[]> => {
  const info = await probe(file);
  const frames: Buffer[] = [];
  for await (const { planes } of readFrames(info, 0, info.frameCount - 1))
    frames.push(Buffer.concat(planes.map((plane) => Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength))));
  return frames;
};

/** What a plan's task is given: the files that were cut out. */
const requestOf = (project: Project, plan: WishPlan, workDir: string) =>
  makeRequest({
    ...{ plan, seed: 1, seeThrough: false, out: path.join(workDir, 'take.mp4'), workDir },
    signal: new AbortController().signal,
    locate: (id) => {
      const media = project.document().media.get(id);
      return media ? Promise.resolve(media) : Promise.reject(new Error('no such media'));
    },
  });

describe('what is cut out', () => {
  it.each([
    { speed: rational(1, 2), reverse: false },
    { speed: rational(3), reverse: false },
    { speed: rational(1), reverse: true },
    { speed: rational(3, 4), reverse: true },
  ])('is what is seen, frame by frame: %j', async (played) => {
    const folder = newFolder();
    // Of 120 frames with a key frame every ten, backwards is several goes.
    const source = cutClip(folder, 'clip.mp4', {
      ...{ size: '64x36', frames: 120, audio: [] },
      video: ['-c:v', 'libx264', '-crf', '20', '-g', '10', '-preset', 'ultrafast'],
    });
    const project = await projectWithClip(folder, folder, source);
    const [{ id: clipId }] = pictures(project);
    project.edit('set-speed', { clipId, ...played });
    const [clip] = pictures(project);
    const whole = await framesOf(source);
    const media = project.document().media.get(clip.mediaId ?? '');
    if (!media) throw new Error('no media');
    const shown = Array.from({ length: clip.duration }, (_, k) =>
      sourceFrameAt(media, sourceTimeAt(clip, rational(24), k)),
    ).filter((frame, k, all) => frame !== all[k - 1]);

    const loop = planFor(project.document(), { task: 'loop', clipId, frames: 4 });
    const request = await requestOf(project, loop, folder);
    if (request.task !== 'extend') throw new Error('another task');
    const cut = await framesOf(request.clip);
    const wanted = shown.length <= 50 ? shown : [...shown.slice(0, 25), ...shown.slice(-25)];
    expect(cut.map((frame) => whole.findIndex((other) => other.equals(frame)))).toEqual(wanted);
    expect((await probe(request.clip)).averageRate).toEqual(loop.frameRate);
    await project.close();
  });
});

describe('a clip that is slow and runs backwards', () => {
  it('grows and is filled by the real model, at the rate at which it is seen', async () => {
    const project = await projectWithClip(newFolder());
    const queue = startQueue(project);
    const [{ id: clipId }] = pictures(project);
    project.edit('set-speed', { clipId, speed: rational(1, 2), reverse: true });
    expect(laid(project)).toBe('0-48');
    const make = async (plan: WishPlan) => {
      const { id } = queue.enqueue('film', { id: newId(), plan, first: false, replaces: null });
      const job = await whenEnded(queue, id);
      expect(job).toMatchObject({ state: 'done', problem: null });
      const take = project.document().media.get(job.takeMediaIds[0]);
      return { take, notes: job.notes };
    };
    const grown = await make(planFor(project.document(), { task: 'extend', clipId, edge: 'tail', frames: 4 }));
    expect(grown.take?.picture).toMatchObject({ frameCount: 2, frameRate: rational(12) });
    expect(laid(project)).toBe('0-48 48-52*');

    const fill = planFor(project.document(), { task: 'fill', clipId, ranges: [[20, 23]] });
    const filled = await make(fill);
    expect(filled.take?.picture).toMatchObject({ frameCount: 2, frameRate: rational(12) });
    expect(laid(project)).toBe('0-20 20-24* 24-48 48-52*');
    await queue.stop();
    await project.close();
  }, 300_000);
});
