import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtEditor, chromiumPath, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const demoFolder = fileURLToPath(new URL('../../resources/demo', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Finding = { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] };

/** What axe-core finds on the screen that is serious or critical, one line each. */
const findingsOn = async (page: Page): Promise<string[]> => {
  // Evaluated by the debugger, which the page's content security policy does not hold for.
  await page.evaluate(`${axe}; undefined`);
  const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run(document)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
};

describe.skipIf(!chromiumPath())('the editor for everyone', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor(), demoFolder });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(30_000);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: 'Open the demo project' }).click();
    await page.getByRole('heading', { name: 'Longtake demo' }).waitFor();
    await page.getByRole('button', { name: 'Longtake', exact: true }).click();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it.each(['dark', 'light'] as const)('has nothing serious against it in %s', async (theme) => {
    await host.client().call('preferences.set', { values: { theme } });
    await page.locator(`html[data-theme="${theme}"]`).waitFor();
    const found: Record<string, string[]> = {};
    const look = async (name: string): Promise<void> => {
      found[name] = await findingsOn(page);
      await screenshot(page, `axe-${name}-${theme}`);
    };
    await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
    await look('doors');
    await page.getByRole('button', { name: /^Longtake demo/ }).first().click(); // prettier-ignore
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
    await look('editor');
    await page.getByRole('listbox', { name: 'Clips of the timeline' }).focus();
    await page.keyboard.press('Enter');
    await look('clip');
    // Its handles on the picture, and a key on its lane; which is there already in the second theme.
    await page.getByRole('button', { name: /^Move / }).waitFor();
    await page.getByRole('tab', { name: 'Keyframes' }).click();
    const set = page.getByRole('button', { name: 'Opacity: set a keyframe here' });
    await set.or(page.getByRole('button', { name: 'Opacity: remove the keyframe here' })).waitFor();
    if (await set.isVisible()) await set.click();
    await page.getByRole('button', { name: /^Opacity at / }).click();
    await page.getByRole('group', { name: 'Keyframe: Opacity' }).waitFor();
    await look('keyframes');
    await page.getByRole('tab', { name: 'Clip', exact: true }).click();
    await page.getByRole('listbox', { name: 'Media' }).getByRole('option').first().dblclick();
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
    await look('source');
    await page.keyboard.press('q');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await look('versions');
    await page.getByRole('tab', { name: 'History' }).click();
    await look('history');
    await page.getByRole('tab', { name: 'Media' }).click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('dialog', { name: 'Export the film' }).waitFor();
    await look('export');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Preferences and keys' }).click();
    await page.getByRole('dialog', { name: 'Preferences and keys' }).waitFor();
    await look('preferences');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Longtake', exact: true }).click();
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
  });
});
