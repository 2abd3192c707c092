import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../../engine/jobs/queue/make-request.ts';
import { importMedia } from '../../engine/projects/import-media.ts';
import { createProject } from '../../engine/projects/project.ts';
import { probe } from '../../engine/media/probe.ts';
import { readFrame } from '../../engine/media/decode.ts';
import { cutClip, ffmpeg } from '../e2e/clips.ts';
import { temporaryFolders } from '../support/folders.ts';
import { growClip, projectWithClip, startQueue, whenEnded } from '../support/queue.ts';
import { planFor } from '../support/wishes.ts';

const newFolder = temporaryFolders();

describe('a draft of a large photograph', () => {
  it('is made from a small one, and what was drawn on it is where it was', async () => {
    const folder = newFolder();
    const photo = path.join(folder, 'photo.jpg');
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=2000x1332', '-frames:v', '1', photo);
    const project = await createProject(path.join(folder, 'film.longtake'), { backupEvery: 0 });
    const { mediaIds } = await importMedia(project, [photo]);
    const request = async (quality: 'draft' | 'final') => {
      const plan = planFor(project.document(), {
        ...{
          task: 'animate',
          mediaId: mediaIds[0],
          clipId: null,
          seconds: 1,
          camera: '',
          keep: null,
          loop: false,
          quality,
        },
        arrows: [{ x: 1999, y: 1331, dx: -200, dy: 0 }],
        regions: [{ strokes: [{ radius: 30, points: [[1000, 666]] }], dx: 0, dy: 100 }],
      });
      return makeRequest({
        ...{
          plan,
          seed: 1,
          seeThrough: false,
          out: path.join(folder, 'take.mp4'),
          workDir: folder,
          signal: new AbortController().signal,
        },
        locate: async (id) => {
          const media = project.document().media.get(id);
          if (!media) throw new Error('no such media');
          return media;
        },
      });
    };
    const draft = await request('draft');
    if (draft.task !== 'animate') throw new Error('another task');
    const { width, height } = await probe(draft.image);
    expect([width, height, ...(draft.size ?? [])]).toEqual([540, 360, 540, 360]);
    const [{ x, y, dx }] = draft.hints;
    expect([x / 540, y / 360, dx / 540].map((share) => share.toFixed(4))).toEqual(
      [1999 / 2000, 1331 / 1332, -200 / 2000].map((share) => share.toFixed(4)),
    );
    expect(draft.regions[0].strokes[0].points[0].map(Math.round)).toEqual([270, 180]);
    const final = await request('final');
    expect(final).toMatchObject({ image: photo, hints: [{ x: 1999, y: 1331, dx: -200, dy: 0 }], steps: 8 });
    await project.close();
  });
});

describe('a clip that is seen through', () => {
  it('grows by a take that is seen through as well', async () => {
    const folder = newFolder();
    const clip = cutClip(folder, 'clip.mov', {
      ...{
        size: '128x72',
        frames: 8,
        audio: [],
        filters: 'format=yuva444p10le,geq=lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=if(lt(X\\,64)\\,0\\,1023)',
      },
      video: ['-c:v', 'prores_ks', '-profile:v', '4', '-alpha_bits', '16'],
    });
    const project = await projectWithClip(folder, folder, clip);
    const queue = startQueue(project);
    const { id } = growClip(project, queue, 2);
    const job = await whenEnded(queue, id);
    expect(job).toMatchObject({ state: 'done', problem: null });
    const take = project.document().media.get(job.takeMediaIds[0]);
    expect(take?.picture).toMatchObject({ codec: 'prores', alpha: true, frameCount: 2 });
    const info = await probe(take?.path ?? '');
    const { planes, width } = await readFrame(info, 1);
    const alphaAt = (x: number): number => planes[3][36 * width + x];
    expect([alphaAt(16) < 64, alphaAt(112) > 900]).toEqual([true, true]);
    await queue.stop();
    await project.close();
  });
});
