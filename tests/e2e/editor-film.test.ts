import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const demo = (name: string): string => path.join(import.meta.dirname, '..', '..', 'resources', 'demo', name);

type Probe = { format: { duration: string }; streams: Record<string, string | number>[] };
const probed = (file: string): Probe =>
  JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', file], {
      encoding: 'utf8',
    }),
  ) as Probe;

/** The peak of a file's sound, dB below full scale. */
const loudestOf = (file: string): number => {
  const words = ['-hide_banner', '-i', file, '-af', 'volumedetect', '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8' });
  return Number(/max_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
};

describe.skipIf(!chromiumPath())('a film made in the window', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let footage: string;
  let projectFolder: string;

  const shelf = (): Locator => page.getByRole('listbox', { name: 'Media' });
  const media = (name: string): Locator => shelf().getByRole('option', { name });
  const inspector = (): Locator => page.locator('section[aria-label="Inspector"]');
  const number = (name: string): Locator => inspector().getByRole('spinbutton', { name, exact: true });
  const kept = (): Promise<void> => page.getByRole('status').filter({ hasText: 'all changes kept' }).waitFor();
  /** What undo would take back; waits until it is that. */
  const lastStep = (what: string): Promise<void> =>
    page.locator(`button[aria-label="Undo"][title="Undo: ${what}"]`).waitFor();
  const undo = (): Promise<void> => page.getByRole('button', { name: 'Undo', exact: true }).click();

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    footage = path.join(host.root, 'Footage');
    await mkdir(path.join(footage, 'Music'), { recursive: true });
    await cp(demo('poppy-field.jpg'), path.join(footage, 'poppy-field.jpg'));
    // A second of each, small: what is looked at is the window, not how fast a film is written.
    for (const name of ['lake-at-dawn.mp4', 'valley-at-dusk.mp4']) {
      const small = ['-t', '1', '-vf', 'scale=320:180', '-c:v', 'libx264', '-g', '12', '-c:a', 'aac'];
      execFileSync('ffmpeg', ['-v', 'error', '-i', demo(name), ...small, path.join(footage, name)]);
    }
    const tone = ['-v', 'error', '-f', 'lavfi', '-i', 'sine=330:duration=2', '-c:a', 'pcm_s16le'];
    execFileSync('ffmpeg', [...tone, path.join(footage, 'Music', 'strings.wav')]);
    await writeFile(path.join(footage, 'broken.mp4'), 'no film at all');
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    complaints = complaintsOf(page);
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /Edit a timeline/ }).click();
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  it('links files of the host, chosen by keys, and says what could not be taken in', async () => {
    await page.getByRole('button', { name: 'Add media' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add media' });
    await dialog.getByRole('option', { name: 'Footage' }).click();
    await page.keyboard.press('Enter');
    await dialog.getByRole('option', { name: 'lake-at-dawn.mp4' }).waitFor();
    // From the folder "Music" over broken.mp4 down to the last: typed letters lead to a name, Shift selects up to there.
    await page.keyboard.press('Tab');
    await dialog.getByRole('option', { name: 'Music' }).click();
    await page.keyboard.press('Shift+End');
    await screenshot(page, 'chooser-dark');
    await dialog.getByRole('button', { name: 'Add (5)' }).click();
    await media('valley-at-dusk.mp4').waitFor();
    await media('strings.wav').waitFor();
    await page.getByRole('alert').filter({ hasText: 'broken.mp4' }).waitFor();
    expect(await media('broken.mp4').count()).toBe(0);
    await lastStep('Add media');
  });

  it('copies a file that is dropped into the project’s media folder', async () => {
    const bytes = await page.evaluateHandle(async () => {
      const wave = new Uint8Array(44 + 96_000);
      const view = new DataView(wave.buffer);
      const words = [0x52494646, 0, 0x57415645, 0x666d7420];
      words.forEach((word, i) => view.setUint32(i * 4, word));
      view.setUint32(4, 36 + 96_000, true);
      view.setUint32(16, 16, true);
      view.setUint16(20, 1, true);
      view.setUint16(22, 1, true);
      view.setUint32(24, 48_000, true);
      view.setUint32(28, 96_000, true);
      view.setUint16(32, 2, true);
      view.setUint16(34, 16, true);
      view.setUint32(36, 0x64617461);
      view.setUint32(40, 96_000, true);
      const transfer = new DataTransfer();
      transfer.items.add(new File([wave], 'room tone.wav', { type: 'audio/wav' }));
      return transfer;
    });
    await shelf().dispatchEvent('dragover', { dataTransfer: bytes });
    await shelf().dispatchEvent('drop', { dataTransfer: bytes });
    await media('room tone.wav').waitFor();
    await page.getByText('Copied into the project’s media folder: 1 file.').waitFor();
  });

  it('sorts media into bins, and searches them', async () => {
    await page.getByRole('button', { name: 'New bin' }).click();
    await page.keyboard.type('Sound');
    await page.keyboard.press('Enter');
    await media('Sound').waitFor();
    await media('strings.wav').click();
    await media('room tone.wav').click({ modifiers: ['ControlOrMeta'], button: 'left' });
    await media('strings.wav').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Move to a bin' }).click();
    await page.getByRole('menuitem', { name: 'Sound' }).click();
    await media('strings.wav').waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: 'Search media' }).fill('str wav');
    await media('strings.wav').waitFor();
    expect(await shelf().getByRole('option').count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search media' }).fill('');
    await media('Sound').dblclick();
    await media('room tone.wav').waitFor();
    await page.getByRole('navigation', { name: 'Where this bin lies' }).getByText('All media').click();
  });

  it('puts clips on the timeline from the source monitor and by the menu, and a title over them', async () => {
    await media('lake-at-dawn.mp4').dblclick();
    await page.getByRole('tab', { name: 'Source: lake-at-dawn.mp4' }).waitFor();
    await page.keyboard.press(',');
    await number('Opacity').waitFor();
    await media('valley-at-dusk.mp4').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Put at the playhead' }).click();
    await kept();
    await page.getByRole('button', { name: 'Title', exact: true }).click();
    const words = inspector().getByRole('textbox', { name: 'Text' });
    await words.fill('A quiet morning');
    await lastStep('Change clip');
    await number('Size').fill('16');
    await page.keyboard.press('Enter');
    await kept();
    await screenshot(page, 'inspector-title-dark');
  });

  it('drags a number as one undo step, and Escape takes it back', async () => {
    const size = number('Size');
    const box = await size.boundingBox();
    if (!box) throw new Error('not on screen');
    const drag = async (by: number): Promise<void> => {
      await page.mouse.move(box.x + 20, box.y + 8);
      await page.mouse.down();
      await page.mouse.move(box.x + 20 + by, box.y + 8, { steps: 5 });
    };
    await drag(20);
    expect(await size.inputValue()).toBe('26 %');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await size.inputValue()).toBe('16 %');
    await drag(-8);
    await page.mouse.up();
    await kept();
    expect(await size.inputValue()).toBe('12 %');
    await undo();
    await expect.poll(() => size.inputValue()).toBe('16 %');
  });

  it('sets the gain of a sound', async () => {
    await media('Sound').dblclick();
    await media('strings.wav').dblclick();
    await page.getByRole('button', { name: /^Insert/ }).click();
    await number('Gain').click();
    await page.keyboard.type('-6,5');
    await page.keyboard.press('Enter');
    await expect.poll(() => number('Gain').inputValue()).toBe('-6.5 dB');
    await lastStep('Change clip');
  });

  it('undoes across a restart of the server', async () => {
    await host.restart();
    await page.goto('about:blank');
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: /^Untitled/ }).click();
    await lastStep('Change clip');
    complaints.length = 0;
    await undo();
    await page.getByRole('button', { name: 'Redo', exact: true }).and(page.locator(':enabled')).waitFor();
    const client = host.client();
    const [recent] = (await client.call('session.recent', {})).projects;
    projectFolder = path.dirname(recent.path);
    const opened = await client.call('project.open', { path: recent.path });
    if (opened.outcome !== 'opened') throw new Error('not opened');
    expect(opened.opened.state.redo).toBe('set-clip');
    await page.getByRole('button', { name: 'Redo', exact: true }).click();
    await lastStep('Change clip');
  });

  it('keeps a version and goes back to it', async () => {
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('textbox', { name: 'Name of this version' }).fill('First cut');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Go back to First cut' }).waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    const steps = page.getByRole('list', { name: 'History' }).getByRole('button');
    await expect.poll(() => steps.count()).toBeGreaterThan(8);
    await steps.nth(2).click();
    await page.getByRole('button', { name: 'Redo', exact: true }).and(page.locator(':enabled')).waitFor();
    await screenshot(page, 'history-dark');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Go back to First cut' }).click();
    await lastStep('Restore version');
    await page.getByRole('tab', { name: 'Media' }).click();
  });

  it('exports the film', async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Export the film' });
    await dialog.getByText('Draft', { exact: true }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Quiet morning');
    await page.keyboard.press('Enter');
    await dialog.getByText(/^About .* frames/).waitFor();
    await screenshot(page, 'export-dark');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const ready = dialog.getByRole('button', { name: 'Download' });
    await ready.waitFor({ timeout: 60_000 });
    const [saved] = await Promise.all([page.waitForEvent('download'), ready.click()]);
    expect(saved.suggestedFilename()).toBe('Quiet morning.mp4');
    await screenshot(page, 'export-done-dark');
    const file = path.join(projectFolder, 'Quiet morning.mp4');
    const { streams } = probed(file);
    const [video, audio] = ['video', 'audio'].map((kind) => streams.find((stream) => stream.codec_type === kind));
    // As large as the first clip; two clips of a second, and a title of five that begins where they end.
    expect(video).toMatchObject({ codec_name: 'h264', width: 320, height: 180, nb_read_frames: String(7 * 24) });
    expect(audio).toMatchObject({ codec_name: 'aac' });
    // The tone came in quietly: -6.5 dB of the eighth that ffmpeg's sine has.
    expect(loudestOf(file)).toBeGreaterThan(-26);
    // The same name once more is asked about.
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByText('Quiet morning.mp4 lies there already.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, 120_000);

  it('says which media are away, and finds them in another folder', async () => {
    const other = path.join(host.root, 'Moved');
    await mkdir(other);
    await rename(path.join(footage, 'poppy-field.jpg'), path.join(other, 'flowers.jpg'));
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.getByText('1 file is not where it was').waitFor();
    await page.getByRole('button', { name: 'Find …' }).click();
    await page
      .getByRole('dialog', { name: 'Find missing media' })
      .getByRole('button', { name: 'Choose the file' })
      .click();
    const chooser = page.getByRole('dialog', { name: 'Where is poppy-field.jpg?' });
    await chooser.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'films' }).click();
    await chooser.getByRole('option', { name: 'Moved' }).dblclick();
    await chooser.getByRole('option', { name: 'flowers.jpg' }).dblclick();
    await page.getByText('Every file is where the project expects it.').waitFor();
    await page.keyboard.press('Escape');
    await rm(footage, { recursive: true });
    expect(complaints).toEqual([]);
  });
});
