import { BrowserWindow, Menu, app, dialog, nativeTheme } from 'electron';
import type { EngineClient } from '../renderer/document/engine-client.ts';
import { keyMaps } from '../renderer/timeline/key-maps.ts';
import { channels } from './channels.ts';
import { openDialogOptions } from './dialogs.ts';
import { menuTemplate } from './menu-template.ts';
import { shellSettings } from './shell-settings.ts';
import { textsIn } from './texts.ts';
import type { Translate } from './texts.ts';
import type { Windows } from './windows.ts';

export type MenuBar = {
  /** Texts in the language that is set now. */
  texts: () => Translate;
  /** Puts the menu bar up, and keeps it as preferences and recent projects are. */
  start: (windows: Pick<Windows, 'open' | 'show'>) => void;
  /** Another project was opened, or one was closed. */
  readRecent: () => Promise<void>;
};

export const createMenuBar = (client: EngineClient): MenuBar => {
  const systemLanguages = app.getPreferredSystemLanguages();
  let settings = shellSettings({}, systemLanguages);
  let t = textsIn(settings.language);
  let recent: { path: string; name: string }[] = [];
  let set = (): void => undefined;

  const follow = (preferences: unknown): void => {
    const before = JSON.stringify(settings);
    settings = shellSettings(preferences, systemLanguages);
    // A panel that is dragged changes preferences as well, and an open menu must not go for that.
    if (JSON.stringify(settings) === before) return;
    t = textsIn(settings.language);
    nativeTheme.themeSource = settings.theme;
    set();
  };
  const readPreferences = async (): Promise<void> => follow((await client.call('preferences.get', {})).values);
  const readRecent = async (): Promise<void> => {
    const { projects } = await client.call('session.recent', {}).catch(() => ({ projects: [] }));
    recent = projects.filter(({ missing }) => !missing);
    set();
  };

  return {
    readRecent,
    texts: () => t,
    start: ({ open, show }) => {
      const choose = async (): Promise<void> => {
        const wish = { title: t('desktop.open'), action: t('desktop.files.open'), kinds: ['project' as const] };
        const options = openDialogOptions({ ...wish, multiple: false, folders: false }, t, process.platform);
        const { filePaths } = await dialog.showOpenDialog(options);
        if (filePaths.length > 0) show(filePaths[0]);
      };
      // Where the menu bar belongs to no window, the only one is meant.
      const target = (): BrowserWindow | undefined =>
        BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows().at(0);
      set = () => {
        const template = menuTemplate({
          ...{ t, keys: keyMaps[settings.keys], platform: process.platform, recent, developing: !app.isPackaged },
          press: (key) => target()?.webContents.send(channels.key, key),
          openWindow: () => void open(),
          choose: () => void choose(),
          open: show,
        });
        Menu.setApplicationMenu(Menu.buildFromTemplate(template));
      };
      nativeTheme.themeSource = settings.theme;
      set();
      client.listen('preferences', { event: follow, missed: () => void readPreferences().catch(() => undefined) });
      readPreferences().catch(() => undefined);
      void readRecent();
    },
  };
};
