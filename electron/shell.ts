/** Puts the desktop shell together, once the program is ready. */
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  BrowserWindow,
  Menu,
  MessageChannelMain,
  app,
  dialog,
  ipcMain,
  nativeTheme,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { chooseRequestSchema } from '../engine/contract/desktop.ts';
import type { RunningWork } from '../engine/contract/protocol/session.ts';
import { pathSchema } from '../engine/contract/protocol/values.ts';
import { connectEngine } from '../renderer/document/engine-client.ts';
import { keyMaps } from '../renderer/timeline/key-maps.ts';
import { channels } from './channels.ts';
import { openDialogOptions } from './dialogs.ts';
import { editorProtocol } from './editor-protocol.ts';
import { superviseEngine } from './engine-supervisor.ts';
import { guardSession, isFromEditor } from './guards.ts';
import { menuTemplate, textMenuTemplate } from './menu-template.ts';
import { mainPort } from './message-port.ts';
import type { Places } from './places.ts';
import { projectFilesIn } from './project-files.ts';
import { scheme } from './scheme.ts';
import { shellSettings } from './shell-settings.ts';
import { textsIn } from './texts.ts';
import { createWindows } from './windows.ts';

export type Shell = {
  show: (project: string) => void;
  /** The program was started once more, with these arguments. */
  startedAgain: (args: readonly string[], folder: string) => void;
  /** The dock's symbol was clicked. */
  activated: () => void;
};

/** How long the engine may take to say what it is doing before the shell ends without it, milliseconds. */
const patience = 3000;

export const startShell = (places: Places, projects: readonly string[]): Shell => {
  const developing = !app.isPackaged;
  const systemLanguages = app.getPreferredSystemLanguages();
  let settings = shellSettings({}, systemLanguages);
  let t = textsIn(settings.language);
  let recent: { path: string; name: string }[] = [];
  /** Set once nothing needs to be asked any more, or somebody has answered. */
  let mayEnd = false;
  let engineGone = false;

  mkdirSync(path.dirname(places.log), { recursive: true });
  const log = createWriteStream(places.log);

  const askWhenStuck = async (why: string | undefined): Promise<void> => {
    const { response } = await dialog.showMessageBox({
      ...{ type: 'error', title: 'Longtake', message: t('desktop.stuck.title') },
      detail: [why, t('desktop.stuck.text', { log: places.log })].filter(Boolean).join('\n\n'),
      ...{ buttons: [t('desktop.stuck.again'), t('desktop.quit')], defaultId: 0, cancelId: 0, noLink: true },
    });
    if (response === 0) engine.again();
    else {
      mayEnd = true;
      app.quit();
    }
  };

  const engine = superviseEngine({
    fork: () => {
      const child = utilityProcess.fork(places.engine, [], {
        ...{ serviceName: 'Longtake engine', stdio: ['ignore', 'pipe', 'pipe'] },
      });
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Uint8Array) => log.write(bytes));
      return child;
    },
    channel: () => new MessageChannelMain(),
    start: { version: app.getVersion(), resources: places.resources },
    onGivenUp: (why) => void askWhenStuck(why),
  });

  /** The shell's own connection: it follows preferences and knows recent projects as a window does. */
  const client = connectEngine({ openPort: async () => mainPort(await engine.connect()) });

  guardSession(session.defaultSession);
  protocol.handle(scheme, editorProtocol({ renderer: places.renderer, socket: engine.socket }));

  const windows = createWindows({
    ...{ preload: places.preload, placeFile: path.join(app.getPath('userData'), 'window.json'), developing },
    // --bg-app of the two themes (renderer/ui/styles/tokens.css).
    background: () => (nativeTheme.shouldUseDarkColors ? '#0f1013' : '#dfe2e8'),
    onProject: (project) => {
      if (project !== undefined) app.addRecentDocument(project);
      void readRecent();
    },
    onText: (window, editable) => Menu.buildFromTemplate(textMenuTemplate(t, editable)).popup({ window }),
    onLast: () => {
      if (mayEnd || process.platform === 'darwin') return false;
      app.quit();
      return true;
    },
  });

  const chooseProject = async (): Promise<void> => {
    const wish = { title: t('desktop.open'), action: t('desktop.files.open'), kinds: ['project' as const] };
    const options = openDialogOptions({ ...wish, multiple: false, folders: false }, t, process.platform);
    const { filePaths } = await dialog.showOpenDialog(options);
    if (filePaths.length > 0) windows.show(filePaths[0]);
  };

  const setMenu = (): void => {
    const template = menuTemplate({
      ...{ t, keys: keyMaps[settings.keys], platform: process.platform, recent, developing },
      // Where the menu bar belongs to no window, the only one is meant.
      press: (key) =>
        (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(channels.key, key),
      openWindow: () => windows.open(),
      choose: () => void chooseProject(),
      open: windows.show,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };

  const follow = (preferences: unknown): void => {
    settings = shellSettings(preferences, systemLanguages);
    t = textsIn(settings.language);
    nativeTheme.themeSource = settings.theme;
    setMenu();
  };
  const readPreferences = async (): Promise<void> => follow((await client.call('preferences.get', {})).values);
  const readRecent = async (): Promise<void> => {
    const { projects: known } = await client.call('session.recent', {}).catch(() => ({ projects: [] }));
    recent = known.filter(({ missing }) => !missing);
    setMenu();
  };
  client.listen('preferences', { event: follow, missed: () => void readPreferences().catch(() => undefined) });
  readPreferences().catch(() => undefined);
  void readRecent();

  ipcMain.on(channels.port, (event) => {
    if (!isFromEditor(event)) return;
    const { sender } = event;
    void engine.connect().then((port) => {
      if (sender.isDestroyed()) port.close();
      else sender.postMessage(channels.port, null, [port]);
    });
  });
  ipcMain.handle(channels.choose, async (event, given: unknown) => {
    if (!isFromEditor(event)) throw new Error('not from the editor');
    const options = openDialogOptions(chooseRequestSchema.parse(given), t, process.platform);
    const window = BrowserWindow.fromWebContents(event.sender);
    const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return filePaths;
  });
  ipcMain.on(channels.reveal, (event, given: unknown) => {
    const file = pathSchema.safeParse(given);
    if (isFromEditor(event) && file.success && path.isAbsolute(file.data)) shell.showItemInFolder(file.data);
  });

  const running = async (): Promise<RunningWork[]> => {
    const signal = AbortSignal.timeout(patience);
    const { works } = await client.call('session.running', {}, { signal }).catch(() => ({ works: [] }));
    return works;
  };
  const askBeforeEnd = async (): Promise<void> => {
    const works = await running();
    const names = works.map(({ subject, kind }) => subject ?? kind).join(', ');
    const { response } =
      works.length === 0
        ? { response: 1 }
        : await dialog.showMessageBox({
            ...{ type: 'question', title: 'Longtake', message: t('desktop.ending.question', { count: works.length }) },
            detail: t('desktop.ending.text', { names }),
            ...{
              buttons: [t('desktop.ending.stay'), t('desktop.ending.stop')],
              defaultId: 0,
              cancelId: 0,
              noLink: true,
            },
          });
    if (response === 0) return;
    mayEnd = true;
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (mayEnd) return;
    event.preventDefault();
    void askBeforeEnd();
  });
  app.on('will-quit', (event) => {
    if (engineGone) return;
    event.preventDefault();
    client.close();
    void engine.stop().then(() => {
      engineGone = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  setMenu();
  if (projects.length === 0) windows.open();
  for (const project of projects) windows.show(project);

  return {
    show: windows.show,
    startedAgain: (args, folder) => {
      const wanted = projectFilesIn(args, folder);
      if (wanted.length === 0) windows.focus();
      for (const project of wanted) windows.show(project);
    },
    activated: () => {
      if (BrowserWindow.getAllWindows().length === 0) windows.open();
    },
  };
};
