import type { IncomingMessage, ServerResponse } from 'node:http';
import { UserFacingError } from '../../contract/errors.ts';
import type { EngineHost } from '../engine-host.ts';
import { problemOf } from '../problem.ts';
import { WrongOffset } from '../uploads.ts';
import { sendResource, sendText } from './send.ts';

const receiveUpload = async (
  engine: EngineHost,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> => {
  const [, project, id] = /^\/project\/([^/]+)\/upload\/([^/]+)$/.exec(pathname) ?? [];
  const given = request.headers['upload-offset'];
  if (id === undefined || typeof given !== 'string' || !/^\d{1,15}$/.test(given)) {
    return sendText(response, 400, 'An upload names its Upload-Offset.');
  }
  try {
    const offset = await engine.upload(project, id, Number(given), request);
    response.writeHead(204, { 'Upload-Offset': String(offset) }).end();
  } catch (error) {
    // The browser has gone: what came before counts, and nobody reads an answer.
    if (request.destroyed && !request.complete) return;
    // The rest of the body is not read: the connection cannot be used again.
    response.setHeader('Connection', 'close');
    if (error instanceof WrongOffset) {
      return sendText(response, 409, error.message, { 'Upload-Offset': String(error.offset) });
    }
    if (!(error instanceof UserFacingError)) throw error;
    const status = error.code === 'room' ? 507 : error.code === 'input' ? 404 : 400;
    sendText(response, status, JSON.stringify(problemOf(error)), { 'Content-Type': 'application/json' });
  }
};

/**
 * Answers what is asked at the engine's URLs (contract/protocol/urls.ts). Who may ask has been settled before.
 * @throws what is no user's doing; the answer may have begun then
 */
export const answerFromEngine = async (
  engine: EngineHost,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> => {
  if (request.method === 'PUT') return receiveUpload(engine, request, response, pathname);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendText(response, 405, 'Not here.', { Allow: 'GET, HEAD, PUT' });
  }
  const resource = await engine.resource(pathname);
  if (!resource) return sendText(response, 404, 'There is nothing here.');
  await sendResource(request, response, resource);
};

/** The end of an answer that failed. */
export const answerFault = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) response.destroy();
  else sendText(response, 500, problemOf(error).message);
};
