/** A real engine, a real Chromium and an editor in it, for measuring. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { builtEditor, openBrowser } from '../../support/browser.ts';
import { startHost } from '../../support/editor-host.ts';
import type { TestHost } from '../../support/editor-host.ts';
import { timesOf } from '../projects/store.ts';
import { watchScript } from './page-watch.ts';

export type BenchEditor = { host: TestHost; browser: Browser; page: Page; close: () => Promise<void> };

/** Milliseconds. */
export type Spread = { median: number; p95: number; worst: number; count: number };

export const spreadOf = (values: number[]): Spread => {
  const { median, worst, count } = timesOf(values);
  const sorted = values.toSorted((a, b) => a - b);
  return { median, worst, count, p95: sorted[Math.min(count - 1, Math.floor(count * 0.95))] };
};

export const openBenchEditor = async (): Promise<BenchEditor> => {
  const host = await startHost({ renderer: builtEditor() });
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  page.setDefaultTimeout(60_000);
  await page.addInitScript(watchScript);
  const close = async (): Promise<void> => {
    await browser.close();
    await host.close();
  };
  return { host, browser, page, close };
};

/** A demo clip as 1080p at 24 frames a second, 12 frames a group, over and over until it is long enough. */
export const shortGroupClip = (folder: string, seconds: number): string => {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'short groups.mp4');
  const demo = path.join(import.meta.dirname, '../../../resources/demo/lake-at-dawn.mp4');
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '20',
    '-g',
    '12',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  const words = ['-nostdin', '-v', 'error', '-stream_loop', '-1', '-i', demo, '-t', String(seconds), '-r', '24'];
  const { status, stderr } = spawnSync(findFfmpeg().ffmpeg, [...words, '-vf', 'scale=1920:1080', ...encode, file]);
  if (status !== 0) throw new Error(stderr.toString());
  return file;
};
