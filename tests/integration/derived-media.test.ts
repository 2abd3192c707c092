import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHeader, readLevel } from '../../engine/contract/peaks.ts';
import { type Cache, openCache } from '../../engine/media/library/cache.ts';
import { createDeriveQueue, type DerivedEvent } from '../../engine/media/library/derive-queue.ts';
import { frameTimes } from '../../engine/media/library/frame-times.ts';
import { importFiles, type ImportedFile } from '../../engine/media/library/import-files.ts';
import { peaksFile } from '../../engine/media/library/peaks.ts';
import { longestGroup, proxyNeeded } from '../../engine/media/library/proxy-needed.ts';
import { proxyFile } from '../../engine/media/library/proxy.ts';
import { thumbnailStrip } from '../../engine/media/library/thumbnails.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { probe } from '../../engine/media/probe.ts';
import { createClipFolder } from '../support/media-clips.ts';

const clips = createClipFolder();
afterAll(clips.remove);
let cache: Cache;
beforeEach(() => {
  cache = openCache({ folder: mkdtempSync(join(tmpdir(), 'longtake-cache-')) });
});
afterEach(() => rmSync(cache.folder, { recursive: true, force: true }));

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const imported = async (...paths: string[]): Promise<ImportedFile> => {
  const { files, failures } = await importFiles(paths, { sequences: 'always' });
  expect(failures).toEqual([]);
  return files[0];
};
const draw = (name: string, frames: number, ...more: string[]): Promise<ImportedFile> =>
  imported(clips.draw(name, frames, '96x64', ...more));

type Packets = { times: number[]; keys: number[] };
const packetsOf = (path: string): Packets => {
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v',
    '-show_entries',
    'packet=pts_time,flags',
    '-of',
    'csv=p=0',
    path,
  ];
  const lines = spawnSync(findFfmpeg().ffprobe, args).stdout.toString().trim().split('\n');
  const keys = lines.flatMap((line, index) => (line.includes('K') ? [index] : []));
  const times = lines.filter((line) => !line.includes('D')).map((line) => Number(line.split(',')[0]));
  return { keys, times: times.sort((a, b) => a - b) };
};
const fromFirst = (times: readonly number[]): number[] => times.map((time) => time - times[0]);

describe('proxies', () => {
  const vary = [
    '-vf',
    "settb=1/90000,setpts='(N*3+mod(N*7,3))/75/TB'",
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '1:90000',
  ];
  it.each([
    ['long groups', 'long.mp4', 40, [...h264, '-g', '250', '-bf', '2']],
    [
      'HEVC 10 bit',
      'hevc.mp4',
      30,
      ['-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-x265-params', 'log-level=none:bframes=3'],
    ],
    ['ProRes at 23.976', 'prores.mov', 26, ['-r', '24000/1001', '-c:v', 'prores_ks']],
    ['a variable rate', 'varying.mp4', 30, [...vary, ...h264]],
    ['a variable rate in Matroska', 'varying.mkv', 30, [...vary, ...h264]],
    ['odd sizes', 'odd.mkv', 6, ['-vf', 'scale=95:63', '-c:v', 'ffv1']],
    ['RGB', 'rgb.mov', 5, ['-c:v', 'png', '-pix_fmt', 'rgb24']],
  ] as const)('of %s keep every frame and its time', async (_what, name, frames, args) => {
    const media = await draw(name, frames, ...args);
    const path = await proxyFile(cache, media);
    const [proxy, source] = [packetsOf(path), packetsOf(media.path)];
    expect(proxy.times).toHaveLength(media.picture?.frameCount ?? 0);
    fromFirst(source.times).forEach((time, index) => expect(fromFirst(proxy.times)[index]).toBeCloseTo(time, 3));
    expect(proxy.keys).toEqual(Array.from({ length: Math.ceil(frames / 12) }, (_, i) => i * 12));
    const info = await probe(path);
    expect(info).toMatchObject({ codec: 'h264', sourcePixFmt: 'yuv420p', variableRate: media.picture?.variableRate });
    expect(proxyNeeded(await imported(path))).toEqual([]);
  });

  it('show the same frames, upright, within 1080p', async () => {
    clips.draw('lying.mov', 14, '2048x1152', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv422p10le');
    clips.ffmpeg('-i', clips.path('lying.mov'), '-c', 'copy', '-metadata:s:v', 'rotate=90', clips.path('turned.mov'));
    const media = await imported(clips.path('turned.mov'));
    expect(media.picture).toMatchObject({ width: 1152, height: 2048 });
    const path = await proxyFile(cache, media);
    const info = await probe(path);
    expect([info.width, info.height, info.rotation]).toEqual([1080, 1920, 0]);
    const stats = clips.ffmpeg(
      '-i', path, '-i', media.path, '-lavfi', '[1:v]scale=1080:1920,format=yuv420p[s];[0:v][s]psnr=stats_file=-', '-f', 'null', '-',
    ).toString(); // prettier-ignore
    const worst = Math.min(...[...stats.matchAll(/psnr_avg:([\d.]+)/g)].map((match) => Number(match[1])));
    expect(stats.match(/psnr_avg/g)).toHaveLength(14);
    expect(worst).toBeGreaterThan(28);
  });

  it('keep the sound where it stands under the picture', async () => {
    clips.ffmpeg(
      '-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=2', '-itsoffset', '0.4', '-f', 'lavfi', '-i', 'sine=d=1:r=44100',
      '-c:v', 'prores_ks', '-c:a', 'pcm_s16le', clips.path('late.mov'),
    ); // prettier-ignore
    const media = await imported(clips.path('late.mov'));
    const proxy = await imported(await proxyFile(cache, media));
    const raw = clips.ffmpeg('-i', proxy.path, '-af', 'aresample=async=1:first_pts=0', '-f', 's16le', 'pipe:1');
    const onset = new Int16Array(new Uint8Array(raw).buffer).findIndex((sample) => Math.abs(sample) > 300) / 48000;
    expect(media.sound?.offset).toEqual({ num: 2, den: 5 });
    expect(Math.abs(onset - 0.4)).toBeLessThan(0.001);
    expect(proxy.sound?.offset).toEqual({ num: 0, den: 1 });
    expect(proxy.sound).toMatchObject({ codec: 'aac', sampleRate: 48000, channels: 1 });
  });

  it('carry alpha below the picture', async () => {
    const alpha = "format=rgba,geq=r=200:g=100:b=50:a='255*X/W'";
    const media = await draw(
      'alpha.mov',
      5,
      '-vf',
      alpha,
      '-c:v',
      'prores_ks',
      '-profile:v',
      '4444',
      '-pix_fmt',
      'yuva444p10le',
    );
    const path = await proxyFile(cache, media);
    expect(path).toMatch(/proxy-alpha\.mp4$/);
    const raw = clips.ffmpeg('-i', path, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1');
    expect(raw.length).toBe(96 * 128 * 3);
    for (const x of [8, 48, 90]) {
      const at = ((64 + 32) * 96 + x) * 3;
      expect(Math.abs(raw[at] - (255 * x) / 96)).toBeLessThan(8);
    }
    expect(Math.abs(raw[(32 * 96 + 48) * 3] - 200)).toBeLessThan(12);
  });

  it('of numbered pictures, stills and sounds', async () => {
    clips.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=0.2', clips.path('n%03d.png'));
    const numbered = await imported(...[1, 2, 3, 4, 5].map((n) => clips.path(`n00${n}.png`)));
    expect(packetsOf(await proxyFile(cache, numbered)).times).toHaveLength(5);
    const still = await draw(
      'still %d.tiff',
      1,
      '-frames:v',
      '1',
      '-update',
      '1',
      '-vf',
      'scale=5000:100',
      '-f',
      'image2',
    );
    const shown = await sharp(await proxyFile(cache, still)).metadata();
    expect([shown.format, shown.width, shown.height]).toEqual(['png', 4096, 82]);
    clips.ffmpeg('-f', 'lavfi', '-i', 'sine=d=0.5', '-c:a', 'ac3', clips.path('tone.mka'));
    const sound = await imported(clips.path('tone.mka'));
    expect(await imported(await proxyFile(cache, sound))).toMatchObject({ kind: 'audio', sound: { codec: 'flac' } });
  });

  it('are made for a reason, in words', async () => {
    const media = await draw('plain.mp4', 80, ...h264, '-g', '80');
    expect(proxyNeeded(media)).toEqual([]);
    expect(await longestGroup(media)).toBe(80);
    expect(proxyNeeded(media, 80)).toEqual(['it has a key frame only every 80 frames']);
    expect(proxyNeeded(await draw('hevc2.mp4', 2, '-c:v', 'libx265', '-x265-params', 'log-level=none'))).toEqual([
      'a browser does not decode HEVC',
    ]);
    const picture = media.picture && { ...media.picture, width: 3840, height: 2160, interlaced: true };
    expect(proxyNeeded({ ...media, path: 'x.avi', picture })).toEqual([
      'it is larger than 1080p', 'it is interlaced', 'a browser does not open this kind of file',
    ]); // prettier-ignore
  });

  it('a damaged file leaves nothing behind', async () => {
    const media = await draw('gone.mp4', 10, ...h264);
    rmSync(media.path);
    await expect(proxyFile(cache, media)).rejects.toMatchObject({ code: 'input' });
    expect(await cache.size()).toBe(0);
    expect(readdirSync(join(cache.folder, 'unfinished'))).toEqual([]);
  });
});

describe('thumbnails', () => {
  it('show the frames of their times, side by side', async () => {
    // Frame n is one grey of 10 + 8 n.
    clips.ffmpeg(
      '-f', 'lavfi', '-i', "color=s=80x40:r=25:d=1,format=gray,geq=lum='10+8*N'", '-c:v', 'libx264', '-g', '25', clips.path('greys.mp4'),
    ); // prettier-ignore
    const media = await imported(clips.path('greys.mp4'));
    const strip = await thumbnailStrip(cache, media, { count: 5, height: 20 });
    expect(strip).toMatchObject({ count: 5, width: 40, height: 20 });
    const { data, info } = await sharp(strip.path).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([200, 20]);
    strip.times.forEach((time, index) => {
      const frame = Math.floor(time * 25);
      const grey = ((10 + 8 * frame - 16) * 255) / 219;
      expect(Math.abs(data[(10 * 200 + index * 40 + 20) * info.channels] - Math.max(0, grey))).toBeLessThan(12);
    });
    expect((await thumbnailStrip(cache, media, { count: 5, height: 20 })).path).toBe(strip.path);
  });

  it('of stills are one, with their transparency', async () => {
    const media = await draw(
      'glass.png',
      1,
      '-vf',
      'format=rgba,colorchannelmixer=aa=0',
      '-frames:v',
      '1',
      '-update',
      '1',
    );
    const strip = await thumbnailStrip(cache, media);
    expect([strip.count, strip.width, strip.height]).toEqual([1, 144, 96]);
    const { data } = await sharp(strip.path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(data[3]).toBe(0);
  });
});

describe('peaks', () => {
  it('are the lowest and highest sample of every point, at three zooms', async () => {
    clips.ffmpeg(
      '-f', 'lavfi', '-i', 'anoisesrc=d=6:r=48000:seed=1,aformat=sample_fmts=s16', '-f', 'lavfi', '-i', 'sine=f=50:d=6:r=48000',
      '-filter_complex', '[0][1]amerge=inputs=2', '-c:a', 'pcm_s16le', clips.path('two.wav'),
    ); // prettier-ignore
    const media = await imported(clips.path('two.wav'));
    const shares: number[] = [];
    const file = readFileSync(await peaksFile(cache, media, { onProgress: (share) => shares.push(share) }));
    const header = readHeader(file);
    expect(header).toMatchObject({ sampleRate: 48000, channels: 2, samples: 288_000 });
    expect(shares.at(-1)).toBe(1);
    const raw = clips.ffmpeg('-i', media.path, '-f', 's16le', 'pipe:1');
    const samples = new Int16Array(new Uint8Array(raw).buffer);
    expect(header.levels.map(({ samplesPerPoint }) => samplesPerPoint)).toEqual([256, 4096, 65536]);
    header.levels.forEach(({ samplesPerPoint, points }, level) => {
      expect(points).toBe(Math.ceil(288_000 / samplesPerPoint));
      const found = readLevel(file, header, level);
      for (const point of [0, points >> 1, points - 1])
        for (const channel of [0, 1]) {
          const part: number[] = [];
          for (let i = point * samplesPerPoint; i < Math.min(288_000, (point + 1) * samplesPerPoint); i++)
            part.push(samples[i * 2 + channel]);
          const at = point * 4 + channel * 2;
          expect([found[at], found[at + 1]]).toEqual([Math.min(...part), Math.max(...part)]);
        }
    });
  });

  it('a file that is none is refused', () => {
    expect(() => readHeader(new Uint8Array(100))).toThrow(RangeError);
  });
});

describe('frame times', () => {
  it.each(['a.mp4', 'b.mkv'])('of a variable rate are the engine own (%s)', async (name) => {
    const vary = [
      '-vf',
      "settb=1/90000,setpts='(N*3+mod(N*7,3))/75/TB'",
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '1:90000',
    ];
    const media = await draw(name, 20, ...vary, ...h264);
    const { timeBase, ticks } = await frameTimes(cache, media);
    const seconds = [...(await (await probe(media.path)).timestamps())];
    fromFirst(seconds).forEach((time, i) => expect((ticks[i] * timeBase.num) / timeBase.den).toBeCloseTo(time, 9));
    expect(ticks).toHaveLength(20);
    expect((await frameTimes(cache, media)).ticks).toEqual(ticks);
  });
});

describe('the queue', () => {
  const all = ['thumbnails', 'peaks', 'frame-times', 'proxy'] as const;
  it('makes what is needed, one proxy at a time, and says what is not', async () => {
    const events: DerivedEvent[] = [];
    const queue = createDeriveQueue(cache, (event) => events.push(event));
    const [plain, hevc, other] = [
      await draw('q1.mp4', 10, ...h264),
      await draw('q2.mp4', 30, '-c:v', 'libx265', '-x265-params', 'log-level=none'),
      await draw('q3.mov', 30, '-c:v', 'prores_ks'),
    ];
    for (const media of [plain, hevc, other]) queue.add(media, all);
    queue.add(hevc, ['proxy'], 5);
    await queue.idle();
    const last = (hash: string, kind: string): DerivedEvent | undefined =>
      events.findLast((event) => event.hash === hash && event.kind === kind);
    expect(all.map((kind) => last(plain.hash, kind)?.state)).toEqual(['done', 'unneeded', 'unneeded', 'unneeded']);
    expect(last(hevc.hash, 'proxy')).toMatchObject({ state: 'done', reasons: ['a browser does not decode HEVC'] });
    expect(existsSync(last(other.hash, 'proxy')?.path ?? '')).toBe(true);
    const proxies = events.filter((event) => event.kind === 'proxy' && event.share === 0 && event.state === 'running');
    expect(proxies.map((event) => event.hash).indexOf(hevc.hash)).toBeLessThan(
      proxies.map((event) => event.hash).indexOf(other.hash),
    );
    let open = 0;
    for (const event of events.filter((one) => one.kind === 'proxy')) {
      if (event.state === 'running' && event.share === 0) open++;
      if (event.state === 'done' || event.state === 'unneeded') open--;
      expect(open).toBeLessThanOrEqual(1);
    }
  });

  it('is cancelled in the middle without leaving a trace', async () => {
    const media = await draw('q4.avi', 4000, '-vf', 'scale=640:360', '-c:v', 'mpeg4');
    const events: DerivedEvent[] = [];
    const queue = createDeriveQueue(cache, (event) => {
      events.push(event);
      if (event.state === 'running' && event.share > 0) queue.cancel(media.hash);
    });
    queue.add(media, ['proxy']);
    await queue.idle();
    expect(events.at(-1)?.state).toBe('cancelled');
    expect(await cache.size()).toBe(0);
    expect(readdirSync(join(cache.folder, 'unfinished'))).toEqual([]);
  });
});
