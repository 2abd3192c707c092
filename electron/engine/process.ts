/** The engine's own process: speaks to windows by the ends of channels that main hands in, and answers at a local socket with bytes. */
import path from 'node:path';
import type { MessageEvent } from 'electron';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { dataFolder } from '../../engine/models/folders.ts';
import { createEngineHost } from '../../engine/server/engine-host.ts';
import type { EngineHost } from '../../engine/server/engine-host.ts';
import { serveSocket } from '../../engine/server/http/serve-socket.ts';
import type { SocketServer } from '../../engine/server/http/serve-socket.ts';
import { projectsFolderIn } from '../../engine/server/project-place.ts';
import { mainPort } from '../message-port.ts';
import { mainSaysSchema } from './messages.ts';
import type { EngineSays, EngineStart } from './messages.ts';

// The engine starts its inference processes from process.execPath: with this the program is a plain Node to them.
process.env.ELECTRON_RUN_AS_NODE = '1';

const { parentPort } = process;
const tell = (message: EngineSays): void => parentPort.postMessage(message);
const onFault = (error: unknown): void => console.error(error);

type Running = { host: EngineHost; server: SocketServer };
let running: Promise<Running> | undefined;

const start = async ({ version, resources }: EngineStart): Promise<Running> => {
  process.env.LONGTAKE_RESOURCES = resources;
  const host = await createEngineHost({
    ...{ host: 'desktop', version, roots: null, onFault },
    ...{ projectsFolder: projectsFolderIn(null), dataFolder: dataFolder(), demoFolder: path.join(resources, 'demo') },
  });
  const server = await serveSocket(host, { onFault });
  return { host, server };
};

const stop = async (): Promise<void> => {
  try {
    const { host, server } = (await running) ?? {};
    await server?.close();
    await host?.close();
  } finally {
    process.exit(0);
  }
};

const fail = (error: unknown): void => {
  onFault(error);
  tell({ say: 'failed', why: error instanceof UserFacingError ? `${error.message} ${error.remedy}` : String(error) });
  // Said first: what has been told goes out before the process ends.
  setTimeout(() => process.exit(1), 100);
};

parentPort.on('message', ({ data, ports }: MessageEvent) => {
  const said = mainSaysSchema.parse(data);
  if (said.say === 'stop') void stop();
  else if (said.say === 'start') {
    running = start(said.start);
    running.then(({ server }) => tell({ say: 'ready', socket: { path: server.path, secret: server.secret } }), fail);
  } else void running?.then(({ host }) => host.connect(mainPort(ports[0])));
});
