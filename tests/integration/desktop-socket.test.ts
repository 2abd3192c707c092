import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaUrl, uploadUrl } from '../../engine/contract/protocol/urls.ts';
import { editorProtocol } from '../../electron/editor-protocol.ts';
import { secretHeader, serveSocket } from '../../engine/server/http/serve-socket.ts';
import type { SocketServer } from '../../engine/server/http/serve-socket.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const clip = path.resolve(import.meta.dirname, '../../resources/demo/lake-at-dawn.mp4');
let host: TestHost;
let server: SocketServer;
beforeAll(async () => {
  host = await startHost({ host: 'desktop', roots: null });
  server = await serveSocket(host.engine, { onFault: (error) => host.faults.push(error) });
});
afterAll(async () => {
  await server.close();
  await host.close();
});

const ask = (
  url: string,
  headers: Record<string, string> = { [secretHeader]: server.secret },
  method = 'GET',
): Promise<{ response: IncomingMessage; body: Buffer }> =>
  new Promise((resolve, reject) => {
    request({ socketPath: server.path, path: url, method, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ response, body: Buffer.concat(parts) });
    })
      .on('error', reject)
      .end();
  });

describe("the desktop shell's socket to the engine", () => {
  it('serves media by ranges to whoever has the secret, and to nobody else', async () => {
    const client = host.client();
    const { project } = await client.call('project.create', { name: 'Socket' });
    const { media } = await client.call('media.import', { project, work: 'w', paths: [clip], bin: null });
    const url = mediaUrl(project, media[0]);
    const part = await ask(url, { [secretHeader]: server.secret, range: 'bytes=10-19' });
    expect(part.response.statusCode).toBe(206);
    expect(part.body.equals((await readFile(clip)).subarray(10, 20))).toBe(true);
    for (const headers of [{}, { [secretHeader]: '' }, { [secretHeader]: `${server.secret}x` }] as Record<
      string,
      string
    >[]) {
      expect((await ask(url, headers)).response.statusCode).toBe(403);
    }
    expect((await ask('/project/x/media/y')).response.statusCode).toBe(404);
    expect((await ask('/../../etc/passwd')).response.statusCode).toBe(404);
    expect((await ask(url, undefined, 'POST')).response.statusCode).toBe(405);
    expect(host.faults).toEqual([]);
  });

  it('is what the scheme of the windows answers from', async () => {
    const renderer = path.join(host.folder, 'renderer');
    const answer = editorProtocol({ renderer, socket: () => server });
    const get = (url: string, init?: RequestInit): Promise<Response> =>
      answer(new Request(`longtake://editor${url}`, init));
    const page = await get('/');
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>Longtake</title>']);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');

    const client = host.client();
    const { project } = await client.call('project.create', { name: 'Scheme' });
    const { media } = await client.call('media.import', { project, work: 'w', paths: [clip], bin: null });
    const url = mediaUrl(project, media[0]);
    const part = await get(url, { headers: { range: 'bytes=5-8', cookie: 'not for the engine' } });
    expect([part.status, part.headers.get('content-range')?.startsWith('bytes 5-8/')]).toEqual([206, true]);
    expect(Buffer.from(await part.arrayBuffer()).equals((await readFile(clip)).subarray(5, 9))).toBe(true);
    const tag = (await get(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    expect((await get(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    // One that leaves in the middle.
    await (await get(url)).body?.cancel();

    const { upload } = await client.call('upload.begin', { project, name: 'note.wav', bytes: 4, modified: 1 });
    const body = new Uint8Array([1, 2, 3, 4]);
    const sent = await get(uploadUrl(project, upload), { method: 'PUT', body, headers: { 'Upload-Offset': '0' } });
    expect([sent.status, sent.headers.get('upload-offset')]).toEqual([204, '4']);

    expect((await get('/project/none/document')).status).toBe(404);
    expect((await get(url, { method: 'DELETE' })).status).toBe(405);
    expect((await answer(new Request('longtake://other/'))).status).toBe(404);
    expect((await answer(new Request('https://editor/'))).status).toBe(404);
    const away = editorProtocol({ renderer, socket: () => undefined });
    expect((await away(new Request(`longtake://editor${url}`))).status).toBe(503);
    const gone = editorProtocol({ renderer, socket: () => ({ path: '/no/such.sock', secret: 'x' }) });
    expect((await gone(new Request(`longtake://editor${url}`))).status).toBe(503);
    expect(host.faults).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    const other = await serveSocket(host.engine, { onFault: () => undefined });
    await other.close();
    expect(existsSync(path.dirname(other.path))).toBe(false);
  });
});
