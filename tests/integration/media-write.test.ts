import { existsSync, symlinkSync } from 'node:fs';
import { afterAll, expect, it, vi } from 'vitest';
import { openEncoder } from '../../engine/media/encode.ts';
import type { VideoCodec } from '../../engine/media/encoder-settings.ts';
import { probe } from '../../engine/media/probe.ts';
import type { MediaInfo } from '../../engine/media/types.ts';
import { bytesOf, collect, createClipFolder, psnr } from '../support/media-clips.ts';

// Many small programs are started: on a loaded machine that alone takes a minute.
vi.setConfig({ testTimeout: 300_000 });
const clips = createClipFolder();
afterAll(clips.remove);

const grain = ['-vf', 'noise=alls=12:allf=t'];

const rewrite = async (
  info: MediaInfo,
  name: string,
  codec?: VideoCodec,
): Promise<{ info: MediaInfo; notes: string[] }> => {
  const encoder = openEncoder(clips.path(name), { like: info, rate: info.averageRate, codec });
  for (const frame of await collect(info, 0, info.frameCount - 1)) await encoder.write(frame);
  await encoder.close();
  return { info: await probe(clips.path(name)), notes: encoder.notes };
};

it.each([
  ['yuv420p', '95x63'],
  ['yuv422p10le', '96x64'],
  ['gbrp', '96x64'],
  ['yuva444p10le', '96x64'],
])('ffv1 gives %s back to the last bit', async (pixFmt, size) => {
  const source = clips.draw(
    `source-${pixFmt}.mkv`,
    3,
    '96x64',
    '-vf',
    `scale=${size.replace('x', ':')},format=${pixFmt === 'gbrp' ? 'bgr0' : pixFmt}`,
    '-c:v',
    'ffv1',
  );
  const info = await probe(source);
  const copy = await rewrite(info, `again-${pixFmt}.mkv`, 'ffv1');
  expect([copy.info.width, copy.info.height, copy.info.frameCount]).toEqual([info.width, info.height, 3]);
  const [before, after] = [await collect(info, 0, 2), await collect(copy.info, 0, 2)];
  before.forEach((frame, i) => expect(bytesOf(after[i]).equals(bytesOf(frame))).toBe(true));
});

it.each<[VideoCodec, string]>([
  ['h264', 'mp4'],
  ['h265', 'mp4'],
  ['vp9', 'webm'],
  ['av1', 'mp4'],
  ['prores', 'mov'],
])('%s keeps grainy frames at 45 dB', async (codec, extension) => {
  const pixFmt = codec === 'prores' ? 'yuv422p10le' : 'yuv420p';
  const source = clips.draw(`grain-${codec}.mkv`, 4, '128x96', ...grain, '-pix_fmt', pixFmt, '-c:v', 'ffv1');
  const info = await probe(source);
  const copy = await rewrite(info, `kept-${codec}.${extension}`, codec);
  expect(copy.info.frameCount).toBe(4);
  const before = await collect(info, 0, 3);
  const same = { ...copy.info, format: info.format, rawPixFmt: info.rawPixFmt };
  const after = await collect(same, 0, 3);
  before.forEach((frame, i) => expect(psnr(frame, after[i])).toBeGreaterThan(45));
});

it('rate, colour tags and sample aspect come out as they went in', async () => {
  const tags = [
    '-colorspace',
    'bt2020nc',
    '-color_primaries',
    'bt2020',
    '-color_trc',
    'smpte2084',
    '-color_range',
    'tv',
  ];
  const source = clips.draw(
    'tagged.mp4',
    4,
    '96x64',
    '-vf',
    'setsar=4/3',
    '-r',
    '24000/1001',
    '-pix_fmt',
    'yuv420p10le',
    '-c:v',
    'libx265',
    '-x265-params',
    'log-level=none',
    ...tags,
  );
  const info = await probe(source);
  expect(info.colour).toMatchObject({ matrix: 'bt2020', transfer: 'pq', range: 'limited' });
  const copy = await rewrite(info, 'tagged again.mkv', 'h264');
  expect(copy.info.colour).toEqual(info.colour);
  expect([copy.info.averageRate, copy.info.sar, copy.info.format]).toEqual([
    { num: 24000, den: 1001 },
    { num: 4, den: 3 },
    info.format,
  ]);
});

it('odd sizes become 4:4:4 in H.264, transparency is composited on black, and both are said', async () => {
  const alpha = "scale=95:63,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(X,40),0,255)'";
  const info = await probe(clips.draw('see-through.mkv', 2, '96x64', '-vf', alpha, '-c:v', 'ffv1'));
  const { info: out, notes } = await rewrite(info, 'solid.mp4', 'h264');
  expect([out.width, out.height, out.sourcePixFmt]).toEqual([95, 63, 'yuv444p']);
  expect(notes.join(' ')).toMatch(/4:4:4.*black/);
  const [frame] = await collect(out, 0, 0);
  expect(frame.planes[0][20 * 95 + 10]).toBeLessThanOrEqual(18);
});

it('a full disk is said to be one, and nothing is left', async () => {
  const info = await probe(clips.draw('small.mkv', 4, '96x64', '-c:v', 'ffv1'));
  symlinkSync('/dev/full', clips.path('full.mkv'));
  await expect(rewrite(info, 'full.mkv', 'ffv1')).rejects.toMatchObject({ code: 'room' });
  expect(existsSync(clips.path('full.mkv'))).toBe(false);
});

it('names and codecs that do not go together are refused', async () => {
  const info = await probe(clips.draw('any.mkv', 1, '96x64', '-c:v', 'ffv1'));
  const open = (name: string, codec?: VideoCodec) => () =>
    openEncoder(clips.path(name), { like: info, rate: info.averageRate, codec });
  expect(open('out.xyz')).toThrow(/\.xyz/);
  expect(open('out')).toThrow(/extension/);
  expect(open('out.webm', 'h264')).toThrow(/\.webm file cannot hold h264/);
});
