import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { documentUrl } from '../../engine/contract/protocol/urls.ts';
import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { graphicsCardScript, listenScript, viewerOf } from '../support/viewer-page.ts';
import type { ViewerPage } from '../support/viewer-page.ts';
import { makeNumberedClip } from './numbered-clips.ts';

const size = { width: 320, height: 180 };
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '12', '-g', '48', '-pix_fmt', 'yuv420p'];
const clip = (id: number) => ({
  ...{ id, frames: 96, rate: '24', size: `${size.width}x${size.height}` },
  ...{ video: h264, audio: ['-c:a', 'aac', '-ac', '2'] },
});

describe.skipIf(!chromiumPath())('the source monitor and the viewer in a real browser', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let viewer: ViewerPage;
  let complaints: string[];
  let client: EngineClient;
  let project: string;

  const media = (name: string): Locator => page.getByRole('listbox', { name: 'Media' }).getByRole('option', { name });
  const tab = (name: RegExp): Locator => page.getByRole('tablist', { name: 'Viewer' }).getByRole('tab', { name });
  /** Clips of V1: where they lie, and the frame of the source that they begin with. */
  const layout = async (): Promise<string[]> => {
    const now = documentOfSnapshot((await (await host.fetch(documentUrl(project))).json()) as Snapshot);
    const [sequence] = now.sequences.values();
    return ['video', 'audio'].flatMap((kind) =>
      clipsOf(now, tracksOf(now, sequence.id, kind as 'video')[0].id).map(
        ({ start, duration, sourceIn, name }) =>
          `${kind} ${name} ${start}+${duration} from ${Math.round(toNumber(sourceIn) * 24)}`,
      ),
    );
  };
  const heard = (): Promise<number[]> => page.evaluate<number[]>('window.heard.splice(0)');

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    const folder = path.join(host.root, 'Footage');
    mkdirSync(folder);
    const files = [1, 2].map((id) => makeNumberedClip(folder, `shot ${id}.mp4`, clip(id)));
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Choosing' }));
    await client.call('media.import', { project, work: 'shots', paths: files });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    await page.addInitScript(listenScript);
    // A card can go away and come back; the viewer's own test draws without one, where there is none.
    await page.addInitScript(graphicsCardScript);
    complaints = complaintsOf(page);
    viewer = viewerOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Choosing/ }).click();
    await page.getByRole('heading', { name: 'Choosing' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
    // A lost context is remarked upon by the browser itself.
    expect(complaints.filter((complaint) => !/GPU stall|CONTEXT_LOST/.test(complaint))).toEqual([]);
  });

  it('opens what is double-clicked, and steps through its own frames', async () => {
    await media('shot 2.mp4').dblclick();
    await tab(/^Source: shot 2.mp4$/)
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
    await viewer.shows(0);
    expect(await viewer.seen()).toEqual({ number: 0, id: 2 });
    for (const [key, frame] of [['ArrowRight', 1], ['Shift+ArrowRight', 11], ['ArrowLeft', 10], ['End', 95], ['ArrowLeft', 94]] as const) {
      await page.keyboard.press(key);
      await viewer.shows(frame);
      expect(await viewer.seen()).toEqual({ number: frame, id: 2 });
    } // prettier-ignore
  });

  it('puts what lies between in and out on the timeline, inserted and over what is there', async () => {
    await viewer.goTo(10);
    await page.keyboard.press('i');
    await viewer.goTo(29);
    await page.keyboard.press('o');
    await screenshot(page, 'source-dark');
    await page.keyboard.press(',');
    await expect.poll(layout).toEqual(['video shot 2.mp4 0+20 from 10', 'audio shot 2.mp4 0+20 from 10']);
    // The programme's playhead went behind it, and the source is still looked at, where it was.
    await page.keyboard.press('.');
    const twice = ['0+20 from 10', '20+20 from 10'];
    await expect
      .poll(layout)
      .toEqual(['video', 'audio'].flatMap((kind) => twice.map((place) => `${kind} shot 2.mp4 ${place}`)));
    await viewer.shows(29);
    expect(await viewer.seen()).toEqual({ number: 29, id: 2 });
    // By mouse, in the middle of what there is; the first one is cut in two by it.
    await tab(/^Programme$/).click();
    await viewer.goTo(5);
    await media('shot 1.mp4').click();
    await page.keyboard.press('Enter');
    await viewer.shows(0);
    await viewer.goTo(7);
    const tools = page.getByRole('toolbar', { name: 'Range of the source' });
    await tools.getByRole('button', { name: /^Out/ }).click();
    await tools.getByRole('button', { name: /^Insert/ }).click();
    await expect
      .poll(async () => (await layout()).filter((line) => line.startsWith('video')))
      .toEqual(
        ['shot 2.mp4 0+5 from 10', 'shot 1.mp4 5+8 from 0', 'shot 2.mp4 13+15 from 15', 'shot 2.mp4 28+20 from 10'].map(
          (line) => `video ${line}`,
        ),
      );
  });

  it('plays the source with its sound, both ways, while the programme stands', async () => {
    await media('shot 2.mp4').dblclick();
    // Every media keeps its place.
    await viewer.shows(29);
    await heard();
    await page.keyboard.press('l');
    await expect.poll(async () => Number(await viewer.canvas().getAttribute('data-frame'))).toBeGreaterThan(40);
    await page.keyboard.press('k');
    const loudest = Math.max(...(await heard()));
    expect(loudest).toBeGreaterThan(0.02);
    const [, , seconds, frames] = (await viewer.timecode().inputValue()).split(':').map(Number);
    await viewer.shows(seconds * 24 + frames);
    expect((await viewer.seen()).number).toBe(seconds * 24 + frames);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.getByText('-2×').waitFor();
    await page.getByRole('button', { name: /^Play / }).waitFor();
    await viewer.shows(0);
    await page.keyboard.press('q');
    await viewer.shows(13);
    expect(await viewer.seen()).toEqual({ number: 15, id: 2 });
    // Whoever moves the timeline's playhead wants to see the programme.
    await page.keyboard.press('q');
    await viewer.shows(0);
    await page.keyboard.press('ArrowDown');
    await viewer.shows(28);
    expect(await tab(/^Programme$/).getAttribute('aria-selected')).toBe('true');
  });

  it('is heard while the playhead is dragged', async () => {
    await media('shot 1.mp4').dblclick();
    await heard();
    const bar = await page.getByRole('slider', { name: 'Playhead of the source' }).boundingBox();
    if (!bar) throw new Error('no bar');
    await page.mouse.move(bar.x + bar.width * 0.2, bar.y + 12);
    await page.mouse.down();
    await page.mouse.move(bar.x + bar.width * 0.5, bar.y + 12, { steps: 4 });
    await page.mouse.up();
    await viewer.shows(48);
    expect(await viewer.seen()).toEqual({ number: 48, id: 1 });
    await expect.poll(async () => Math.max(0, ...(await heard()))).toBeGreaterThan(0.02);
  });

  it('says that it still decodes, and never passes an older frame off as the one that was asked for', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Choosing' }).waitFor();
    await viewer.shows(0);
    let held = true;
    const waiting: (() => void)[] = [];
    await page.route(/\/project\/[^/]+\/media\//, async (route) => {
      if (held) await new Promise<void>((resolve) => waiting.push(resolve));
      await route.continue();
    });
    await media('shot 1.mp4').dblclick();
    await page.getByText('Decoding …').waitFor();
    expect(await page.getByRole('img', { name: 'The picture of the source' }).getAttribute('aria-busy')).toBe('true');
    held = false;
    for (const go of waiting) go();
    await page.getByText('Decoding …').waitFor({ state: 'detached' });
    await viewer.shows(0);
    expect(await viewer.seen()).toEqual({ number: 0, id: 1 });
    await page.unroute(/\/project\/[^/]+\/media\//);
  });

  it('draws again when the graphics card comes back', async () => {
    await viewer.goTo(33);
    await page.evaluate(`(() => {
      const gl = document.querySelector('canvas[data-frame]').getContext('webgl2');
      window.card = gl.getExtension('WEBGL_lose_context');
      window.card.loseContext();
    })()`);
    await page.locator('[role="img"][aria-busy="true"]').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.evaluate('window.card.restoreContext()');
    await viewer.shows(34);
    expect(await viewer.seen()).toEqual({ number: 34, id: 1 });
  });

  it('loops between in and out, fills the screen, and shows every pixel', async () => {
    await viewer.goTo(40);
    await page.keyboard.press('i');
    await viewer.goTo(47);
    await page.keyboard.press('o');
    await page.keyboard.press('Shift+L');
    await page.evaluate(`(() => {
      window.frames = [];
      const canvas = document.querySelector('canvas[data-frame]');
      new MutationObserver(() => window.frames.push(Number(canvas.dataset.frame)))
        .observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
    })()`);
    await page.keyboard.press('Space');
    const seen = (): Promise<number[]> => page.evaluate<number[]>('[...window.frames]');
    const rounds = (frames: number[]): number => frames.filter((frame, i) => i > 0 && frame < frames[i - 1]).length;
    await expect.poll(async () => rounds(await seen()), { timeout: 60_000 }).toBeGreaterThan(2);
    await page.keyboard.press('k');
    const frames = await seen();
    expect([Math.min(...frames), Math.max(...frames) <= 47]).toEqual([40, true]);
    await page.keyboard.press('Shift+L');

    await page.keyboard.press('f');
    await expect.poll(() => page.evaluate('document.fullscreenElement?.className.includes("viewer")')).toBe(true);
    await page.keyboard.press('f');
    await expect.poll(() => page.evaluate('document.fullscreenElement')).toBe(null);
    await page.getByRole('button', { name: 'Fit', exact: true }).click();
    const box = await viewer.canvas().boundingBox();
    expect([box?.width, box?.height]).toEqual([size.width, size.height]);
    await page.getByRole('button', { name: '100 %', exact: true }).click();
  });
});
