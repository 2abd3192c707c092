import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutClip, factsOf, ffmpeg, soundShift } from './clips.ts';
import type { Facts } from './clips.ts';
import { longtake } from './command-line.ts';

/** Every kind of file that must work, extended by three frames: size, rotation, channels, duration and the offset of the sound hold. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-inputs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const x264 = (...more: string[]): string[] => ['-c:v', 'libx264', '-crf', '14', '-preset', 'veryfast', ...more];

const extend = async (input: string, out: string, seconds = '0.125'): Promise<Facts> => {
  const words = ['extend', input, '--seconds', seconds, '-o', out, '--json'];
  const outcome = await longtake(words, folder);
  expect(outcome.code, outcome.stdout.slice(-400) + outcome.stderr).toBe(0);
  return factsOf(path.join(folder, out));
};

const rotationOf = ({ video }: Facts): number =>
  video.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;

/** Width and height as a player shows them. */
const shownSize = (facts: Facts): (number | undefined)[] => {
  const { width, height } = facts.video;
  return Math.abs(rotationOf(facts)) % 180 === 90 ? [height, width] : [width, height];
};

const expectGrown = (source: Facts, result: Facts): void => {
  expect(result.frames).toBe(source.frames + 3);
  expect(shownSize(result)).toEqual(shownSize(source));
  expect(result.audio?.channels).toBe(source.audio?.channels);
  expect(result.video.pix_fmt).toBe(source.video.pix_fmt);
  if (source.audio) expect(Math.abs(soundShift(source, result))).toBeLessThanOrEqual(0.001);
};

describe('clips of every kind', () => {
  it('of one frame', async () => {
    const source = factsOf(cutClip(folder, 'one.mp4', { frames: 1, audio: [] }));
    expectGrown(source, await extend('one.mp4', 'one-out.mp4'));
  });

  it('of odd size', async () => {
    const video = x264('-pix_fmt', 'yuv444p');
    const source = factsOf(cutClip(folder, 'odd.mp4', { size: '191x107', video }));
    expect(source.video.width).toBe(191);
    expectGrown(source, await extend('odd.mp4', 'odd-out.mp4'));
  });

  it('upright and square, and narrow', async () => {
    for (const size of ['108x192', '96x96', '64x256']) {
      const source = factsOf(cutClip(folder, `${size}.mp4`, { size, frames: 8 }));
      expectGrown(source, await extend(`${size}.mp4`, `${size}-out.mp4`));
    }
  });

  it('with transparency', async () => {
    const video = ['-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le'];
    const source = factsOf(cutClip(folder, 'alpha.mov', { video, frames: 8, audio: ['-c:a', 'pcm_s16le'] }));
    expect(source.video.pix_fmt).toMatch(/^yuva/);
    const result = await extend('alpha.mov', 'alpha-out.mov');
    expectGrown({ ...source, video: { ...source.video, pix_fmt: result.video.pix_fmt } }, result);
    expect(result.video.pix_fmt).toMatch(/^yuva444p1[02]le$/);
  });

  it('of ten bits', async () => {
    const source = factsOf(cutClip(folder, 'ten.mkv', { video: x264('-pix_fmt', 'yuv420p10le') }));
    expectGrown(source, await extend('ten.mkv', 'ten-out.mkv'));
  });

  it('with a rotation tag', async () => {
    cutClip(folder, 'flat.mp4');
    ffmpeg(
      '-i',
      path.join(folder, 'flat.mp4'),
      '-c',
      'copy',
      '-metadata:s:v',
      'rotate=90',
      path.join(folder, 'turned.mp4'),
    );
    const source = factsOf(path.join(folder, 'turned.mp4'));
    expect(Math.abs(rotationOf(source))).toBe(90);
    const result = await extend('turned.mp4', 'turned-out.mp4');
    expectGrown(source, result);
    expect(shownSize(result)).toEqual([108, 192]);
  });

  it('without sound', async () => {
    const source = factsOf(cutClip(folder, 'silent.mp4', { audio: [] }));
    const result = await extend('silent.mp4', 'silent-out.mp4');
    expectGrown(source, result);
    expect(result.audio).toBeUndefined();
  });

  it('with sound in 5.1', async () => {
    const audio = ['-af', 'pan=5.1|FL=FL|FR=FR|FC=FL|LFE=FR|BL=FL|BR=FR', '-c:a', 'aac', '-b:a', '320k'];
    const source = factsOf(cutClip(folder, 'surround.mp4', { audio }));
    expect(source.audio?.channels).toBe(6);
    expectGrown(source, await extend('surround.mp4', 'surround-out.mp4'));
  });

  it('of variable rate', async () => {
    const video = x264('-fps_mode', 'vfr');
    const source = factsOf(cutClip(folder, 'vfr.mkv', { filters: "select='not(eq(mod(n,4),3))'", video, frames: 18 }));
    const result = await extend('vfr.mkv', 'vfr-out.mkv', '0.167');
    expect(result.frames).toBe(source.frames + 3);
    expect(Math.abs(soundShift(source, result))).toBeLessThanOrEqual(0.001);
  });

  it('with B-frames, an edit list and sound that starts late', async () => {
    cutClip(folder, 'plain.mp4', { video: x264('-bf', '3', '-g', '12'), frames: 36 });
    const plain = path.join(folder, 'plain.mp4');
    const late = ['-i', plain, '-itsoffset', '0.1', '-i', plain, '-map', '0:v', '-map', '1:a', '-c', 'copy'];
    ffmpeg(...late, path.join(folder, 'late.mp4'));
    const source = factsOf(path.join(folder, 'late.mp4'));
    expect(Number(source.audio?.start_time)).toBeGreaterThan(0.05);
    expectGrown(source, await extend('late.mp4', 'late-out.mp4'));
  });

  it('with sound longer or shorter than the picture', async () => {
    cutClip(folder, 'longer.mp4', { audioSeconds: 2 });
    cutClip(folder, 'shorter.mp4', { audioSeconds: 0.6 });
    for (const name of ['longer', 'shorter']) {
      const source = factsOf(path.join(folder, `${name}.mp4`));
      const result = await extend(`${name}.mp4`, `${name}-out.mp4`);
      expectGrown(source, result);
      // The picture grows by three frames; the sound is never cut short.
      expect(Number(result.video.duration)).toBeCloseTo(Number(source.video.duration) + 3 / 24, 2);
      expect(Number(result.audio?.duration)).toBeGreaterThanOrEqual(Number(source.audio?.duration) - 0.03);
    }
  });

  it('in other containers and codecs', async () => {
    const vp9 = ['-c:v', 'libvpx-vp9', '-crf', '20', '-b:v', '0', '-cpu-used', '6'];
    cutClip(folder, 'web.webm', { video: vp9, audio: ['-c:a', 'libopus'], frames: 12 });
    expect((await extend('web.webm', 'web-out.webm')).video.codec_name).toBe('vp9');
    cutClip(folder, 'h265.mp4', { video: ['-c:v', 'libx265', '-x265-params', 'log-level=error'], frames: 12 });
    expect((await extend('h265.mp4', 'h265-out.mp4')).video.codec_name).toBe('hevc');
  });
});

describe('names', () => {
  const names = [
    'two words.mp4',
    'a "quoted" \'name\'.mp4',
    '100%d %03d.mp4',
    '🎬 clip.mp4',
    '-leading.mp4',
    'semi;colon&[x].mp4',
  ];

  it.each(names.filter((name) => process.platform !== 'win32' || !name.includes('"')))('%s', async (name) => {
    const clip = cutClip(folder, 'ordinary.mp4', { frames: 4, audio: [] });
    copyFileSync(clip, path.join(folder, name));
    const out = `${name.slice(0, -4)} out.mp4`;
    expect((await extend(name, out)).frames).toBe(7);
  });
});
