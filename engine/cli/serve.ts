import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserFacingError } from '../contract/errors.ts';
import { dataFolder } from '../models/folders.ts';
import { createEngineHost } from '../server/engine-host.ts';
import { isLoopback } from '../server/http/access.ts';
import { serveEditor } from '../server/http/serve-editor.ts';
import type { EditorServer, ServeOptions } from '../server/http/serve-editor.ts';
import { projectsFolderIn } from '../server/project-place.ts';
import type { ParsedArguments } from './arguments.ts';
import { say } from './command.ts';
import type { Command } from './command.ts';
import { positionalsOf } from './options.ts';
import { version } from './version.ts';

const checkout = (...parts: string[]): string => path.join(fileURLToPath(new URL('../..', import.meta.url)), ...parts);

/** So that a bookmark and an ssh -L line stay true. */
const usualPort = 4747;

const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new UserFacingError('usage', `--port ${text} is no port.`, 'Name one from 0 (picks a free one) to 65535.');
};

const readText = (option: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UserFacingError('input', `--${option} ${file} cannot be read.`, 'Name a PEM file.');
  }
};

const readTls = ({ given }: ParsedArguments): ServeOptions['tls'] => {
  const [cert, key] = [given['tls-cert']?.[0], given['tls-key']?.[0]];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UserFacingError('usage', 'A certificate and its key belong together.', 'Give --tls-cert and --tls-key.');
  }
  const text = readText('tls-cert', cert);
  try {
    const names = new X509Certificate(text).subjectAltName ?? '';
    return {
      ...{ cert: text, key: readText('tls-key', key) },
      names: [...names.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) => name.toLowerCase()),
    };
  } catch (error) {
    if (error instanceof UserFacingError) throw error;
    throw new UserFacingError('input', `--tls-cert ${cert} is no certificate.`, 'Name a PEM file.');
  }
};

const readRoots = ({ given }: ParsedArguments): string[] =>
  (given.root ?? [homedir()]).map((root) => {
    const folder = path.resolve(root);
    if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
    throw new UserFacingError('input', `--root ${root} is no folder.`, 'Name a folder of this machine.');
  });

const refuseOpenHost = (host: string, port: number): UserFacingError =>
  new UserFacingError(
    'usage',
    `On ${host} everybody in the network could read along.`,
    `Leave --host out, and on your own machine run: ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()} ` +
      'Or give --tls-cert and --tls-key.',
  );

const builtRenderer = (): string => {
  const folder = checkout('out', 'renderer');
  if (existsSync(path.join(folder, 'index.html'))) return folder;
  throw new UserFacingError('input', 'The editor has not been built yet.', 'Run npm run setup, then this again.');
};

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

export const command: Command = {
  name: 'serve',
  summary: 'opens the editor in a browser, from this machine',
  usage: 'serve [--port P] [--root DIR] [--host 127.0.0.1]',
  details: [
    'Prints a link that lets one browser in, once. The editor sees the folders under --root. Runs until Ctrl-C; what was edited is kept all along.',
    'From another machine: ssh -L PORT:127.0.0.1:PORT you@here, and the same link there.',
  ],
  options: {
    port: { value: 'P', help: `to listen on; 0 picks a free one (default ${usualPort}, or a free one)` },
    root: { value: 'DIR', help: 'folder that the editor may see (default your home); may be given again', many: true },
    host: { value: 'NAME', help: 'address to listen on; other than loopback only with TLS (default 127.0.0.1)' },
    'tls-cert': { value: 'PEM', help: 'certificate; its names are those that the editor answers to' },
    'tls-key': { value: 'PEM', help: 'key of the certificate' },
  },
  run: async (input, voice) => {
    positionalsOf(input, [], 'serve');
    const port = parsePort(input.given.port?.[0]);
    const host = input.given.host?.[0] ?? '127.0.0.1';
    const tls = readTls(input);
    if (!isLoopback(host) && !tls) throw refuseOpenHost(host, port ?? usualPort);
    const renderer = builtRenderer();
    const roots = readRoots(input);
    const onFault = (error: unknown): void => console.error(error);
    const engine = await createEngineHost({
      ...{ host: 'browser', version: version(), roots, onFault },
      ...{
        projectsFolder: projectsFolderIn(roots),
        dataFolder: dataFolder(),
        demoFolder: checkout('resources', 'demo'),
      },
    });
    const end = stopped();
    let server: EditorServer | undefined;
    const tell = (event: 'listening' | 'link'): void => {
      const url = server?.newLink();
      const text = event === 'link' ? `That link had been used. A new one: ${url}` : `Longtake is open at ${url}`;
      say(voice, { event, url }, text);
    };
    const serve = (on: number): Promise<EditorServer> =>
      serveEditor({ ...{ engine, renderer, host, tls, onFault, port: on }, onSpentLink: () => tell('link') });
    try {
      server = await serve(port ?? usualPort).catch((error: unknown) => {
        if (port !== undefined || !(error instanceof UserFacingError)) throw error;
        return serve(0);
      });
      tell('listening');
      say(voice, { event: 'ready' }, 'Ctrl-C ends it.');
      await end;
    } finally {
      await server?.close();
      await engine.close();
    }
  },
};
