/** Puts the desktop shell together, once the program is ready. */
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  BrowserWindow,
  Menu,
  MessageChannelMain,
  app,
  dialog,
  nativeTheme,
  protocol,
  session,
  utilityProcess,
} from 'electron';
import type { UtilityProcess } from 'electron';
import { connectEngine } from '../renderer/document/engine-client.ts';
import { answerWindows } from './answer-windows.ts';
import { editorProtocol } from './editor-protocol.ts';
import { guardEnding } from './ending.ts';
import { superviseEngine } from './engine-supervisor.ts';
import { guardSession } from './guards.ts';
import { createMenuBar } from './menu-bar.ts';
import { textMenuTemplate } from './menu-template.ts';
import { mainPort } from './message-port.ts';
import type { Places } from './places.ts';
import { projectFilesIn } from './project-files.ts';
import { scheme } from './scheme.ts';
import { createWindows } from './windows.ts';

export type Shell = {
  show: (project: string) => void;
  /** The program was started once more, with these arguments. */
  startedAgain: (args: readonly string[], folder: string) => void;
  /** The dock's symbol was clicked. */
  activated: () => void;
};

/** Starts the engine's process; what it and its children say is kept until the next start of the program. */
const engineForker = (places: Places): (() => UtilityProcess) => {
  mkdirSync(path.dirname(places.log), { recursive: true });
  const log = createWriteStream(places.log);
  return () => {
    const child = utilityProcess.fork(places.engine, [], {
      ...{ serviceName: 'Longtake engine', stdio: ['ignore', 'pipe', 'pipe'] },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Uint8Array) => log.write(bytes));
    return child;
  };
};

export const startShell = (places: Places, projects: readonly string[]): Shell => {
  const askWhenStuck = async (why: string | undefined): Promise<void> => {
    const t = menuBar.texts();
    const { response } = await dialog.showMessageBox({
      ...{ type: 'error', title: 'Longtake', message: t('desktop.stuck.title') },
      detail: [why, t('desktop.stuck.text', { log: places.log })].filter(Boolean).join('\n\n'),
      ...{ buttons: [t('desktop.stuck.again'), t('desktop.quit')], defaultId: 0, cancelId: 0, noLink: true },
    });
    if (response === 0) engine.again();
    else ending.now();
  };

  const engine = superviseEngine({
    fork: engineForker(places),
    channel: () => new MessageChannelMain(),
    start: { version: app.getVersion(), resources: places.resources },
    onGivenUp: (why) => void askWhenStuck(why),
  });
  /** The shell's own connection: it follows preferences and knows recent projects as a window does. */
  const client = connectEngine({ openPort: async () => mainPort(await engine.connect()) });
  const menuBar = createMenuBar(client);
  const ending = guardEnding(client, engine, menuBar.texts);

  guardSession(session.defaultSession);
  protocol.handle(scheme, editorProtocol({ renderer: places.renderer, socket: engine.socket }));
  answerWindows(engine, menuBar.texts);

  const windows = createWindows({
    ...{ preload: places.preload, placeFile: path.join(app.getPath('userData'), 'window.json') },
    developing: !app.isPackaged,
    // --bg-app of the two themes (renderer/ui/styles/tokens.css).
    background: () => (nativeTheme.shouldUseDarkColors ? '#0f1013' : '#dfe2e8'),
    onProject: (project) => {
      // Linux has no such list.
      if (project !== undefined && process.platform !== 'linux') app.addRecentDocument(project);
      void menuBar.readRecent();
    },
    onText: (window, editable) => Menu.buildFromTemplate(textMenuTemplate(menuBar.texts(), editable)).popup({ window }),
    onLast: ending.lastWindow,
  });
  menuBar.start(windows);

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
