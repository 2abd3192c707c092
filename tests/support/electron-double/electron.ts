/**
 * What stands in for the module `electron` in main where Electron's binary cannot be had: the built main and preload run on it unchanged, with
 * a real Chromium for windows and real processes for utility processes. It proves how the parts are wired; sandboxes, native menus and dialogs
 * are Electron's own.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startBrowser } from './browser.ts';
import { MessageChannelMain } from './ports.ts';
import { utilityMetrics, utilityProcess } from './utility.ts';
import { BrowserWindow, preventable, setStage } from './window.ts';
import type { Stage, WebContents } from './window.ts';

type Handler = Stage['handler'];
const schemes = new Map<string, Handler>();
const privileged: string[] = [];
const protocol = {
  registerSchemesAsPrivileged: (all: { scheme: string }[]) => privileged.push(...all.map(({ scheme }) => scheme)),
  handle: (scheme: string, handler: Handler) => {
    if (!privileged.includes(scheme)) throw new Error(`${scheme} is no privileged scheme`);
    schemes.set(scheme, handler);
  },
};

type Request = (contents: WebContents, permission: string, answer: (allowed: boolean) => void, details: object) => void;
class Session extends EventEmitter {
  ask: Request = (_contents, _permission, answer) => answer(true);
  setPermissionRequestHandler = (handler: Request): void => void (this.ask = handler);
  setPermissionCheckHandler = (): void => undefined;
  setDevicePermissionHandler = (): void => undefined;
}
const session = { defaultSession: new Session() };

const ipcMain: Stage['ipcMain'] & { handle: (channel: string, handler: () => unknown) => void } = Object.assign(
  new EventEmitter(),
  {
    handlers: new Map(),
    handle: (channel: string, handler: () => unknown) => void ipcMain.handlers.set(channel, handler),
  },
);

const browser = startBrowser(process.env.LONGTAKE_DOUBLE_PORT ?? '0');

let quitting = false;
const quit = (): void => {
  const before = preventable({});
  app.emit('before-quit', before);
  if (before.prevented) return;
  quitting = true;
  if (!BrowserWindow.getAllWindows().every((window) => window.close())) {
    quitting = false;
    return;
  }
  const will = preventable({});
  app.emit('will-quit', will);
  if (!will.prevented) void browser.then(({ close }) => close()).finally(() => process.exit(0));
};

const stage = browser.then(({ context }): Stage => ({
  ...{ context, ipcMain },
  handler: (request) => {
    const handler = schemes.get(new URL(request.url).protocol.slice(0, -1));
    return handler ? handler(request) : Promise.resolve(new Response(null, { status: 404 }));
  },
  permits: (contents, permission) =>
    new Promise((resolve) =>
      session.defaultSession.ask(contents, permission, resolve, {
        requestingUrl: contents.getURL(),
        isMainFrame: true,
      }),
    ),
  onContents: (contents) => app.emit('web-contents-created', {}, contents),
  onDownload: (event) => session.defaultSession.emit('will-download', event),
  onAllClosed: () => {
    if (!quitting) app.emit('window-all-closed');
  },
}));

const data = process.env.LONGTAKE_DATA ?? '';
const paths = new Map([['logs', path.join(data, 'logs')]]);
const app = Object.assign(new EventEmitter(), {
  ...{ isPackaged: false, quit },
  whenReady: () => setStage(stage),
  enableSandbox: () => undefined,
  requestSingleInstanceLock: () => true,
  getVersion: () => JSON.parse(readFileSync(path.resolve('package.json'), 'utf8')).version as string,
  getPath: (name: string) => paths.get(name) ?? data,
  setPath: (name: string, place: string) => void paths.set(name, place),
  getPreferredSystemLanguages: () => ['en-GB'],
  getAppMetrics: utilityMetrics,
});

type Template = { label?: string; role?: string; submenu?: Template[]; click?: () => void; accelerator?: string };
const menuOf = (template: Template[]): { items: object[] } => ({
  items: template.map(({ submenu, click, role, ...item }) => ({
    ...{ ...item, role },
    // Of the roles those that edit; they are Chromium's own commands.
    click: (): unknown => (role && !click ? BrowserWindow.getFocusedWindow()?.webContents.command(role) : click?.()),
    submenu: submenu && menuOf(submenu),
  })),
});
let menu: { items: object[] } | null = null;
const Menu = {
  buildFromTemplate: menuOf,
  setApplicationMenu: (next: typeof menu) => (menu = next),
  getApplicationMenu: () => menu,
};

const unanswered = (what: string) => async (): Promise<never> => {
  throw new Error(`${what}: nobody is there to answer`);
};
const dialog = {
  ...{ showOpenDialog: unanswered('an open dialog'), showSaveDialog: unanswered('a save dialog') },
  showMessageBox: unanswered('a message'),
};
const nativeTheme = { themeSource: 'system', shouldUseDarkColors: true };
const shell = { showItemInFolder: (): void => undefined };
const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

const electron = {
  ...{ app, BrowserWindow, Menu, MessageChannelMain, dialog, ipcMain, nativeTheme, protocol, session, shell },
  ...{ screen, utilityProcess },
};

type Asked = { id: number; code: string; value: unknown };
/** The test's `evaluate`: a function of it, run here with the module. */
process.on('message', ({ id, code, value }: Asked) => {
  const run = async (): Promise<unknown> => (0, eval)(`(${code})`)(electron, value);
  run().then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on('disconnect', () => void browser.then(({ close }) => close()).finally(() => process.exit(1)));

export { app, BrowserWindow, Menu, MessageChannelMain, dialog, ipcMain, nativeTheme, protocol, session, shell };
export { screen, utilityProcess };
