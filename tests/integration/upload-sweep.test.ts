import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uploadUrl } from '../../engine/contract/protocol/urls.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const day = 24 * 3600 * 1000;
/** As the engine names what has come so far. */
const partialOf = (n: number): string => `.${n.toString(16).padStart(32, '0')}.upload`;

describe('copies that were begun and given up', () => {
  let host: TestHost;
  let client: EngineClient;
  let file: string;
  let project: string;
  let media: string;

  const aged = async (name: string, age: number): Promise<void> => {
    const then = new Date(Date.now() - age);
    await utimes(path.join(media, name), then, then);
  };
  const left = async (): Promise<string[]> => (await readdir(media)).sort();
  const leave = () => client.call('project.close', { project });
  const enter = async (): Promise<void> => {
    const opened = await client.call('project.open', { path: file });
    if (opened.outcome !== 'opened') throw new Error(opened.outcome);
    ({ project } = opened.opened);
  };

  beforeAll(async () => {
    host = await startHost();
    client = host.client();
    const made = await client.call('project.create', { name: 'Copies' });
    ({ project, path: file } = made);
    media = path.join(path.dirname(file), 'Copies media');
    await mkdir(media, { recursive: true });
  });
  afterAll(async () => {
    await host.close();
    expect(host.faults).toEqual([]);
  });

  it('are removed a day after their last byte when the project is opened; nothing else is', async () => {
    const others = ['film.mp4', '.hidden.upload', `${partialOf(7)}.txt`, partialOf(1).toUpperCase()];
    for (const name of [partialOf(1), partialOf(2), ...others]) await writeFile(path.join(media, name), 'bytes');
    await mkdir(path.join(media, partialOf(3)));
    await symlink(path.join(media, 'film.mp4'), path.join(media, partialOf(4)));
    for (const name of [partialOf(1), ...others, partialOf(3)]) await aged(name, 2 * day);
    await aged(partialOf(2), day / 2);
    const kept = [...others, partialOf(2), partialOf(3), partialOf(4)].sort();
    await leave();
    await enter();
    await vi.waitFor(async () => expect(await left()).toEqual(kept), 30_000);
  });

  it('count their day from when they were gone on with', async () => {
    const wish = { project, name: 'long.bin', bytes: 8, modified: 1 };
    const { upload } = await client.call('upload.begin', wish);
    const put = (offset: number, body: string) =>
      host.fetch(uploadUrl(project, upload), { method: 'PUT', body, headers: { 'upload-offset': String(offset) } });
    expect((await put(0, 'half')).status).toBe(204);
    await aged(`.${upload}.upload`, 2 * day);
    expect(await client.call('upload.begin', wish)).toEqual({ upload, offset: 4 });
    await writeFile(path.join(media, partialOf(9)), 'bytes');
    await aged(partialOf(9), 2 * day);
    await leave();
    await enter();
    await vi.waitFor(async () => expect(await left()).not.toContain(partialOf(9)), 30_000);
    // What was known of the copy went with the window; the same file dropped again goes on with what has come.
    await expect(client.call('upload.state', { project, upload })).rejects.toMatchObject({ code: 'input' });
    expect(await client.call('upload.begin', { ...wish, project })).toEqual({ upload, offset: 4 });
    expect((await put(4, 'rest')).status).toBe(204);
    const done = await client.call('upload.finish', { project, upload });
    expect(path.basename(done.path)).toBe('long.bin');
  });

  it('are removed a bounded number at a time', async () => {
    await leave();
    for (let n = 1000; n < 1600; n += 1) {
      await writeFile(path.join(media, partialOf(n)), '');
      await aged(partialOf(n), 2 * day);
    }
    const partials = async (): Promise<number> =>
      (await left()).filter((name) => name >= partialOf(1000) && name <= partialOf(1599)).length;
    await enter();
    await vi.waitFor(async () => expect(await partials()).toBe(100), 30_000);
    await leave();
    await enter();
    await vi.waitFor(async () => expect(await partials()).toBe(0), 30_000);
  });
});
