import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipsOf, endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { hostProject } from '../support/host-project.ts';
import { apart, greysOf, meanOf } from '../support/pictures.ts';
import { timelineArea } from '../support/timeline-area.ts';
import type { TimelineArea } from '../support/timeline-area.ts';

const demo = (name: string): string => path.join(import.meta.dirname, '..', '..', 'resources', 'demo', name);
const [width, height] = [128, 72];

/** Frames of the film: two clips that meet, a gap, and a third clip whose file goes on for six frames behind it. */
const layout = { lake: [0, 20], valley: [20, 40], walk: [46, 62] } as const;
const end = layout.walk[1];
const handle = 6;

describe.skipIf(!chromiumPath())('growing in the window', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;
  let project: string;
  let area: TimelineArea;
  const files = new Map<string, string>();

  const { document, edit } = hostProject(() => ({ host, client, project }));
  const picturesTrack = (now: Document) => tracksOf(now, [...now.sequences.keys()][0], 'video')[0];
  /** `start-end`, with a star for what was grown. */
  const track = async (): Promise<string> => {
    const now = await document();
    return clipsOf(now, picturesTrack(now).id)
      .map((clip) => `${clip.start}-${endOf(clip)}${clip.kind === 'take' ? '*' : ''}`)
      .join(' ');
  };
  const becomes = (wanted: string): Promise<void> => expect.poll(track, { timeout: 240_000 }).toBe(wanted);
  const kept = (): Promise<void> => page.getByText('all changes kept').waitFor();
  const undo = async (): Promise<void> => {
    await page.keyboard.press('Control+z');
    await kept();
  };
  const inspector = (): Locator => page.locator('section[aria-label="Inspector"]');
  const takes = (): Locator => inspector().getByRole('group', { name: /^Takes of/ });
  const jobs = async () => (await client.call('generate.list', { project })).jobs;

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Growing' }));
    for (const [name, source, frames] of [
      ['lake', 'lake-at-dawn.mp4', 20],
      ['valley', 'valley-at-dusk.mp4', 20],
      ['walk', 'walk-in-the-rain.mp4', 16 + handle],
    ] as const) {
      const file = path.join(host.root, `${name}.mp4`);
      // Two frames of the first clip are lost.
      const lost = name === 'lake' ? ",drawbox=color=black:t=fill:enable='between(n,8,9)'" : '';
      const small = [
        '-an',
        '-frames:v',
        String(frames),
        '-vf',
        `scale=${width}:${height}${lost}`,
        '-c:v',
        'libx264',
        '-crf',
        '8',
      ];
      execFileSync('ffmpeg', ['-v', 'error', '-i', demo(source), ...small, '-g', '8', file]);
      files.set(name, file);
    }
    const { media } = await client.call('media.import', { project, work: 'clips', paths: [...files.values()] });
    const byName = new Map(media.map((id, i) => [[...files.keys()][i], id]));
    const now = await document();
    const [sequence] = now.sequences.values();
    await edit('change-sequence', { id: sequence.id, changes: { width, height } });
    for (const [name, [from, to]] of Object.entries(layout))
      await edit('overwrite', {
        ...{ sequenceId: sequence.id, at: from, videoTrackId: picturesTrack(now).id, audioTrackId: null },
        source: { mediaId: byName.get(name), in: rational(0), out: rational(to - from, 24) },
      });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Growing/ }).click();
    await page.getByRole('heading', { name: 'Growing' }).waitFor();
    area = await timelineArea(page);
    await page.keyboard.press('g');
    await area.fit(end);
  });

  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('drags an edge over its handle and beyond: what was filmed first, then what is grown', async () => {
    await area.hold(area.at(end - 0.2, 'name'), area.at(end + handle + 8, 'name'));
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await becomes('0-20 20-40 46-62');
    expect(await jobs()).toEqual([]);
    await area.hold(area.at(end - 0.2, 'name'), area.at(end + handle + 8, 'name'));
    await page.getByText(/^grow 0:0[789]$/).waitFor();
    await screenshot(page, 'grow-drag-dark');
    await page.mouse.up();
    await inspector().getByRole('article', { name: 'Extend walk.mp4' }).waitFor();
    await becomes('0-20 20-40 46-68 68-76*');
    await page.getByText('walk.mp4 has grown.').waitFor();
  });

  it('makes another take, shows it by its number in place, and undoes that', async () => {
    await area.fit(76);
    await page.mouse.click(...area.at(72, 'middle'));
    await takes()
      .getByRole('button', { name: /^Show take 1/ })
      .waitFor();
    await takes()
      .getByRole('button', { name: /^Show take 1/ })
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Make again with another seed' }).click();
    await takes()
      .getByRole('button', { name: /^Show take 2/ })
      .waitFor({ timeout: 240_000 });
    const used = async (): Promise<string | null | undefined> => {
      const now = await document();
      return clipsOf(now, picturesTrack(now).id).find(({ kind }) => kind === 'take')?.mediaId;
    };
    const first = await used();
    await page.keyboard.press('2');
    await expect.poll(used).not.toBe(first);
    await takes()
      .getByRole('button', { name: /^Show take 2/, pressed: true })
      .waitFor();
    // Both in one picture, parted by a line.
    await area.goTo(72);
    await page.keyboard.press('Shift+Digit1');
    await page.getByRole('slider', { name: 'Line between the two takes' }).waitFor();
    await page.locator('.wipe canvas:not([hidden])').waitFor();
    await screenshot(page, 'grow-takes-dark');
    await page.keyboard.press('Escape');
    await undo();
    await expect.poll(used).toBe(first);
  });

  it('fills a gap with a click', async () => {
    await page.mouse.move(...area.at(42, 'middle'));
    await page.getByText('Fill gap 0:06').waitFor();
    await page.mouse.click(...area.at(42, 'middle'));
    await becomes('0-20 20-40 40-46* 46-68 68-76*');
  });

  it('blends a cut by a drag out of its lower half', async () => {
    await area.hold(area.at(20, 'low'), area.at(24, 'low'));
    await page.getByText('blend 0:08').waitFor();
    await page.mouse.up();
    await becomes('0-16 16-24* 24-40 40-46* 46-68 68-76*');
  });

  it('finds damaged frames, marks others by a drag, and fills those that are ticked', async () => {
    await page.mouse.click(...area.at(3, 'middle'));
    await inspector().getByRole('radio', { name: 'Fill' }).check({ force: true });
    await inspector().getByRole('button', { name: 'Find damaged frames' }).click();
    await inspector().getByRole('checkbox', { name: '00:00:00:08, 0:02 long' }).waitFor();
    await area.hold(area.at(12.5, 'middle'), area.at(14.5, 'middle'));
    await page.mouse.up();
    const marked = inspector().getByRole('checkbox', { name: '00:00:00:12, 0:03 long' });
    await inspector()
      .getByText(/^5 new frames/)
      .waitFor();
    await screenshot(page, 'grow-fill-dark');
    await marked.uncheck();
    await inspector()
      .getByText(/^2 new frames/)
      .waitFor();
    await inspector().getByRole('button', { name: 'Grow a take' }).click();
    await becomes('0-8 8-10* 10-16 16-24* 24-40 40-46* 46-68 68-76*');
  });

  it('cancels a job, and takes it off the list', async () => {
    await page.mouse.click(...area.at(30, 'middle'));
    await page.keyboard.press('Shift+G');
    await inspector().getByRole('radio', { name: 'Extend' }).check({ force: true });
    const by = inspector().getByRole('textbox', { name: 'By' });
    await by.fill('10s');
    await by.press('Enter');
    await inspector()
      .getByText(/new frames from the last/)
      .waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: /^1 job/ }).click();
    const card = page.getByRole('list', { name: 'Jobs' }).getByRole('article');
    await card.getByText('0:10', { exact: false }).or(card.getByRole('progressbar')).first().waitFor();
    await screenshot(page, 'grow-jobs-dark');
    await card.getByRole('button', { name: /^Cancel/ }).click();
    const ended = page.getByRole('list', { name: 'Ended' });
    await ended.getByText('cancelled').waitFor({ timeout: 5000 });
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await ended.waitFor({ state: 'detached' });
    await becomes('0-8 8-10* 10-16 16-24* 24-40 40-46* 46-68 68-76*');
  });

  it('exports a film in which what was filmed is as it was, and what was grown moves', async () => {
    const now = await document();
    const [sequence] = now.sequences.values();
    const file = path.join(host.root, 'grown.mov');
    await client.call('export.start', {
      ...{ project, work: 'film', sequenceId: sequence.id, path: file, settings: { codec: 'prores' } },
    });
    const state = async () => (await client.call('export.list', { project })).exports[0].state;
    await expect.poll(state, { timeout: 120_000 }).toBe('done');
    const film = greysOf(file, width, height);
    expect(film).toHaveLength(76);
    const filmed = new Map([...files].map(([name, source]) => [name, greysOf(source, width, height)]));
    for (const [name, from, to, first] of [
      ['lake', 0, 8, 0],
      ['lake', 10, 16, 10],
      ['valley', 24, 40, 4],
      ['walk', 46, 68, 0],
    ] as const)
      for (let frame = from; frame < to; frame++)
        expect(apart(film[frame], (filmed.get(name) ?? [])[frame - from + first]), `frame ${frame}`).toBeLessThan(1.5);
    const grown = [
      ...[8, 9],
      ...[16, 17, 18, 19, 20, 21, 22, 23],
      ...[40, 41, 42, 43, 44, 45],
      ...[68, 69, 70, 71, 72, 73, 74, 75],
    ];
    for (const frame of grown) expect(meanOf(film[frame]), `frame ${frame}`).toBeGreaterThan(20);
    for (const [from, to] of [
      [16, 24],
      [40, 46],
      [68, 76],
    ])
      expect(apart(film[from], film[to - 1]), `frames ${from} to ${to}`).toBeGreaterThan(0.3);
  });
});
