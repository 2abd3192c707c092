import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../support/browser.ts';

type Golden = {
  tolerance: number;
  frame: { width: number; height: number };
  cases: { name: string; expected: string }[];
};
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/compositing/golden.json', import.meta.url), 'utf8'),
) as Golden;

/** The preview's compositor as one script, with nothing around it. */
const compositorScript = async (): Promise<string> => {
  const result = await build({
    ...{ configFile: false, logLevel: 'error', root: path.join(import.meta.dirname, '..', '..') },
    build: {
      ...{ write: false, minify: false, target: 'chrome140' },
      lib: {
        entry: path.join(import.meta.dirname, '..', 'support', 'golden-page.ts'),
        ...{ formats: ['iife'], name: 'golden', fileName: 'golden' },
      },
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!('output' in bundle)) throw new Error('no bundle');
  return bundle.output[0].code;
};

describe.skipIf(!chromiumPath())("the preview's compositor in a real browser", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
    await page.addScriptTag({ content: await compositorScript() });
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
