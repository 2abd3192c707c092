import { request } from 'node:http';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectTopic } from '../../engine/contract/protocol/topics.ts';
import { openTestPort, startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

/** As a browser or a stranger sends it: `fetch` sets no Host, and tidies paths up. */
const ask = (url: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(host.origin);
    request({ hostname, port, path: url, headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more) => (text += more));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });

describe('who comes in', () => {
  it('lets one browser in by a link, once, and tells the terminal of a second use', async () => {
    const link = host.server.newLink();
    const first = await fetch(link);
    expect(first.status).toBe(200);
    const cookie = first.headers.getSetCookie()[0];
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
    expect((await fetch(link)).status).toBe(403);
    expect(host.spentLinks()).toBe(1);
    // The browser that was let in may reload.
    expect((await fetch(link, { headers: { cookie: cookie.split(';')[0] } })).status).toBe(200);
    expect((await fetch(`${host.origin}/?token=${'A'.repeat(43)}`)).status).toBe(403);
    expect((await fetch(host.origin)).status).toBe(403);
  });

  it('a newer link makes the older one worthless', async () => {
    const [older, newer] = [host.server.newLink(), host.server.newLink()];
    expect((await fetch(older)).status).toBe(403);
    expect((await fetch(newer)).status).toBe(200);
  });

  it.each(['', 'longtake-1=x', 'other=1; longtake=2', `longtake-0=${'A'.repeat(43)}`])(
    'needs its cookie, not %j',
    async (cookie) => {
      expect((await fetch(`${host.origin}/index.html`, { headers: { cookie } })).status).toBe(403);
      await expect(openTestPort(host.origin, { cookie, origin: host.origin })).rejects.toThrow('403');
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', 'evil@127.0.0.1', '10.0.0.1'])(
    'does not answer to the name %j',
    async (name) => {
      const { cookie } = host;
      const { status } = await ask('/', { host: name, cookie });
      expect(status).toBe(421);
      await expect(openTestPort(host.origin, { host: name, origin: `http://${name}`, cookie })).rejects.toThrow();
    },
  );

  it('answers to loopback names, from whatever port a tunnel starts', async () => {
    const { cookie } = host;
    for (const name of ['localhost', 'localhost:9999', '127.0.0.1:1', '[::1]:80'])
      expect((await ask('/', { host: name, cookie })).status).toBe(200);
    const port = await openTestPort(host.origin, { host: 'localhost:9999', origin: 'http://localhost:9999', cookie });
    port.close();
  });

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'is not asked by pages of %s',
    async (origin) => {
      const { cookie } = host;
      await expect(openTestPort(host.origin, { cookie, origin })).rejects.toThrow('403');
      expect((await host.fetch('/index.html', { headers: { origin } })).status).toBe(403);
      expect((await host.fetch('/project/x/upload/y', { method: 'PUT', body: 'x', headers: { origin } })).status).toBe(
        403,
      );
    },
  );

  it('needs an origin where something could be changed, and refuses what a foreign page embeds', async () => {
    const { cookie } = host;
    await expect(openTestPort(host.origin, { cookie })).rejects.toThrow('403');
    const { host: name } = new URL(host.origin);
    expect((await ask('/project/x/upload/y', { host: name, cookie }, 'PUT')).status).toBe(403);
    for (const site of ['cross-site', 'same-site'])
      expect((await ask('/index.html', { host: name, cookie, 'sec-fetch-site': site })).status).toBe(403);
    expect((await ask('/index.html', { host: name, cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('isolates its pages and lets nothing inline run', async () => {
    const { headers } = await host.fetch('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('is read and uploaded to, nothing else', async () => {
    for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await host.fetch('/index.html', { method })).status).toBe(405);
  });
});

describe('what can be reached', () => {
  it('gives nothing for guessed projects, media, titles, pictures, exports and uploads', async () => {
    const guess = 'A'.repeat(22);
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const urls = ['document', `media/${id}`, `derived/${id}/peaks.bin`, 'export/one'].map(
      (end) => `/project/${guess}/${end}`,
    );
    for (const url of [
      ...urls,
      `/title/${'0'.repeat(64)}`,
      `/picture/${'0'.repeat(32)}`,
      '/nowhere',
      '/project',
      '/project//',
    ])
      expect((await host.fetch(url)).status).toBe(404);
    const put = await host.fetch(`/project/${guess}/upload/x`, {
      method: 'PUT',
      body: 'x',
      headers: { 'upload-offset': '0' },
    });
    expect(put.status).toBe(404);
    const client = host.client();
    await expect(client.call('project.state', { project: guess })).rejects.toMatchObject({ reason: 'not-open' });
    const missed = new Promise<void>((resolve) =>
      client.listen(projectTopic(guess), { event: () => undefined, missed: resolve }),
    );
    await missed;
  });

  it('is not led out of its files', async () => {
    const { project } = await host.client().call('project.create', {});
    const { host: name } = new URL(host.origin);
    const { cookie } = host;
    const ways = [
      '/../package.json',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '//etc/passwd',
      '/assets/../../etc/passwd',
    ];
    ways.push(
      `/project/${project}/media/../../../../etc/passwd`,
      `/project/${project}/media/..%2f..%2f..%2fetc%2fpasswd`,
    );
    ways.push(
      `/project/${project}/derived/x/..%2f..%2fetc%2fpasswd`,
      '/picture/..%2f..%2fpreferences',
      '/\\..\\..\\x',
      '/%00',
    );
    for (const way of ways) {
      const { status, text } = await ask(way, { host: name, cookie });
      expect([way, status]).toEqual([way, 404]);
      expect(text).toBe('There is nothing here.');
    }
  });

  it('takes no paths outside of its root, links followed', async () => {
    const client = host.client();
    const outside = path.join(host.folder, 'secret');
    await mkdir(outside);
    await writeFile(path.join(outside, 'a.txt'), 'secret');
    await symlink(outside, path.join(host.root, 'way-out'));
    const { project } = await client.call('project.create', {});
    const out = { code: 'usage', message: expect.stringContaining('outside of what this host shares') };
    for (const way of [
      outside,
      path.join(host.root, '..', 'secret'),
      path.join(host.root, 'way-out'),
      '/',
      '/etc/passwd',
      '/no/such/file',
    ]) {
      await expect(client.call('folders.list', { path: way })).rejects.toMatchObject(out);
      await expect(client.call('project.open', { path: way })).rejects.toMatchObject(out);
      await expect(
        client.call('project.saveCopy', { project, path: path.join(way, 'x.longtake') }),
      ).rejects.toMatchObject(out);
      await expect(client.call('media.import', { project, work: 'w', paths: [way] })).rejects.toMatchObject(out);
      await expect(client.call('folders.make', { parent: way, name: 'x' })).rejects.toMatchObject(out);
      await expect(client.call('project.create', { path: path.join(way, 'x.longtake') })).rejects.toMatchObject(out);
    }
    await expect(client.call('folders.list', { path: 'films' })).rejects.toMatchObject({ code: 'usage' });
    const listed = await client.call('folders.list', {});
    expect([listed.path, listed.parent]).toEqual([host.root, null]);
    const made = await client.call('folders.make', { parent: host.root, name: '../../up' });
    expect(path.dirname(made.path)).toBe(host.root);
  });

  it('serves no file that a project only claims to know', async () => {
    const client = host.client();
    const { project, state } = await client.call('project.create', {});
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const media = {
      ...{ id, kind: 'still', name: 'passwd', binId: null, path: '/etc/passwd', relativePath: null, firstNumber: null },
      ...{ bytes: 100, hash: '0'.repeat(64), sound: null, provenance: null, starred: false },
      picture: {
        ...{
          width: 16,
          height: 16,
          sampleAspect: { num: 1, den: 1 },
          frameRate: null,
          variableRate: false,
          frameCount: 1,
        },
        ...{ duration: null, codec: 'png', pixelFormat: 'rgb24', alpha: false, interlaced: false },
      },
    };
    const edit = { project, opId: 'claim', name: 'add-media', input: { media: [media] }, baseRevision: state.revision };
    await client.call('project.edit', edit);
    expect((await host.fetch(`/project/${project}/media/${id}`)).status).toBe(404);
    expect(await client.call('derived.playback', { project, mediaId: id })).toMatchObject({
      source: 'missing',
      url: null,
    });
    await expect(client.call('derived.thumbnails', { project, mediaId: id })).rejects.toMatchObject({ code: 'input' });
  });
});
