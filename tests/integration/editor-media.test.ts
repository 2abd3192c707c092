import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallInput } from '../../engine/contract/protocol/calls.ts';
import type { OpenedProject } from '../../engine/contract/protocol/project.ts';
import { workTopic } from '../../engine/contract/protocol/topics.ts';
import type { WorkEvent } from '../../engine/contract/protocol/topics.ts';
import { exportUrl, mediaUrl, uploadUrl } from '../../engine/contract/protocol/urls.ts';
import type { Title } from '../../engine/contract/timeline/entities.ts';
import { readHeader } from '../../engine/contract/peaks.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { openProjectStore } from '../../renderer/document/project-store.ts';
import type { ProjectStore } from '../../renderer/document/project-store.ts';
import { startHost, until } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { createClipFolder } from '../support/media-clips.ts';

const clips = createClipFolder();
let host: TestHost;
let client: EngineClient;
let opened: OpenedProject;
let store: ProjectStore;
let clip: string;

beforeAll(async () => {
  host = await startHost();
  client = host.client();
  opened = await client.call('project.create', {});
  store = await openProjectStore({ client, opened, readJson: async (url) => (await host.fetch(url)).json() });
  const drawn = clips.draw(
    'a clip.mp4',
    25,
    '320x180',
    '-f',
    'lavfi',
    '-i',
    'sine=d=1',
    '-pix_fmt',
    'yuv420p',
    '-shortest',
  );
  clip = path.join(host.root, 'a clip.mp4');
  await copyFile(drawn, clip);
});
afterAll(async () => {
  await host.close();
  clips.remove();
  expect(host.faults).toEqual([]);
});

const media = (name: string) => [...store.get().document.media.values()].find((each) => each.name === name);
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('media of a project', () => {
  it('come in as one undo step, with progress and word of what was refused', async () => {
    const { project } = opened;
    await writeFile(path.join(host.root, 'notes.mp4'), 'this is no film');
    const events: WorkEvent[] = [];
    const stop = client.listen(workTopic(project), { event: (event: WorkEvent) => events.push(event) });
    const paths = [clip, path.join(host.root, 'notes.mp4'), clip];
    const { media: ids, refused, revision } = await client.call('media.import', { project, work: 'first', paths });
    expect(ids).toHaveLength(1);
    expect(refused).toMatchObject([{ problem: { code: 'input' } }]);
    expect(revision).toBe(opened.state.revision + 1);
    const own = events.filter(({ work }) => work === 'first');
    expect([own[0].state, own.at(-1)?.state]).toEqual(['running', 'done']);
    await until(() => events.some((each) => each.kind === 'peaks' && each.state === 'done'), 'the waveform');
    stop();
    expect(media('a clip.mp4')?.id).toBe(ids[0]);
    // Copies are not taken in twice.
    const again = await client.call('media.import', { project, work: 'second', paths: [clip] });
    expect(again.media).toEqual(ids);
  });

  it('are read by ranges', async () => {
    const whole = await readFile(clip);
    const url = mediaUrl(opened.project, media('a clip.mp4')?.id ?? '');
    const all = await host.fetch(url);
    expect([all.status, all.headers.get('content-type'), all.headers.get('accept-ranges')]).toEqual([
      200,
      'video/mp4',
      'bytes',
    ]);
    expect((await bytesOf(all)).equals(whole)).toBe(true);
    const cases: [string, number, number, number][] = [
      ['bytes=0-0', 206, 0, 1],
      ['bytes=100-199', 206, 100, 200],
      ['bytes=100-', 206, 100, whole.length],
      ['bytes=-7', 206, whole.length - 7, whole.length],
      [`bytes=10-${whole.length * 2}`, 206, 10, whole.length],
      ['bytes=5-2', 200, 0, whole.length],
      ['bytes=0-1,5-6', 200, 0, whole.length],
      ['pages=1-2', 200, 0, whole.length],
    ];
    for (const [range, status, from, to] of cases) {
      const part = await host.fetch(url, { headers: { range } });
      expect([range, part.status]).toEqual([range, status]);
      expect((await bytesOf(part)).equals(whole.subarray(from, to))).toBe(true);
      if (status === 206) expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${whole.length}`);
    }
    for (const range of [`bytes=${whole.length}-`, 'bytes=-0']) {
      const none = await host.fetch(url, { headers: { range } });
      expect([none.status, none.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
    }
    const head = await host.fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    const tag = all.headers.get('etag') ?? '';
    expect((await host.fetch(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect((await host.fetch(url, { headers: { range: 'bytes=0-9', 'if-range': '"older"' } })).status).toBe(200);
  });

  it('have thumbnails, peaks and something to play', async () => {
    const mediaId = media('a clip.mp4')?.id ?? '';
    const { project } = opened;
    const strip = await client.call('derived.thumbnails', { project, mediaId, count: 3, height: 45 });
    expect(strip).toMatchObject({ count: 3, width: 80, height: 45 });
    const picture = await host.fetch(strip.url);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
    const peaks = await client.call('derived.peaks', { project, mediaId });
    expect(readHeader(await bytesOf(await host.fetch(peaks.url)))).toMatchObject({ channels: 1 });
    const playback = await client.call('derived.playback', { project, mediaId });
    expect(playback).toEqual({ source: 'original', url: mediaUrl(project, mediaId), item: null, reasons: [] });
  });

  it('are missed, found again and relinked', async () => {
    const { project } = opened;
    const away = path.join(host.root, 'elsewhere');
    await mkdir(away);
    const moved = path.join(away, 'renamed.mp4');
    await rename(clip, moved);
    const mediaId = media('a clip.mp4')?.id ?? '';
    expect((await client.call('media.missing', { project })).missing).toMatchObject([{ mediaId, state: 'missing' }]);
    expect((await host.fetch(mediaUrl(project, mediaId))).status).toBe(404);
    expect(await client.call('derived.playback', { project, mediaId })).toMatchObject({ source: 'missing' });
    const search = await client.call('media.findMissing', { project, work: 'find', folders: [host.root] });
    expect([search.found, search.missing]).toEqual([[mediaId], []]);
    await rename(moved, clip);
    await client.call('media.relink', { project, mediaId, path: clip });
    expect((await host.fetch(mediaUrl(project, mediaId))).status).toBe(200);
  });

  it('are listed with their folders, by what they are', async () => {
    await mkdir(path.join(host.root, 'day 10'));
    await mkdir(path.join(host.root, 'day 2'));
    await writeFile(path.join(host.root, '.hidden.mp4'), '');
    const { entries } = await client.call('folders.list', { path: host.root });
    const named = entries.map(({ name, kind }) => `${name} ${kind}`);
    expect(named.indexOf('day 2 folder')).toBeLessThan(named.indexOf('day 10 folder'));
    expect(named.indexOf('day 10 folder')).toBeLessThan(named.indexOf('a clip.mp4 video'));
    expect(named.join()).not.toContain('hidden');
    await expect(client.call('folders.make', { parent: host.root, name: 'day 2' })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('a folder of many files', () => {
  it('is told as far as a message holds it', async () => {
    const many = path.join(host.root, 'many');
    await mkdir(many);
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) => writeFile(path.join(many, `${String(i).padStart(200, 'x')}.mp4`), '')),
    );
    const { entries, cut } = await client.call('folders.list', { path: many });
    expect(cut).toBe(true);
    expect(entries.length).toBeGreaterThan(1000);
  });
});

describe('a file that a browser copies into the project', () => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
  const begin = (over: Partial<CallInput<'upload.begin'>> = {}) =>
    client.call('upload.begin', {
      project: opened.project,
      name: 'drop.bin',
      bytes: body.length,
      modified: 1,
      ...over,
    });
  const put = (upload: string, offset: number, bytes: Buffer) =>
    host.fetch(uploadUrl(opened.project, upload), {
      ...{ method: 'PUT', body: new Uint8Array(bytes), headers: { 'upload-offset': String(offset) } },
    });
  const folder = () => path.join(path.dirname(opened.path), `${opened.name} media`);

  it('arrives in pieces, goes on after a break and a restart, and gets a name of its own', async () => {
    const { upload, offset } = await begin();
    expect(offset).toBe(0);
    const first = await put(upload, 0, body.subarray(0, 100_000));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '100000']);
    const wrong = await put(upload, 5, body.subarray(5));
    expect([wrong.status, wrong.headers.get('upload-offset')]).toEqual([409, '100000']);

    // A connection that breaks in the middle: what came before counts.
    const { hostname, port } = new URL(host.origin);
    await new Promise<void>((resolve) => {
      const broken = request({
        ...{ hostname, port, method: 'PUT', path: uploadUrl(opened.project, upload) },
        headers: { cookie: host.cookie, origin: host.origin, 'upload-offset': '100000', 'content-length': '200000' },
      });
      broken.on('error', () => resolve());
      broken.write(body.subarray(100_000, 150_000), () => setTimeout(() => broken.destroy(), 100));
    });
    const there = await vi.waitFor(async () => {
      const { offset: now } = await client.call('upload.state', { project: opened.project, upload });
      expect(now).toBeGreaterThan(100_000);
      return now;
    }, 10_000);

    await host.restart();
    const again = await client.call('project.open', { path: opened.path });
    if (again.outcome === 'opened') opened = again.opened;
    const resumed = await begin();
    expect(resumed).toEqual({ upload, offset: there });
    expect((await put(upload, there, body.subarray(there))).status).toBe(204);
    const { path: file } = await client.call('upload.finish', { project: opened.project, upload });
    expect(file).toBe(path.join(folder(), 'drop.bin'));
    expect(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ).toBe(createHash('sha256').update(body).digest('hex'));

    const second = await begin();
    expect(second.offset).toBe(0);
    await put(second.upload, 0, body);
    const other = await client.call('upload.finish', { project: opened.project, upload: second.upload });
    expect(path.basename(other.path)).toBe('drop-2.bin');
    expect((await readdir(folder())).sort()).toEqual(['drop-2.bin', 'drop.bin']);
  });

  it('is refused where there is no room, and never larger than announced', async () => {
    await expect(begin({ bytes: Number.MAX_SAFE_INTEGER })).rejects.toMatchObject({ code: 'room' });
    const { upload } = await begin({ name: 'small.bin', bytes: 10 });
    expect((await put(upload, 0, Buffer.alloc(11))).status).toBe(400);
    await expect(client.call('upload.finish', { project: opened.project, upload })).rejects.toMatchObject({
      code: 'usage',
    });
    await client.call('upload.cancel', { project: opened.project, upload });
    await expect(client.call('upload.state', { project: opened.project, upload })).rejects.toMatchObject({
      code: 'input',
    });
  });

  it.each([
    ['../../../escape.mp4', 'escape.mp4'],
    ['..\\..\\escape2.mp4', 'escape2.mp4'],
    ['.hidden', 'hidden'],
    ['con.mp4', '_con.mp4'],
    ['a:b|c?.mp4', 'a_b_c_.mp4'],
    ['   ...', 'file'],
    ['trailing. . .', 'trailing'],
    [`${'ů'.repeat(250)}.mp4`, `${'ů'.repeat(120)}.mp4`],
  ])('under the name %j lies in the media folder as %j', async (name, expected) => {
    const { upload } = await begin({ name, bytes: 3 });
    await put(upload, 0, Buffer.from('abc'));
    const { path: file } = await client.call('upload.finish', { project: opened.project, upload });
    expect(file).toBe(path.join(folder(), expected));
    expect((await stat(file)).size).toBe(3);
  });
});

describe('titles and exports', () => {
  it('gives the bitmap of a title', async () => {
    const title: Title = {
      ...{ text: 'Hello', font: 'sans', weight: 'bold', italic: false, size: 0.2, colour: '#ffffff', align: 'centre' },
      ...{ lineHeight: 1.2, background: { colour: '#000000', opacity: 0, padding: 0 } },
      outline: { colour: '#000000', width: 0 },
      shadow: { colour: '#000000', opacity: 0, blur: 0, distance: 0 },
    };
    const bitmap = await client.call('titles.bitmap', { title, width: 640, height: 360 });
    const pixels = await bytesOf(await host.fetch(bitmap.url));
    expect(pixels.length).toBe(bitmap.width * bitmap.height * 4);
    expect(pixels.some((value) => value === 255)).toBe(true);
  });

  it('writes a film, tells how far it is and offers it for download', async () => {
    const { project } = opened;
    const events: WorkEvent[] = [];
    client.listen(workTopic(project), { event: (event: WorkEvent) => events.push(event) });
    const { document } = store.get();
    const [sequence] = document.sequences.values();
    const { video, audio } = document.tracksOfSequence.get(sequence.id) ?? { video: [], audio: [] };
    const mediaId = media('a clip.mp4')?.id ?? '';
    const wish = { project, sequenceId: sequence.id, settings: { codec: 'h264', speed: 'fast' } } as const;
    const out = path.join(host.root, 'film ů.mp4');
    const settings = { ...wish.settings, size: { width: 160, height: 90 } };
    await store.edit('append', {
      ...{ sequenceId: sequence.id, source: { mediaId }, videoTrackId: video[0].id, audioTrackId: audio[0].id },
    });
    const estimate = await client.call('export.estimate', { ...wish, settings });
    expect(estimate.frames).toBe(24);
    expect(estimate.bytes).toBeGreaterThan(1000);
    expect(estimate.seconds).toBeNull();
    const asked = { ...wish, settings, work: 'export-1', path: out };
    expect(await client.call('export.start', asked)).toMatchObject({ state: 'running' });
    const { works } = await client.call('session.running', {});
    expect(works).toEqual([{ kind: 'export', subject: 'film ů.mp4' }]);
    await until(
      () => events.some(({ work, state }) => work === 'export-1' && state !== 'running'),
      'the end of the export',
    );
    expect(await client.call('session.running', {})).toEqual({ works: [] });
    const [state] = (await client.call('export.list', { project })).exports;
    expect(state).toMatchObject({ state: 'done', path: out, download: exportUrl(project, 'export-1') });
    const download = await host.fetch(exportUrl(project, 'export-1'));
    expect(download.headers.get('content-disposition')).toBe(
      `attachment; filename="film _.mp4"; filename*=UTF-8''film%20%C5%AF.mp4`,
    );
    expect((await bytesOf(download)).equals(await readFile(out))).toBe(true);
    // Once more the same is the same; another one over the same file is refused.
    expect((await client.call('export.start', asked)).state).toBe('done');
    await client.call('export.start', { ...asked, work: 'export-2' });
    await until(() => events.some(({ work, state }) => work === 'export-2' && state === 'failed'), 'the refusal');
    expect(events.find(({ work, state }) => work === 'export-2' && state === 'failed')?.problem?.message).toContain(
      'exists',
    );
    await client.call('export.start', { ...asked, work: 'export-3', replace: true });
    await client.call('export.cancel', { project, work: 'export-3' });
    await expect(client.call('export.cancel', { project, work: 'none' })).rejects.toMatchObject({ code: 'input' });
  });

  it('remembers projects and preferences', async () => {
    const [recent] = (await client.call('session.recent', {})).projects;
    expect(recent).toMatchObject({ path: opened.path, name: opened.name, missing: false });
    await client.call('preferences.set', { values: { theme: 'light', 'layout.bin': 300 } });
    await client.call('preferences.set', { values: { theme: null } });
    expect((await client.call('preferences.get', {})).values).toEqual({ 'layout.bin': 300 });
    await host.restart();
    expect((await client.call('preferences.get', {})).values).toEqual({ 'layout.bin': 300 });
    await client.call('session.forget', { path: opened.path });
    expect((await client.call('session.recent', {})).projects.map(({ path: file }) => file)).not.toContain(opened.path);
  });
});
