import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allTracksOf, clipsOf, endOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { fittingScale } from '../../renderer/timeline/time-scale.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { hostProject } from '../support/host-project.ts';
import { createClipFolder } from '../support/media-clips.ts';

const sound = ['-f', 'lavfi', '-i', 'sine=220:d=4'];
/** Three clips of picture and sound on V1 and A1, of so many frames each; they show frames 24 to 72 of a film of 96. */
const each = 48;
const cut = each;
const untouched = { V1: '0-48 48-96 96-144', V2: '', A1: '0-48 48-96 96-144' };

type Place = [frame: number, track: 'V2' | 'V1' | 'A1'];

describe.skipIf(!chromiumPath())('the timeline in a real browser', () => {
  const films = createClipFolder();
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let client: EngineClient;
  let project: string;
  let area: { x: number; y: number; width: number; height: number };

  const { document, edit, revision } = hostProject(() => ({ host, client, project }));
  const layout = (now: Document): Record<string, string> => {
    const [sequence] = now.sequences.values();
    return Object.fromEntries(
      allTracksOf(now, sequence.id).map(({ id, name }) => [
        name,
        clipsOf(now, id)
          .map((clip) => `${clip.start}-${endOf(clip)}`)
          .join(' '),
      ]),
    );
  };
  const isUntouched = (now: Document): boolean =>
    now.transitions.size + now.markers.size === 0 && JSON.stringify(layout(now)) === JSON.stringify(untouched);
  /** Waits until the window shows what the engine has answered. */
  const kept = (): Promise<void> => page.getByText('all changes kept').waitFor();
  /** Waits until the engine holds what is asked for, and fails with what it holds instead. */
  const expectLayout = async (wanted: Partial<typeof untouched>): Promise<void> => {
    await expect.poll(async () => layout(await document()), { timeout: 10_000 }).toEqual({ ...untouched, ...wanted });
    await kept();
  };

  const rowY = { V2: 26, V1: 90, A1: 150 };
  const at = ([frame, track]: Place): [number, number] => [
    area.x + frame * fittingScale(3 * each, area.width),
    area.y + 34 + rowY[track],
  ];
  const click = (place: Place): Promise<void> => page.mouse.click(...at(place));
  const hold = async (from: Place, to: Place): Promise<void> => {
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at([(from[0] + to[0]) / 2, to[1]]));
    await page.mouse.move(...at(to), { steps: 3 });
  };
  const drag = async (from: Place, to: Place): Promise<void> => {
    await hold(from, to);
    await page.mouse.up();
  };
  /** The playhead to a frame, by a press on the ruler. */
  const goTo = (frame: number): Promise<void> => page.mouse.click(at([frame, 'V1'])[0] + 2, area.y + 8);

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    const drawn = films.draw('film.mp4', 100, '320x180', ...sound, '-pix_fmt', 'yuv420p', '-g', '12', '-t', '4');
    const film = path.join(host.root, 'film.mp4');
    await copyFile(drawn, film);
    client = host.client();
    ({ project } = await client.call('project.create', { name: 'Cutting' }));
    const imported = await client.call('media.import', { project, work: 'film', paths: [film] });
    const [sequence] = (await document()).sequences.values();
    await edit('add-track', { sequenceId: sequence.id, kind: 'video' });
    const tracks = (await document()).tracksOfSequence.get(sequence.id);
    const source = { mediaId: imported.media[0], in: { num: 1, den: 1 }, out: { num: 3, den: 1 } };
    for (const frame of [0, each, 2 * each])
      await edit('overwrite', {
        ...{ sequenceId: sequence.id, source, at: frame },
        ...{ videoTrackId: tracks?.video[0].id, audioTrackId: tracks?.audio[0].id },
      });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Cutting/ }).click();
    await page.getByRole('heading', { name: 'Cutting' }).waitFor();
    const box = await page.locator('#timeline-clips').boundingBox();
    if (!box) throw new Error('there is no timeline');
    area = box;
  });

  afterAll(async () => {
    await browser?.close();
    await host?.close();
    films.remove();
    expect(host.faults).toEqual([]);
    expect(complaints).toEqual([]);
  });

  beforeEach(async () => {
    while (!isUntouched(await document())) {
      const before = await revision();
      await page.keyboard.press('Control+z');
      await expect.poll(revision, { timeout: 10_000 }).toBeGreaterThan(before);
      await kept();
    }
    await page.mouse.move(area.x + 4, area.y - 60);
    for (const key of ['v', 'Escape', 'Shift+Z']) await page.keyboard.press(key);
  });

  it('moves and removes a track from its head, by mouse and by keys', async () => {
    const head = (name: string) => page.getByRole('group', { name });
    const names = async (): Promise<string[]> => Object.keys(layout(await document()));
    const before = await names();
    await head('Picture track 1').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Move up' }).click();
    await expect.poll(names, { timeout: 10_000 }).not.toEqual(before);
    await head('Picture track 2').getByRole('button', { name: 'Rename the track' }).focus();
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(names, { timeout: 10_000 }).toEqual(before);
    await kept();
    await head('Picture track 1').click({ button: 'right' });
    await screenshot(page, 'track-menu-dark');
    await page.getByRole('menuitem', { name: 'Remove with 3 clips' }).click();
    await expect.poll(async () => layout(await document()).V1, { timeout: 10_000 }).toBe(undefined);
    await kept();
    await page.keyboard.press('Control+z');
    await expectLayout({});
  });

  it('selects clips with their sound, several, by a frame around them, all and none', async () => {
    const list = page.getByRole('listbox', { name: 'Clips of the timeline' });
    const selected = (count: number): Promise<void> =>
      expect.poll(() => list.getByRole('option', { selected: true }).count(), { timeout: 5000 }).toBe(count);
    await list.focus();
    await selected(0);
    await page.keyboard.press('Enter');
    await selected(1);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await selected(2);
    await page.keyboard.press('Control+a');
    await selected(3);
    await page.keyboard.press('Delete');
    await expectLayout({ V1: '', A1: '' });
    await page.keyboard.press('Control+z');
    await expectLayout({});
    // A frame around the picture of two clips takes their sound along.
    await drag([30, 'V2'], [60, 'V1']);
    await page.keyboard.press('Delete');
    await expectLayout({ V1: '96-144', A1: '96-144' });
  });

  it('drags a clip with its sound, snapping, as one step; Escape takes it back', async () => {
    const before = await revision();
    await hold([120, 'V1'], [140, 'V2']);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expectLayout({});
    expect(await revision()).toBe(before);
    await drag([110, 'V1'], [122, 'V1']);
    await expectLayout({ V1: '0-48 48-96 108-156', A1: '0-48 48-96 108-156' });
    expect(await revision()).toBe(before + 1);
    await page.keyboard.press('Control+z');
    await expectLayout({});
    // A frame off the cut: it snaps to it.
    await drag([24, 'V1'], [24 + 97, 'V2']);
    await expectLayout({ V2: '96-144', V1: '48-96 96-144', A1: '48-96 96-144' });
  });

  it('trims as far as there is source and room, ripples, rolls, slips and slides', async () => {
    await drag([cut - 0.3, 'V1'], [cut - 12, 'V1']);
    await expectLayout({ V1: '0-36 48-96 96-144', A1: '0-36 48-96 96-144' });
    await page.keyboard.press('Control+z');
    await expectLayout({});
    await page.keyboard.press('r');
    // There are 24 frames behind each clip, and no more.
    await drag([cut - 0.3, 'V1'], [cut + 90, 'V1']);
    await expectLayout({ V1: '0-72 72-120 120-168', A1: '0-72 72-120 120-168' });
    await page.keyboard.press('Control+z');
    await expectLayout({});
    await page.keyboard.press('n');
    await drag([cut - 0.3, 'V1'], [cut + 10, 'V1']);
    await expectLayout({ V1: '0-58 58-96 96-144', A1: '0-58 58-96 96-144' });
    await page.keyboard.press('u');
    await drag([80, 'V1'], [86, 'V1']);
    await expectLayout({ V1: '0-64 64-102 102-144', A1: '0-64 64-102 102-144' });
    await page.keyboard.press('y');
    const sourceIn = async (): Promise<number[]> =>
      Array.from((await document()).clips.values())
        .filter(({ start }) => start === 64)
        .map((clip) => Math.round((24 * clip.sourceIn.num) / clip.sourceIn.den));
    const [from] = await sourceIn();
    await drag([80, 'V1'], [75, 'V1']);
    await expect.poll(sourceIn).toEqual([from + 5, from + 5]);
  });

  it('cuts with the blade and at the playhead, deletes with and without a gap', async () => {
    await page.keyboard.press('b');
    await click([20, 'V1']);
    await expectLayout({ V1: '0-20 20-48 48-96 96-144', A1: '0-20 20-48 48-96 96-144' });
    await page.keyboard.press('v');
    await click([30, 'V1']);
    await page.keyboard.press('Delete');
    await expectLayout({ V1: '0-20 48-96 96-144', A1: '0-20 48-96 96-144' });
    await click([70, 'V1']);
    await page.keyboard.press('Shift+Delete');
    await expectLayout({ V1: '0-20 48-96', A1: '0-20 48-96' });
    await page.keyboard.press('Shift+Z');
  });

  it('has a menu for clips and for gaps', async () => {
    await page.mouse.click(...at([60, 'V1']), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await expectLayout({ V1: '0-48 96-144', A1: '0-48 96-144' });
    await page.mouse.click(...at([60, 'V1']), { button: 'right' });
    await page.getByRole('menuitem', { name: 'Close this gap' }).click();
    await expectLayout({ V1: '0-48 48-96', A1: '0-48 48-96' });
  });

  it('copies and pastes at the playhead, nudges, and marks', async () => {
    await click([10, 'V1']);
    await page.keyboard.press('Control+c');
    await goTo(120);
    await page.keyboard.press('Control+v');
    await expectLayout({ V1: '0-48 48-96 96-120 120-168', A1: '0-48 48-96 96-120 120-168' });
    // What was pasted is selected.
    await page.keyboard.press('.');
    await expectLayout({ V1: '0-48 48-96 96-120 121-169', A1: '0-48 48-96 96-120 121-169' });
    await goTo(60);
    await page.keyboard.press('m');
    await expect
      .poll(async () => Array.from((await document()).markers.values(), ({ frame }) => frame))
      .toHaveLength(1);
    await screenshot(page, 'timeline-dark');
  });

  it('puts a dissolve on the selected cut and drags it longer', async () => {
    await click([40, 'V1']);
    await page.keyboard.press('Control+d');
    const lengths = async (): Promise<number[]> =>
      Array.from((await document()).transitions.values(), ({ before, after }) => before + after);
    await expect.poll(lengths, { timeout: 30_000 }).toEqual([24, 24]);
    // It is selected, and the keys that move clips change its length; its sound's stays.
    const sorted = async (): Promise<number[]> => (await lengths()).sort();
    for (const key of ['.', '.']) await page.keyboard.press(key);
    await expect.poll(sorted, { timeout: 30_000 }).toEqual([24, 26]);
    for (const key of [',', ',']) await page.keyboard.press(key);
    await expect.poll(sorted, { timeout: 30_000 }).toEqual([24, 24]);
    const [x, y] = at([cut + 11.7, 'V1']);
    await page.mouse.move(x, y + 24);
    await page.mouse.down();
    await page.mouse.move(x + 20, y + 24);
    await page.mouse.move(at([cut + 18, 'V1'])[0], y + 24, { steps: 3 });
    await page.mouse.up();
    await expect.poll(sorted, { timeout: 30_000 }).toEqual([24, 36]);
    await page.keyboard.press('Delete');
    await expect.poll(lengths).toEqual([24]);
  });

  it('takes media from the bin, over what is there or moving it', async () => {
    const item = page.getByRole('option', { name: /film/ }).first();
    await item.waitFor();
    const box = await item.boundingBox();
    if (!box) throw new Error('the film is not in the bin');
    const drop = async (place: Place, key?: 'Control'): Promise<void> => {
      await page.mouse.move(box.x + box.width / 2, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 20, box.y + 60);
      if (key) await page.keyboard.down(key);
      await page.mouse.move(...at(place), { steps: 3 });
      await page.mouse.move(...at(place));
      await page.mouse.up();
      if (key) await page.keyboard.up(key);
    };
    await drop([cut, 'V1'], 'Control');
    await expectLayout({ V1: '0-48 48-144 144-192 192-240', A1: '0-48 48-144 144-192 192-240' });
    await page.keyboard.press('Control+z');
    await expectLayout({});
    await page.keyboard.press('Shift+Z');
    await drop([cut, 'V1']);
    await expectLayout({ V1: '0-48 48-144', A1: '0-48 48-144' });
  });

  it('takes a file from the system where it is dropped', async () => {
    const dataTransfer = await page.evaluateHandle(
      (text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], 'dropped.mp4'));
        return transfer;
      },
      await readFile(films.path('film.mp4'), 'base64'),
    );
    const [clientX, clientY] = at([20, 'V2']);
    await page.dispatchEvent('#timeline-clips', 'drop', { dataTransfer, clientX, clientY, altKey: true });
    await expectLayout({ V2: '20-116' });
  });

  it('locks, mutes and adds tracks by their heads', async () => {
    const head = page.getByRole('group', { name: 'Picture track 1' });
    await head.getByRole('button', { name: 'Lock the track' }).click();
    await head.getByRole('button', { name: 'Lock the track', pressed: true }).waitFor();
    await drag([24, 'V1'], [60, 'V1']);
    await click([70, 'V1']);
    await page.keyboard.press('Delete');
    await page.getByText('The track is locked.').first().waitFor();
    await expectLayout({});
    await page.getByRole('button', { name: 'Add a sound track' }).click();
    await page.getByRole('group', { name: 'Sound track 2' }).waitFor();
  });
});
