import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../engine/media/library/cache-folder.ts';
import { openCache } from '../../engine/media/library/cache.ts';
import { importFiles } from '../../engine/media/library/import-files.ts';
import { peaksFile } from '../../engine/media/library/peaks.ts';
import { proxyFile } from '../../engine/media/library/proxy.ts';
import { createClipFolder } from '../support/media-clips.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'longtake-cache-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hash = (letter: string): string => letter.repeat(64);
const fill = (bytes: number) => (path: string) => writeFile(path, Buffer.alloc(bytes, 7));
const itemsIn = (place: string): string[] =>
  readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.bin$/.test(name))
    .sort();

describe('the cache', () => {
  it('makes each item once, whole', async () => {
    const cache = openCache({ folder });
    let made = 0;
    const write = async (path: string): Promise<void> => {
      made++;
      expect(path.endsWith('.bin')).toBe(true);
      await writeFile(path, 'first half, ');
      expect(await cache.find(hash('a'), 'x.bin')).toBeUndefined();
      await writeFile(path, 'second half', { flag: 'a' });
    };
    const paths = await Promise.all([cache.make(hash('a'), 'x.bin', write), cache.make(hash('a'), 'x.bin', write)]);
    expect([made, ...new Set(paths)]).toEqual([1, join(folder, hash('a'), 'x.bin')]);
    expect(readFileSync(paths[0], 'utf8')).toBe('first half, second half');
    await openCache({ folder }).make(hash('a'), 'x.bin', () => Promise.reject(new Error('it is there')));
  });

  it('a making that fails leaves nothing', async () => {
    const cache = openCache({ folder });
    const failing = cache.make(hash('a'), 'x.bin', async (path) => {
      await writeFile(path, 'half');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(itemsIn(folder)).toEqual([]);
    expect(await cache.make(hash('a'), 'x.bin', fill(3))).toBe(join(folder, hash('a'), 'x.bin'));
  });

  it('who joins a making that is cancelled makes it', async () => {
    const cache = openCache({ folder });
    const first = cache.make(hash('a'), 'x.bin', () => Promise.reject(new Error('cancelled')));
    const second = cache.make(hash('a'), 'x.bin', fill(5));
    await expect(first).rejects.toThrow('cancelled');
    expect(readFileSync(await second)).toHaveLength(5);
  });

  it('keeps to its bound: what was not used for longest goes first', async () => {
    const cache = openCache({ folder, limitBytes: 1000 });
    for (const [index, letter] of ['a', 'b', 'c', 'd'].entries()) {
      const path = await cache.make(hash(letter), 'x.bin', fill(240));
      utimesSync(path, 1000 + index, 1000 + index);
    }
    expect(await cache.size()).toBe(960);
    await cache.find(hash('a'), 'x.bin');
    await cache.make(hash('e'), 'x.bin', fill(240));
    expect(itemsIn(folder)).toEqual(['a', 'd', 'e'].map((letter) => join(hash(letter), 'x.bin')));
    expect(existsSync(join(folder, hash('b')))).toBe(false);
    // One that is too large alone is there until the next.
    await cache.make(hash('f'), 'x.bin', fill(5000));
    expect(itemsIn(folder)).toEqual([join(hash('f'), 'x.bin')]);
    await cache.make(hash('a'), 'x.bin', fill(10));
    expect(itemsIn(folder)).toEqual([join(hash('a'), 'x.bin')]);
  });

  it('may be thrown away at any moment', async () => {
    const cache = openCache({ folder });
    await cache.make(hash('a'), 'x.bin', fill(10));
    rmSync(folder, { recursive: true });
    expect(await cache.find(hash('a'), 'x.bin')).toBeUndefined();
    let attempts = 0;
    await cache.make(hash('a'), 'x.bin', async (path) => {
      await writeFile(path, 'x');
      if (attempts++ === 0) rmSync(folder, { recursive: true });
    });
    expect([attempts, itemsIn(folder).length]).toEqual([2, 1]);
    writeFileSync(join(folder, 'a file of somebody else'), 'stays');
    await cache.clear();
    expect(readdirSync(folder)).toEqual(['a file of somebody else']);
  });

  it('takes unfinished files away once nobody can be writing them', async () => {
    const cache = openCache({ folder });
    mkdirSync(join(folder, 'unfinished'));
    for (const name of ['old.mp4', 'new.mp4']) writeFileSync(join(folder, 'unfinished', name), 'half');
    utimesSync(join(folder, 'unfinished', 'old.mp4'), 1000, 1000);
    await cache.sweep();
    expect(readdirSync(join(folder, 'unfinished'))).toEqual(['new.mp4']);
  });

  it('is shared by processes that make, use and sweep at once', async () => {
    const script = join(folder, 'worker.ts');
    const cachePath = new URL('../../engine/media/library/cache.ts', import.meta.url).href;
    writeFileSync(
      script,
      `import { readFile, writeFile } from 'node:fs/promises';
       import { openCache } from ${JSON.stringify(cachePath)};
       const cache = openCache({ folder: process.argv[2], limitBytes: 20_000 });
       for (let i = 0; i < 150; i++) {
         const letter = '0123456789abcdef'[(i * 7 + Number(process.argv[3]) * 3) % 16];
         const path = await cache.make(letter.repeat(64), 'x.bin', (to) => writeFile(to, letter.repeat(2000)));
         const text = await readFile(path, 'utf8').catch((error) => { if (error.code === 'ENOENT') return undefined; throw error; });
         if (text !== undefined && text !== letter.repeat(2000)) throw new Error('torn');
       }`,
    );
    const place = join(folder, 'shared');
    const codes = await Promise.all(
      [1, 2, 3].map(
        (n) =>
          new Promise((done) => {
            const child = spawn(process.execPath, [script, place, String(n)], {
              stdio: ['ignore', 'ignore', 'inherit'],
            });
            child.once('close', done);
          }),
      ),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(readdirSync(join(place, 'unfinished'))).toEqual([]);
    expect(await openCache({ folder: place }).size()).toBeLessThanOrEqual(22_000);
  });

  it('takes no names that lead elsewhere', () => {
    const cache = openCache({ folder });
    for (const [key, item] of [
      ['../x', 'x.bin'],
      [hash('A'), 'x.bin'],
      [hash('a'), '../x.bin'],
      [hash('a'), '.hidden'],
    ])
      expect(() => cache.make(key, item, fill(1))).toThrow(RangeError);
  });

  it('lies where it is told', () => {
    const before = { ...process.env };
    try {
      process.env.LONGTAKE_CACHE = '/fast/disk';
      expect(cacheFolder()).toBe('/fast/disk');
      delete process.env.LONGTAKE_CACHE;
      process.env.LONGTAKE_DATA = '/data';
      expect(cacheFolder()).toBe(join('/data', 'cache'));
    } finally {
      process.env = before;
    }
  });
});

describe('a disk that fills up while something is derived', () => {
  it('is said so, with nothing half-written left', async ({ skip }) => {
    const clips = createClipFolder();
    const mounted = process.platform === 'linux' && mountSmallDisk(folder, 64);
    try {
      if (!mounted) skip('a small disk can be mounted only by root');
      clips.draw('noise.mov', 50, '320x240', '-vf', 'noise=alls=60', '-c:v', 'prores_ks');
      clips.ffmpeg('-f', 'lavfi', '-i', 'anoisesrc=d=120:r=48000', clips.path('noise.wav'));
      const { files } = await importFiles([clips.path('noise.mov'), clips.path('noise.wav')]);
      const cache = openCache({ folder });
      const full = { name: 'UserFacingError', code: 'room', remedy: expect.stringContaining('LONGTAKE_CACHE') };
      await expect(proxyFile(cache, files[0])).rejects.toMatchObject(full);
      await expect(peaksFile(cache, files[1])).rejects.toMatchObject(full);
      expect(await cache.size()).toBe(0);
      expect(readdirSync(join(folder, 'unfinished'))).toEqual([]);
      await cache.make(hash('a'), 'x.bin', fill(1000));
    } finally {
      if (mounted) execFileSync('umount', [folder]);
      clips.remove();
    }
  });

  it('a folder that cannot be one is told with a remedy', async () => {
    writeFileSync(join(folder, 'file'), 'not a folder');
    const cache = openCache({ folder: join(folder, 'file') });
    await expect(cache.make(hash('a'), 'x.bin', fill(1))).rejects.toMatchObject({ code: 'usage' });
  });
});
