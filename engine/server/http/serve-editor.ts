import { createServer as createPlainServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { UserFacingError } from '../../contract/errors.ts';
import { maxMessageBytes } from '../../contract/protocol/envelope.ts';
import type { EngineHost } from '../engine-host.ts';
import { createAccess } from './access.ts';
import { answerFault, answerFromEngine } from './engine-answers.ts';
import { securityHeaders } from './headers.ts';
import { rendererFiles } from './renderer-files.ts';
import { sendResource, sendText } from './send.ts';
import { webSocketPort } from './websocket-port.ts';

export type EditorServer = {
  /** Where it is reached, without a token. */
  origin: string;
  /** A link that lets one browser in, once. */
  newLink: () => string;
  close: () => Promise<void>;
};

export type ServeOptions = {
  engine: EngineHost;
  /** The built editor. */
  renderer: string;
  /** The address to listen on. */
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** PEM, and the names that the certificate is for. */
  tls?: { cert: string; key: string; names: readonly string[] };
  /** Somebody opened a link that had been used: the owner may want a new one. */
  onSpentLink?: () => void;
  onFault: (error: unknown) => void;
};

const forbidden =
  'This address is open to the browser that was started with its link. Take a new link from the terminal.';

const listen = (server: ReturnType<typeof createPlainServer>, { host, port }: ServeOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const words: Record<string, [string, string]> = {
        EADDRINUSE: [`Port ${port} is in use.`, 'Name another --port; 0 picks a free one.'],
        EACCES: [`Port ${port} may not be opened.`, 'Name a --port above 1023.'],
        EADDRNOTAVAIL: [`${host} is no address of this machine.`, 'Name another --host.'],
        ENOTFOUND: [`${host} is no address of this machine.`, 'Name another --host.'],
      };
      const said = words[error.code ?? ''];
      reject(said ? new UserFacingError('usage', ...said) : error);
    });
    server.listen({ host, port }, resolve);
  });

/** Serves the editor to browsers: its files, the engine's messages and its media. */
export const serveEditor = async (options: ServeOptions): Promise<EditorServer> => {
  const { engine, renderer, tls, onSpentLink, onFault } = options;
  let files = rendererFiles(renderer);
  const scheme = tls ? 'https' : 'http';
  const access = createAccess({ tls: tls !== undefined, names: tls?.names ?? [], port: () => port });

  const openIndex = (request: IncomingMessage, response: ServerResponse, url: URL): boolean => {
    const token = url.searchParams.get('token');
    if (token !== null && access.takeToken(token)) {
      response.setHeader('Set-Cookie', access.cookie());
      return true;
    }
    if (access.hasCookie(request)) return true;
    if (token !== null) onSpentLink?.();
    return false;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!access.isOwnHost(request)) return sendText(response, 421, 'This server does not go by that name.');
    const url = new URL(request.url ?? '/', `${scheme}://${request.headers.host}`);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (url.pathname === '/' && reading) {
      // The one address that a link of another page may lead to: with a right token, or with nothing that it could use.
      if (!openIndex(request, response, url)) return sendText(response, 403, forbidden);
      // It may have been built anew.
      files = rendererFiles(renderer);
    } else {
      if (!access.isOwnOrigin(request, { needed: !reading })) return sendText(response, 403, 'Asked by another page.');
      if (!access.hasCookie(request)) return sendText(response, 403, forbidden);
    }
    const own = reading ? files.get(url.pathname) : undefined;
    await (own ? sendResource(request, response, own) : answerFromEngine(engine, request, response, url.pathname));
  };

  const handle: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      onFault(error);
      answerFault(response, error);
    });
  };

  const server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }, handle) : createPlainServer(handle);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const allowed =
      request.url === '/engine' &&
      access.isOwnHost(request) &&
      access.isOwnOrigin(request, { needed: true }) &&
      access.hasCookie(request);
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => engine.connect(webSocketPort(opened)));
  });
  // Uploads of large films take longer than any usual limit; what stands still is ended by the client's own connection.
  server.requestTimeout = 0;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const name = tls?.names[0] ?? (options.host.includes(':') ? `[${options.host}]` : options.host);
  const origin = `${scheme}://${name}:${port}`;

  return {
    origin,
    newLink: () => `${origin}/?token=${access.newToken()}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
