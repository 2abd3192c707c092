import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { buildEditor } from '../../scripts/build-editor.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium of this machine; tests that need one are skipped where there is none (the set-up script says so). */
export const chromiumPath = (): string | undefined => {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter))
    for (const name of names) if (existsSync(path.join(folder, name))) return path.join(folder, name);
  return undefined;
};

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
  });

/** The built editor; built when its sources have changed. */
export const builtEditor = (): string => {
  const { problem } = buildEditor(process.execPath);
  if (problem) throw new Error(problem);
  return path.join(import.meta.dirname, '..', '..', 'out', 'renderer');
};

/** Everything that a page complained of: errors, and what the content security policy refused. */
export const complaintsOf = (page: Page): string[] => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Without a graphics card the driver remarks on its own slowness.
    if (message.text().includes('GL Driver Message (OpenGL, Performance')) return;
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
};

/** Kept for whoever looks at how the editor looks; out/ is nobody's source. */
export const screenshot = async (page: Page, name: string): Promise<void> => {
  const folder = path.join(import.meta.dirname, '..', '..', 'out', 'screenshots');
  mkdirSync(folder, { recursive: true });
  // Letters that the system has no font for come from the engine: asked for by one painting, seen in a later one.
  await page.evaluate(async () => {
    const painted = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await painted();
    await document.fonts.ready;
    await painted();
  });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
};
