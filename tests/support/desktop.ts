/** The built desktop shell, on Electron's own binary where it can be had, else on its double. */
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as electron from 'electron';
import { _electron, chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { buildDesktop } from '../../scripts/build-desktop.mjs';
import { findElectron } from '../../scripts/electron-binary.mjs';

type Electron = typeof electron;

export type Desktop = {
  kind: 'electron' | 'double';
  page: Page;
  /** Runs a function in main, with the module `electron`: it sees nothing else of the test. */
  evaluate: <V, R>(run: (electron: Electron, value: V) => R | Promise<R>, value: V) => Promise<R>;
  /** All windows that are open. */
  pages: () => Page[];
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
  close: () => Promise<void>;
};

const root = path.resolve(import.meta.dirname, '..', '..');
const main = path.join(root, 'out', 'electron', 'main.js');

const builtDesktop = (): void => {
  const { problem } = buildDesktop(process.execPath);
  if (problem) throw new Error(problem);
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const ownEnvironment = (folder: string): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  ...{ HOME: folder, LONGTAKE_DATA: path.join(folder, 'data'), LONGTAKE_CACHE: path.join(folder, 'cache') },
});

const startElectron = async (binary: string, folder: string, args: string[]): Promise<Desktop> => {
  const started = await _electron.launch({
    ...{ executablePath: binary, args: ['--no-sandbox', root, ...args], cwd: root },
    env: ownEnvironment(folder),
  });
  return {
    ...{ kind: 'electron', page: await started.firstWindow(), pages: () => started.windows() },
    evaluate: (run, value) => started.evaluate(run as never, value as never),
    ended: new Promise((resolve) => started.process().once('exit', resolve)),
    close: () => started.close(),
  };
};

const startDouble = async (folder: string, args: string[]): Promise<Desktop> => {
  const port = await freePort();
  const register = fileURLToPath(new URL('./electron-double/register.mjs', import.meta.url));
  const child = fork(main, args, {
    ...{ cwd: root, execArgv: ['--disable-warning=ExperimentalWarning', '--import', pathToFileURL(register).href] },
    env: { ...ownEnvironment(folder), LONGTAKE_DOUBLE_PORT: String(port) },
  });
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  child.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result as never);
    else asked?.reject(new Error(error));
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('main has ended'));
  });
  const evaluate: Desktop['evaluate'] = (run, value) =>
    new Promise((resolve, reject) => {
      const id = (count += 1);
      waiting.set(id, { resolve, reject });
      child.send({ id, code: run.toString(), value });
    });
  // Answers once the window's page is there.
  while (
    (
      await evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
        null,
      )
    ).join('') === ''
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const pages = (): Page[] => browser.contexts().flatMap((context) => context.pages());
  return {
    ...{ kind: 'double', page: pages()[0], pages, evaluate, ended },
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};

/** @param folder for everything that it keeps @param args projects to open */
export const startDesktop = async (folder: string, args: string[] = []): Promise<Desktop> => {
  builtDesktop();
  const binary = findElectron();
  return binary ? startElectron(binary, folder, args) : startDouble(folder, args);
};
