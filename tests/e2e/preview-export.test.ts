import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { still } from '../../engine/contract/timeline/animated.ts';
import { clipsOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { importMedia } from '../../engine/projects/import-media.ts';
import { createProject } from '../../engine/projects/project.ts';
import { openFrameRenderer } from '../../engine/render/render-frame.ts';
import { mediaResolver } from '../../engine/render/resolve-media.ts';
import { mixSound } from '../../engine/render/sound/mix-sound.ts';
import { mp3DelayIn } from '../../renderer/playback/sound/mp3-delay.ts';
import { builtEditor, chromiumPath, openBrowser } from '../support/browser.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';
import { createClipFolder } from '../support/media-clips.ts';
import { pageBundle } from '../support/page-bundle.ts';
import { graphicsCardScript, pixelPsnr, viewerOf } from '../support/viewer-page.ts';

/* What people film with, and what they bring along: the viewer shows and plays of it what the export writes. */

const clips = createClipFolder();
const size = { width: 640, height: 360 };
const rate = 25;
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-g', '12', '-pix_fmt', 'yuv420p'];

/** Two seconds of each; a picture with alpha lies over the second half of all. */
const drawPictures = (): string[] => {
  clips.draw('plain.mp4', 2 * rate, '320x240', ...h264);
  clips.ffmpeg('-i', clips.path('plain.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', clips.path('turned.mp4'));
  clips.draw('wide pixels.mp4', 2 * rate, '360x288', '-vf', 'setsar=16/11', ...h264);
  clips.draw('high.mp4', 2 * rate, '1280x720', '-colorspace', 'bt709', '-color_trc', 'bt709', ...h264);
  // Twenty frames quickly, the others slowly.
  const uneven = `setpts=if(lt(N\\,20)\\,N/40\\,0.5+(N-20)/18)/TB`;
  clips.draw(
    'uneven.mp4',
    2 * rate,
    '640x360',
    '-vf',
    uneven,
    '-vsync',
    'vfr',
    '-video_track_timescale',
    '12800',
    ...h264,
  );
  clips.ffmpeg('-f', 'lavfi', '-i', 'mandelbrot=s=500x333', '-frames:v', '1', clips.path('still.png'));
  const hole = `format=rgba,geq=r='p(X,Y)':g='p(X,Y)':b='p(X,Y)':a='255*clip(hypot(X-120,Y-90)/90,0,1)'`;
  clips.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=240x180', '-vf', hole, '-frames:v', '1', clips.path('with a hole.png'));
  return ['turned.mp4', 'wide pixels.mp4', 'high.mp4', 'uneven.mp4', 'still.png'];
};

/** Sounds whose encoders put something in front, by how many samples of 48 kHz the export may be elsewhere: Matroska counts milliseconds. */
const sounds: [name: string, words: string[], off: number][] = [
  ['opus.ogg', ['-c:a', 'libopus'], 0],
  ['opus.mp4', ['-c:a', 'libopus'], 0],
  ['opus.webm', ['-c:a', 'libopus'], 48],
  ['vorbis.ogg', ['-c:a', 'libvorbis'], 0],
  ['vorbis.webm', ['-c:a', 'libvorbis'], 48],
  ['lame.mp3', ['-b:a', '192k'], 0],
  ['aac.m4a', ['-c:a', 'aac'], 0],
];

const chirp = `aevalsrc='0.3*sin(2*PI*(200*t+150*t*t))':s=48000:d=4`;
const drawSounds = (): void => {
  for (const [name, words] of sounds) clips.ffmpeg('-f', 'lavfi', '-i', chirp, ...words, clips.path(name));
  // With a picture, whose clock the sound's is counted on.
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=4'];
  clips.ffmpeg(
    ...pictures,
    '-f',
    'lavfi',
    '-i',
    chirp,
    ...h264,
    '-c:a',
    'libopus',
    clips.path('opus with picture.mkv'),
  );
  sounds.push(['opus with picture.mkv', [], 48]);
};

/** By how many samples `heard` is later than `written` around a place. */
const lagOf = (heard: number[], written: number[], at: number): number => {
  let best = { off: Infinity, lag: NaN };
  for (let lag = -1400; lag <= 1400; lag++) {
    let off = 0;
    for (let i = 0; i < 2000; i++) off += Math.abs(heard[at + lag + i] - written[at + i]);
    if (off < best.off) best = { off, lag };
  }
  return best.lag;
};

describe.skipIf(!chromiumPath())('preview and export', () => {
  let host: TestHost;
  let browser: Browser;

  type Film = { document: Document; sequenceId: string; folder: string; project: string; laid: readonly Clip[] };
  /** Lays media one after the other, each from `stretches` of itself, seconds. */
  const filmOf = async (title: string, names: string[], stretches: [number, number][]): Promise<Film> => {
    const folder = path.join(host.root, title);
    mkdirSync(folder);
    const file = path.join(folder, `${title}.longtake`);
    const project = await createProject(file, { backupEvery: 0 });
    const frameRate = { num: rate, den: 1 };
    project.edit('add-sequence', { name: title, frameRate, ...size, videoTracks: 2, audioTracks: 1 });
    await importMedia(project, [clips.folder]);
    const [sequence] = project.document().sequences.values();
    const { video = [], audio = [] } = project.document().tracksOfSequence.get(sequence.id) ?? {};
    const mediaOf = (name: string) => [...project.document().media.values()].find((media) => media.name === name)?.id;
    for (const name of names)
      for (const [from, to] of stretches) {
        const isSound = sounds.some(([each]) => each === name);
        const source = { mediaId: mediaOf(name), in: { num: from, den: 1 }, out: { num: to, den: 1 } };
        const tracks = { videoTrackId: isSound ? null : video[0].id, audioTrackId: isSound ? audio[0].id : null };
        project.edit('append', { sequenceId: sequence.id, source, ...tracks });
      }
    if (names.includes('still.png')) {
      const source = { mediaId: mediaOf('with a hole.png'), out: { num: 1, den: 1 } };
      for (let i = 0; i < names.length; i++)
        project.edit('overwrite', {
          sequenceId: sequence.id,
          source,
          videoTrackId: video[1].id,
          at: (2 * i + 1) * rate,
        });
      const above = project.document().clipsOfTrack.get(video[1].id) ?? [];
      const placement = { scale: still(0.6), x: still(100.5), rotation: still(5) };
      project.edit('set-clip', { clipIds: above.map(({ id }) => id), changes: { placement } });
    }
    const document = project.document();
    await project.close();
    const result = await host.client().call('project.open', { path: file });
    if (result.outcome !== 'opened') throw new Error('not opened');
    const laid = [...clipsOf(document, video[0].id), ...clipsOf(document, audio[0].id)];
    return { document, sequenceId: sequence.id, folder, project: result.opened.project, laid };
  };

  beforeAll(async () => {
    host = await startHost({ renderer: builtEditor() });
    browser = await openBrowser();
    drawSounds();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    clips.remove();
    expect(host.faults).toEqual([]);
  });

  it('show the same pictures, with and without a graphics card', async () => {
    const names = drawPictures();
    const { document, sequenceId, folder } = await filmOf('Pictures', names, [[0, 2]]);
    // The uneven clip's first half closely, and both halves of the others.
    const frames = names.flatMap((name, i) =>
      name === 'uneven.mp4' ? Array.from({ length: 7 }, (_, k) => 50 * i + 3 * k) : [50 * i + 7, 50 * i + 31],
    );
    const renderer = openFrameRenderer({ document, sequenceId, resolveMedia: mediaResolver(folder) });
    const written = new Map<number, Uint8Array>();
    try {
      for (const frame of frames) written.set(frame, (await renderer.render(frame)).data.slice());
    } finally {
      await renderer.close();
    }
    const pages: [string, Page][] = [];
    for (const by of ['card', 'processor']) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      if (by === 'card') await page.addInitScript(graphicsCardScript);
      pages.push([by, page]);
    }
    const off: string[] = [];
    for (const [by, page] of pages) {
      const viewer = viewerOf(page);
      await page.goto(host.server.newLink());
      await page.getByRole('button', { name: 'Pictures' }).first().click();
      await page.getByRole('heading', { name: 'Pictures' }).waitFor();
      // Every pixel of it, however large the window is.
      await page.getByRole('button', { name: 'Fit', exact: true }).click();
      for (const frame of frames) {
        await viewer.goTo(frame, rate);
        const { data } = await viewer.pixels();
        const decibels = pixelPsnr(data, written.get(frame) ?? data.subarray(1));
        if (!(decibels > 38)) off.push(`${by}, frame ${frame}: ${decibels.toFixed(1)} dB`);
      }
      await page.close();
    }
    expect(off).toEqual([]);
  });

  it('have every sound in its place, from its beginning and from its middle', async () => {
    const names = sounds.map(([name]) => name);
    const { document, sequenceId, folder, project, laid } = await filmOf('Sounds', names, [[0, 1], [2, 3]]); // prettier-ignore
    const end = Math.max(...laid.map(({ start, duration }) => start + duration));
    const page = await browser.newPage();
    await page.goto(host.server.newLink());
    await page.evaluate(`${await pageBundle('sound-page.ts', 'sound')}; window.sound = sound;`);
    const heard = await page.evaluate<number[]>(`sound.mixLeft(${JSON.stringify(project)}, [0, ${end}])`);
    await page.close();
    const written: number[] = [];
    const request = { document, sequenceId, fromFrame: 0, toFrame: end, resolveMedia: mediaResolver(folder) };
    for await (const block of mixSound(request)) for (let i = 0; i < block.length; i += 2) written.push(block[i]);
    const off = laid.map((clip) => {
      const name = document.media.get(clip.mediaId ?? '')?.name;
      const most = sounds.find(([each]) => each === name)?.[2] ?? 0;
      return { name, from: toNumber(clip.sourceIn), most, lag: lagOf(heard, written, clip.start * 1920 + 20_000) };
    });
    expect(off).toHaveLength(2 * sounds.length);
    expect(off.filter(({ lag, most }) => !(Math.abs(lag) <= most))).toEqual([]);
  });

  it('read an MP3’s delay, and nothing of what is none', () => {
    const file = readFileSync(clips.path('lame.mp3'));
    // Behind its ID3 tag, from the first frame's header on.
    expect(mp3DelayIn(file.subarray(file.indexOf('Info') - 21 - 4))).toBe(1105);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => mp3DelayIn(bytes) >= 0));
    const mark = Uint8Array.from('    Info\xff\xff\xff\xffLAME', (letter) => letter.charCodeAt(0));
    for (let length = 0; length <= mark.length; length++) expect(mp3DelayIn(mark.subarray(0, length))).toBe(0);
  });
});
