/** A real engine behind a real server in a temporary folder, and clients that speak to it as a browser would. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { Port } from '../../engine/contract/protocol/envelope.ts';
import { createEngineHost } from '../../engine/server/engine-host.ts';
import type { EngineHost } from '../../engine/server/engine-host.ts';
import type { HostOptions } from '../../engine/server/host-options.ts';
import { serveEditor } from '../../engine/server/http/serve-editor.ts';
import type { EditorServer } from '../../engine/server/http/serve-editor.ts';
import { connectEngine } from '../../renderer/document/engine-client.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';

export type TestHost = {
  /** Everything of this host; films lie in `root`. */
  folder: string;
  root: string;
  engine: EngineHost;
  server: EditorServer;
  origin: string;
  /** Of a browser that was let in. */
  cookie: string;
  faults: unknown[];
  spentLinks: () => number;
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** A port as a browser opens it. @throws when the server does not let it in */
  openPort: (headers?: Record<string, string>) => Promise<Port & { drop: () => void }>;
  client: () => EngineClient;
  /** Stops engine and server and starts new ones on the same port and folder. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
};

/** A port over a WebSocket of the `ws` package, which unlike the browser's can set headers. */
export const openTestPort = (
  origin: string,
  headers: Record<string, string>,
): Promise<Port & { drop: () => void; socket: WebSocket }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/engine`, { headers });
    socket.on('error', reject);
    socket.on('open', () =>
      resolve({
        socket,
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        onMessage: (listener) => void socket.on('message', (data) => listener(data.toString())),
        onClose: (listener) => void socket.on('close', listener),
        close: () => socket.close(),
        drop: () => socket.terminate(),
      }),
    );
  });

export const startHost = async (options: Partial<HostOptions> & { renderer?: string } = {}): Promise<TestHost> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'longtake-editor-'));
  const root = path.join(folder, 'films');
  const plainRenderer = path.join(folder, 'renderer');
  await Promise.all([mkdir(root), mkdir(plainRenderer)]);
  await writeFile(path.join(plainRenderer, 'index.html'), '<!doctype html><title>Longtake</title>');
  const faults: unknown[] = [];
  let spent = 0;
  const { renderer = plainRenderer, ...rest } = options;
  const onFault = (error: unknown): void => void faults.push(error);

  const start = async (port: number): Promise<{ engine: EngineHost; server: EditorServer; cookie: string }> => {
    const engine = await createEngineHost({
      ...{ host: 'browser', version: '0.0.0', roots: [root], projectsFolder: path.join(root, 'Longtake') },
      ...{ dataFolder: path.join(folder, 'data'), cacheFolder: path.join(folder, 'cache'), onFault, ...rest },
    });
    const server = await serveEditor({
      ...{ engine, renderer, host: '127.0.0.1', port, onFault },
      onSpentLink: () => (spent += 1),
    });
    const [cookie] = (await fetch(server.newLink())).headers.getSetCookie()[0].split(';');
    return { engine, server, cookie };
  };

  let now = await start(0);
  const clients: EngineClient[] = [];
  const openPort = (headers?: Record<string, string>) =>
    openTestPort(now.server.origin, headers ?? { cookie: now.cookie, origin: now.server.origin });

  return {
    ...{ folder, root, faults, openPort },
    get engine() {
      return now.engine;
    },
    get server() {
      return now.server;
    },
    get cookie() {
      return now.cookie;
    },
    get origin() {
      return now.server.origin;
    },
    spentLinks: () => spent,
    fetch: (url, init) =>
      fetch(`${now.server.origin}${url}`, {
        ...init,
        headers: { cookie: now.cookie, origin: now.server.origin, ...(init?.headers as Record<string, string>) },
      }),
    client: () => {
      const client = connectEngine({ openPort: () => openPort(), delay: () => 20 });
      clients.push(client);
      return client;
    },
    restart: async () => {
      const port = Number(new URL(now.server.origin).port);
      await now.server.close();
      await now.engine.close();
      now = await start(port);
    },
    close: async () => {
      for (const client of clients) client.close();
      await now.server.close();
      await now.engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Waits for something that will happen, without knowing when. @throws Error after ten seconds */
export const until = async (happened: () => boolean, what: string): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!happened()) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
