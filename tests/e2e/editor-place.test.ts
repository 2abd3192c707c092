/** Titles and pictures that are written, moved, resized and turned on the viewer's picture, in a real browser. */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { still } from '../../engine/contract/timeline/animated.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { plainTitle } from '../../engine/contract/timeline/plain-title.ts';
import { rasteriseTitle } from '../../engine/render/titles/rasterise-title.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { hostProject } from '../support/host-project.ts';
import { createClipFolder } from '../support/media-clips.ts';
import { viewerOf } from '../support/viewer-page.ts';

const patient = { timeout: 30_000 };
const size = { width: 1280, height: 720 };
const words = 'A quiet morning';

describe.skipIf(!chromiumPath())('the picture of the viewer', { timeout: 120_000 }, () => {
  const films = createClipFolder();
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;
  let project: string;
  let area: { x: number; y: number; width: number; height: number };

  const { document, revision, edit } = hostProject(() => ({ host, client, project }));
  const clipOf = async (kind: Clip['kind']): Promise<Clip> => {
    const found = [...(await document()).clips.values()].find((clip) => clip.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  };
  /** Waits until so many edits were made since, and nothing is on its way. */
  const made = async (before: number, edits: number): Promise<void> => {
    await expect.poll(revision, patient).toBe(before + edits);
    await page.getByText('all changes kept').waitFor();
  };
  /** A place of the picture, pixels of the sequence from its middle, as one of the window. */
  const at = (x: number, y: number): [number, number] => [
    area.x + ((x + size.width / 2) * area.width) / size.width,
    area.y + ((y + size.height / 2) * area.height) / size.height,
  ];
  const hold = async (from: [number, number], to: [number, number]): Promise<void> => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
    await page.mouse.move(...to, { steps: 3 });
  };
  const handle = (name: RegExp): Locator => page.getByRole('button', { name });
  const middleOf = async (of: Locator): Promise<[number, number]> => {
    const box = await of.boundingBox();
    if (!box) throw new Error('not seen');
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const typing = (): Locator => page.getByRole('textbox', { name: /^Text of/ });

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    const drawn = films.draw('film.mp4', 48, '320x180', '-pix_fmt', 'yuv420p', '-g', '12');
    await copyFile(drawn, path.join(host.root, 'film.mp4'));
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Placing' }));
    const { media } = await client.call('media.import', {
      ...{ project, work: 'film', paths: [path.join(host.root, 'film.mp4')] },
    });
    const [sequence] = (await document()).sequences.values();
    await edit('change-sequence', { id: sequence.id, changes: size });
    await edit('add-track', { sequenceId: sequence.id, kind: 'video' });
    const [below, above] = (await document()).tracksOfSequence.get(sequence.id)?.video ?? [];
    const film = { mediaId: media[0] };
    await edit('overwrite', {
      sequenceId: sequence.id,
      source: film,
      videoTrackId: below.id,
      audioTrackId: null,
      at: 0,
    });
    const title = { title: { ...plainTitle(words), size: 0.1 }, duration: 48 };
    await edit('overwrite', { sequenceId: sequence.id, source: title, videoTrackId: above.id, at: 0 });
    const { id } = await clipOf('video');
    // A small picture beside the title, turned by nothing yet.
    const placement = { scale: still(0.25), x: still(-400), y: still(-200) };
    await edit('set-clip', { clipIds: [id], changes: { placement } });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Placing/ }).click();
    await viewerOf(page).shows(0);
    const box = await page.getByRole('group', { name: 'Clips on the picture' }).boundingBox();
    if (!box) throw new Error('there is no picture');
    area = box;
    // Its letters are known once the pointer over them says that they can be moved.
    await page.mouse.move(...at(0, 0));
    await page.locator('[role="group"] polygon').first().waitFor({ state: 'attached' });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await host?.close();
    films.remove();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('writes a title where it stands, letter on letter with what is drawn; Escape takes it back', async () => {
    const before = await revision();
    await page.mouse.dblclick(...at(0, 0));
    await typing().waitFor();
    expect(await typing().evaluate((field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd])).toEqual(
      [0, words.length],
    );
    // The fonts are the engine's own, so the caret stands where the letters are drawn.
    await page.evaluate(
      () => (globalThis as unknown as { document: { fonts: { ready: Promise<unknown> } } }).document.fonts.ready,
    );
    const drawn = await rasteriseTitle({ ...plainTitle(words), size: 0.1 }, size);
    const ink = (drawn.width * area.width) / size.width;
    const widthOf = async (): Promise<number> => (await typing().boundingBox())?.width ?? 0;
    await expect.poll(async () => Math.abs((await widthOf()) - ink), patient).toBeLessThan(12);
    await page.keyboard.type('Gone');
    await page.keyboard.press('Escape');
    await typing().waitFor({ state: 'detached' });
    expect(await revision()).toBe(before);

    await page.mouse.dblclick(...at(0, 0));
    await typing().waitFor();
    await page.keyboard.press('End');
    await page.keyboard.type(' at sea');
    await page.keyboard.press('Control+Enter');
    await made(before, 1);
    const { title, name } = await clipOf('title');
    expect([title?.text, name]).toEqual([`${words} at sea`, `${words} at sea`]);
    await page.keyboard.press('Control+z');
    await made(before, 2);
    expect((await clipOf('title')).title?.text).toBe(words);
  });

  it('moves a title by a drag that snaps, in one step of undo; Escape takes it back', async () => {
    await page.mouse.click(...at(-600, 300));
    const before = await revision();
    await hold(at(-100, 0), at(60, 150));
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await hold(at(-100, 0), at(-97, 150));
    await screenshot(page, 'place-title-dark');
    await page.mouse.up();
    await made(before, 1);
    expect((await clipOf('title')).placement).toMatchObject({ x: still(0), y: still(150) });
  });

  it('nudges, resizes and turns it by keys: a key that is held is one step', async () => {
    const before = await revision();
    await handle(/^Move/).focus();
    for (let times = 0; times < 3; times += 1) await page.keyboard.down('ArrowRight');
    await page.keyboard.up('ArrowRight');
    await made(before, 1);
    expect((await clipOf('title')).placement).toMatchObject({ x: still(3), y: still(150) });
    await handle(/^Rotate/).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await made(before, 2);
    expect((await clipOf('title')).placement?.rotation).toEqual(still(10));
    await handle(/^Resize/).focus();
    await page.keyboard.press('ArrowUp');
    await made(before, 3);
    expect((await clipOf('title')).title?.size).toBeCloseTo(0.101, 4);
    // A key that is taken back.
    await page.keyboard.down('ArrowUp');
    await page.keyboard.press('Escape');
    await page.keyboard.up('ArrowUp');
    // Enter on the middle writes.
    await handle(/^Move/).focus();
    await page.keyboard.press('Enter');
    await typing().waitFor();
    await page.keyboard.press('Escape');
    expect(await revision()).toBe(before + 3);
  });

  it('selects any picture, and resizes and turns it by its handles', async () => {
    const before = await revision();
    await page.mouse.click(...at(-400, -200));
    await handle(/^Move film/).waitFor();
    const corner = await middleOf(handle(/^Resize film/));
    const anchor = at(-400, -200);
    const twice: [number, number] = [2 * corner[0] - anchor[0], 2 * corner[1] - anchor[1]];
    await hold(corner, twice);
    await page.mouse.up();
    await made(before, 1);
    expect((await clipOf('video')).placement?.scale.value).toBeCloseTo(0.5, 2);
    const turn = await middleOf(handle(/^Rotate film/));
    await hold(turn, [anchor[0] - (turn[1] - anchor[1]), anchor[1]]);
    await page.mouse.up();
    await made(before, 2);
    expect((await clipOf('video')).placement?.rotation).toEqual(still(90));
    await hold(at(-400, -250), at(-440, -250));
    await page.mouse.up();
    await made(before, 3);
    expect((await clipOf('video')).placement?.x).toEqual(still(-440));
    await screenshot(page, 'place-picture-dark');
    // A locked track shows no handles.
    await page.getByRole('group', { name: 'Picture track 1' }).getByRole('button', { name: 'Lock the track' }).click();
    await made(before, 4);
    await handle(/^Move film/).waitFor({ state: 'detached' });
  });
});
