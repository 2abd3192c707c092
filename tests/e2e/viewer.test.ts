import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { still } from '../../engine/contract/timeline/animated.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { plainTitle } from '../../engine/contract/timeline/plain-title.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { importMedia } from '../../engine/projects/import-media.ts';
import { createProject } from '../../engine/projects/project.ts';
import { openFrameRenderer } from '../../engine/render/render-frame.ts';
import { mixSound } from '../../engine/render/sound/mix-sound.ts';
import { mediaResolver } from '../../engine/render/resolve-media.ts';
import { builtEditor, chromiumPath, complaintsOf, openBrowser, screenshot } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { pageBundle } from '../support/page-bundle.ts';
import { pixelPsnr, viewerOf } from '../support/viewer-page.ts';

const demo = fileURLToPath(new URL('../../resources/demo', import.meta.url));
const size = { width: 640, height: 360 };
/** Cut, dissolve, title, and a small turned picture on top. */
const looked = [0, 9, 25, 41, 46, 52, 70, 83];
const film = 'Preview and export';

/** The first two seconds of a demo clip, small, so that software decodes it in time. */
const smallClip = (name: string, to: string): void => {
  const args = [
    '-v',
    'error',
    '-y',
    '-i',
    path.join(demo, name),
    '-t',
    '2',
    '-vf',
    `scale=${size.width}:${size.height}`,
  ];
  const { status, stderr } = spawnSync(findFfmpeg().ffmpeg, [
    ...args,
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '18',
      '-g',
      '24',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-aac_pns',
      '0',
      to,
    ],
  ]);
  if (status !== 0) throw new Error(stderr.toString());
};

describe.skipIf(!chromiumPath())('the viewer in a real browser', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let document: Document;
  let file: string;
  let handle: string;

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    const folder = path.join(host.root, 'film');
    mkdirSync(folder);
    const names = ['lake-at-dawn.mp4', 'walk-in-the-rain.mp4', 'valley-at-dusk.mp4'];
    for (const name of names) smallClip(name, path.join(folder, name));
    file = path.join(folder, `${film}.longtake`);
    const project = await createProject(file, { backupEvery: 0 });
    project.edit('add-sequence', {
      ...{ name: film, frameRate: { num: 24, den: 1 }, ...size, videoTracks: 3, audioTracks: 1 },
    });
    await importMedia(project, [folder]);
    const now = project.document();
    const [sequence] = now.sequences.values();
    const { video = [], audio = [] } = now.tracksOfSequence.get(sequence.id) ?? {};
    const idOf = (name: string) => [...now.media.values()].find((media) => media.name === name)?.id;
    const whole = { in: { num: 1, den: 4 }, out: { num: 2, den: 1 } };
    const appended = (name: string) => {
      const sound = now.media.get(idOf(name) ?? '')?.sound ? audio[0].id : null;
      const targets = { videoTrackId: video[0].id, audioTrackId: sound };
      project.edit('append', { sequenceId: sequence.id, source: { mediaId: idOf(name), ...whole }, ...targets });
    };
    appended(names[0]);
    appended(names[1]);
    const source = { title: { ...plainTitle('A quiet morning'), size: 0.12 }, duration: 30 };
    project.edit('overwrite', { sequenceId: sequence.id, source, videoTrackId: video[1].id, at: 20 });
    const above = { sequenceId: sequence.id, source: { mediaId: idOf(names[2]) }, videoTrackId: video[2].id, at: 40 };
    project.edit('overwrite', above);
    const [overlay] = project.document().clipsOfTrack.get(video[2].id) ?? [];
    const placement = {
      ...{ scale: still(0.42), x: still(120.5), y: still(-60), rotation: still(8), opacity: still(0.9) },
      ...{ cropLeft: still(0.1), cropBottom: still(0.05) },
    };
    project.edit('set-clip', { clipIds: [overlay.id], changes: { placement } });
    const [left, right] = project.document().clipsOfTrack.get(video[0].id) ?? [];
    project.edit('add-transition', {
      ...{ leftClipId: left.id, rightClipId: right.id, duration: 12, kind: 'dissolve', shorten: true },
    });
    document = project.document();
    await project.close();

    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    complaints = complaintsOf(page);
    const result = await host.client().call('project.open', { path: file });
    if (result.outcome !== 'opened') throw new Error('not opened');
    handle = result.opened.project;
    await page.goto(host.server.newLink());
    await page.getByRole('button', { name: film }).first().click();
    await page.getByRole('heading', { name: film }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    expect(host.faults).toEqual([]);
  });

  const canvas = () => page.locator('canvas[data-frame]');
  const shownFrame = async (): Promise<number> => Number(await canvas().getAttribute('data-frame'));
  const shows = (frame: number) => page.locator(`canvas[data-frame="${frame}"]`).waitFor({ timeout: 30_000 });
  const timecode = () => page.getByLabel('Timecode of the playhead');
  const goTo = async (frame: number): Promise<void> => {
    const two = (value: number) => String(value).padStart(2, '0');
    await timecode().fill(`00:00:${two(Math.floor(frame / 24))}:${two(frame % 24)}`);
    await timecode().press('Enter');
    await shows(frame);
  };
  const pixels = async (): Promise<Uint8Array> => (await viewerOf(page).pixels()).data;

  it('shows what the export writes', async () => {
    const [sequenceId] = document.sequences.keys();
    const renderer = openFrameRenderer({ document, sequenceId, resolveMedia: mediaResolver(path.dirname(file)) });
    const measured: [number, number][] = [];
    try {
      for (const frame of looked) {
        await goTo(frame);
        measured.push([frame, pixelPsnr(await pixels(), (await renderer.render(frame)).data)]);
      }
    } finally {
      await renderer.close();
    }
    await screenshot(page, 'viewer-overlay');
    expect(measured.filter(([, decibels]) => decibels < 38)).toEqual([]);
  });

  it('steps frame by frame, both ways', async () => {
    await goTo(30);
    for (const [key, frame] of [['ArrowRight', 31], ['ArrowRight', 32], ['ArrowLeft', 31], ['ArrowLeft', 30], ['ArrowLeft', 29]] as const) {
      await page.keyboard.press(key);
      await shows(frame);
    } // prettier-ignore
    await page.keyboard.press('End');
    await shows(87);
    await page.keyboard.press('Home');
    await shows(0);
  });

  it('mixes the sound that the export mixes, whatever the stretches', async () => {
    await page.evaluate(`${await pageBundle('sound-page.ts', 'sound')}; window.sound = sound;`);
    const stretches = [0, 5, 6, 20, 48, 70, 84];
    const heard = await page.evaluate<number[]>(
      `sound.mixLeft(${JSON.stringify(handle)}, ${JSON.stringify(stretches)})`,
    );
    const [sequenceId] = document.sequences.keys();
    const resolveMedia = mediaResolver(path.dirname(file));
    const written: number[] = [];
    for await (const block of mixSound({ document, sequenceId, fromFrame: 0, toFrame: 84, resolveMedia }))
      for (let i = 0; i < block.length; i += 2) written.push(block[i]);
    expect(heard.length).toBe(written.length);
    const loudest = (samples: number[]): number =>
      samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(loudest(written)).toBeGreaterThan(0.01);
    // Two decoders round in their own ways (and would make up the noise of -aac_pns each for itself).
    const off = heard.map((sample, i) => sample - written[i]);
    expect(loudest(off)).toBeLessThan(1e-4);
  });

  it('plays onwards, and stands on the exact frame', async () => {
    await page.evaluate(`(() => {
      window.seen = [];
      const canvas = document.querySelector('canvas[data-frame]');
      new MutationObserver(() => window.seen.push(Number(canvas.dataset.frame)))
        .observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
    })()`);
    await page.keyboard.press('Space');
    await vi.waitFor(async () => expect(await shownFrame()).toBeGreaterThan(12), { timeout: 30_000, interval: 20 });
    await page.keyboard.press('k');
    const seen = await page.evaluate<number[]>('window.seen');
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    const [, , seconds, frames] = (await timecode().inputValue()).split(':').map(Number);
    await shows(seconds * 24 + frames);
    const [sequenceId] = document.sequences.keys();
    const renderer = openFrameRenderer({ document, sequenceId, resolveMedia: mediaResolver(path.dirname(file)) });
    const { data } = await renderer.render(seconds * 24 + frames);
    await renderer.close();
    expect(pixelPsnr(await pixels(), data)).toBeGreaterThan(38);
  });

  it('plays backwards, faster by every press, and stops at the beginning', async () => {
    await goTo(40);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.getByText('-2×').waitFor();
    await page.getByRole('button', { name: /^Play / }).waitFor({ timeout: 30_000 });
    await shows(0);
  });

  it('sets in and out, and complains of nothing', async () => {
    await goTo(10);
    await page.keyboard.press('i');
    await page.keyboard.press('Shift+ArrowRight');
    await shows(20);
    await page.keyboard.press('o');
    await page.getByRole('button', { name: 'Safe areas' }).click();
    await screenshot(page, 'viewer-safe-areas');
    await page.getByRole('button', { name: '1/2 quality' }).click();
    await expect.poll(() => page.evaluate<number>(`document.querySelector('canvas[data-frame]').width`)).toBe(320);
    expect(complaints.filter((complaint) => !complaint.includes('GPU stall'))).toEqual([]);
  });
});
