/** Jobs of generation as a window asks for them: a real engine, a real project, the model that ships. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../engine/contract/generation/job.ts';
import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import type { GenerationWish } from '../../engine/contract/generation/wish.ts';
import { jobsTopic } from '../../engine/contract/protocol/topics.ts';
import type { JobsEvent } from '../../engine/contract/protocol/generate.ts';
import { jobPreviewUrl } from '../../engine/contract/protocol/urls.ts';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { takeDevice } from '../../engine/jobs/device-lease.ts';
import { newId } from '../../engine/projects/ids.ts';
import { openProject } from '../../engine/projects/project.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { cutClip } from '../e2e/clips.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { wishFor } from '../support/wishes.ts';

let host: TestHost;
let client: EngineClient;
let project: string;
let file: string;
let told: JobsEvent[] = [];

const documentNow = async () => {
  // A second handle on the file reads what the engine has written.
  const opened = await openProject(file, { mode: 'read' });
  const document = opened.document();
  await opened.close();
  return document;
};
const pictures = async (): Promise<Clip[]> => {
  const document = await documentNow();
  const [sequence] = document.sequences.values();
  return [...clipsOf(document, tracksOf(document, sequence.id, 'video')[0].id)];
};
/** `start-end`, with a star for takes. */
const laid = async (): Promise<string> =>
  (await pictures()).map((clip) => `${clip.start}-${endOf(clip)}${clip.kind === 'take' ? '*' : ''}`).join(' ');

const open = async (path: string): Promise<void> => {
  const result = await client.call('project.open', { path });
  if (result.outcome !== 'opened') throw new Error('not opened');
  project = result.opened.project;
  told = [];
  client.listen(jobsTopic(project), { event: (event: JobsEvent) => told.push(event) });
};
const jobs = async (): Promise<Job[]> => (await client.call('generate.list', { project })).jobs;
const jobNow = async (id: string): Promise<Job> => {
  const job = (await jobs()).find((one) => one.id === id);
  if (!job) throw new Error('the job is gone');
  return job;
};
const reaches = (id: string, state: Job['state']): Promise<Job> =>
  vi.waitFor(
    async () => {
      const job = await jobNow(id);
      if (job.state === 'failed' && state !== 'failed') throw new Error(JSON.stringify(job.problem));
      expect(job.state).toBe(state);
      return job;
    },
    { timeout: 120_000, interval: 100 },
  );
const enqueue = (wish: GenerationWish): Promise<Job> => client.call('generate.enqueue', { project, id: newId(), wish });
const edit = async (name: string, input: unknown): Promise<void> => {
  const { revision } = await client.call('project.state', { project });
  await client.call('project.edit', { ...{ project, opId: newId(), baseRevision: revision }, name, input });
};
const undoAll = async (): Promise<void> => {
  while ((await client.call('project.state', { project })).undo !== null && (await laid()) !== '0-24 30-54')
    await client.call('project.undo', { project, opId: newId() });
};

beforeAll(async () => {
  host = await startHost();
  client = host.client();
  const opened = await client.call('project.create', {
    sequence: { frameRate: { num: 24, den: 1 }, width: 192, height: 108 },
  });
  ({ project, path: file } = opened);
  const clips = [cutClip(host.root, 'valley.mp4'), cutClip(host.root, 'lake.mp4', { from: 'lake' })];
  const { media } = await client.call('media.import', { project, work: 'in', paths: clips });
  const document = await documentNow();
  const [sequence] = document.sequences.values();
  const [video] = tracksOf(document, sequence.id, 'video');
  const [audio] = tracksOf(document, sequence.id, 'audio');
  for (const [i, mediaId] of media.entries()) {
    await edit('overwrite', {
      ...{ sequenceId: sequence.id, source: { mediaId }, at: i * 30 },
      ...{ videoTrackId: video.id, audioTrackId: audio.id },
    });
  }
  await client.call('project.close', { project });
  await open(file);
});
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});
beforeEach(undoAll);

const valley = async (): Promise<Clip> => (await pictures())[0];

describe('a job', () => {
  it('says what it will do, shows what becomes, and grows the clip by one edit', async () => {
    const { id: clipId } = await valley();
    const wish = wishFor({ task: 'extend', clipId, edge: 'tail', frames: 6, takes: 2 });
    const { plan, seconds, bytes, room, knownWords } = await client.call('generate.describe', { project, wish });
    expect(plan).toMatchObject({ newFrames: 6, knownFrames: 24, width: 192, height: 108, sound: true });
    expect([seconds ?? 0, bytes, room].every((value) => value > 0)).toBe(true);
    expect(knownWords).toContain('pan left');

    const { id } = await enqueue(wish);
    const done = await reaches(id, 'done');
    expect(done).toMatchObject({ takesDone: 2, problem: null });
    expect(await laid()).toBe('0-24 24-30* 30-54');
    const document = await documentNow();
    const takes = done.takeMediaIds.map((mediaId) => document.media.get(mediaId));
    expect(takes.map((take) => [take?.kind, take?.provenance?.seed, take?.picture?.frameCount])).toEqual([
      ['take', 1, 6],
      ['take', 2, 6],
    ]);
    expect(takes.every((take) => take && existsSync(take.path) && take.sound !== null)).toBe(true);
    const events = told.flatMap((event) => ('job' in event && event.job.id === id ? [event.job] : []));
    expect(new Set(events.map(({ stage }) => stage))).toEqual(
      new Set([null, 'cut', 'load', 'read', 'prior', 'denoise', 'refine', 'encode', 'place']),
    );
    const { previewKey } = done;
    const picture = await host.fetch(jobPreviewUrl(project, id, previewKey ?? ''));
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(readdirSync(path.join(path.dirname(file), `${path.basename(file, '.longtake')} takes`, '.jobs'))).toEqual(
      [],
    );
    // Placing the first take was one edit, taking the second into the bin another.
    for (let i = 0; i < 2; i++) await client.call('project.undo', { project, opId: newId() });
    expect(await laid()).toBe('0-24 30-54');
  });

  it.each([
    [
      'a gap',
      (clips: Clip[]) => ({ task: 'fill-gap', trackId: clips[0].trackId, start: 24, duration: 6 }),
      '0-24 24-30* 30-54',
    ],
    [
      'damaged frames',
      (clips: Clip[]) => ({ task: 'fill', clipId: clips[0].id, ranges: [[8, 10]] }),
      '0-8 8-11* 11-24 30-54',
    ],
    [
      'what came before',
      (clips: Clip[]) => ({ task: 'extend', clipId: clips[1].id, edge: 'head', frames: 4 }),
      '0-24 26-30* 30-54',
    ],
    ['a loop', (clips: Clip[]) => ({ task: 'loop', clipId: clips[0].id, frames: 5 }), '0-24 24-29* 30-54'],
    [
      'what was painted over',
      (clips: Clip[]) => ({
        ...{ task: 'inpaint', clipId: clips[0].id, first: 4, last: 9 },
        mask: {
          keys: [{ frame: 5, shapes: [{ shape: 'box', x: 60, y: 30, width: 40, height: 30 }] }],
          ...{ track: true, feather: 2, grow: 1 },
        },
      }),
      '0-4 4-10* 10-24 30-54',
    ],
  ])('makes %s', async (_, wishOf, result) => {
    const [sequence] = (await documentNow()).sequences.values();
    const wish = {
      ...wishFor({ task: 'loop', clipId: '', frames: 1 }),
      clipId: undefined,
      frames: undefined,
      ...wishOf(await pictures()),
    };
    const whole = wish.task === 'fill-gap' ? { ...wish, sequenceId: sequence.id } : wish;
    const { id } = await enqueue(JSON.parse(JSON.stringify(whole)) as GenerationWish);
    await reaches(id, 'done');
    expect(await laid()).toBe(result);
  });

  it('is made again with another seed, and another take is chosen in its place', async () => {
    const { id: clipId } = await valley();
    const first = await reaches(
      (await enqueue(wishFor({ task: 'extend', clipId, edge: 'tail', frames: 4 }))).id,
      'done',
    );
    const [mediaId] = first.takeMediaIds;
    const from = { change: 'seed', seed: 9 } as const;
    const again = await client.call('generate.again', { project, id: newId(), mediaId, from });
    const second = await reaches(again.id, 'done');
    const take = (await pictures()).find(({ kind }) => kind === 'take');
    await edit('choose-take', { clipId: take?.id, mediaId: second.takeMediaIds[0] });
    expect((await pictures()).find(({ kind }) => kind === 'take')?.mediaId).toBe(second.takeMediaIds[0]);
    // The clip was trimmed since: from the source as it is now, in place of the old one.
    await edit('ripple-trim', { clipId, edge: 'tail', by: -2 });
    const anew = await client.call('generate.again', {
      ...{ project, id: newId(), mediaId: second.takeMediaIds[0], from: { change: 'source' } },
    });
    const third = await reaches(anew.id, 'done');
    const shown = (await pictures()).find(({ kind }) => kind === 'take');
    expect(shown?.mediaId).toBe(third.takeMediaIds[0]);
    const made = (await documentNow()).media.get(third.takeMediaIds[0]);
    expect(made && takeSettingsOf(made)?.plan.sources[0].out).not.toEqual(first.takeMediaIds);
  });

  it('is made as a draft first, and the final takes its place by one edit', async () => {
    const { id: clipId } = await valley();
    const wish = wishFor({ task: 'extend', clipId, edge: 'tail', frames: 2, seed: 7, quality: 'draft' });
    const draft = await reaches((await enqueue(wish)).id, 'done');
    const shown = async () => (await pictures()).filter(({ kind }) => kind === 'take').map(({ mediaId }) => mediaId);
    expect(await shown()).toEqual(draft.takeMediaIds);
    const again = await client.call('generate.again', {
      ...{ project, id: newId(), mediaId: draft.takeMediaIds[0], from: { change: 'final' } },
    });
    expect(again.wish).toMatchObject({ quality: 'final', seed: 7, takes: 1 });
    const final = await reaches(again.id, 'done');
    expect(await shown()).toEqual(final.takeMediaIds);
    await client.call('project.undo', { project, opId: newId() });
    expect(await shown()).toEqual(draft.takeMediaIds);
    // The same by the panel: the wish once more, at final quality.
    const asked = await reaches((await enqueue({ ...wish, quality: 'final' })).id, 'done');
    expect(await shown()).toEqual(asked.takeMediaIds);
  });

  it('waits in a list whose order can be changed, is paused, goes on, and is cancelled within a second', async () => {
    const { id: clipId } = await valley();
    const long = wishFor({ task: 'extend', clipId, edge: 'tail', frames: 120 });
    const short = wishFor({ task: 'extend', clipId, edge: 'tail', frames: 2 });
    const a = await enqueue(long);
    const [b, c] = [await enqueue(short), await enqueue(long)];
    await client.call('generate.reorder', { project, id: c.id, before: b.id });
    expect((await jobs()).filter(({ state }) => state === 'queued').map(({ id }) => id)).toEqual([c.id, b.id]);
    await vi.waitFor(async () => expect((await jobNow(a.id)).stage).toBe('denoise'), { timeout: 60_000 });
    const paused = await client.call('generate.pause', { project, id: a.id });
    expect(paused.state).toBe('paused');
    await reaches(c.id, 'running');
    const started = performance.now();
    expect((await client.call('generate.cancel', { project, id: c.id })).state).toBe('cancelled');
    // A second was promised; a busy machine may be slower to answer.
    expect(performance.now() - started).toBeLessThan(5000);
    await reaches(b.id, 'done');
    await client.call('generate.resume', { project, id: a.id });
    await reaches(a.id, 'running');
    await client.call('generate.remove', { project, id: a.id });
    expect((await jobs()).some(({ id }) => id === a.id)).toBe(false);
    expect(told.at(-1)).toEqual({ removed: a.id });
  });

  it('goes on after its process was killed by hand, and after the engine was started anew', async () => {
    const { id: clipId } = await valley();
    const { id } = await enqueue(wishFor({ task: 'extend', clipId, edge: 'tail', frames: 30 }));
    await vi.waitFor(async () => expect((await jobNow(id)).stage).toBe('denoise'), { timeout: 60_000 });
    execFileSync('pkill', ['-KILL', '-P', String(process.pid), '-f', 'inference-child']);
    const failed = await reaches(id, 'failed');
    expect(failed.problem).toMatchObject({ code: 'room' });
    await client.call('generate.retry', { project, id });
    await vi.waitFor(async () => expect((await jobNow(id)).stage).toBe('denoise'), { timeout: 60_000 });
    await host.restart();
    await open(file);
    await reaches(id, 'done');
    expect(await laid()).toBe('0-24 24-54* 60-84');
  });

  it('waits while another program uses the device', async () => {
    const { id: clipId } = await valley();
    const giveBack = await takeDevice();
    const { id } = await enqueue(wishFor({ task: 'extend', clipId, edge: 'tail', frames: 2 }));
    await vi.waitFor(async () => expect((await jobNow(id)).stage).toBe('wait'), { timeout: 30_000 });
    giveBack();
    await reaches(id, 'done');
  });

  it('fails in words where its source is gone, and is refused where nothing can be made', async () => {
    const clips = await pictures();
    await expect(enqueue(wishFor({ task: 'extend', clipId: newId(), edge: 'tail', frames: 2 }))).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(
      enqueue(wishFor({ task: 'blend', leftClipId: clips[0].id, rightClipId: clips[1].id, frames: 4 })),
    ).rejects.toMatchObject({ reason: 'not-adjacent' });
    const bad = wishFor({ task: 'extend', clipId: clips[0].id, edge: 'tail', frames: 2, model: 'no-such-model' });
    const { id } = await enqueue(bad);
    expect((await reaches(id, 'failed')).problem).toMatchObject({ code: 'model' });
    expect(await laid()).toBe('0-24 30-54');
  });

  it('finds no damage in a sound clip', async () => {
    const { id: clipId } = await valley();
    const { ranges } = await client.call('generate.findDamaged', { project, clipId });
    expect(ranges).toEqual([]);
  });
});
