import { cp, mkdir, readFile, readdir, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProject } from '../../engine/projects/project.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const still = path.join(import.meta.dirname, '..', '..', 'resources', 'demo', 'poppy-field.jpg');

describe.skipIf(!chromiumPath())('a project whose file was damaged', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let file: string;
  let folder: string;

  const doors = (): Promise<void> => page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
  const project = (): Promise<void> => page.getByRole('heading', { name: 'Untitled' }).waitFor();
  const leave = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Longtake', exact: true }).click();
    await doors();
    // Closed by now: a screen that shows what it became has waited for that.
    await host.client().call('session.recent', { settled: true });
  };
  const dialog = (): Locator => page.getByRole('dialog', { name: 'This project’s file is damaged' });
  /** Cuts the file short. @returns what is left of it */
  const damage = async (): Promise<Buffer> => {
    await truncate(file, 20_000);
    return readFile(file);
  };
  /** What the folder keeps of damaged files, the first one first. */
  const aside = async (): Promise<Buffer[]> => {
    const names = (await readdir(folder)).filter((name) => name.includes('.damaged') && name.endsWith('.longtake'));
    const order = names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return Promise.all(order.map((name) => readFile(path.join(folder, name))));
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    await mkdir(path.join(host.root, 'Footage'));
    await cp(still, path.join(host.root, 'Footage', 'poppy-field.jpg'));
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Edit a timeline/ }).click();
    await project();
    await page.getByRole('button', { name: 'Add media' }).first().click();
    const chooser = page.getByRole('dialog', { name: 'Add media' });
    await chooser.getByRole('option', { name: 'Footage' }).dblclick();
    await chooser.getByRole('option', { name: 'poppy-field.jpg' }).dblclick();
    await page.getByRole('option', { name: 'poppy-field.jpg' }).waitFor();
    await leave();
    const { projects } = await host.client().call('session.recent', {});
    file = projects[0].path;
    folder = path.dirname(file);
    // What the engine does every ten minutes.
    const opened = await openProject(file);
    await opened.backUp();
    await opened.close();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it('is said to be, and nothing is done while nothing was chosen', async () => {
    const before = await damage();
    await page.getByRole('button', { name: /^Untitled/ }).click();
    await dialog().getByText('Nothing has been changed.').waitFor();
    await screenshot(page, 'damaged-dark');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await readFile(file)).toEqual(before);
    expect(await aside()).toEqual([]);
  });

  it('comes back from its backup, asked for by its address as well, and the damaged file is kept', async () => {
    const before = await readFile(file);
    await page.goto('about:blank');
    await page.goto(`${host.origin}/#${encodeURIComponent(file)}`);
    await dialog()
      .getByRole('button', { name: /^Open the backup of/ })
      .click();
    await project();
    await page.getByRole('option', { name: 'poppy-field.jpg' }).waitFor();
    expect(await aside()).toEqual([before]);
    // It is a project like any other: it takes edits, and has them when it is opened again.
    await page.getByRole('button', { name: 'Title', exact: true }).click();
    await page.getByRole('textbox', { name: 'Text' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'all changes kept' }).waitFor();
    await leave();
    await page.getByRole('button', { name: /^Untitled/ }).click();
    const clips = page.getByRole('listbox', { name: 'Clips of the timeline' });
    await clips.focus();
    await clips.getByRole('option', { name: /^Title, title on V/ }).waitFor({ state: 'attached' });
    await leave();
  });

  it('is started without it, and both damaged files lie beside the new one', async () => {
    const [first] = await aside();
    const second = await damage();
    await page.getByRole('button', { name: /^Untitled/ }).click();
    await dialog().getByRole('button', { name: 'Start without it' }).click();
    await project();
    await page.getByRole('heading', { name: 'No media yet' }).waitFor();
    expect(await aside()).toEqual([first, second]);
    await leave();
    await page.getByRole('button', { name: /^Untitled/ }).click();
    await project();
    expect(complaints).toEqual([]);
  });
});
