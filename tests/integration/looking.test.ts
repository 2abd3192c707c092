/** What looks at pictures for seconds does so beside the engine's own thread. A real file of moving pictures, behind a real engine. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { workTopic } from '../../engine/contract/protocol/topics.ts';
import type { WorkEvent } from '../../engine/contract/protocol/topics.ts';
import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { newId } from '../../engine/projects/ids.ts';
import { openProject } from '../../engine/projects/project.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { ffmpeg } from '../e2e/clips.ts';
import { checkout } from '../e2e/command-line.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

let host: TestHost;
let client: EngineClient;
let project: string;
let clipId: string;
let footage: string;
const told: WorkEvent[] = [];
const frames = 72;

const edit = async (name: string, input: unknown): Promise<void> => {
  const { revision } = await client.call('project.state', { project });
  await client.call('project.edit', { ...{ project, opId: newId(), baseRevision: revision }, name, input });
};

beforeAll(async () => {
  host = await startHost();
  client = host.client();
  footage = path.join(host.root, 'moving.mkv');
  const still = path.join(checkout, 'resources/demo/valley-at-dusk.mp4');
  const moving = `select=eq(n\\,0),loop=loop=${frames - 1}:size=1,setpts=N/24/TB,scale=1920:1080`;
  const filters = [moving, 'crop=1280:720:300+3*n:200', 'drawbox=c=black:t=fill:enable=between(n\\,10\\,11)'];
  ffmpeg('-i', still, '-vf', filters.join(','), '-frames:v', String(frames), '-c:v', 'ffv1', footage);
  const opened = await client.call('project.create', {
    sequence: { frameRate: { num: 24, den: 1 }, width: 1280, height: 720 },
  });
  ({ project } = opened);
  client.listen(workTopic(project), { event: (event: WorkEvent) => told.push(event) });
  const { media } = await client.call('media.import', { project, work: 'in', paths: [footage] });
  const reading = await openProject(opened.path, { mode: 'read' });
  const document = reading.document();
  await reading.close();
  const [sequence] = document.sequences.values();
  const [video] = tracksOf(document, sequence.id, 'video');
  await edit('append', {
    ...{ sequenceId: sequence.id, source: { mediaId: media[0] }, videoTrackId: video.id, audioTrackId: null },
    videoClipId: (clipId = newId()),
  });
  expect(clipsOf(document, video.id)).toEqual([]);
  // Thumbnails and a proxy are made of the new file; then the engine is at rest.
  await vi.waitFor(
    () => expect(told.filter(({ state }) => state === 'running').length).toBeLessThan(told.length),
    30_000,
  );
}, 120_000);
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

/** Looks through the clip, and says how far it was, as the window is told. */
const find = (work: string, signal?: AbortSignal) => {
  const progress = (): WorkEvent[] => told.filter((event) => event.work === work);
  return { found: client.call('generate.findDamaged', { project, clipId, work }, { signal }), progress };
};

describe('looking for damaged frames', () => {
  it('tells how far it is while the engine answers, and finds them', async () => {
    let over = false;
    const { found, progress } = find('a');
    void found.finally(() => (over = true));
    await vi.waitFor(() => expect(progress().some(({ done }) => done > 0)).toBe(true), {
      timeout: 60_000,
      interval: 2,
    });
    // Edits are made and answered long before the last frame was looked at.
    await edit('set-clip', { clipIds: [clipId], changes: { name: 'Renamed meanwhile' } });
    expect(over).toBe(false);
    expect((await found).ranges).toEqual([{ first: 10, last: 11, kind: 'black' }]);
    await vi.waitFor(() => expect(progress().at(-1)?.state).toBe('done'));
    expect(progress().every(({ kind }) => kind === 'find-damaged')).toBe(true);
    expect(Math.max(...progress().map(({ total }) => total))).toBe(frames);
  }, 120_000);

  it('leaves the engine its own thread', async () => {
    const before = performance.eventLoopUtilization();
    await find('b').found;
    // On that thread it was busy for nine tenths of the time; it is measured against its own waiting, whatever else the machine does.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  }, 120_000);

  it('stops when the window wants it no longer, and can be done again', async () => {
    const abort = new AbortController();
    const { found, progress } = find('c', abort.signal);
    await vi.waitFor(() => expect(progress().some(({ done }) => done > 0)).toBe(true), {
      timeout: 60_000,
      interval: 2,
    });
    abort.abort();
    await expect(found).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(progress().at(-1)?.state).toBe('cancelled'), { timeout: 30_000 });
    expect((await find('d').found).ranges).toHaveLength(1);
  }, 120_000);

  it('counts the frames of the sequence where the clip is slow or backwards', async () => {
    await edit('set-speed', { clipId, speed: { num: 1, den: 2 } });
    expect((await find('e').found).ranges).toEqual([{ first: 20, last: 23, kind: 'black' }]);
    await edit('set-speed', { clipId, speed: { num: 1, den: 1 }, reverse: true });
    expect((await find('f').found).ranges).toEqual([{ first: 60, last: 61, kind: 'black' }]);
    await edit('set-speed', { clipId, speed: { num: 1, den: 1 } });
  }, 120_000);
});

describe('a mask that is looked at', () => {
  const keys = [{ frame: 20, shapes: [{ shape: 'box' as const, x: 300, y: 200, width: 120, height: 120 }] }];
  const centre = (points: readonly (readonly [number, number])[]): number =>
    points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const outline = async (frame: number) => {
    const { outlines } = await client.call('generate.followMask', { project, clipId, keys, frame });
    return centre(outlines.flat());
  };

  it('follows the picture, also where the clip runs backwards', async () => {
    const at = await outline(20);
    // The picture moves three pixels a frame to the left.
    const forwards = (await outline(26)) - at;
    expect(forwards).toBeLessThan(-9);
    await edit('set-speed', { clipId, speed: { num: 1, den: 1 }, reverse: true });
    expect((await outline(26)) - (await outline(20))).toBeGreaterThan(9);
    await edit('set-speed', { clipId, speed: { num: 1, den: 1 } });
  }, 120_000);

  it('says in words when the file is gone', async () => {
    rmSync(footage);
    expect(existsSync(footage)).toBe(false);
    await expect(outline(22)).rejects.toMatchObject({ code: 'input' });
    await expect(find('g').found).rejects.toMatchObject({ code: 'input' });
  });
});
