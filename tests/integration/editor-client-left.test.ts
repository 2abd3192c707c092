import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sendResource } from '../../engine/server/http/send.ts';

it('a client that left before its answer began is no fault', async () => {
  const file = fileURLToPath(import.meta.url);
  const answered = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    // The window was closed while the file was looked up: the answer has nobody to go to.
    response.destroy();
    sendResource(request, response, { file, type: 'text/plain', fixed: false }).then(answered.resolve, answered.reject);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  request.on('error', () => {});
  await expect(answered.promise).resolves.toBeUndefined();
  server.close();
});
