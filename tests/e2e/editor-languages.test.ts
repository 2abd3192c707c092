import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../renderer/ui/locales/languages.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const patience = { timeout: 30_000 };
const demoFolder = fileURLToPath(new URL('../../resources/demo', import.meta.url));

/** A text of a language as it stands in its file. */
const textsOf = (tag: string) => {
  const read = (file: string): Record<string, string> =>
    JSON.parse(
      readFileSync(new URL(`../../renderer/ui/locales/${tag}/${file}.json`, import.meta.url), 'utf8'),
    ) as Record<string, string>;
  const all = Object.assign(
    {},
    ...['app', 'export', 'library', 'preferences', 'timeline', 'viewer'].map(read),
  ) as Record<string, string>;
  return (key: string): string => all[key];
};

describe.skipIf(!chromiumPath())('the editor in another language', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  /** Of the language that is set now. */
  let text = textsOf('en');

  /** Chosen by hand where the window is now; it speaks it at once. */
  const choose = async (tag: string): Promise<void> => {
    await page.getByRole('button', { name: text('preferences.title') }).click();
    await page.getByRole('combobox', { name: text('preferences.language') }).selectOption(tag);
    text = textsOf(tag);
    await page.getByRole('dialog', { name: text('preferences.title') }).waitFor();
    await page.locator(`html[lang="${tag}"]`).waitFor();
  };
  const leftOf = async (label: string): Promise<number> => {
    const box = await page.locator(`[aria-label="${label}"]`).first().boundingBox();
    if (!box) throw new Error(`${label} is not on screen`);
    return box.x;
  };
  const timecode = (): Promise<string> => page.getByRole('textbox', { name: text('viewer.timecode') }).inputValue();
  const pressRuler = async (share: number): Promise<void> => {
    const box = await page.locator('#timeline-clips').boundingBox();
    if (!box) throw new Error('there is no timeline');
    await page.mouse.click(box.x + share * box.width, box.y + 10);
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor(), demoFolder });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: 'Open the demo project' }).click();
    await page.getByRole('heading', { name: 'Longtake demo' }).waitFor();
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it.each(languages.map(({ tag }) => tag))('speaks %s as soon as it is chosen', async (tag) => {
    const rightToLeft = tag === 'ar';
    await choose(tag);
    await screenshot(page, `language-${tag}-preferences`);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.documentElement.dir')).toBe(rightToLeft ? 'rtl' : 'ltr');
    await page.getByRole('button', { name: text('export.button'), exact: true }).waitFor();
    for (const name of ['media', 'takes', 'jobs', 'versions', 'history'])
      await page.getByRole('tab', { name: text(`bin.tab.${name}`), exact: true }).waitFor();
    for (const name of ['select', 'blade', 'grow'])
      await page.getByRole('button', { name: text(`timeline.tool.${name}`), exact: true }).waitFor();

    // The panels change sides; time does not change its direction.
    const bin = await leftOf(text('bin.title'));
    const undo = await leftOf(text('app.undo'));
    expect(bin > undo).toBe(rightToLeft);
    const directionOf = (area: Element): string => getComputedStyle(area).direction;
    expect(await page.locator('#timeline-clips').evaluate(directionOf)).toBe('ltr');
    await pressRuler(0.1);
    await expect.poll(timecode, patience).not.toBe('00:00:00:00');
    const early = await timecode();
    await pressRuler(0.6);
    await expect.poll(async () => (await timecode()) > early, patience).toBe(true);
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
    await screenshot(page, `language-${tag}-editor`);

    await page.getByRole('button', { name: text('export.button'), exact: true }).click();
    await page.getByRole('dialog', { name: text('export.title') }).waitFor();
    await screenshot(page, `language-${tag}-export`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Longtake', exact: true }).click();
    await page.getByRole('heading', { name: text('doors.question') }).waitFor();
    await screenshot(page, `language-${tag}-doors`);
    await page.getByRole('button', { name: /^Longtake demo/ }).first().click(); // prettier-ignore
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
  });

  it('stays as it was chosen, and goes back', async () => {
    const last = languages.at(-1)?.tag ?? '';
    await page.reload();
    await page.locator(`html[lang="${last}"]`).waitFor();
    await page.getByRole('button', { name: text('export.button'), exact: true }).waitFor();
    await choose('en');
    expect(await page.evaluate('document.documentElement.dir')).toBe('ltr');
    expect(complaints).toEqual([]);
  });
});
