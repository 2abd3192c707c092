import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { PlanarFrame } from '../../engine/frames/image.ts';
import { assemble, type AssembleRequest } from '../../engine/media/assemble.ts';
import { probe } from '../../engine/media/probe.ts';
import type { Piece } from '../../engine/media/timeline.ts';
import type { MediaInfo } from '../../engine/media/types.ts';
import { bytesOf, collect, createClipFolder, psnr } from '../support/media-clips.ts';

// Many small programs are started: on a loaded machine that alone takes a minute.
vi.setConfig({ testTimeout: 300_000 });
const clips = createClipFolder();
afterAll(clips.remove);

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '8', '-bf', '2', '-sc_threshold', '0'];
/** Quiet noise with one click at half a second. */
const click = ['-f', 'lavfi', '-i', "aevalsrc='0.002*(random(0)-0.5)+0.9*between(n,24000,24003)':s=48000:d=1"];
const clickAt = (path: string): number => {
  const raw = clips.ffmpeg(
    '-i',
    `file:${path}`,
    '-map',
    '0:a:0',
    '-af',
    'aresample=48000:async=1:first_pts=0',
    '-ac',
    '1',
    '-f',
    'f32le',
    'pipe:1',
  );
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
  let loudest = 0;
  samples.forEach((value, i) => (loudest = Math.abs(value) > Math.abs(samples[loudest]) ? i : loudest));
  return (loudest - 1.5) / 48000;
};

async function* painted(like: MediaInfo, count: number): AsyncGenerator<PlanarFrame> {
  const [frame] = await collect(like, 0, 0);
  for (let i = 0; i < count; i++)
    yield { ...frame, planes: frame.planes.map((plane, p) => plane.map(() => (p === 0 ? 40 + 5 * i : 100 + 10 * p))) };
}

/** What was said of frames that could not be copied. */
const notes: string[] = [];
const grow = async (
  source: MediaInfo,
  name: string,
  pieces: Piece[],
  more: Partial<AssembleRequest> = {},
): Promise<MediaInfo> => {
  notes.length = 0;
  const out = clips.path(name);
  await assemble({
    source,
    pieces,
    out,
    audio: true,
    seed: 1,
    workDir: clips.folder,
    note: (text) => text.includes('encoded anew') && notes.push(text),
    ...more,
  });
  return probe(out);
};
const kept = (from: number, to: number): Piece => ({ kind: 'kept', from, to });
const fresh = (like: MediaInfo, count: number): Piece => ({ kind: 'new', frames: painted(like, count), count });

const expectKept = async (
  source: MediaInfo,
  from: number,
  out: MediaInfo,
  at: number,
  count: number,
): Promise<void> => {
  const [before, after] = [await collect(source, from, from + count - 1), await collect(out, at, at + count - 1)];
  before.forEach((frame, i) => expect(bytesOf(after[i]).equals(bytesOf(frame))).toBe(true));
};

describe('kept stretches are copied, bit for bit', () => {
  it('forward, with sound, under a fragile name', async () => {
    const source = await probe(clips.draw(`-it's "a" %d 🎬 clip.mp4`, 25, '96x64', ...click, ...h264, '-c:a', 'aac'));
    const out = await grow(source, `-out %03d's 🎞.mp4`, [kept(0, 24), fresh(source, 5)]);
    expect(notes).toEqual([]);
    expect([out.frameCount, out.averageRate]).toEqual([30, { num: 25, den: 1 }]);
    await expectKept(source, 0, out, 0, 25);
    const [made] = await collect(out, 27, 27);
    expect(made.planes[0][1000]).toBeGreaterThan(47);
    expect(made.planes[0][1000]).toBeLessThan(53);
    expect(out.audio[0]).toMatchObject({ codec: 'aac', channels: 1, sampleRate: 48000 });
    expect(out.audio[0].duration).toBeCloseTo(1.2, 2);
    expect(Math.abs(clickAt(out.path) - 0.5)).toBeLessThan(1e-3);
  });

  it('backward: the sound moves by exactly the new frames', async () => {
    const source = await probe(clips.draw('tail.mp4', 25, '96x64', ...click, ...h264, '-c:a', 'aac'));
    const out = await grow(source, 'head.mp4', [fresh(source, 5), kept(0, 24)]);
    expect(notes).toEqual([]);
    await expectKept(source, 0, out, 5, 25);
    expect(Math.abs(clickAt(out.path) - 0.7)).toBeLessThan(1e-3);
  });

  it('a hole: only the groups of pictures that it touches are encoded', async () => {
    const source = await probe(clips.draw('hole.mkv', 32, '96x64', ...click, ...h264, '-c:a', 'flac'));
    const out = await grow(source, 'whole.mkv', [kept(0, 9), fresh(source, 4), kept(14, 31)]);
    expect(notes).toEqual([]);
    expect(out.frameCount).toBe(32);
    await expectKept(source, 0, out, 0, 8);
    await expectKept(source, 16, out, 16, 16);
    const [before, after] = [await collect(source, 8, 9), await collect(out, 8, 9)];
    before.forEach((frame, i) => expect(psnr(frame, after[i])).toBeGreaterThan(45));
    expect(Math.abs(clickAt(out.path) - 0.5)).toBeLessThan(1e-3);
  });

  it('a turned H.265 clip with open groups of pictures', async () => {
    clips.draw('lying.mp4', 20, '96x64', '-c:v', 'libx265', '-x265-params', 'log-level=none:keyint=8:open-gop=1');
    clips.ffmpeg('-i', clips.path('lying.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', clips.path('upright.mp4'));
    const source = await probe(clips.path('upright.mp4'));
    const out = await grow(source, 'grown upright.mp4', [kept(0, 19), fresh(source, 3)]);
    expect(notes).toEqual([]);
    expect([out.width, out.height, out.rotation, out.frameCount]).toEqual([64, 96, source.rotation, 23]);
    await expectKept(source, 0, out, 0, 20);
  });

  it('a variable rate: kept times stay, new frames last as long as the median', async () => {
    const vary = [
      '-vf',
      "settb=1/90000,setpts='(N*3+mod(N*7,3))/75/TB'",
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '1:90000',
    ];
    const source = await probe(clips.draw('varying.mp4', 12, '96x64', ...vary, ...h264));
    const out = await grow(source, 'varying on.mp4', [kept(0, 11), fresh(source, 2)]);
    expect(notes).toEqual([]);
    const [before, after] = [await source.timestamps(), await out.timestamps()];
    before.forEach((time, i) => expect(after[i]).toBeCloseTo(time, 4));
    expect(after[13] - after[12]).toBeCloseTo(4 / 75, 3);
  });
});

describe('everything is encoded where nothing can be copied', () => {
  it('asked for ffv1: kept frames are the same to the last bit', async () => {
    const source = await probe(clips.draw('plain.mp4', 10, '96x64', ...h264));
    const out = await grow(source, 'lossless.mkv', [kept(0, 9), fresh(source, 2)], { codec: 'ffv1' });
    expect(out.frameCount).toBe(12);
    await expectKept(source, 0, out, 0, 10);
  });

  it('another container: the sound of six channels is grown, and the reason is said', async () => {
    const six = ['-f', 'lavfi', '-i', 'anoisesrc=d=1:r=48000:a=0.02,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0'];
    const source = await probe(
      clips.draw('surround.avi', 25, '96x64', ...six, '-c:v', 'mpeg4', '-q:v', '2', '-c:a', 'ac3'),
    );
    const out = await grow(source, 'surround.mp4', [kept(0, 24), fresh(source, 5)]);
    expect(notes.join()).toContain('encoded anew');
    expect(out.audio[0].channels).toBe(6);
    expect(Math.abs(out.audio[0].duration - 1.2)).toBeLessThan(0.04);
  });
});

describe('sound of another length than the picture', () => {
  it('a longer one goes on under the new frames before anything is made', async () => {
    const longer = ['-f', 'lavfi', '-i', "aevalsrc='0.002*(random(0)-0.5)+0.9*between(n,57600,57603)':s=48000:d=1.5"];
    const source = await probe(clips.draw('longer.mov', 25, '96x64', ...longer, ...h264, '-c:a', 'pcm_s16le'));
    const out = await grow(source, 'longer on.mov', [kept(0, 24), fresh(source, 25)]);
    expect(Math.abs(clickAt(out.path) - 1.2)).toBeLessThan(1e-3);
    expect(out.audio[0].duration).toBeCloseTo(2, 2);
  });

  it('a shorter one is grown from its end', async () => {
    const shorter = ['-f', 'lavfi', '-i', 'anoisesrc=d=0.6:r=48000:a=0.05'];
    const source = await probe(clips.draw('shorter.mov', 25, '96x64', ...shorter, ...h264, '-c:a', 'pcm_s16le'));
    const out = await grow(source, 'shorter on.mov', [kept(0, 24), fresh(source, 5)]);
    expect(out.audio[0].duration).toBeCloseTo(1.2, 2);
  });

  it('new frames alone bring the sound that lies under them', async () => {
    const source = await probe(clips.draw('room.mp4', 25, '96x64', ...click, ...h264, '-c:a', 'aac'));
    const out = await grow(source, 'only.mp4', [kept(0, 24), fresh(source, 10)], { onlyNew: true });
    expect(out.frameCount).toBe(10);
    expect(out.audio[0].duration).toBeCloseTo(0.4, 2);
    const silent = await grow(source, 'mute.mp4', [kept(0, 24), fresh(source, 3)], { audio: false });
    expect(silent.audio).toEqual([]);
  });
});

it('a job that is stopped leaves nothing behind', async () => {
  const source = await probe(clips.draw('stopped.mp4', 10, '96x64', ...h264));
  const before = readdirSync(clips.folder).length;
  const stop = (): void => {
    throw new Error('stopped');
  };
  await expect(grow(source, 'never.mp4', [kept(0, 9), fresh(source, 4)], { onFrame: stop })).rejects.toThrow('stopped');
  await expect(
    grow(source, 'never.mp4', [kept(0, 9), fresh(source, 4)], { onFrame: stop, codec: 'h264' }),
  ).rejects.toThrow('stopped');
  expect(readdirSync(clips.folder)).toHaveLength(before);
});
