import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileURLToPath } from 'node:url';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const demoFolder = fileURLToPath(new URL('../../resources/demo', import.meta.url));

describe.skipIf(!chromiumPath())('the editor in a real browser', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor(), demoFolder });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    complaints = complaintsOf(page);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it('opens by its link and forgets the token', async () => {
    await page.goto(host.server.newLink());
    await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate('crossOriginIsolated && isSecureContext')).toBe(true);
    await page.reload();
    await page.getByRole('button', { name: /Edit a timeline/ }).waitFor();
    await screenshot(page, 'doors-dark');
  });

  it('makes a project and shows the empty editor', async () => {
    await page.getByRole('button', { name: /Edit a timeline/ }).click();
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
    for (const name of ['Media', 'Viewer', 'Inspector', 'Timeline'])
      expect(await page.locator(`section[aria-label="${name}"], main[aria-label="${name}"]`).isVisible()).toBe(true);
    expect(await page.getByRole('status').first().textContent()).toContain('all changes kept');
    expect(await page.title()).toBe('Untitled – Longtake');
    await screenshot(page, 'editor-empty-dark');
  });

  it('opens it again after a reload, with the sizes that were set', async () => {
    const edge = page.getByRole('separator', { name: 'Height of the timeline' });
    const size = async (): Promise<number> => Number(await edge.getAttribute('aria-valuenow'));
    const before = await size();
    await edge.focus();
    await page.keyboard.press('ArrowUp');
    expect(await size()).toBe(before + 16);
    const box = await edge.boundingBox();
    if (!box) throw new Error('the edge is not on screen');
    await page.mouse.move(box.x + 200, box.y + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y - 46, { steps: 3 });
    await page.mouse.up();
    expect(await size()).toBe(before + 66);
    const client = host.client();
    // Sent when it has rested for a moment.
    const kept = async () => (await client.call('preferences.get', {})).values['layout.timeline'];
    await vi.waitFor(async () => expect(await kept()).toBe(before + 66), 10_000);
    await page.reload();
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
    expect(await size()).toBe(before + 66);
    await edge.dblclick();
    expect(await size()).toBe(before);
  });

  it('undoes by keys what another window did, and comes back to the first screen', async () => {
    const client = host.client();
    const [recent] = (await client.call('session.recent', {})).projects;
    const result = await client.call('project.open', { path: recent.path });
    if (result.outcome !== 'opened') throw new Error('not opened');
    const { project, state } = result.opened;
    const edit = { project, opId: 'bin', name: 'add-bin', input: { name: 'Day one' }, baseRevision: state.revision };
    await client.call('project.edit', edit);
    const undo = page.getByRole('button', { name: 'Undo' });
    // This window has heard of it.
    await undo.and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('ControlOrMeta+z');
    await page.getByRole('button', { name: 'Redo' }).and(page.locator(':enabled')).waitFor();
    expect((await client.call('project.state', { project })).redo).toBe('add-bin');
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await page.getByRole('button', { name: 'Redo' }).and(page.locator(':disabled')).waitFor();
    expect(await undo.isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Longtake' }).click();
    await page.getByRole('button', { name: /^Untitled/ }).waitFor();
  });

  it('opens the demo project, made when it is first asked for', async () => {
    await page.getByRole('button', { name: 'Open the demo project' }).click();
    await page.getByRole('heading', { name: 'Longtake demo' }).waitFor();
    expect(await page.getByText('lake-at-dawn.mp4').first().isVisible()).toBe(true);
    await screenshot(page, 'editor-demo-dark');
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole('button', { name: 'Unfold the bin' }).waitFor();
    await screenshot(page, 'editor-demo-1280');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('says when the engine is away, and goes on when it is back', async () => {
    await host.restart();
    await page.getByRole('alert').filter({ hasText: 'Open the link that its terminal prints now.' }).waitFor();
    // The new engine knows no cookie of the old one: its owner takes a new link.
    await page.goto(host.server.newLink());
    await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
    complaints.length = 0;
  });

  it('has a light look of its own', async () => {
    await host.client().call('preferences.set', { values: { theme: 'light' } });
    await page.locator('html[data-theme="light"]').waitFor();
    await screenshot(page, 'doors-light');
    await page
      .getByRole('button', { name: /Longtake demo/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Longtake demo' }).waitFor();
    await screenshot(page, 'editor-demo-light');
    expect(complaints).toEqual([]);
  });
});
