import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openDialogOptions, saveDialogOptions } from '../../electron/dialogs.ts';
import { isFromEditor } from '../../electron/guards.ts';
import { acceleratorOf, menuTemplate, textMenuTemplate } from '../../electron/menu-template.ts';
import { placesOf } from '../../electron/places.ts';
import { projectFilesIn } from '../../electron/project-files.ts';
import { createRestartPolicy } from '../../electron/restart-policy.ts';
import { editorUrl, isEditorUrl, projectOfUrl } from '../../electron/scheme.ts';
import { shellSettings } from '../../electron/shell-settings.ts';
import { textsIn } from '../../electron/texts.ts';
import { keepWindowPlace, placeOnScreens, readWindowPlace } from '../../electron/window-place.ts';
import { keyMaps } from '../../renderer/timeline/key-maps.ts';
import { languages } from '../../renderer/ui/locales/languages.ts';
import { viewerKeys } from '../../renderer/viewer/viewer-keys.ts';

describe("a window's address", () => {
  it('names any project, and the project is read from it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.option(fc.nat(), { nil: undefined }),
        (file, time) => {
          const url = editorUrl(file, time);
          expect(isEditorUrl(url)).toBe(true);
          expect(projectOfUrl(url)).toBe(file);
        },
      ),
    );
    expect(projectOfUrl(editorUrl())).toBeUndefined();
  });

  it.each([
    'https://editor/',
    'longtake://editor.example.com/',
    'longtake://other/#film',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
    'no address',
  ])('is not %j', (url) => {
    expect(isEditorUrl(url)).toBe(false);
    expect(projectOfUrl(url)).toBeUndefined();
  });

  it('has no project where it cannot be read', () => {
    expect(projectOfUrl('longtake://editor/#%E0%A4%A')).toBeUndefined();
  });

  it('is what a message must come from, and from no frame in it', () => {
    expect(isFromEditor({ senderFrame: { url: editorUrl('/a.longtake'), parent: null } })).toBe(true);
    expect(isFromEditor({ senderFrame: { url: editorUrl(), parent: {} } })).toBe(false);
    expect(isFromEditor({ senderFrame: { url: 'https://example.com/', parent: null } })).toBe(false);
    expect(isFromEditor({ senderFrame: null })).toBe(false);
  });
});

describe("a program's arguments", () => {
  it('name projects from the folder that it was started in', () => {
    const args = ['--inspect', '.', 'film.longtake', '/other/Second Film.LONGTAKE', 'clip.mp4', '--x=a.longtake'];
    expect(projectFilesIn(args, '/films')).toEqual(['/films/film.longtake', '/other/Second Film.LONGTAKE']);
  });
});

describe('the places of the program', () => {
  it('are a checkout’s, and beside the archive in a package', () => {
    const checkout = placesOf('/src/out/electron', '/logs');
    expect([checkout.engine, checkout.resources]).toEqual(['/src/out/engine/process.js', '/src/resources']);
    const { preload, renderer, engine, resources, log } = placesOf('/opt/resources/app.asar/out/electron', '/logs');
    expect(preload).toBe('/opt/resources/app.asar/out/electron/preload.cjs');
    expect(renderer).toBe('/opt/resources/app.asar/out/renderer');
    expect(engine).toBe('/opt/resources/app.asar.unpacked/out/engine/process.js');
    expect([resources, log]).toEqual(['/opt/resources/app.asar.unpacked/resources', '/logs/engine.log']);
  });
});

describe('an engine that ends', () => {
  it('is started anew, later each time, and given up after four times within a minute', () => {
    const policy = createRestartPolicy();
    expect([0, 1, 2, 3, 4].map((now) => policy.ended(now))).toEqual([0, 500, 2000, 5000, null]);
    policy.forgive();
    expect(policy.ended(5)).toBe(0);
    // Once an hour is no reason to wait.
    expect([1, 2, 3, 4, 5, 6].map((hour) => policy.ended(hour * 3_600_000))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("a window's place", () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1040 },
    { x: 1920, y: 0, width: 1280, height: 700 },
  ];
  const at = (x: number, y: number, width: number, height: number) => ({
    bounds: { x, y, width, height },
    maximised: false,
  });

  it('is where the last one was, while that is on a screen, and never larger than it', () => {
    expect(placeOnScreens(undefined, screens)).toEqual({ width: 1440, height: 900 });
    expect(placeOnScreens(undefined, [{ x: 0, y: 0, width: 1280, height: 700 }])).toEqual({ width: 1280, height: 700 });
    expect(placeOnScreens(at(50, 60, 1000, 800), screens)).toEqual({ x: 50, y: 60, width: 1000, height: 800 });
    expect(placeOnScreens(at(2000, 0, 1000, 800), screens)).toEqual({ x: 2000, y: 0, width: 1000, height: 700 });
    expect(placeOnScreens(at(5000, 0, 1000, 800), screens)).toEqual({ width: 1000, height: 800 });
    expect(placeOnScreens(at(0, 0, 1000, 800), [])).toEqual({ width: 1000, height: 800 });
  });

  it('is kept in a file, of which nothing is believed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'longtake-place-'));
    const file = path.join(folder, 'window.json');
    expect(readWindowPlace(file)).toBeUndefined();
    keepWindowPlace(file, at(1, 2, 1000, 800));
    expect(readWindowPlace(file)).toEqual(at(1, 2, 1000, 800));
    for (const text of ['', '{}', '{"bounds":{"x":0,"y":0,"width":-5,"height":1e99},"maximised":false}']) {
      writeFileSync(file, text);
      expect(readWindowPlace(file)).toBeUndefined();
    }
    rmSync(folder, { recursive: true });
    keepWindowPlace(file, at(1, 2, 3, 4));
  });
});

describe('what the shell follows', () => {
  it('is what the window has set, where that is something', () => {
    expect(shellSettings({ language: 'ar', keys: 'resolve', theme: 'light', 'layout.bin': 3 }, ['cs'])).toEqual({
      ...{ language: 'ar', keys: 'resolve', theme: 'light' },
    });
    expect(shellSettings({ language: 'xx', keys: 7, theme: null }, ['de-DE', 'zh-TW'])).toEqual({
      ...{ language: 'zh-Hant', keys: 'longtake', theme: 'dark' },
    });
  });
});

describe("the system's dialog", () => {
  const t = textsIn('en');
  const wish = {
    title: 'Add media',
    action: 'Add',
    kinds: ['video', 'audio', 'still'] as const,
    multiple: true,
    folders: true,
  };

  it('offers the files that are asked for, and on a Mac folders with them', () => {
    const linux = openDialogOptions({ ...wish, kinds: [...wish.kinds] }, t, 'linux');
    expect(linux).toMatchObject({
      title: 'Add media',
      buttonLabel: 'Add',
      properties: ['openFile', 'multiSelections'],
    });
    expect(linux.filters?.[0].extensions).toEqual(expect.arrayContaining(['mp4', 'wav', 'jpg']));
    expect(linux.filters?.at(-1)).toEqual({ name: 'All files', extensions: ['*'] });
    const { properties } = openDialogOptions({ ...wish, kinds: [...wish.kinds] }, t, 'darwin');
    expect(properties).toEqual(['openFile', 'openDirectory', 'multiSelections']);
  });

  it('opens projects only by their own ending, and chooses folders', () => {
    const project = openDialogOptions({ ...wish, kinds: ['project'], multiple: false, folders: false }, t, 'win32');
    expect(project.filters).toEqual([{ name: 'Longtake projects', extensions: ['longtake'] }]);
    const folder = openDialogOptions({ ...wish, kinds: [], multiple: false }, t, 'linux');
    expect(folder.properties).toEqual(['openDirectory', 'createDirectory']);
    expect(folder.filters).toBeUndefined();
  });
});

describe("the system's dialog for a file to be written", () => {
  it('has the name, the folder and the ending, and asks before it replaces', () => {
    const kind = { name: 'H.264', ending: 'mp4' };
    expect(saveDialogOptions({ title: 'Export', action: 'Export here', path: '/films/a.mp4', kind })).toEqual({
      ...{ title: 'Export', buttonLabel: 'Export here', defaultPath: '/films/a.mp4' },
      filters: [{ name: 'H.264', extensions: ['mp4'] }],
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
  });
});

describe('the menu bar', () => {
  const recent = [{ path: '/films/a.longtake', name: 'a' }];
  const build = (
    platform: NodeJS.Platform,
    language: (typeof languages)[number]['tag'] = 'en',
    keys = keyMaps.longtake,
  ) => {
    const press = vi.fn<(key: string) => void>();
    const calls = { press, openWindow: vi.fn(), choose: vi.fn(), open: vi.fn() };
    const menus = menuTemplate({ t: textsIn(language), keys, platform, recent, developing: false, ...calls });
    const items = menus.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    return { menus, items, calls };
  };
  type Item = ReturnType<typeof build>['items'][number];
  const click = (item: Item | undefined): void => item?.click?.({} as never, undefined, {} as never);

  it.each(languages)('speaks $tag', ({ tag }) => {
    const { menus, items } = build('linux', tag);
    for (const { label, role, type } of [...menus, ...items]) expect(label ?? role ?? type).toBeTruthy();
    if (tag !== 'en')
      expect(menus.map(({ label }) => label)).not.toEqual(build('linux').menus.map(({ label }) => label));
  });

  it.each(Object.entries(keyMaps))('does everything that the keys of %s do, each once', (_name, keys) => {
    const { items, calls } = build('linux', 'en', keys);
    items.forEach(click);
    const pressed = calls.press.mock.calls.map(([key]) => key);
    const commands = pressed
      .map((key) => keys[key as keyof typeof keys] as string | undefined)
      .filter((command) => command);
    expect([...commands].sort()).toEqual([...new Set(Object.values(keys))].sort());
    for (const key of Object.keys(viewerKeys)) expect(pressed).toContain(key);
    expect(items.find(({ role }) => role === 'pasteAndMatchStyle')?.label).toBe('Paste and move the rest');
    expect(pressed).toEqual(expect.arrayContaining(['Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+E', 'Ctrl+,']));
  });

  it('of a text has what can be done to it', () => {
    const roles = (editable: boolean) =>
      textMenuTemplate(textsIn('en'), editable).map(({ role, type }) => role ?? type);
    expect(roles(false)).toEqual(['copy']);
    expect(roles(true)).toEqual(['cut', 'copy', 'paste', 'separator', 'selectAll']);
  });

  it('opens projects that were open before', () => {
    const { items, calls } = build('win32');
    const list = items.find(({ label }) => label === 'Recent projects')?.submenu;
    click(Array.isArray(list) ? list[0] : undefined);
    expect(calls.open).toHaveBeenCalledWith('/films/a.longtake');
  });

  it('leaves keys without Command to the window on a Mac, where texts could not be written else', () => {
    const blade = (platform: NodeJS.Platform) => build(platform).items.find(({ label }) => label === 'Blade');
    const cut = (platform: NodeJS.Platform) =>
      build(platform).items.find(({ label }) => label === 'Cut at the playhead');
    expect(blade('linux')).toMatchObject({ accelerator: 'B', registerAccelerator: false });
    expect(blade('darwin')).not.toHaveProperty('accelerator');
    expect(cut('darwin')).toMatchObject({ accelerator: 'CommandOrControl+K', registerAccelerator: true });
    expect(build('darwin').menus[0].label).toBe('Longtake');
  });

  it.each([
    ['Ctrl+Shift+Z', 'CommandOrControl+Shift+Z'],
    ['Shift+ArrowLeft', 'Shift+Left'],
    [' ', 'Space'],
    ['Shift++', 'Shift+Plus'],
    ['Shift+<', 'Shift+,'],
    ['\\', '\\'],
  ])('writes %j as %j', (key, accelerator) => {
    expect(acceleratorOf(key)).toBe(accelerator);
  });
});
