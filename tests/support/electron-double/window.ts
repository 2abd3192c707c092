import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page, Request as PlaywrightRequest, Route } from 'playwright-core';
import { answerRoute, fromStage, isOnStage, toStage } from './browser.ts';
import { pageScript } from './page-script.ts';
import type { MessagePortMain } from './ports.ts';

/** What windows share: set once the program is ready. */
export type Stage = {
  context: BrowserContext;
  /** The handler of the program's scheme. */
  handler: (request: Request) => Promise<Response>;
  ipcMain: EventEmitter & { handlers: Map<string, (event: unknown, ...args: unknown[]) => unknown> };
  permits: (contents: WebContents, permission: string) => Promise<boolean>;
  onContents: (contents: WebContents) => void;
  onDownload: (event: Preventable) => void;
  onAllClosed: () => void;
};

type Preventable = { prevented: boolean; preventDefault: () => void };
export const preventable = <T extends object>(facts: T): T & Preventable => ({
  ...facts,
  prevented: false,
  preventDefault() {
    this.prevented = true;
  },
});

type Said =
  | { type: 'loaded' }
  | { type: 'send' | 'invoke'; channel: string; args: unknown[] }
  | { type: 'port'; id: number; data: unknown }
  | { type: 'port-close'; id: number }
  | { type: 'permission'; permission: string };

let stage: Promise<Stage> | undefined;
const windows: BrowserWindow[] = [];
const byPage = new Map<Page, BrowserWindow>();
let ports = 0;

export class WebContents extends EventEmitter {
  page: Page | undefined;
  #url = '';
  #ports = new Map<number, MessagePortMain>();
  #openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return this.page?.isClosed() ?? false;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler;
  }

  mayOpen(url: string): boolean {
    return this.#openHandler({ url }).action !== 'deny';
  }

  send(channel: string, ...args: unknown[]): void {
    this.#receive({ channel, args, ports: [] });
  }

  postMessage(channel: string, message: unknown, handed: MessagePortMain[] = []): void {
    const ids = handed.map((port) => {
      const id = (ports += 1);
      this.#ports.set(id, port);
      port.transfer({
        send: (data) => this.#port({ id, data }),
        close: () => this.#port({ id, closed: true }),
      });
      return id;
    });
    this.#receive({ channel, args: [message], ports: ids });
  }

  /** Does an editing command of the menu in the page, as its key would. */
  async command(name: string): Promise<void> {
    if (!this.page) return;
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', commands: [name] });
    await session.detach();
  }

  reload(): void {
    void this.page?.reload();
  }

  async hear(said: Said, { ipcMain, permits }: Stage): Promise<unknown> {
    const senderFrame = { url: this.#url, parent: null };
    const event = { sender: this, senderFrame };
    if (said.type === 'send') ipcMain.emit(said.channel, event, ...said.args);
    else if (said.type === 'invoke') return ipcMain.handlers.get(said.channel)?.(event, ...said.args);
    else if (said.type === 'port') this.#ports.get(said.id)?.postMessage(said.data);
    else if (said.type === 'port-close') this.#ports.get(said.id)?.close();
    else if (said.type === 'permission') return permits(this, said.permission);
    else this.closePorts();
    return undefined;
  }

  /** The page that had them is gone. */
  closePorts(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  moved(url: string, within: boolean): void {
    this.#url = fromStage(url);
    if (within) this.emit('did-navigate-in-page', {}, this.#url, true);
  }

  #receive(message: { channel: string; args: unknown[]; ports: number[] }): void {
    this.#evaluate('__electronReceive', message);
  }

  #port(message: { id: number; data?: unknown; closed?: true }): void {
    this.#evaluate('__electronPort', message);
  }

  #evaluate(name: string, message: unknown): void {
    const call = ([to, value]: [string, unknown]): void =>
      (globalThis as unknown as Record<string, ((value: unknown) => void) | undefined>)[to]?.(value);
    // A page that is being left hears nothing any more.
    this.page?.evaluate(call, [name, message] as [string, unknown]).catch(() => undefined);
  }
}

type WindowOptions = {
  webPreferences: { preload: string; sandbox: boolean; contextIsolation: boolean; nodeIntegration: boolean };
};

export class BrowserWindow extends EventEmitter {
  static getAllWindows = (): BrowserWindow[] => [...windows];
  static getFocusedWindow = (): BrowserWindow | null => windows.at(-1) ?? null;
  static fromWebContents = (contents: WebContents): BrowserWindow | null =>
    windows.find(({ webContents }) => webContents === contents) ?? null;

  readonly webContents = new WebContents();
  readonly id = windows.length + 1;
  #page: Promise<Page>;

  constructor({ webPreferences }: WindowOptions) {
    super();
    if (!webPreferences.sandbox || !webPreferences.contextIsolation || webPreferences.nodeIntegration)
      throw new Error('a window must be sandboxed and apart from its preload');
    windows.push(this);
    this.#page = this.#open(webPreferences.preload);
  }

  async #open(preload: string): Promise<Page> {
    if (!stage) throw new Error('a window before the program is ready');
    const { context, onContents } = await stage;
    onContents(this.webContents);
    const unused = context.pages().find((page) => !byPage.has(page));
    const page = unused ?? (await context.newPage());
    byPage.set(page, this);
    this.webContents.page = page;
    await page.addInitScript(pageScript(readFileSync(preload, 'utf8')));
    page.on('close', () => this.#gone());
    return page;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#page;
    await page.goto(toStage(url));
    this.emit('ready-to-show');
  }

  show(): void {}
  focus(): void {}
  restore(): void {}
  maximize(): void {}
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = () => ({ x: 0, y: 0, width: 1440, height: 900 });

  /** @returns whether it may be closed */
  close(): boolean {
    const event = preventable({});
    this.emit('close', event);
    if (!event.prevented) void this.#page.then((page) => page.close());
    return !event.prevented;
  }

  #gone(): void {
    windows.splice(windows.indexOf(this), 1);
    this.webContents.closePorts();
    this.emit('closed');
    if (windows.length === 0) void stage?.then(({ onAllClosed }) => onAllClosed());
  }
}

/** Navigations that are on their way to another document: what follows is none within a page. */
const leaving = new Set<Page>();

/** The page that a request would bring to another document; undefined for other requests, and for a window that is only being opened. */
const pageThatLeaves = (request: PlaywrightRequest): Page | undefined => {
  if (!request.isNavigationRequest()) return undefined;
  try {
    const frame = request.frame();
    return frame === frame.page().mainFrame() ? frame.page() : undefined;
  } catch {
    return undefined;
  }
};

const route = async (given: Route, { handler }: Stage): Promise<void> => {
  const request = given.request();
  const page = pageThatLeaves(request);
  if (page && isOnStage(page.url())) {
    const event = preventable({ url: fromStage(request.url()), isMainFrame: true });
    byPage.get(page)?.webContents.emit('will-frame-navigate', event);
    if (event.prevented) return given.abort('aborted').catch(() => undefined);
  }
  // The rest of the world: whoever was not kept from going there arrives.
  if (!isOnStage(request.url()))
    return given.fulfill({ contentType: 'text/html', body: 'elsewhere' }).catch(() => undefined);
  if (page) leaving.add(page);
  await answerRoute(given, handler);
};

/** Opens the stage that all windows stand on. */
export const setStage = async (opening: Promise<Stage>): Promise<void> => {
  stage = opening.then(async (opened) => {
    const { context, onDownload } = opened;
    await context.exposeBinding('__electron', ({ page }, said: Said) =>
      byPage.get(page)?.webContents.hear(said, opened),
    );
    await context.route(/^https?:/, (given) => route(given, opened));
    context.on('page', (page) => {
      void page.opener().then((opener) => {
        if (opener && !byPage.get(opener)?.webContents.mayOpen(page.url())) void page.close();
      });
    });
    context.on('download', (download: { cancel: () => Promise<void> }) => {
      const event = preventable({});
      onDownload(event);
      if (event.prevented) void download.cancel();
    });
    return opened;
  });
  const { context } = await stage;
  const follow = (page: Page): void => {
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame()) return;
      byPage.get(page)?.webContents.moved(page.url(), !leaving.delete(page));
    });
  };
  context.pages().forEach(follow);
  context.on('page', follow);
};
