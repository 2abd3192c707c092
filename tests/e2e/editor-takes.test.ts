import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { dropFiles } from '../support/dropped-files.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { hostProject } from '../support/host-project.ts';
import { timelineArea } from '../support/timeline-area.ts';
import type { TimelineArea } from '../support/timeline-area.ts';

const demo = (name: string): string => path.join(import.meta.dirname, '..', '..', 'resources', 'demo', name);
const [width, height] = [128, 72];
/** As long as a machine may take that does other things too. */
const patience = 300_000;

/** Frames of the film: a clip that goes on from its file's own frames, a gap that nothing is grown into, a still. */
const layout = { walk: [0, 16], poppies: [40, 52] } as const;

describe.skipIf(!chromiumPath())('takes in the window', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;
  let project: string;
  let area: TimelineArea;

  const { document, edit } = hostProject(() => ({ host, client, project }));
  const clips = async (): Promise<readonly Clip[]> => {
    const now = await document();
    return clipsOf(now, tracksOf(now, [...now.sequences.keys()][0], 'video')[0].id);
  };
  /** `start-end`, with a star for what was grown. */
  const track = async (): Promise<string> =>
    (await clips()).map((clip) => `${clip.start}-${endOf(clip)}${clip.kind === 'take' ? '*' : ''}`).join(' ');
  const becomes = (wanted: string): Promise<void> => expect.poll(track, { timeout: patience }).toBe(wanted);
  const takeAt = async (frame: number): Promise<Media> => {
    const clip = (await clips()).find((each) => each.start <= frame && frame < endOf(each));
    const media = clip && (await document()).media.get(clip.mediaId ?? '');
    if (media?.kind !== 'take') throw new Error(`no take lies at frame ${frame}`);
    return media;
  };
  const inUse = async (frame: number): Promise<string> => (await takeAt(frame)).id;
  const undo = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText('all changes kept').waitFor();
  };

  const inspector = (): Locator => page.locator('section[aria-label="Inspector"]');
  const show = (number: number): Locator =>
    inspector().getByRole('button', { name: new RegExp(`^Show take ${number}:`) });
  const used = (number: number): Locator =>
    inspector().getByRole('button', { name: new RegExp(`^Show take ${number}:`), pressed: true });
  const menu = async (number: number, item: string): Promise<void> => {
    await show(number).click({ button: 'right' });
    await page.getByRole('menuitem', { name: item }).click();
  };
  const tab = (name: string): Promise<void> => inspector().getByRole('radio', { name }).check({ force: true });
  const by = (): Locator => inspector().getByRole('textbox', { name: 'By' });
  const seed = (): Locator => inspector().getByRole('textbox', { name: 'Seed' });
  const grow = async (): Promise<void> => {
    const go = inspector().getByRole('button', { name: 'Grow a take' });
    await go.and(page.locator(':enabled')).click();
  };
  const overlay = (): Locator => page.getByRole('application', { name: 'Draw on the picture' });
  /** Drags over the picture, in shares of it. */
  const stroke = async (from: [number, number], to: [number, number]): Promise<void> => {
    const box = await overlay().boundingBox();
    if (!box) throw new Error('nothing to draw on');
    const place = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await area.hold(place(from), place(to));
    await page.mouse.up();
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Takes' }));
    const files = [
      ['walk.mp4', 'walk-in-the-rain.mp4', '-an', '-frames:v', '24', '-c:v', 'libx264', '-crf', '8', '-g', '8'],
      ['poppies.png', 'poppy-field.jpg'],
    ].map(([name, source, ...words]) => {
      const file = path.join(host.root, name);
      execFileSync('ffmpeg', ['-v', 'error', '-i', demo(source), '-vf', `scale=${width}:${height}`, ...words, file]);
      return file;
    });
    const { media } = await client.call('media.import', { project, work: 'clips', paths: files });
    const now = await document();
    const [sequence] = now.sequences.values();
    await edit('change-sequence', { id: sequence.id, changes: { width, height } });
    for (const [i, [from, to]] of Object.values(layout).entries())
      await edit('overwrite', {
        ...{ sequenceId: sequence.id, at: from, audioTrackId: null },
        videoTrackId: tracksOf(now, sequence.id, 'video')[0].id,
        source:
          i === 0
            ? { mediaId: media[i], in: rational(0), out: rational(to - from, 24) }
            : { mediaId: media[i], duration: to - from },
      });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Takes/ }).click();
    await page.getByRole('heading', { name: 'Takes', level: 1 }).waitFor();
    area = await timelineArea(page);
    await area.fit(60);
    await page.mouse.click(...area.at(8, 'middle'));
    await page.keyboard.press('Shift+G');
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('pauses what is being grown and goes on with it, from its card', async () => {
    await by().fill('8');
    await by().press('Enter');
    await seed().fill('41');
    await seed().press('Enter');
    await grow();
    await page.getByRole('button', { name: /^1 job/ }).click();
    const card = page.getByRole('list', { name: 'Jobs' }).getByRole('article', { name: 'Extend walk.mp4' });
    await card.getByRole('button', { name: /^Pause/ }).click();
    await card.getByText('paused').waitFor();
    const states = async () => (await client.call('generate.list', { project })).jobs.map(({ state }) => state);
    await expect.poll(states, { timeout: 30_000 }).toEqual(['paused']);
    expect(await track()).toBe('0-16 40-52');
    await card.getByRole('button', { name: /^Go on/ }).click();
    await becomes('0-16 16-24* 40-52');
    await page.getByRole('list', { name: 'Ended' }).getByText('done').waitFor();
  });

  it('flips between takes by keys, in place, and wipes from one to the other', async () => {
    await menu(1, 'Make again with another seed');
    await show(2).waitFor({ timeout: patience });
    const first = await inUse(20);
    await page.keyboard.press('2');
    await used(2).waitFor();
    await expect.poll(() => inUse(20)).not.toBe(first);
    await page.keyboard.press('1');
    await used(1).waitFor();
    await expect.poll(() => inUse(20)).toBe(first);

    await area.goTo(20);
    await page.keyboard.press('Shift+Digit2');
    const line = page.getByRole('slider', { name: 'Line between the two takes' });
    const other = page.locator('.wipe canvas:not([hidden])');
    await other.waitFor();
    const box = await line.boundingBox();
    const picture = await page.getByRole('img', { name: 'The picture at the playhead' }).boundingBox();
    if (!box || !picture) throw new Error('not on screen');
    const middle = picture.y + picture.height / 2;
    await area.hold([box.x + box.width / 2, middle], [picture.x + picture.width / 4, middle]);
    await page.mouse.up();
    await expect.poll(() => line.getAttribute('aria-valuenow')).toBe('25');
    expect(await other.evaluate((canvas) => canvas.style.clipPath)).toMatch(/ 25(\.\d+)?%\)$/);
    await line.press('ArrowRight');
    await expect.poll(() => line.getAttribute('aria-valuenow')).toBe('27');
    await screenshot(page, 'takes-wipe-dark');
    await page.keyboard.press('Escape');
    await line.waitFor({ state: 'detached' });
  });

  it('names takes, stars them by a key and shows the starred alone', async () => {
    await menu(2, 'Rename');
    const field = inspector().getByRole('textbox', { name: 'Rename' });
    await field.fill('Slower');
    await field.press('Escape');
    await field.waitFor({ state: 'detached' });
    await menu(2, 'Rename');
    await field.fill('Calmer');
    await field.press('Enter');
    await inspector().getByRole('button', { name: 'Show take 2: Calmer' }).focus();
    // Of the take that has the focus; elsewhere of the one in use.
    await page.keyboard.press('0');
    const star = inspector().getByRole('button', { name: 'Star on Calmer', pressed: true });
    await star.waitFor({ state: 'attached' });
    await tab('Stars first');
    await expect
      .poll(() => inspector().getByRole('group', { name: /^Takes of/ }).getByRole('button', { name: /^Show take/ }).first().getAttribute('aria-label'))
      .toBe('Show take 2: Calmer'); // prettier-ignore
    await screenshot(page, 'takes-starred-dark');
    await page.mouse.click(...area.at(20, 'middle'));
    await page.keyboard.press('0');
    const stars = () => inspector().getByRole('button', { name: /^Star on/, pressed: true }).count(); // prettier-ignore
    await expect.poll(stars).toBe(2);
    expect((await takeAt(20)).starred).toBe(true);
    await page.keyboard.press('0');
    await expect.poll(stars).toBe(1);
    await page.keyboard.press('2');
    await used(2).waitFor();
    await tab('Stars only');
    await show(1).waitFor({ state: 'detached' });
    await tab('As made');
    await show(1).waitFor();
  });

  it('copies the settings of a take, and loses nothing with one that is removed', async () => {
    await tab('Blend');
    await menu(1, 'Copy its settings');
    await expect.poll(() => by().inputValue()).toBe('00:00:00:08');
    expect(await seed().inputValue()).toBe('41');

    const gone = [...(await document()).media.values()].filter(
      ({ kind, name }) => kind === 'take' && name !== 'Calmer',
    );
    expect(gone).toHaveLength(1);
    await menu(1, 'Remove from the project');
    await show(2).waitFor({ state: 'detached' });
    await show(1).waitFor();
    expect((await document()).media.has(gone[0].id)).toBe(false);
    expect(existsSync(gone[0].path)).toBe(true);
    await undo();
    await show(2).waitFor();
    expect((await document()).media.get(gone[0].id)).toEqual(gone[0]);
  });

  it('marks a take whose clip was edited, and makes it again with a click', async () => {
    const stale = inspector().getByRole('button', { name: /is out of date/ });
    expect(await stale.count()).toBe(0);
    const before = await inUse(20);
    await edit('ripple-trim', { clipId: (await clips())[0].id, edge: 'tail', by: -4 });
    await becomes('0-12 12-20* 36-48');
    await stale.first().waitFor();
    expect(await stale.count()).toBe(2);
    await screenshot(page, 'takes-stale-dark');
    await stale.last().click();
    await used(3).waitFor({ timeout: patience });
    const renewed = await takeAt(16);
    expect(renewed.id).not.toBe(before);
    expect(renewed.provenance?.seed).not.toBe(41);
    expect(await stale.count()).toBe(2);
    await undo();
    await expect.poll(() => inUse(16)).toBe(before);
    await page.getByRole('button', { name: 'Redo', exact: true }).click();
    await expect.poll(() => inUse(16)).toBe(renewed.id);
  });

  it('lets a still move, and its motion be changed where it lies', async () => {
    await page.mouse.click(...area.at(42, 'middle'));
    await tab('Animate');
    await inspector().getByRole('spinbutton', { name: 'Length' }).waitFor();
    await page.getByRole('button', { name: 'Go to it' }).click();
    await overlay().waitFor();
    await stroke([0.3, 0.7], [0.6, 0.7]);
    await grow();
    await becomes('0-12 12-20* 36-48*');
    const first = await takeAt(42);

    await page.mouse.click(...area.at(42, 'middle'), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Change its motion …' }).click();
    await expect.poll(() => overlay().locator('path.arrow').count()).toBe(1);
    // On the still, wherever the playhead is in the take.
    await area.goTo(45);
    await page.getByRole('img', { name: 'The still poppies.png' }).waitFor();
    await page.keyboard.press('p');
    await stroke([0.1, 0.1], [0.4, 0.4]);
    await expect.poll(() => overlay().locator('path.arrow').count()).toBe(2);
    await inspector().getByText('There and back again, without a seam').click();
    await screenshot(page, 'change-motion-dark');
    await grow();
    await expect.poll(() => inUse(42), { timeout: patience }).not.toBe(first.id);
    await becomes('0-12 12-20* 36-48*');
    await used(2).waitFor();
    const wish = takeSettingsOf(await takeAt(42))?.plan.wish;
    expect(wish).toMatchObject({ task: 'animate', loop: true, arrows: [{ dy: 0 }], regions: [{ dy: 0 }] });
    // The other motion is there again with its take.
    await page.keyboard.press('1');
    await expect.poll(() => overlay().locator('path.arrow').count()).toBe(1);
  });

  it('leads a clip back to its start, and plays the loop round and round', async () => {
    await page.mouse.click(...area.at(3, 'middle'));
    await tab('Extend');
    await tab('Loop');
    await by().fill('4');
    await by().press('Enter');
    await inspector()
      .getByText(/^4 new frames/)
      .waitFor();
    await grow();
    await becomes('0-12 12-16* 16-24* 40-52*');
    await page.keyboard.press('Home');
    await page.keyboard.press('i');
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('o');
    const loop = page.getByRole('button', { name: 'Loop between in and out (Shift+L)' });
    await loop.click();
    expect(await loop.getAttribute('aria-pressed')).toBe('true');
    const shown = async (): Promise<number> =>
      Number(await page.getByRole('img', { name: 'The picture at the playhead' }).locator('canvas[data-frame]').getAttribute('data-frame')); // prettier-ignore
    await page.keyboard.press(' ');
    // Round the corner more than once, never beyond.
    let [turns, before] = [0, await shown()];
    await expect
      .poll(
        async () => {
          const now = await shown();
          expect(now).toBeLessThanOrEqual(16);
          if (now < before) turns += 1;
          before = now;
          return turns;
        },
        { timeout: 120_000, interval: 30 },
      )
      .toBeGreaterThan(1);
    await page.keyboard.press(' ');
  });

  it('begins a film with a clip that is dropped on its door, and looks for damage from the clip’s menu', async () => {
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: 'Longtake', exact: true }).click();
    await dropFiles(page, page.getByRole('button', { name: /^Edit a timeline/ }), [path.join(host.root, 'walk.mp4')]);
    await page.getByRole('heading', { name: 'walk', level: 1 }).waitFor();
    // Selected, as it lies on the timeline.
    await inspector().getByRole('spinbutton', { name: 'Opacity', exact: true }).waitFor();
    area = await timelineArea(page);
    await area.fit(24);
    // The mouse alone, in three steps: the clip's menu, what it offers, and the button; here there is nothing to mend.
    await page.mouse.click(...area.at(8, 'middle'), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Damaged frames …' }).click();
    await inspector().getByText('No black or doubled frames in this clip.').waitFor();
  });
});
