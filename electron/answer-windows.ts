import path from 'node:path';
import { BrowserWindow, dialog, ipcMain, shell } from 'electron';
import { chooseRequestSchema, saveRequestSchema } from '../engine/contract/desktop.ts';
import { pathSchema } from '../engine/contract/protocol/values.ts';
import { channels } from './channels.ts';
import { openDialogOptions, saveDialogOptions } from './dialogs.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { isFromEditor } from './guards.ts';
import type { Translate } from './texts.ts';

/** Answers what windows ask of the shell: only the editor's own frame, and only what can be read. */
export const answerWindows = (engine: EngineSupervisor, texts: () => Translate): void => {
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
    const options = openDialogOptions(chooseRequestSchema.parse(given), texts(), process.platform);
    const window = BrowserWindow.fromWebContents(event.sender);
    const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return filePaths;
  });
  ipcMain.handle(channels.save, async (event, given: unknown) => {
    if (!isFromEditor(event)) throw new Error('not from the editor');
    const options = saveDialogOptions(saveRequestSchema.parse(given));
    const window = BrowserWindow.fromWebContents(event.sender);
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    return canceled || filePath === '' ? null : filePath;
  });
  ipcMain.on(channels.reveal, (event, given: unknown) => {
    const file = pathSchema.safeParse(given);
    if (isFromEditor(event) && file.success && path.isAbsolute(file.data)) shell.showItemInFolder(file.data);
  });
};
