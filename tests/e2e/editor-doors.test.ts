import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtEditor, chromiumPath, complaintsOf, openBrowser } from '../support/browser.ts';
import { dropFiles } from '../support/dropped-files.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

// What a new project is made with: nothing of it has to be changed for such files, and that is no reason to send them away.
const usual = 'size=1920x1080:rate=24';

describe.skipIf(!chromiumPath())('the quick doors, for files of the usual size and rate', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  const make = (name: string, source: string, ...words: string[]): string => {
    const file = path.join(host.root, name);
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `${source}=${usual}`, ...words, file]);
    return file;
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(60_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it('lead two clips to a transition', async () => {
    const clips = ['testsrc', 'testsrc2'].map((source) =>
      make(`${source}.mp4`, source, '-t', '0.5', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'),
    );
    await page.getByRole('button', { name: /^Make a transition/ }).click();
    await dropFiles(page, page.getByRole('group', { name: 'The first clip' }), clips);
    await page.getByRole('button', { name: 'Make the transition' }).waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
  });

  it('lead a still to where it is drawn on', async () => {
    await page.getByRole('button', { name: /^Animate a still/ }).click();
    const still = make('still.png', 'testsrc', '-frames:v', '1');
    await dropFiles(page, page.getByRole('group', { name: 'Drop a picture here' }), [still]);
    await page.getByRole('application', { name: 'Draw on the picture' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
