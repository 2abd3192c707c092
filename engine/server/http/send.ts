import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Resource } from '../resources.ts';
import { parseRange } from './ranges.ts';

export const sendText = (
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers });
  response.end(text);
};

/** A year. */
const forever = 'private, max-age=31536000, immutable';

/** Letters, digits and what every system has in names; the whole name follows encoded. */
const disposition = (name: string): string =>
  `attachment; filename="${name.replace(/[^A-Za-z0-9._ -]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;

/** What a stream fails with when the client went away before or while it was answered. */
const clientLeft = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE', 'ECONNRESET', 'EPIPE']);

/** Sends a resource, or the range of it that was asked for. A client that leaves in the middle is no fault. */
export const sendResource = async (
  request: IncomingMessage,
  response: ServerResponse,
  resource: Resource,
): Promise<void> => {
  const facts = 'file' in resource ? await stat(resource.file).catch(() => undefined) : undefined;
  if ('file' in resource && !facts?.isFile()) return sendText(response, 404, 'There is nothing here.');
  const size = 'file' in resource ? (facts?.size ?? 0) : resource.bytes.byteLength;
  const tag = facts && `"${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}"`;
  const headers: Record<string, string> = {
    'Content-Type': resource.type,
    'Accept-Ranges': 'bytes',
    'Cache-Control': resource.fixed ? forever : 'private, no-cache',
    ...(tag && { ETag: tag }),
    ...('download' in resource && resource.download && { 'Content-Disposition': disposition(resource.download) }),
  };
  if (tag && request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === tag ? parseRange(request.headers.range, size) : null;
  if (range === 'none') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: size - 1 };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'Content-Length': String(Math.max(0, to - from + 1)),
    ...(range && { 'Content-Range': `bytes ${from}-${to}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const body =
    'file' in resource
      ? createReadStream(resource.file, { start: from, end: to, highWaterMark: 256 * 1024 })
      : Readable.from([resource.bytes.subarray(from, to + 1)]);
  await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
    body.destroy();
    if (!clientLeft.has(error.code ?? '')) throw error;
  });
};
