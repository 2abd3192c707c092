import type { MenuItemConstructorOptions } from 'electron';
import type { KeyMap } from '../renderer/timeline/keys.ts';
import { viewerKeys } from '../renderer/viewer/viewer-keys.ts';
import type { Translate } from './texts.ts';

type Item = MenuItemConstructorOptions;

export type MenuOptions = {
  t: Translate;
  /** Of the timeline, as chosen in the preferences. */
  keys: KeyMap;
  platform: NodeJS.Platform;
  recent: readonly { path: string; name: string }[];
  /** Adds what a developer needs. */
  developing: boolean;
  /** Does in the focused window what the key does. */
  press: (key: string) => void;
  openWindow: () => void;
  /** Has a project chosen by the system's dialog. */
  choose: () => void;
  open: (path: string) => void;
};

const electronNames: Record<string, string> = {
  ...{ ArrowLeft: 'Left', ArrowRight: 'Right', ArrowUp: 'Up', ArrowDown: 'Down' },
  ...{ ' ': 'Space', '+': 'Plus', '<': ',', '>': '.' },
};

/** A key of the key maps as Electron writes it: "Ctrl+K" is "CommandOrControl+K". */
export const acceleratorOf = (key: string): string => {
  const last = key.endsWith('++') ? '+' : (key.split('+').at(-1) ?? '');
  const held = key.slice(0, key.length - last.length).replace('Ctrl', 'CommandOrControl');
  return `${held}${electronNames[last] ?? last}`;
};

const separator: Item = { type: 'separator' };
const developers: Item[] = [separator, { role: 'reload' }, { role: 'toggleDevTools' }];
const toFront: Item = { role: 'front' };

/** What can be done to a text that was clicked. */
export const textMenuTemplate = (t: Translate, editable: boolean): Item[] => {
  const copy: Item = { label: t('keys.everywhere.copy'), role: 'copy' };
  if (!editable) return [copy];
  return [
    { label: t('keys.everywhere.cut'), role: 'cut' },
    copy,
    { label: t('keys.everywhere.paste'), role: 'paste' },
    separator,
    { label: t('keys.timeline.select-all'), role: 'selectAll' },
  ];
};

/** The menu bar: everything that keys do, under the same names, and what belongs to windows and files. */
export const menuTemplate = (options: MenuOptions): Item[] => {
  const { t, keys, platform, recent, developing, press, openWindow, choose, open } = options;
  const mac = platform === 'darwin';

  /** The window itself hears its keys. On a Mac the menu would take them first, from texts too, so it only knows those with Command. */
  const byKey = (label: string, key: string): Item => {
    const shown = mac && !key.includes('Ctrl') ? {} : { accelerator: acceleratorOf(key), registerAccelerator: mac };
    return { label, ...shown, click: () => press(key) };
  };

  // Each with the first of its keys.
  const timeline = new Map<string, Item>();
  for (const [key, command] of Object.entries(keys))
    if (!timeline.has(command)) timeline.set(command, byKey(t(`keys.timeline.${command}`), key));
  const those = (wanted: (command: string) => boolean): Item[] =>
    [...timeline].filter(([command]) => wanted(command)).map(([, item]) => item);
  const isTool = (command: string): boolean => command.startsWith('tool.') || command === 'snapping';
  const isView = (command: string): boolean => command.startsWith('zoom-');
  const isEdit = (command: string): boolean => /^(ripple-)?delete$|^select-/.test(command);

  const preferences = byKey(t('desktop.preferences'), 'Ctrl+,');
  const quit: Item = { label: t('desktop.quit'), role: 'quit' };
  const about: Item = { label: t('desktop.about'), role: 'about' };
  const ownMenu: Item = {
    label: 'Longtake',
    submenu: [
      ...[about, separator, preferences, separator],
      { label: t('desktop.services'), role: 'services' },
      separator,
      { label: t('desktop.hide'), role: 'hide' },
      { label: t('desktop.hide-others'), role: 'hideOthers' },
      { label: t('desktop.show-all'), role: 'unhide' },
      ...[separator, quit],
    ],
  };
  const helpMenu: Item = { label: t('desktop.menu.help'), role: 'help', submenu: [about] };
  const recentMenu: Item[] =
    recent.length === 0
      ? [{ label: t('desktop.recent.none'), enabled: false }]
      : recent.map(({ path, name }) => ({ label: name, toolTip: path, click: () => open(path) }));

  return [
    ...(mac ? [ownMenu] : []),
    {
      label: t('desktop.menu.file'),
      submenu: [
        { label: t('desktop.new-window'), accelerator: 'CommandOrControl+Shift+N', click: openWindow },
        { label: t('desktop.open'), accelerator: 'CommandOrControl+O', click: choose },
        { label: t('desktop.recent'), submenu: recentMenu },
        separator,
        byKey(t('keys.everywhere.export'), 'Ctrl+E'),
        separator,
        { label: t('desktop.close'), role: 'close' },
        ...(mac ? [] : [quit]),
      ],
    },
    {
      label: t('desktop.menu.edit'),
      submenu: [
        byKey(t('keys.everywhere.undo'), 'Ctrl+Z'),
        byKey(t('keys.everywhere.redo'), 'Ctrl+Shift+Z'),
        separator,
        // The window hears these as events of its clipboard, and texts do by themselves.
        { label: t('keys.everywhere.cut'), role: 'cut' },
        { label: t('keys.everywhere.copy'), role: 'copy' },
        { label: t('keys.everywhere.paste'), role: 'paste' },
        // To Chromium this is a paste as plain text, by which the window knows what is meant.
        {
          ...{ label: t('keys.everywhere.paste-insert'), role: 'pasteAndMatchStyle' },
          ...{ accelerator: 'CommandOrControl+Shift+V', registerAccelerator: mac },
        },
        separator,
        ...those(isEdit),
        ...(mac ? [] : [separator, preferences]),
      ],
    },
    {
      label: t('desktop.menu.clip'),
      submenu: those((command) => !isTool(command) && !isView(command) && !isEdit(command)),
    },
    { label: t('desktop.menu.tools'), submenu: those(isTool) },
    {
      label: t('keys.playing'),
      submenu: Object.entries(viewerKeys).map(([key, command]) => byKey(t(`keys.viewer.${command}`), key)),
    },
    {
      label: t('desktop.menu.view'),
      submenu: [
        ...those(isView),
        separator,
        { label: t('desktop.full-window'), role: 'togglefullscreen' },
        ...(developing ? developers : []),
      ],
    },
    {
      label: t('desktop.menu.window'),
      role: 'window',
      submenu: [{ label: t('desktop.minimise'), role: 'minimize' }, ...(mac ? [toFront] : [])],
    },
    ...(mac ? [] : [helpMenu]),
  ];
};
