import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { securityHeaders } from '../engine/server/http/headers.ts';
import { rendererFiles } from '../engine/server/http/renderer-files.ts';
import { secretHeader } from '../engine/server/http/serve-socket.ts';
import type { EngineSocket } from './engine/messages.ts';
import { isEditorUrl } from './scheme.ts';

export type EditorProtocolOptions = {
  /** The built editor. */
  renderer: string;
  /** Where the engine answers with bytes; undefined while it is away. */
  socket: () => EngineSocket | undefined;
};

/** What a window may say of what it wants; nothing else of its request reaches the engine. */
const passedOn = ['range', 'if-range', 'if-none-match', 'upload-offset', 'content-length'];
const withoutBody = [204, 304];

const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' } });

const headersOf = (from: IncomingHttpHeaders): Headers => {
  const headers = new Headers(securityHeaders);
  for (const [name, value] of Object.entries(from))
    if (value !== undefined && name !== 'connection' && name !== 'keep-alive') headers.set(name, String(value));
  return headers;
};

const askEngine = (request: Request, pathname: string, { path, secret }: EngineSocket): Promise<Response> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = { [secretHeader]: secret };
    for (const name of passedOn) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const asked = httpRequest({ socketPath: path, path: pathname, method: request.method, headers }, (answer) => {
      const status = answer.statusCode ?? 500;
      const empty = withoutBody.includes(status) || request.method === 'HEAD';
      if (empty) answer.resume();
      // The window that leaves in the middle cancels the stream, and that ends the engine's work for it.
      const body = empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
      resolve(new Response(body, { status, headers: headersOf(answer.headers) }));
    });
    asked.on('error', reject);
    if (request.body) pipeline(Readable.fromWeb(request.body as NodeReadableStream), asked).catch(reject);
    else asked.end();
  });

/** Answers everything that a window loads: the editor's own files, and what the engine gives by URL (engine/contract/protocol/urls.ts). */
export const editorProtocol = ({
  renderer,
  socket,
}: EditorProtocolOptions): ((request: Request) => Promise<Response>) => {
  const files = rendererFiles(renderer);
  return async (request) => {
    if (!isEditorUrl(request.url)) return plain(404, 'There is nothing here.');
    const { pathname } = new URL(request.url);
    const own = files.get(pathname);
    if (own && 'file' in own && (request.method === 'GET' || request.method === 'HEAD')) {
      return new Response(await readFile(own.file), { headers: { ...securityHeaders, 'Content-Type': own.type } });
    }
    const engine = socket();
    if (!engine) return plain(503, 'The engine is being started.');
    return askEngine(request, pathname, engine).catch(() => plain(503, 'The engine is being started.'));
  };
};
