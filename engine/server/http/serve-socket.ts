import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineHost } from '../engine-host.ts';
import { answerFault, answerFromEngine } from './engine-answers.ts';
import { sendText } from './send.ts';

/** Carries the secret of a request. */
export const secretHeader = 'x-longtake-secret';

export type SocketServer = {
  /** Of the socket, or of the pipe on Windows. */
  path: string;
  /** What every request must carry. */
  secret: string;
  close: () => Promise<void>;
};

const same = (given: unknown, secret: string): boolean => {
  const [a, b] = [String(given), secret].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
};

/**
 * Serves the engine's URLs to the desktop shell over a local socket: no port is opened that another program or page could find. The folder of
 * the socket is the user's alone; a pipe of Windows is open to all of the machine, which is what the secret is for.
 */
export const serveSocket = async (
  engine: EngineHost,
  { onFault }: { onFault: (error: unknown) => void },
): Promise<SocketServer> => {
  const secret = randomBytes(32).toString('base64url');
  const windows = process.platform === 'win32';
  const folder = windows ? undefined : await mkdtemp(path.join(tmpdir(), 'longtake-'));
  const socket = folder ? path.join(folder, 'engine.sock') : `\\\\.\\pipe\\longtake-${randomBytes(16).toString('hex')}`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!same(request.headers[secretHeader], secret)) return sendText(response, 403, 'Not here.');
    const { pathname } = new URL(request.url ?? '/', 'http://engine');
    await answerFromEngine(engine, request, response, pathname);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      onFault(error);
      answerFault(response, error);
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  return {
    ...{ path: socket, secret },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
};
