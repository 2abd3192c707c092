import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallResult } from '../../engine/contract/protocol/calls.ts';
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { documentUrl } from '../../engine/contract/protocol/urls.ts';
import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { dropFiles } from '../support/dropped-files.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { apart, greysOf, meanOf, psnr } from '../support/pictures.ts';

const resources = path.join(import.meta.dirname, '..', '..', 'resources');
const demo = (name: string): string => path.join(resources, 'demo', name);
const [width, height] = [192, 128];
/** As long as a machine may take that does other things too. */
const patience = 300_000;

describe.skipIf(!chromiumPath())('drawing on pictures, and the quick screens', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;

  const make = (source: string, name: string, ...words: string[]): string => {
    const file = path.join(host.root, name);
    execFileSync('ffmpeg', ['-v', 'error', '-i', demo(source), '-vf', `scale=${width}:${height}`, ...words, file]);
    return file;
  };
  const drop = (zone: Locator, files: readonly string[]): Promise<void> => dropFiles(page, zone, files);

  const documentOf = async (project: string): Promise<Document> =>
    documentOfSnapshot((await (await host.fetch(documentUrl(project))).json()) as Snapshot);
  /** The project that is open in the window. */
  const openProject = async (): Promise<{ project: string; now: Document }> => {
    const opened = await client.call('project.open', { path: decodeURIComponent(new URL(page.url()).hash.slice(1)) });
    if (opened.outcome !== 'opened') throw new Error(opened.why);
    return { project: opened.opened.project, now: await documentOf(opened.opened.project) };
  };
  const takesIn = ({ media }: Document): Media[] => [...media.values()].filter(({ kind }) => kind === 'take');

  const overlay = (): Locator => page.getByRole('application', { name: 'Draw on the picture' });
  /** Drags over the picture, in shares of it. */
  const stroke = async (points: readonly (readonly [number, number])[]): Promise<void> => {
    const box = await overlay().boundingBox();
    if (!box) throw new Error('nothing to draw on');
    const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(points[0]));
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  };
  /** Writes the film beside the project, as ProRes. @returns its file */
  const exported = async (): Promise<string> => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Export the film' });
    await dialog.getByRole('radio', { name: /^Editing/ }).check({ force: true });
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByRole('button', { name: 'Download' }).waitFor({ timeout: patience });
    const { project } = await openProject();
    const { exports }: CallResult<'export.list'> = await client.call('export.list', { project });
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    return exports[0].path;
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    client = host.client();
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('makes a dropped still move as an arrow says, keeps what shall stay, and exports it', async () => {
    const still = make('poppy-field.jpg', 'poppies.png');
    await page.getByRole('button', { name: /^Animate a still/ }).click();
    const zone = page.getByRole('group', { name: 'Drop a picture here' });
    await drop(zone, [make('lake-at-dawn.mp4', 'no-still.mp4', '-frames:v', '2')]);
    await page.getByRole('alert').filter({ hasText: 'no-still.mp4 is no picture' }).waitFor();
    await drop(zone, [still]);
    await overlay().waitFor();

    await stroke([
      [0.3, 0.7],
      [0.55, 0.7],
    ]);
    // Painted, erased by keys, painted again: the upper third stays.
    await page.keyboard.press('k');
    for (const row of [0.06, 0.18])
      await stroke([
        [0.02, row],
        [0.98, row],
      ]);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    const tools = page.getByRole('toolbar', { name: 'What to draw with' });
    expect(await tools.getByRole('button', { name: /^Keep still/ }).getAttribute('aria-pressed')).toBe('true');
    await screenshot(page, 'animate-still-dark');
    await page.getByRole('button', { name: 'Animate', exact: true }).click();
    await page.getByText('1 · in use').waitFor({ timeout: patience });

    const { now, project } = await openProject();
    const [take] = takesIn(now);
    const { settings } = take.provenance ?? {};
    expect(settings).toMatchObject({ plan: { wish: { task: 'animate', arrows: [{ dy: 0 }], keep: [{}, {}] } } });
    // In the take: the kept strip is the still's, what lies under the arrow has moved, nothing is black.
    const size: [number, number] = [width, height];
    const sky = { x: 0, y: 0, width, height: 28 };
    const field = { x: 48, y: 64, width: 96, height: 56 };
    const [kept] = greysOf(still, ...size, sky);
    const skies = greysOf(take.path, ...size, sky);
    const fields = greysOf(take.path, ...size, field);
    expect(skies).toHaveLength(48);
    for (const picture of skies) expect(psnr(picture, kept)).toBeGreaterThan(36);
    expect(apart(fields[0], fields[47])).toBeGreaterThan(2);
    for (const picture of fields) expect(meanOf(picture)).toBeGreaterThan(30);

    // As it was asked for, to be drawn on further.
    await page.getByRole('button', { name: 'Copy its settings' }).click();
    await expect.poll(() => overlay().locator('path.arrow').count()).toBe(1);
    expect(await page.getByRole('spinbutton', { name: 'Seed' }).inputValue()).toBe(String(take.provenance?.seed));
    const film = await exported();
    const pictures = greysOf(film, ...size);
    expect(pictures).toHaveLength(48);
    const own = greysOf(take.path, ...size);
    for (const frame of [0, 20, 47]) expect(psnr(pictures[frame], own[frame])).toBeGreaterThan(34);

    await page.getByRole('button', { name: 'Open in timeline' }).click();
    await page.getByRole('heading', { name: 'poppies' }).waitFor();
    await page.getByText('all changes kept').waitFor();
    await client.call('project.close', { project });
    await page.getByRole('button', { name: 'Longtake' }).click();
  });

  it('lets one dropped clip become the other, and exports it', async () => {
    const words = ['-an', '-frames:v', '24', '-c:v', 'libx264', '-crf', '8', '-g', '12'];
    const first = make('lake-at-dawn.mp4', 'dawn.mp4', ...words);
    const second = make('valley-at-dusk.mp4', 'dusk.mp4', ...words);
    await page.getByRole('button', { name: /^Make a transition/ }).click();
    await drop(page.getByRole('group', { name: 'The first clip' }), [first]);
    await page.getByRole('group', { name: 'dawn.mp4' }).waitFor();
    await drop(page.getByRole('group', { name: 'The second clip' }), [second]);
    const go = page.getByRole('button', { name: 'Make the transition' });
    await go.waitFor();
    const length = page.getByRole('spinbutton', { name: 'Length' });
    await length.click();
    await length.fill('0.5');
    await length.press('Enter');
    await page.getByText(/^12 new frames/).waitFor();
    await go.click();
    await page.getByText('1 · in use').waitFor({ timeout: patience });
    await screenshot(page, 'transition-dark');

    const film = greysOf(await exported(), width, height);
    // Six of either clip's frames make room for twelve new ones.
    expect(film).toHaveLength(48);
    const [before, after] = [greysOf(first, width, height), greysOf(second, width, height)];
    for (let frame = 0; frame < 18; frame++) expect(psnr(film[frame], before[frame]), `${frame}`).toBeGreaterThan(34);
    for (let frame = 30; frame < 48; frame++)
      expect(psnr(film[frame], after[frame - 24]), `${frame}`).toBeGreaterThan(34);
    for (let frame = 18; frame < 30; frame++) expect(meanOf(film[frame]), `${frame}`).toBeGreaterThan(20);
    expect(apart(film[18], film[29])).toBeGreaterThan(5);
    // It goes over step by step: the middle is neither of both.
    expect(Math.min(apart(film[24], film[18]), apart(film[24], film[29]))).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
  });

  it('paints a box of a clip anew, and leaves all around it as it was', async () => {
    const clip = make(
      'walk-in-the-rain.mp4',
      'walk.mp4',
      ...['-an', '-frames:v', '10', '-c:v', 'libx264', '-crf', '8', '-g', '5'],
    );
    const made = await client.call('project.create', {
      name: 'Repainted',
      sequence: { width, height, frameRate: { num: 24, den: 1 } },
    });
    const { project } = made;
    const { media, revision } = await client.call('media.import', { project, work: 'walk', paths: [clip] });
    const [sequence] = (await documentOf(project)).sequences.values();
    const [track] = tracksOf(await documentOf(project), sequence.id, 'video');
    await client.call('project.edit', {
      ...{ project, opId: 'place', name: 'overwrite', baseRevision: revision },
      input: {
        sequenceId: sequence.id,
        at: 0,
        videoTrackId: track.id,
        audioTrackId: null,
        source: { mediaId: media[0] },
      },
    });
    await page.reload();
    await page.getByRole('button', { name: /^Repainted/ }).click();
    await page.getByRole('heading', { name: 'Repainted' }).waitFor();
    await page.keyboard.press('Shift+G');
    const inspector = page.locator('section[aria-label="Inspector"]');
    await inspector.getByRole('radio', { name: 'Erase' }).check({ force: true });
    await overlay().waitFor();
    await page.keyboard.press('b');
    await stroke([
      [0.25, 0.25],
      [0.5, 0.6],
    ]);
    // Another box, taken by its border and moved; both steps are taken back.
    await stroke([
      [0.7, 0.7],
      [0.9, 0.9],
    ]);
    const corners = overlay().locator('circle.corner');
    await expect.poll(() => corners.count()).toBe(8);
    const before = Number(await corners.nth(4).getAttribute('cx'));
    await stroke([
      [0.8, 0.7],
      [0.75, 0.65],
    ]);
    await expect.poll(() => corners.count()).toBe(8);
    expect(Number(await corners.nth(4).getAttribute('cx'))).toBeLessThan(before - 10);
    await overlay().press('Control+z');
    await overlay().press('Control+z');
    await expect.poll(() => corners.count()).toBe(4);
    // By keys alone: a brush in the middle of the picture, lifted again, and taken back.
    await page.keyboard.press('p');
    await overlay().press('Space');
    for (let i = 0; i < 3; i++) await overlay().press('ArrowRight');
    await overlay().press('Space');
    await overlay().press('Control+z');
    await inspector.getByText('Painted on 1 frame.').waitFor();
    await screenshot(page, 'erase-dark');
    // Elsewhere it is shown where the picture has led it, and can be corrected there.
    await page.keyboard.press('End');
    const led = overlay().locator('path[fill-rule="evenodd"]');
    await led.waitFor({ state: 'attached' });
    await screenshot(page, 'erase-followed-dark');
    await inspector.getByRole('button', { name: 'Correct this frame' }).click();
    await inspector.getByText('Painted on 2 frames.').waitFor();
    await led.waitFor({ state: 'detached' });
    // From where it was led to, to be painted on: rows of strokes instead of the box that it was.
    await expect.poll(() => overlay().locator('mask path').count()).toBeGreaterThan(20);
    expect(await overlay().locator('mask rect').count()).toBe(0);
    await screenshot(page, 'erase-corrected-dark');
    await inspector.getByRole('button', { name: 'Drop this correction' }).click();
    await inspector.getByRole('button', { name: 'Previous' }).click();
    await inspector.getByText('Painted on 1 frame.').waitFor();
    await inspector.getByText('Final', { exact: true }).click();
    await inspector.getByRole('button', { name: 'Grow a take' }).click();
    const shown = async (): Promise<string> => {
      const now = await documentOf(project);
      return clipsOf(now, track.id)
        .map(({ kind, duration }) => `${kind} ${duration}`)
        .join();
    };
    await expect.poll(shown, { timeout: patience }).toBe('take 10');

    const [take] = takesIn(await documentOf(project));
    const [key] = (
      take.provenance?.settings as { plan: { wish: { mask: { keys: { frame: number; shapes: object[] }[] } } } }
    ).plan.wish.mask.keys;
    // In pixels of the source, wherever it lay on the screen.
    expect(key.shapes).toEqual([
      {
        shape: 'box',
        x: expect.closeTo(48, 0),
        y: expect.closeTo(32, 0),
        width: expect.closeTo(48, 0),
        height: expect.closeTo(44.8, 0),
      },
    ]);
    const size: [number, number] = [width, height];
    const inside = { x: 54, y: 40, width: 36, height: 30 };
    const right = { x: 128, y: 0, width: 64, height };
    const filmed = [greysOf(clip, ...size, inside), greysOf(clip, ...size, right)];
    const grown = [greysOf(take.path, ...size, inside), greysOf(take.path, ...size, right)];
    expect(grown[0]).toHaveLength(10);
    for (let frame = 0; frame < 10; frame++) {
      expect(psnr(grown[1][frame], filmed[1][frame]), `${frame}`).toBeGreaterThan(40);
      expect(apart(grown[0][frame], filmed[0][frame]), `${frame}`).toBeGreaterThan(1);
      expect(meanOf(grown[0][frame]), `${frame}`).toBeGreaterThan(8);
    }
    await page.getByText('all changes kept').waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: 'Longtake' }).click();
  });

  it('shows the models, checks and measures them, imports one and takes it away again', async () => {
    const pack = path.join(host.root, 'other-pack');
    cpSync(path.join(resources, 'models', 'longtake-embedded'), pack, { recursive: true });
    const manifest = path.join(pack, 'manifest.json');
    const words = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeFileSync(manifest, JSON.stringify({ ...words, id: 'other', name: 'Another model' }));

    await page.getByRole('button', { name: 'Models …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Models' });
    const own = dialog.getByRole('article', { name: 'Longtake embedded' });
    await own.getByRole('button', { name: 'Verify its files' }).click();
    await own.getByText('Every byte is right').waitFor({ timeout: 60_000 });
    await own.getByRole('button', { name: 'Measure the speed' }).click();
    await own.getByText(/s a frame at 1280×720/).waitFor({ timeout: patience });
    await own.getByText('Apache-2.0', { exact: true }).waitFor();
    expect(await own.getByRole('button', { name: 'Remove' }).count()).toBe(0);
    await screenshot(page, 'models-dark');

    const chooser = page.getByRole('dialog', { name: 'Import a model …' });
    const other = dialog.getByRole('article', { name: 'Another model' });
    const bringIn = async (): Promise<void> => {
      await dialog.getByRole('button', { name: 'Import a model …' }).click();
      await chooser.getByRole('option', { name: 'other-pack' }).click();
      await chooser.getByRole('button', { name: 'Import', exact: true }).click();
    };
    await bringIn();
    await other.waitFor({ timeout: 60_000 });
    await bringIn();
    await dialog.getByRole('alert').filter({ hasText: 'already imported' }).waitFor();
    await other.getByRole('button', { name: 'Remove' }).click();
    await other.getByText('Remove Another model from this machine?', { exact: false }).waitFor();
    await other.getByRole('button', { name: 'Remove' }).click();
    await other.waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
});
