/** The built desktop shell on Electron's binary, where there is one, else on its double: how main, preload, window and engine are wired. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from '../../engine/projects/project.ts';
import { findElectron } from '../../scripts/electron-binary.mjs';
import { chromiumPath, complaintsOf, screenshot } from '../support/browser.ts';
import { startDesktop } from '../support/desktop.ts';
import type { Desktop } from '../support/desktop.ts';

const patient = { timeout: 30_000 };
const demo = path.resolve(import.meta.dirname, '../../resources/demo/lake-at-dawn.mp4');

describe.skipIf(!findElectron() && !chromiumPath())('the desktop shell', { timeout: 120_000 }, () => {
  let desktop: Desktop;
  let page: Page;
  let folder: string;
  let clip: string;
  let complaints: string[];

  const lastStep = (what: string): Promise<void> =>
    page.locator(`button[aria-label="Undo"][title="Undo: ${what}"]`).waitFor();
  const media = (name: string): Locator => page.getByRole('listbox', { name: 'Media' }).getByRole('option', { name });
  /** What the menu bar says, an array for each menu. */
  const menu = (): Promise<string[][]> =>
    desktop.evaluate(
      ({ Menu }) =>
        (Menu.getApplicationMenu()?.items ?? []).map(({ label, submenu }) => [
          label,
          ...(submenu?.items ?? []).map((item) => item.label),
        ]),
      null,
    );
  const choose = (name: string, item: string): Promise<void> =>
    desktop.evaluate(
      ({ Menu }, wanted) => {
        const found = Menu.getApplicationMenu()?.items.find(({ label }) => label === wanted.name);
        const chosen = found?.submenu?.items.find(({ label }) => label === wanted.item);
        if (!chosen) throw new Error(`no ${wanted.item} in the menu ${wanted.name}`);
        // On the double a promise of it.
        return chosen.click() as void;
      },
      { name, item },
    );
  /** What the system's dialog answers from now on. */
  const answerOpen = (paths: string[]): Promise<void> =>
    desktop.evaluate(({ dialog }, filePaths) => {
      Object.assign(globalThis, { dialogs: 0 });
      dialog.showOpenDialog = async () => {
        (globalThis as unknown as { dialogs: number }).dialogs += 1;
        return { canceled: filePaths.length === 0, filePaths };
      };
    }, paths);
  /** How often the dialog was opened since its answer was given. */
  const dialogs = (): Promise<number> =>
    desktop.evaluate(() => (globalThis as unknown as { dialogs: number }).dialogs, null);
  const enginePid = (): Promise<number | undefined> =>
    desktop.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Longtake engine')?.pid, null);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'longtake-desktop-'));
    clip = path.join(folder, 'lake.mp4');
    const small = ['-t', '1', '-vf', 'scale=320:180', '-c:v', 'libx264', '-g', '12', '-c:a', 'aac'];
    execFileSync('ffmpeg', ['-v', 'error', '-i', demo, ...small, clip]);
    desktop = await startDesktop(folder);
    page = desktop.page;
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
  }, 120_000);
  afterAll(async () => {
    await desktop?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('opens a window on the editor, and its port reaches the engine', async () => {
    await page.getByRole('button', { name: /Edit a timeline/ }).click();
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
    const project = decodeURIComponent(new URL(page.url()).hash.slice(1));
    expect(project).toBe(path.join(folder, 'Longtake', 'Untitled', 'Untitled.longtake'));
    expect(existsSync(project)).toBe(true);
  });

  it("takes in a file of the system's own dialog, and serves it by URL and range", async () => {
    await answerOpen([]);
    await page.getByRole('button', { name: 'Add media' }).first().click();
    // The click's way to the dialog is longer than the next answer's: without the wait both would get that.
    await expect.poll(dialogs, patient).toBe(1);
    await answerOpen([clip]);
    await page.getByRole('button', { name: 'Add media' }).first().click();
    await media('lake.mp4').waitFor();
    const picture = (): Promise<string> =>
      media('lake.mp4')
        .locator('.frame .picture')
        .evaluate((shown) => /url\("([^"]+)"\)/.exec(getComputedStyle(shown).backgroundImage)?.[1] ?? '');
    await expect.poll(picture, patient).not.toBe('');
    const url = await picture();
    expect(await page.evaluate(async (strip) => (await fetch(strip)).headers.get('content-type'), url)).toBe(
      'image/webp',
    );
    const address = new URL(url).pathname;
    const [, handle, id] = /^\/project\/([^/]+)\/derived\/([^/]+)\//.exec(address) ?? [];
    const part = await page.evaluate(async (url) => {
      const response = await fetch(url, { headers: { Range: 'bytes=100-199' } });
      return { status: response.status, bytes: [...new Uint8Array(await response.arrayBuffer())] };
    }, `/project/${handle}/media/${id}`);
    expect(part.status).toBe(206);
    expect(Buffer.from(part.bytes).equals((await readFile(clip)).subarray(100, 200))).toBe(true);
    const away = await page.evaluate(async (url) => (await fetch(url)).status, `/project/${handle}/media/other`);
    expect(away).toBe(404);
    // Of which the page complained.
    complaints.length = 0;
  });

  it('links a dropped file where it lies, and asks the system to show one', async () => {
    // On Electron itself a file that a script made lies nowhere, and the system's file manager would open.
    if (desktop.kind === 'electron') return;
    const name = 'poppy-field.jpg';
    await desktop.evaluate(({ shell }) => {
      shell.showItemInFolder = (file) => void Object.assign(globalThis, { shown: file });
    }, null);
    const transfer = await page.evaluateHandle(
      ([file, place]) => {
        Object.assign(window, { __dropped: { [file]: place } });
        const dropped = new DataTransfer();
        dropped.items.add(new File(['not what lies there'], file));
        return dropped;
      },
      [name, path.join(path.dirname(demo), name)],
    );
    await page.getByRole('listbox', { name: 'Media' }).dispatchEvent('drop', { dataTransfer: transfer });
    await media(name).waitFor();
    expect(await readdir(path.join(folder, 'Longtake', 'Untitled'))).not.toContain('Untitled media');
    await page.evaluate((file) => {
      const { longtake } = globalThis as unknown as { longtake: { reveal: (path: unknown) => void } };
      for (const given of [file, 'somewhere.mp4', 7, '']) longtake.reveal(given);
    }, clip);
    const shown = () => desktop.evaluate(() => (globalThis as unknown as { shown?: string }).shown, null);
    await expect.poll(shown, patient).toBe(clip);
  });

  it('edits, and the menu takes it back as the key does', async () => {
    await page.getByRole('button', { name: 'Title', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'all changes kept' }).waitFor();
    await choose('Tools', 'Blade');
    await page.getByRole('button', { name: /^Blade/, pressed: true }).waitFor();
    await choose('Tools', 'Select');
    await choose('Clip', 'Set a marker');
    await lastStep('Add marker');
    await choose('Edit', 'Undo');
    await page.getByRole('button', { name: 'Redo', exact: true }).and(page.locator(':enabled')).waitFor();
    await choose('Edit', 'Redo');
    await lastStep('Add marker');
    expect((await menu())[0]).toContain('Open a project …');
    // Neither the content security policy nor anything else has refused something.
    expect(complaints).toEqual([]);
  });

  it('copies by the menu, and pastes so that what comes later moves', async () => {
    const clips = page.getByRole('listbox', { name: 'Clips of the timeline' });
    await page.keyboard.press('Home');
    await choose('Edit', 'Select all');
    await choose('Edit', 'Copy');
    await choose('Edit', 'Paste and move the rest');
    await lastStep('Paste');
    await clips.focus();
    await expect.poll(() => clips.getByRole('option').count(), patient).toBe(2);
    await choose('Edit', 'Undo');
    await lastStep('Add marker');
  });

  it('starts the engine anew when it is killed, and nothing is lost', async () => {
    const before = await enginePid();
    const away = page.getByRole('alert').filter({ hasText: 'The engine is away' });
    const told = away.waitFor();
    if (before === undefined) throw new Error('no engine');
    process.kill(before, 'SIGKILL');
    await told;
    await away.waitFor({ state: 'detached' });
    expect(await enginePid()).not.toBe(before);
    await page.getByRole('status').filter({ hasText: 'all changes kept' }).waitFor();
    await lastStep('Add marker');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('button', { name: 'Redo', exact: true }).and(page.locator(':enabled')).waitFor();
    await screenshot(page, 'desktop-dark');
    // The pictures' URLs go on as well, under a new handle.
    await page.reload();
    await media('lake.mp4').waitFor();
    await page.getByRole('button', { name: 'Redo', exact: true }).and(page.locator(':enabled')).waitFor();
  });

  it('stays on the editor, opens no window and gives no permission but those that the editor uses', async () => {
    const { length } = desktop.pages();
    const address = page.url();
    await page.evaluate(() => void location.assign('https://example.com/'));
    const open = (): Promise<boolean> => page.evaluate(() => window.open('https://example.com/') !== null);
    if (desktop.kind === 'electron') expect(await open()).toBe(false);
    else {
      // Chromium has opened one before anybody can be asked; it is closed again.
      const [popup] = await Promise.all([page.waitForEvent('popup'), open()]);
      await expect.poll(() => popup.isClosed(), patient).toBe(true);
    }
    const place = page.evaluate(
      () =>
        new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve(0),
            ({ code }) => resolve(code),
          ),
        ),
    );
    expect(await place).toBe(1);
    const microphone = page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(String, () => 'refused'),
    );
    expect(await microphone).toBe('refused');
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('granted');
    expect(desktop.pages()).toHaveLength(length);
    expect(page.url()).toBe(address);
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
  });

  it('parses what a window asks of the system', async () => {
    const asked = page.evaluate(() =>
      (globalThis as unknown as { longtake: { choose: (wish: unknown) => Promise<unknown> } }).longtake
        .choose({ title: 'x', kinds: ['anything'] })
        .then(String, () => 'refused'),
    );
    expect(await asked).toBe('refused');
    const saved = page.evaluate(() =>
      (globalThis as unknown as { longtake: { save: (wish: unknown) => Promise<unknown> } }).longtake
        .save({ title: 'x', action: 'y', path: '/a.mp4', kind: { name: 'all', ending: '*' } })
        .then(String, () => 'refused'),
    );
    expect(await saved).toBe('refused');
  });

  it('opens a project of a second start in a window of its own, and the menu follows the language', async () => {
    const second = path.join(folder, 'Second film.longtake');
    await (await createProject(second)).close();
    await desktop.evaluate(({ app }, file) => void app.emit('second-instance', {}, ['longtake', file], '/'), second);
    await expect
      .poll(
        () =>
          desktop
            .pages()
            .map((each) => decodeURIComponent(each.url()))
            .some((url) => url.endsWith(second)),
        patient,
      )
      .toBe(true);
    const other = desktop.pages().find((each) => each !== page) ?? page;
    await other.getByRole('heading', { name: 'Second film' }).waitFor();
    await expect
      .poll(
        () =>
          desktop.evaluate(({ Menu }) => {
            const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'File');
            const recent = file?.submenu?.items.find(({ label }) => label === 'Recent projects');
            return (recent?.submenu?.items ?? []).map(({ label }) => label);
          }, null),
        patient,
      )
      .toEqual(['Second film', 'Untitled']);
    await other.getByRole('button', { name: 'Preferences and keys' }).click();
    await other.getByRole('combobox', { name: 'Language' }).selectOption('cs');
    await expect.poll(async () => (await menu())[0][0], patient).toBe('Soubor');
    await other.getByRole('combobox', { name: 'Jazyk' }).selectOption('en');
    await expect.poll(async () => (await menu())[0][0], patient).toBe('File');
    await other.close();
    const windows = () => desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null);
    await expect.poll(windows, patient).toBe(1);
  });

  it("takes a film's name and folder from the system's own dialog", async () => {
    /** What the dialog answers, and keeps of what it was asked. */
    const answerSave = (filePath: string): Promise<void> =>
      desktop.evaluate(({ dialog }, given) => {
        dialog.showSaveDialog = async (...words: unknown[]) => {
          Object.assign(globalThis, { wished: words.at(-1) });
          return { canceled: given === '', filePath: given };
        };
      }, filePath);
    const wished = () => desktop.evaluate(() => (globalThis as unknown as { wished?: object }).wished, null);
    const film = path.join(folder, 'cuts', 'First cut.mp4');
    await mkdir(path.dirname(film));
    await writeFile(film, 'an older film');
    // One frame is enough.
    for (const item of ['First frame', 'Set in', 'Set out']) await choose('Playing', item);
    await choose('File', 'Export');
    const dialog = page.getByRole('dialog');
    await answerSave('');
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await expect.poll(wished, patient).toMatchObject({
      ...{ defaultPath: path.join(folder, 'Longtake', 'Untitled', 'Untitled.mp4'), buttonLabel: 'Export here' },
      ...{ filters: [{ name: 'H.264', extensions: ['mp4'] }] },
    });
    await answerSave(film);
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await dialog.getByText(path.dirname(film), { exact: true }).waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('First cut.mp4');
    // The system has asked about the one that lies there.
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const row = dialog.getByRole('listitem').filter({ hasText: 'First cut.mp4' });
    await row.getByRole('button', { name: 'Show in folder' }).waitFor();
    expect((await stat(film)).size).toBeGreaterThan(1000);
    // Once more it is replaced only when our own question is answered.
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByRole('button', { name: 'Replace it' }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    await choose('Playing', 'Clear in and out');
  });

  it('asks before it ends while something is written, and leaves nothing unfinished', async () => {
    /** Answers the question by the number of a button, and keeps it. */
    const answer = (response: number): Promise<void> =>
      desktop.evaluate(({ dialog }, pressed) => {
        dialog.showMessageBox = async (...words: unknown[]) => {
          Object.assign(globalThis, { asked: words.at(-1) });
          return { response: pressed, checkboxChecked: false };
        };
      }, response);
    const asked = (): Promise<{ message: string; detail: string } | undefined> =>
      desktop.evaluate(() => (globalThis as unknown as { asked?: { message: string; detail: string } }).asked, null);
    const quit = (): Promise<void> => desktop.evaluate(({ app }) => void app.quit(), null);

    await choose('File', 'Export');
    await answer(0);
    await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Untitled.mp4' }).waitFor();
    await quit();
    await expect.poll(asked, patient).toMatchObject({ message: '1 task is not finished yet.' });
    expect((await asked())?.detail).toContain('Untitled.mp4: ending Longtake');
    await page.getByRole('dialog').waitFor();
    await answer(1);
    await quit();
    expect(await desktop.ended).toBe(0);
    const left = await readdir(path.join(folder, 'Longtake', 'Untitled'));
    expect(left.filter((name) => /partial|lock|wal/.test(name))).toEqual([]);
  });
});
