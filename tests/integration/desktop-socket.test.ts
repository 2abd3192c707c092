import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaUrl } from '../../engine/contract/protocol/urls.ts';
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

  it('leaves nothing behind', async () => {
    const other = await serveSocket(host.engine, { onFault: () => undefined });
    await other.close();
    expect(existsSync(path.dirname(other.path))).toBe(false);
  });
});
