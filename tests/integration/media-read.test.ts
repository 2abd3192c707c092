import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readFrame, stillFrame } from '../../engine/media/decode.ts';
import { probe } from '../../engine/media/probe.ts';
import { bytesOf, collect, createClipFolder } from '../support/media-clips.ts';

// Many small programs are started: on a loaded machine that alone takes a minute.
vi.setConfig({ testTimeout: 300_000 });
const clips = createClipFolder();
afterAll(clips.remove);

/** ffmpeg's own reading of a file, upright, as one block of bytes. */
const reference = (path: string, pixFmt: string, ...more: string[]): Buffer =>
  clips.ffmpeg(
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    ...more,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    pixFmt,
    '-f',
    'rawvideo',
    'pipe:1',
  );

describe('frames come out as ffmpeg decodes them', () => {
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
  const cases: [string, string, number, string[], string][] = [
    ['plain.mp4', '96x64', 30, [...h264, '-g', '8', '-bf', '2'], 'yuv420p'],
    ['deep.mov', '96x64', 12, [...h264, '-pix_fmt', 'yuv422p10le'], 'yuv422p10le'],
    ['full range.mkv', '96x64', 12, [...h264, '-pix_fmt', 'yuvj420p'], 'yuvj420p'],
    [
      'open-groups.mp4',
      '96x64',
      24,
      ['-c:v', 'libx265', '-x265-params', 'log-level=none:keyint=8:open-gop=1'],
      'yuv420p',
    ],
    ['odd.mkv', '96x64', 6, ['-vf', 'scale=95:63', '-c:v', 'ffv1'], 'yuv420p'],
    ['stream.ts', '96x64', 20, [...h264, '-g', '8', '-bf', '2'], 'yuv420p'],
  ];
  it.each(cases)('%s', async (name, size, frames, args, pixFmt) => {
    const path = clips.draw(name, frames, size, ...args);
    const info = await probe(path);
    expect(info.frameCount).toBe(frames);
    expect(info.averageRate).toEqual({ num: 25, den: 1 });
    expect(info.variableRate).toBe(false);
    const whole = reference(path, pixFmt);
    const bytes = whole.length / frames;
    const all = await collect(info, 0, frames - 1);
    expect(Buffer.concat(all.map(bytesOf)).equals(whole)).toBe(true);
    const from = Math.floor(frames / 2) + 1;
    const part = await collect(info, from, frames - 2);
    expect(Buffer.concat(part.map(bytesOf)).equals(whole.subarray(from * bytes, (frames - 1) * bytes))).toBe(true);
  });

  it('turned clips are upright', async () => {
    clips.draw('lying.mp4', 6, '96x64', ...h264);
    clips.ffmpeg('-i', clips.path('lying.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', clips.path('turned.mp4'));
    const info = await probe(clips.path('turned.mp4'));
    expect([info.width, info.height, info.frameCount]).toEqual([64, 96, 6]);
    const frame = await readFrame(info, 3);
    expect(bytesOf(frame).equals(reference(info.path, 'yuv420p').subarray(3 * 64 * 96 * 1.5, 4 * 64 * 96 * 1.5))).toBe(
      true,
    );
  });

  it('variable rates keep their times', async () => {
    const vary = [
      '-vf',
      "settb=1/90000,setpts='(N*3+mod(N*7,3))/75/TB'",
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '1:90000',
    ];
    const info = await probe(clips.draw('varying.mp4', 12, '96x64', ...vary, ...h264));
    expect(info.variableRate).toBe(true);
    const times = await info.timestamps();
    [0, 4, 8, 9].forEach((tick, index) => expect(times[index]).toBeCloseTo(tick / 75, 3));
  });

  it('interlaced clips are deinterlaced, frame for frame, and it is said', async () => {
    const info = await probe(
      clips.draw('fields.mp4', 10, '96x64', '-c:v', 'libx264', '-flags', '+ildct+ilme', '-x264-params', 'tff=1'),
    );
    expect(info.interlaced).toBe(true);
    expect(info.notes.join()).toContain('deinterlaced');
    expect(await collect(info, 4, 9)).toHaveLength(6);
  });

  it('a clip cut without encoding shows only what its edit list shows', async () => {
    clips.draw('long.mp4', 40, '96x64', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-bf', '2');
    clips.ffmpeg('-ss', '0.41', '-i', clips.path('long.mp4'), '-c', 'copy', clips.path('cut.mp4'));
    const info = await probe(clips.path('cut.mp4'));
    const whole = reference(info.path, 'yuv420p');
    expect(info.frameCount).toBe(whole.length / (96 * 64 * 1.5));
    const last = await readFrame(info, info.frameCount - 1);
    expect(bytesOf(last).equals(whole.subarray(-96 * 64 * 1.5))).toBe(true);
  });

  it('a single frame is a clip', async () => {
    const info = await probe(clips.draw('single.mp4', 1, '96x64', ...h264));
    expect([info.kind, info.frameCount]).toEqual(['video', 1]);
    expect(info.duration).toBeCloseTo(0.04, 6);
    expect(await collect(info, 0, 0)).toHaveLength(1);
  });
});

describe('pictures', () => {
  it('keep their transparency to the last bit', async () => {
    const alpha = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*X/W'";
    const path = clips.draw('50%d off.png', 1, '64x48', '-vf', alpha, '-frames:v', '1', '-update', '1', '-f', 'image2');
    const frame = await stillFrame(path);
    expect(frame.format).toMatchObject({ rgb: true, alpha: true, bits: 8 });
    const packed = clips.ffmpeg('-f', 'png_pipe', '-i', `file:${path}`, '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1');
    const [g, b, r, a] = frame.planes;
    for (const i of [0, 777, 64 * 48 - 1])
      expect([r[i], g[i], b[i], a[i]]).toEqual([...packed.subarray(i * 4, i * 4 + 4)]);
    expect(a.some((value) => value > 0 && value < 255)).toBe(true);
  });

  it('are turned as their camera says', async () => {
    const path = clips.draw('camera.jpg', 1, '96x64', '-frames:v', '1', '-update', '1');
    const plain = readFileSync(path);
    // An EXIF segment with one entry: orientation 6, a quarter turn.
    const exif = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010006000000000000', 'hex');
    writeFileSync(clips.path('camera turned.jpg'), Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]));
    const frame = await stillFrame(clips.path('camera turned.jpg'));
    const lying = await stillFrame(path);
    expect([frame.width, frame.height]).toEqual([64, 96]);
    // Orientation 6: the stored left edge is the upright top, from right to left.
    const [turnedLuma, luma] = [frame.planes[0], lying.planes[0]];
    for (const [x, y] of [
      [0, 0],
      [10, 80],
      [63, 95],
    ])
      expect(turnedLuma[y * 64 + x]).toBe(luma[(63 - x) * 96 + y]);
  });
});

describe('what is no video is refused in words, with code input', () => {
  const refused = async (path: string): Promise<void> => {
    await expect(probe(path)).rejects.toMatchObject({
      name: 'UserFacingError',
      code: 'input',
      message: expect.stringMatching(/\.$/),
    });
  };
  it('missing', () => refused(clips.path('nowhere.mp4')));
  it('a folder', () => {
    mkdirSync(clips.path('folder.mp4'));
    return refused(clips.path('folder.mp4'));
  });
  it('text', () => {
    writeFileSync(clips.path('text.mp4'), 'Once upon a time there was no video.\n'.repeat(50));
    return refused(clips.path('text.mp4'));
  });
  it('empty', () => {
    writeFileSync(clips.path('empty.mp4'), '');
    return refused(clips.path('empty.mp4'));
  });
  it('sound only', () => {
    clips.ffmpeg('-f', 'lavfi', '-i', 'sine=d=0.2', clips.path('sound.m4a'));
    return refused(clips.path('sound.m4a'));
  });
  it.each(['0', '1'])('cut off (index at the front: %s)', async (front) => {
    const path = clips.draw(
      `cut off ${front}.mp4`,
      25,
      '96x64',
      '-c:v',
      'libx264',
      ...(front === '1' ? ['-movflags', '+faststart'] : []),
    );
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
    await refused(path);
  });
  it('frames that are not there', async () => {
    const info = await probe(clips.draw('short.mp4', 5, '96x64', '-c:v', 'libx264'));
    await expect(collect(info, 3, 5)).rejects.toMatchObject({ code: 'input' });
  });
});
