import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { builtEditor } from '../support/browser.ts';

const main = fileURLToPath(new URL('../../engine/cli/main.ts', import.meta.url));
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder: string;
beforeAll(() => {
  builtEditor();
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-serve-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts `longtake serve --json`. */
const serve = (...words: string[]) => {
  const env = { ...process.env, LONGTAKE_DATA: path.join(folder, 'data'), LONGTAKE_CACHE: path.join(folder, 'cache') };
  const child = spawn(process.execPath, [main, 'serve', '--json', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    next: async (): Promise<Record<string, string>> => JSON.parse((await lines.next()).value ?? '{}'),
    ended: new Promise<number | null>((resolve) => child.on('exit', resolve)),
  };
};

describe('longtake serve', () => {
  it('prints a link, serves the built editor and its engine, and ends when it is told to', async () => {
    const { child, next, ended } = serve('--port', '0', '--root', folder);
    const { event, url } = await next();
    expect([event, new URL(url).hostname]).toEqual(['listening', '127.0.0.1']);
    expect((await next()).event).toBe('ready');
    const page = await fetch(url);
    const html = await page.text();
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const { origin } = new URL(url);
    const cookie = page.headers.getSetCookie()[0].split(';')[0];
    const code = await fetch(`${origin}${script}`, { headers: { cookie } });
    expect([code.status, code.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(code.headers.get('cache-control')).toContain('immutable');

    const socket = new WebSocket(`${origin.replace('http', 'ws')}/engine`, { headers: { cookie, origin } });
    const hello = new Promise<string>((resolve) => socket.once('message', (data) => resolve(data.toString())));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ hello: 'test', protocol: 1 }));
    expect(JSON.parse(await hello)).toMatchObject({ hello: 'longtake', protocol: 1 });

    // A second use of the link is refused, and the terminal has a new one.
    expect((await fetch(url)).status).toBe(403);
    const again = await next();
    expect(again.event).toBe('link');
    expect((await fetch(again.url)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('takes no other port than the one that was asked for', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { next, ended } = serve('--port', String(port), '--root', folder);
    expect(await next()).toMatchObject({ event: 'error', message: `Port ${port} is in use.` });
    expect(await ended).toBe(2);
    taken.close();
  });

  it.each([
    [['--host', '0.0.0.0'], 2, /ssh -L 4747:127\.0\.0\.1:4747 /],
    [['--host', '192.168.1.5', '--port', '5000'], 2, /ssh -L 5000:127\.0\.0\.1:5000 /],
    [['--port', 'soon'], 2, /from 0/],
    [['--port', '70000'], 2, /from 0/],
    [['--root', '/no/such/folder'], 3, /folder/],
    [['--tls-cert', 'a.pem'], 2, /--tls-key/],
    [['--tls-cert', '/no/a.pem', '--tls-key', '/no/b.pem'], 3, /PEM/],
    [['extra'], 2, /serve/],
  ])('refuses %j', async (words, code, remedy) => {
    const { next, ended } = serve(...words);
    const said = await next();
    expect(`${said.message} ${said.remedy}`).toMatch(remedy);
    expect(await ended).toBe(code);
  });

  it.skipIf(!hasOpenssl)('serves other addresses with TLS, to the names of its certificate', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
    const names = 'subjectAltName=DNS:editor.test,IP:127.0.0.1';
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=editor.test', '-addext', names, '-keyout', key, '-out', cert],
    ]);
    expect(made.status).toBe(0);
    const { child, next, ended } = serve(
      '--port',
      '0',
      '--root',
      folder,
      '--host',
      '0.0.0.0',
      '--tls-cert',
      cert,
      '--tls-key',
      key,
    );
    const url = new URL((await next()).url);
    expect([url.protocol, url.hostname]).toEqual(['https:', 'editor.test']);
    const ask = (host: string) =>
      new Promise<{ status: number; cookie: string }>((resolve, reject) => {
        const at = { hostname: '127.0.0.1', port: url.port, path: `${url.pathname}${url.search}` };
        get({ ...at, headers: { host }, rejectUnauthorized: false }, (response) => {
          response.resume();
          resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie']?.[0] ?? '' });
        }).on('error', reject);
      });
    expect((await ask('other.test')).status).toBe(421);
    const { status, cookie } = await ask(url.host);
    expect(status).toBe(200);
    expect(cookie).toContain('; Secure');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('refuses a certificate that is none', async () => {
    const file = path.join(folder, 'none.pem');
    writeFileSync(file, 'no certificate');
    const { next, ended } = serve('--tls-cert', file, '--tls-key', file, '--host', '0.0.0.0');
    expect((await next()).message).toContain('is no certificate');
    expect(await ended).toBe(3);
  });
});
