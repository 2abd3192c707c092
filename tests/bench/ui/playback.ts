/** 1080p in the viewer: stepping, playing against decoding alone, and memory while it plays on and on. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { documentOfSnapshot } from '../../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../../engine/contract/protocol/snapshot.ts';
import { documentUrl } from '../../../engine/contract/protocol/urls.ts';
import { pageBundle } from '../../support/page-bundle.ts';
import { openBenchEditor, shortGroupClip, spreadOf } from './bench-editor.ts';
import type { BenchEditor, Spread } from './bench-editor.ts';
import { keyScript } from './page-watch.ts';

export type PlaybackFeel = {
  /** From the key press to the stepped frame on screen, milliseconds; onwards and back. */
  onwards: Spread;
  backwards: Spread;
  /** Frames a second that the browser decodes when it does nothing else. */
  decodeAlone: number;
  rate: number;
  playedSeconds: number;
  /** Frames that were shown of those that there were. */
  shown: number;
  due: number;
  /** Gaps between two shown frames of more than a quarter of a second, after the first second; the longest of all, milliseconds. */
  stalls: number;
  longestGap: number;
};

export type MemoryFeel = {
  minutes: number;
  /** Megabytes: of scripts and buffers of the page, and of the browser's process for it, at times counted in minutes. */
  samples: { minute: number; heap: number; process: number | null }[];
};

const rate = 24;

const openFilm = async (
  { host, page }: BenchEditor,
  seconds: number,
): Promise<{ project: string; mediaId: string }> => {
  const file = shortGroupClip(path.join(host.root, 'Footage'), seconds);
  const client = host.client();
  const { project } = await client.call('project.create', { name: 'Playing' });
  const { media } = await client.call('media.import', { project, work: 'film', paths: [file] });
  const document = documentOfSnapshot((await (await host.fetch(documentUrl(project))).json()) as Snapshot);
  const [sequence] = document.sequences.values();
  const tracks = document.tracksOfSequence.get(sequence.id);
  const input = {
    ...{ sequenceId: sequence.id, source: { mediaId: media[0] } },
    ...{ videoTrackId: tracks?.video[0].id, audioTrackId: tracks?.audio[0].id },
  };
  const { revision } = await client.call('project.state', { project });
  await client.call('project.edit', { project, opId: 'film', name: 'append', input, baseRevision: revision });
  await page.goto(host.server.newLink());
  await page.getByRole('button', { name: /^Playing/ }).click();
  await page.locator('[role="img"][aria-busy="false"] canvas[data-frame="0"]').waitFor();
  return { project, mediaId: media[0] };
};

const shownFrame = `() => document.querySelector('canvas[data-frame]').dataset.frame`;
const step = async (page: Page, key: string): Promise<number> => {
  await page.evaluate(keyScript(shownFrame, `(before) => (${shownFrame})() !== before`));
  await page.keyboard.press(key);
  const took = await page.evaluate<number>('window.pressed');
  await page.evaluate('watch.painted()');
  return took;
};

/** @param steps in each direction @param seconds that are played */
export const measurePlayback = async (steps = 60, seconds = 10): Promise<PlaybackFeel> => {
  const editor = await openBenchEditor();
  const { page } = editor;
  try {
    const { project, mediaId } = await openFilm(editor, seconds + 2);
    const onwards: number[] = [];
    const backwards: number[] = [];
    // The first one starts the decoder.
    await step(page, 'ArrowRight');
    for (let i = 0; i < steps; i++) onwards.push(await step(page, 'ArrowRight'));
    for (let i = 0; i < steps; i++) backwards.push(await step(page, 'ArrowLeft'));

    await page.keyboard.press('Home');
    await page.locator('[role="img"][aria-busy="false"] canvas[data-frame="0"]').waitFor();
    await page.evaluate(`(() => {
      window.shownAt = [];
      const canvas = document.querySelector('canvas[data-frame]');
      new MutationObserver(() => window.shownAt.push([performance.now(), Number(canvas.dataset.frame)]))
        .observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
    })()`);
    await page.keyboard.press('Space');
    await page.waitForTimeout(seconds * 1000);
    await page.keyboard.press('k');
    const shownAt = await page.evaluate<[number, number][]>('window.shownAt');
    const begun = shownAt[0]?.[0] ?? 0;
    const gaps = shownAt.slice(1).map(([at], i) => ({ at: at - begun, gap: at - shownAt[i][0] }));
    const due = (shownAt.at(-1)?.[1] ?? 0) - (shownAt[0]?.[1] ?? 0) + 1;

    await page.evaluate(`${await pageBundle('decode-page.ts', 'decoding')}; window.decoding = decoding;`);
    const words = `${JSON.stringify(project)}, ${JSON.stringify(mediaId)}, ${seconds * rate}`;
    const decodeAlone = await page.evaluate<number>(`decoding.decodeAlone(${words})`);
    return {
      ...{ onwards: spreadOf(onwards), backwards: spreadOf(backwards), decodeAlone, rate, playedSeconds: seconds },
      ...{ shown: new Set(shownAt.map(([, frame]) => frame)).size, due },
      stalls: gaps.filter(({ at, gap }) => at > 1000 && gap > 250).length,
      longestGap: Math.max(0, ...gaps.map(({ gap }) => gap)),
    };
  } finally {
    await editor.close();
  }
};

/** Resident megabytes of the largest process that draws a page below a process; null where /proc is missing. */
const pageProcess = async (): Promise<number | null> => {
  const names = await readdir('/proc').catch(() => []);
  let most: number | null = null;
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!words.includes('--type=renderer')) continue;
    const stat = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
    const resident = (Number(stat.split(' ')[1]) * 4096) / 1e6;
    if (resident > (most ?? 0)) most = resident;
  }
  return most;
};

/** Plays twenty seconds of 1080p over and over. */
export const measureMemory = async (minutes: number): Promise<MemoryFeel> => {
  const editor = await openBenchEditor();
  const { page } = editor;
  try {
    await openFilm(editor, 20);
    const session = await page.context().newCDPSession(page);
    await page.keyboard.press('Shift+L');
    await page.keyboard.press('Space');
    const samples: MemoryFeel['samples'] = [];
    const rounds = 12;
    for (let i = 0; i <= rounds; i++) {
      if (i > 0) await page.waitForTimeout((minutes * 60_000) / rounds);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as {
        usedSize: number;
        backingStorageSize?: number;
      };
      samples.push({
        ...{
          minute: (i * minutes) / rounds,
          heap: (usedSize + backingStorageSize) / 1e6,
          process: await pageProcess(),
        },
      });
    }
    return { minutes, samples };
  } finally {
    await editor.close();
  }
};
