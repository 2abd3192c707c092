/** Keyframes, markers of clips and pasting so that the rest moves, by mouse and by keys, in a real browser. */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { fittingScale } from '../../renderer/timeline/time-scale.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { hostProject } from '../support/host-project.ts';
import { createClipFolder } from '../support/media-clips.ts';
import { viewerOf } from '../support/viewer-page.ts';

const patient = { timeout: 30_000 };

describe.skipIf(!chromiumPath())('what lies on clips', { timeout: 120_000 }, () => {
  const films = createClipFolder();
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;
  let project: string;
  /** Of the clip, frames. */
  let length: number;
  let area: { x: number; y: number; width: number; height: number };

  const { document, revision } = hostProject(() => ({ host, client, project }));
  const clips = async (): Promise<Clip[]> =>
    [...(await document()).clips.values()].sort((a, b) => a.start - b.start || a.duration - b.duration);
  const clip = async (): Promise<Clip> => (await clips())[0];
  /** Waits until so many edits were made since, and nothing is on its way. */
  const made = async (before: number, edits: number): Promise<void> => {
    await expect.poll(revision, patient).toBe(before + edits);
    await page.getByText('all changes kept').waitFor();
  };
  const scale = async (): Promise<string[]> =>
    (await clip()).placement?.scale.keys.map(({ frame, value, easing }) => `${frame}:${value}:${easing}`) ?? [];
  const markers = async (): Promise<number[]> =>
    [...(await document()).markers.values()].map(({ frame }) => frame).sort((a, b) => a - b);

  /** A place of the clip's row: pixels from its upper edge. */
  const at = (frame: number, y: number): [number, number] => [
    area.x + frame * fittingScale(length, area.width),
    area.y + 34 + y,
  ];
  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move((from[0] + to[0]) / 2, to[1]);
    await page.mouse.move(...to, { steps: 3 });
    await page.mouse.up();
  };
  const middleOf = async (of: Locator): Promise<[number, number]> => {
    const box = await of.boundingBox();
    if (!box) throw new Error('not seen');
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const inspector = (): Locator => page.getByRole('region', { name: 'Inspector' });
  const key = (time: string): Locator => inspector().getByRole('button', { name: `Scale at 00:00:0${time}` });

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    const drawn = films.draw('film.mp4', 72, '320x180', '-pix_fmt', 'yuv420p', '-g', '12');
    await copyFile(drawn, path.join(host.root, 'film.mp4'));
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Details' }));
    const paths = [path.join(host.root, 'film.mp4')];
    const { media, revision: baseRevision } = await client.call('media.import', { project, work: 'film', paths });
    const now = await document();
    const [sequence] = now.sequences.values();
    const [track] = now.tracksOfSequence.get(sequence.id)?.video ?? [];
    const source = { mediaId: media[0] };
    await client.call('project.edit', {
      ...{ project, opId: crypto.randomUUID(), name: 'overwrite', baseRevision },
      input: { sequenceId: sequence.id, source, videoTrackId: track.id, audioTrackId: null, at: 0 },
    });
    length = (await clip()).duration;
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Details/ }).click();
    await viewerOf(page).shows(0);
    const box = await page.locator('#timeline-clips').boundingBox();
    if (!box) throw new Error('there is no timeline');
    area = box;
    await page.keyboard.press('Control+a');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await host?.close();
    films.remove();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('sets keyframes at the playhead, and changes, moves and removes them in the Keyframes tab', async () => {
    const before = await revision();
    const viewer = viewerOf(page);
    await inspector().getByRole('tab', { name: 'Keyframes' }).click();
    await inspector().getByRole('button', { name: 'Scale: set a keyframe here' }).click();
    await made(before, 1);
    await viewer.goTo(24);
    await inspector().getByRole('spinbutton', { name: 'Scale' }).fill('150');
    await page.keyboard.press('Enter');
    await made(before, 2);
    expect(await scale()).toEqual(['0:1:linear', '24:1.5:linear']);

    // By keys: a key that is held is one step; Escape takes it back.
    await key('1:00').focus();
    for (let times = 0; times < 4; times += 1) await page.keyboard.down('ArrowRight');
    await page.keyboard.up('ArrowRight');
    await made(before, 3);
    await key('1:04').focus();
    await page.keyboard.down('ArrowRight');
    await page.keyboard.press('Escape');
    await page.keyboard.up('ArrowRight');
    expect(await scale()).toEqual(['0:1:linear', '28:1.5:linear']);

    // By mouse: dragged back it snaps to the playhead.
    const from = await middleOf(key('1:04'));
    await drag(from, [from[0] - 14, from[1]]);
    await made(before, 4);
    expect(await scale()).toEqual(['0:1:linear', '24:1.5:linear']);
    const lane = await inspector().getByRole('group', { name: 'Keyframes: Scale' }).boundingBox();
    if (!lane) throw new Error('no lane');
    await page.mouse.dblclick(lane.x + lane.width - 10, lane.y + 18);
    await made(before, 5);
    expect(await scale()).toEqual(['0:1:linear', '24:1.5:linear', `${length - 1}:1.5:linear`]);

    await key('0:00').focus();
    await inspector().getByRole('radiogroup', { name: 'To the next' }).getByText('Soft').click();
    await made(before, 6);
    await inspector().getByRole('spinbutton', { name: 'Value' }).fill('80');
    await page.keyboard.press('Enter');
    await made(before, 7);
    await screenshot(page, 'keyframes-dark');
    await inspector().getByRole('button', { name: 'Scale at' }).last().focus();
    await page.keyboard.press('Delete');
    await made(before, 8);
    expect(await scale()).toEqual(['0:0.8:smooth', '24:1.5:linear']);
  });

  it('changes keyframes where they lie on the timeline', async () => {
    const before = await revision();
    await page.mouse.click(...at(24, 64 - 3 - 9), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Hold until the next keyframe' }).click();
    await made(before, 1);
    expect(await scale()).toEqual(['0:0.8:smooth', '24:1.5:hold']);
    await page.mouse.click(...at(24, 64 - 3 - 9), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Remove the keyframes here' }).click();
    await made(before, 2);
    expect(await scale()).toEqual(['0:0.8:smooth']);
  });

  it('marks a clip, and moves the marker by mouse and by keys', async () => {
    const before = await revision();
    await page.keyboard.press('Alt+m');
    await made(before, 1);
    expect([...(await document()).markers.values()][0]).toMatchObject({ clipId: (await clip()).id, frame: 24 });
    await drag(at(24, 5), at(40, 30));
    await made(before, 2);
    expect(await markers()).toEqual([40]);
    await inspector().getByRole('tab', { name: 'Clip' }).click();
    await inspector().getByRole('spinbutton', { name: 'Place' }).waitFor();
    for (const pressed of ['.', '.', ',']) await page.keyboard.press(pressed);
    await made(before, 5);
    expect(await markers()).toEqual([41]);
    await page.mouse.click(...at(60, 40), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Marker on the clip' }).click();
    await made(before, 6);
    expect((await markers()).at(-1)).toBeGreaterThan(55);
    // From marker to marker; the one that it came to is moved, and not beyond its clip.
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+M');
    await viewerOf(page).shows(41);
    await page.keyboard.press('Shift+M');
    await page.keyboard.press('Control+Shift+M');
    await viewerOf(page).shows(41);
    await page.keyboard.press('Delete');
    await made(before, 7);
    expect(await markers()).toHaveLength(1);
  });

  it('pastes clips so that what comes later moves, by the key that browsers paste plain text with', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+a');
    const before = await revision();
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+Shift+V');
    await made(before, 1);
    expect((await clips()).map(({ start }) => start)).toEqual([0, length]);
    await page.keyboard.press('Control+z');
    await made(before, 2);
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+v');
    await made(before, 3);
    expect((await clips()).map(({ start }) => start)).toEqual([0]);
  });
});
