import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../support/browser.ts';
import { pageBundle } from '../support/page-bundle.ts';

type Golden = {
  tolerance: number;
  frame: { width: number; height: number };
  cases: { name: string; expected: string }[];
};
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/compositing/golden.json', import.meta.url), 'utf8'),
) as Golden;

describe.skipIf(!chromiumPath())("the preview's compositor in a real browser", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
    await page.addScriptTag({ content: await pageBundle('golden-page.ts', 'golden') });
  });
  afterAll(() => browser?.close());

  it('draws the golden vectors that the export draws', async () => {
    const frames = await page.evaluate<number[][]>(`golden.drawAll(${JSON.stringify(golden)})`);
    expect(frames.length).toBe(golden.cases.length);
    const off = golden.cases.map(({ name, expected }, i) => {
      const wanted = Buffer.from(expected, 'base64');
      return { name, most: Math.max(...wanted.map((value, at) => Math.abs(value - frames[i][at]))) };
    });
    expect(off.filter(({ most }) => most > golden.tolerance)).toEqual([]);
  });
});
