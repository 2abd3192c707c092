import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPresets, exportSettingsSchema, type ExportProgress, type ExportSettingsInput } from '../../engine/contract/export-settings.ts'; // prettier-ignore
import { partialPath } from '../../engine/contract/output-names.ts';
import { still } from '../../engine/contract/timeline/animated.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { readFrames } from '../../engine/media/decode.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { probe } from '../../engine/media/probe.ts';
import { readMediaFile } from '../../engine/media/library/media-facts.ts';
import { checkEncoder } from '../../engine/render/export/encoder-args.ts';
import { exportSequence, type ExportRequest } from '../../engine/render/export/export-sequence.ts';
import { openFrameRenderer } from '../../engine/render/render-frame.ts';
import { mediaResolver } from '../../engine/render/resolve-media.ts';
import { Film, placed, readCode, writeCoded } from '../support/film.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const folder = mkdtempSync(join(tmpdir(), 'longtake-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);
const pal = rational(25);
const ntsc = rational(30000, 1001);
const [width, height] = [128, 96];

const write = (film: Film, name: string, settings: ExportSettingsInput, more: Partial<ExportRequest> = {}) =>
  exportSequence({ document: film.document, sequenceId: film.sequence.id, projectFolder: folder, settings, out: path(name), ...more }); // prettier-ignore

/** `clip:number` of every frame of a file. */
const codes = async (file: string): Promise<string[]> => {
  const info = await probe(file);
  const found: string[] = [];
  for await (const { planes, width, height, format } of readFrames(info, 0, info.frameCount - 1)) {
    const luma = format.bits > 8 ? Uint16Array.from(planes[0], (value) => value >> (format.bits - 8)) : planes[0];
    const { clip, number } = readCode(luma, width, height);
    found.push(`${clip}:${number}`);
  }
  return found;
};
const count = (clip: number, from: number, frames: number, step = 1): string[] =>
  Array.from({ length: frames }, (_, i) => `${clip}:${from + i * step}`);
/** Nothing but these files, and the sources, may be left. */
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.includes('longtake-p'));

beforeAll(() => {
  writeCoded(path('one.mp4'), { frames: 60, rate: pal, clip: 1, sound: true });
  writeCoded(path('two.mp4'), { frames: 40, rate: ntsc, clip: 2 });
});

/** Straight, composed and reversed stretches, another rate, a gap, with sound: 56 frames. */
const mixed = async (): Promise<{ film: Film; expected: string[] }> => {
  const film = new Film(pal);
  const [one, two] = [await film.add(path('one.mp4')), await film.add(path('two.mp4'))];
  film.clip(0, one, 0, 20, { sourceIn: rational(10, 25) });
  film.clip(0, two, 20, 12);
  film.clip(0, one, 36, 10, { reverse: true });
  film.clip(0, one, 46, 5, { speed: rational(0), sourceIn: rational(3, 25) });
  film.clip(0, one, 51, 5, { speed: rational(2) });
  // Small and low: the code stays readable.
  film.clip(1, two, 4, 8, { placement: placed({ scale: still(0.4), y: still(25) }) });
  film.clip(0, one, 0, 56, {}, 'audio');
  const expected = [
    ...count(1, 10, 20),
    ...Array.from({ length: 12 }, (_, k) => `2:${Math.floor((k * 30000) / (25 * 1001))}`),
    ...count(0, 0, 4, 0),
    ...count(1, 9, 10, -1),
    ...count(1, 3, 5, 0),
    ...count(1, 0, 5, 2),
  ];
  return { film, expected };
};

describe('every frame in its place', () => {
  it.each([
    ['h264', 'film.mp4', { codec: 'h264', quality: 4 }, 'yuv420p'],
    ['h265 of 10 bits', 'film.mkv', { codec: 'h265', quality: 4, bits: 10, speed: 'fast' }, 'yuv420p10le'],
    ['av1', 'av1.mp4', { codec: 'av1', quality: 10, speed: 'fast' }, 'yuv420p'],
    ['prores', 'film.mov', { codec: 'prores' }, 'yuv422p10le'],
    ['vp9', 'film.webm', { codec: 'vp9', quality: 5, speed: 'fast' }, 'yuv420p'],
  ] as [string, string, ExportSettingsInput, string][])('%s', async (_, name, settings, pixels) => {
    const { film, expected } = await mixed();
    const told: ExportProgress[] = [];
    const result = await write(film, name, settings, { onProgress: (progress) => told.push(progress) });
    expect(result).toMatchObject({ output: path(name), frames: 56, copied: [] });
    expect(told.at(-1)).toMatchObject({ done: 56, total: 56 });
    for (const [i, { done }] of told.entries()) expect(done).toBeGreaterThanOrEqual(told[i - 1]?.done ?? 0);
    const info = await probe(path(name));
    expect(info).toMatchObject({ width, height, frameCount: 56, averageRate: pal, variableRate: false });
    expect(info.format.pixFmt).toBe(pixels);
    expect(info.colour.tags).toMatchObject({ space: 'bt709', primaries: 'bt709', transfer: 'bt709' });
    expect(info.duration).toBeCloseTo(56 / 25, 3);
    expect(info.audio).toHaveLength(1);
    expect(info.audio[0]).toMatchObject({ sampleRate: 48000, channels: 2 });
    expect(await codes(path(name))).toEqual(expected);
    expect(leftovers()).toEqual([]);
  });

  it('what is composed and what goes straight look alike, and as a rendered frame', async () => {
    const { film } = await mixed();
    await write(film, 'alike.mkv', { codec: 'h264', quality: 0, sound: false });
    const info = await probe(path('alike.mkv'));
    const renderer = openFrameRenderer({ document: film.document, sequenceId: film.sequence.id, resolveMedia: mediaResolver(folder) }); // prettier-ignore
    let frame = 0;
    for await (const { planes } of readFrames(info, 0, 55)) {
      const { data } = await renderer.render(frame++);
      for (let i = 0; i < width * height; i += 7) {
        const luma = 16 + (0.2126 * data[4 * i] + 0.7152 * data[4 * i + 1] + 0.0722 * data[4 * i + 2]) * (219 / 255);
        expect(Math.abs(planes[0][i] - luma)).toBeLessThan(3);
      }
    }
    await renderer.close();
  });

  it('NTSC, a range, a size with borders and one that cuts, odd sizes', async () => {
    const film = new Film(ntsc);
    film.clip(0, await film.add(path('two.mp4')), 0, 40);
    await write(film, 'ntsc.mp4', { codec: 'h264', quality: 4 }, { range: { from: 7, to: 29 } });
    expect(await probe(path('ntsc.mp4'))).toMatchObject({ averageRate: ntsc, frameCount: 23 });
    expect(await codes(path('ntsc.mp4'))).toEqual(count(2, 7, 23));
    await write(film, 'wide.mp4', { codec: 'h264', quality: 4, speed: 'fast', size: { width: 200, height: 96 } }, { range: { from: 0, to: 1 } }); // prettier-ignore
    const wide = await probe(path('wide.mp4'));
    expect(wide).toMatchObject({ width: 200, height: 96, sar: { num: 1, den: 1 } });
    for await (const { planes } of readFrames(wide, 0, 0))
      expect(Math.abs(planes[0][50 * 200 + 10] - 16)).toBeLessThan(3);
    await write(film, 'tall.mp4', { codec: 'h264', speed: 'fast', size: { width: 54, height: 96 }, fit: 'crop' }, { range: { from: 0, to: 1 } }); // prettier-ignore
    expect(await probe(path('tall.mp4'))).toMatchObject({ width: 54, height: 96 });
    const odd = await write(film, 'odd.mp4', { codec: 'h264', speed: 'fast', size: { width: 65, height: 49 } }, { range: { from: 0, to: 1 } }); // prettier-ignore
    expect(await probe(path('odd.mp4'))).toMatchObject({ width: 66, height: 50 });
    expect(odd.notes.join()).toContain('66x50');
  });

  it('the index of an MP4 stands first', async () => {
    const bytes = readFileSync(path('film.mp4'));
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('ten bits of a source are ten bits in ProRes', async () => {
    const raw = new Uint16Array(width * height * 2).fill(512);
    for (let i = 0; i < width * height; i++) raw[i] = 64 + (i % 876);
    writeFileSync(path('ramp.raw'), Buffer.from(raw.buffer));
    execFileSync(findFfmpeg().ffmpeg, [
      '-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv422p10le', '-s', `${width}x${height}`, '-framerate', '25', '-i', path('ramp.raw'),
      '-c:v', 'ffv1', '-colorspace', 'bt709', '-color_range', 'tv', path('ramp.mkv'),
    ]); // prettier-ignore
    const film = new Film(pal);
    film.clip(0, await film.add(path('ramp.mkv')), 0, 1);
    await write(film, 'ramp.mov', { codec: 'prores' });
    const info = await probe(path('ramp.mov'));
    for await (const { planes } of readFrames(info, 0, 0)) {
      // Levels between the steps of 8 bits are there.
      expect(new Set(planes[0]).size).toBeGreaterThan(500);
    }
  });
});

describe('pictures, transparency and sound alone', () => {
  it('GIF', async () => {
    const { film, expected } = await mixed();
    await write(film, 'film.gif', { codec: 'gif' }, { range: { from: 0, to: 9 } });
    const told = execFileSync(findFfmpeg().ffprobe, ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames,width,height', '-of', 'csv=p=0', path('film.gif')]); // prettier-ignore
    expect(told.toString().trim()).toBe('128,96,10');
    const raw = execFileSync(findFfmpeg().ffmpeg, ['-v', 'error', '-i', path('film.gif'), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-fps_mode', 'passthrough', '-']); // prettier-ignore
    const seen = Array.from({ length: 10 }, (_, i) => readCode(raw.subarray(i * width * height * 4), width, height, 4));
    expect(seen.map(({ clip, number }) => `${clip}:${number}`)).toEqual(expected.slice(0, 10));
    const fast = new Film(rational(60));
    fast.clip(0, await fast.add(path('one.mp4')), 0, 10);
    expect((await write(fast, 'fast.gif', { codec: 'gif' })).notes.join()).toContain('one frame in 2');
  });

  it('numbered PNG, with and without transparency', async () => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('one.mp4')), 1, 3, { placement: placed({ opacity: still(0.5) }) });
    const result = await write(film, 'shots.png', { codec: 'png', alpha: true });
    expect(result.output).toBe(path('shots.%06d.png'));
    expect(readdirSync(folder).filter((name) => /^shots\.\d{6}\.png$/.test(name))).toHaveLength(4);
    const rgba = (name: string): Buffer =>
      execFileSync(findFfmpeg().ffmpeg, ['-v', 'error', '-i', path(name), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-']);
    expect(rgba('shots.000000.png').every((value) => value === 0)).toBe(true);
    const second = rgba('shots.000002.png');
    expect(second[3]).toBe(128);
    expect(readCode(second, width, height, 4)).toEqual({ clip: 1, number: 1 });
    await expect(write(film, 'shots.png', { codec: 'png' })).rejects.toMatchObject({ code: 'usage' });
    await write(film, 'a%%b.%02d.png', { codec: 'png' }, { range: { from: 2, to: 3 } });
    expect(existsSync(path('a%b.01.png'))).toBe(true);
    expect(rgba('a%b.00.png')[3]).toBe(255);
    expect(leftovers()).toEqual([]);
  });

  it('ProRes 4444 keeps transparency', async () => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('one.mp4')), 1, 2, { placement: placed({ opacity: still(0.5) }) });
    await write(film, 'clear.mov', { codec: 'prores', alpha: true });
    const info = await probe(path('clear.mov'));
    expect(info.format).toMatchObject({ alpha: true, bits: 12 });
    const alphas: number[] = [];
    for await (const { planes } of readFrames(info, 0, 2)) alphas.push(planes[3][0] / 4095);
    expect(alphas[0]).toBe(0);
    expect(alphas[1]).toBeCloseTo(0.5, 1);
  });

  it('WAV, to the sample', async () => {
    const { film } = await mixed();
    const told: ExportProgress[] = [];
    const result = await write(film, 'film.wav', { codec: 'wav' }, { range: { from: 5, to: 30 }, onProgress: (p) => told.push(p) }); // prettier-ignore
    expect(result.frames).toBe(26);
    expect(told.at(-1)?.done).toBe(26);
    const { sound } = await readMediaFile(path('film.wav'));
    expect(sound).toMatchObject({ samples: 26 * 1920, sampleRate: 48000, channels: 2, codec: 'pcm_s24le' });
  });
});

describe('untouched stretches', () => {
  const like = (codec: 'h264' | 'h265'): string[] =>
    codec === 'h264'
      ? ['-c:v', 'libx264', '-preset', 'fast', '-crf', '12', '-g', '12']
      : ['-c:v', 'libx265', '-preset', 'fast', '-crf', '12', '-g', '12', '-x265-params', 'log-level=error:open-gop=0'];

  it.each(['h264', 'h265'] as const)('are copied: %s', async (codec) => {
    writeCoded(path(`a-${codec}.mp4`), { frames: 70, rate: pal, clip: 1, sound: true }, like(codec));
    writeCoded(path(`b-${codec}.mp4`), { frames: 60, rate: pal, clip: 2 }, like(codec));
    const film = new Film(pal);
    const [a, b] = [await film.add(path(`a-${codec}.mp4`)), await film.add(path(`b-${codec}.mp4`))];
    const left = film.clip(0, a, 0, 44, { sourceIn: rational(12, 25) });
    const right = film.clip(0, b, 44, 46, { sourceIn: rational(7, 25) });
    film.transition(left, right, { before: 4, after: 4 });
    film.clip(0, a, 0, 60, {}, 'audio');
    const result = await write(film, `copied-${codec}.mp4`, { codec, speed: 'fast', copyUntouched: true });
    const frames = result.copied.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    expect(result.copied.length).toBeGreaterThanOrEqual(2);
    expect(frames).toBeGreaterThan(55);
    expect(result.notes.join()).toContain(`${frames} of 90`);
    const info = await probe(result.output);
    expect(info).toMatchObject({ frameCount: 90, averageRate: pal, variableRate: false });
    expect(info.audio).toHaveLength(1);
    const seen = await codes(result.output);
    const want = [...count(1, 12, 44), ...count(2, 7, 46)];
    // In the dissolve the code is that of the brighter blocks; beside it every frame has its own.
    for (let i = 0; i < 90; i++) if (i < 40 || i >= 48) expect(seen[i]).toBe(want[i]);
    // Copied is copied: the same bits come out.
    const [from] = result.copied[0];
    const source = await probe(a.path);
    const planesOf = async (of: typeof source, index: number): Promise<Buffer> => {
      for await (const frame of readFrames(of, index, index)) return Buffer.from(frame.planes[0]);
      throw new Error('no frame');
    };
    expect((await planesOf(info, from)).equals(await planesOf(source, 12 + from))).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('that cannot be copied are encoded, and it is said why', async () => {
    const film = new Film(rational(24));
    film.clip(0, await film.add(path('one.mp4')), 0, 30);
    const result = await write(film, 'rate.mp4', { codec: 'h264', copyUntouched: true });
    expect(result.copied).toEqual([]);
    expect(result.notes.join()).toContain('frame rate');
    const sized = await write(film, 'sized.mp4', {
      codec: 'h264',
      copyUntouched: true,
      size: { width: 64, height: 48 },
    });
    expect(sized.notes.join()).toContain('size of its own');
    expect(await probe(path('sized.mp4'))).toMatchObject({ width: 64, frameCount: 30 });
  });
});

it('memory does not grow with the length', async () => {
  const film = new Film(pal, 640, 360);
  execFileSync(findFfmpeg().ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=640x360', '-frames:v', '1', path('still.png')]); // prettier-ignore
  film.clip(0, await film.add(path('still.png')), 0, 400);
  const held: number[] = [];
  const onProgress = ({ done }: ExportProgress): void => {
    collectGarbage();
    if (done > 50) held.push(process.memoryUsage().external);
  };
  await write(film, 'long.mp4', { codec: 'h264', speed: 'fast' }, { onProgress });
  // Three hundred frames that are not let go of are 100 MB.
  expect(Math.max(...held) - held[0]).toBeLessThan(30e6);
});

describe('what goes wrong leaves nothing behind', () => {
  const short = async (): Promise<Film> => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('one.mp4')), 0, 10);
    return film;
  };

  it('a cancel, at any time', async () => {
    const film = new Film(pal);
    const one = await film.add(path('one.mp4'));
    for (let i = 0; i < 20; i++)
      film.clip(0, one, i * 60, 60, i % 2 === 0 ? {} : { placement: placed({ rotation: still(3) }) });
    for (const [name, codec] of [
      ['stop.mp4', 'h264'],
      ['stop.png', 'png'],
      ['stop.wav', 'wav'],
    ] as const) {
      const control = new AbortController();
      const done = write(film, name, { codec }, {
        signal: control.signal,
        onProgress: ({ done }) => done > 5 && control.abort(),
      }); // prettier-ignore
      // Sound alone may be quicker than the cancel.
      if (codec === 'wav') await done.catch(() => rmSync(path(name), { force: true }));
      else await expect(done).rejects.toMatchObject({ code: 'interrupted' });
    }
    const before = new AbortController();
    before.abort();
    await expect(write(film, 'stop.mp4', { codec: 'h264' }, { signal: before.signal })).rejects.toMatchObject({ code: 'interrupted' }); // prettier-ignore
    expect(existsSync(path('stop.mp4'))).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const film = await short();
    for (const name of ['full.mkv', 'full.mp4', 'full.wav']) {
      symlinkSync('/dev/full', partialPath(path(name)));
      const codec = name.endsWith('wav') ? 'wav' : 'h264';
      await expect(write(film, name, { codec })).rejects.toMatchObject({ code: 'room' });
      expect(existsSync(path(name))).toBe(false);
    }
    expect(leftovers()).toEqual([]);
  });

  it('a folder that is not there or may not be written to, a name that is taken', async () => {
    const film = await short();
    await expect(write(film, 'none/film.mp4', { codec: 'h264' })).rejects.toMatchObject({ code: 'usage' });
    writeFileSync(path('taken.mp4'), 'precious');
    await expect(write(film, 'taken.mp4', { codec: 'h264' })).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(path('taken.mp4'), 'utf8')).toBe('precious');
    await write(film, 'taken.mp4', { codec: 'h264', speed: 'fast' }, { force: true });
    expect((await probe(path('taken.mp4'))).frameCount).toBe(10);
    mkdirSync(path('folder.mp4'));
    await expect(write(film, 'folder.mp4', { codec: 'h264' }, { force: true })).rejects.toMatchObject({
      code: 'usage',
    });
    if (process.getuid?.() !== 0) {
      mkdirSync(path('locked'));
      chmodSync(path('locked'), 0o555);
      await expect(write(film, 'locked/film.mp4', { codec: 'h264' })).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('the sources themselves, by whatever name, even where what is there may be replaced', async () => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('one.mp4')), 0, 5);
    const still = path('still.000002.png');
    execFileSync(findFfmpeg().ffmpeg, ['-v', 'error', '-i', path('one.mp4'), '-frames:v', '1', '-update', '1', still]);
    film.clip(1, await film.add(still), 0, 5);
    symlinkSync(path('one.mp4'), path('link.mp4'));
    const before = readFileSync(path('one.mp4'));
    for (const [name, codec] of [
      ['one.mp4', 'h264'],
      ['link.mp4', 'h264'],
      ['still.%06d.png', 'png'],
    ] as const) {
      const exported = write(film, name, { codec }, { force: true });
      await expect(exported).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('is a media of the project'),
      });
    }
    expect(readFileSync(path('one.mp4')).equals(before)).toBe(true);
    expect(leftovers()).toEqual([]);
    rmSync(path('link.mp4'));
    rmSync(still);
  });

  it('damaged and missing media, and a take of nothing', async () => {
    writeCoded(path('broken.mkv'), { frames: 60, rate: pal, clip: 5 }, ['-c:v', 'mpeg2video', '-q:v', '2', '-g', '12']);
    const film = new Film(pal);
    const media = await film.add(path('broken.mkv'));
    const whole = readFileSync(path('broken.mkv'));
    film.clip(0, media, 0, 60);
    writeFileSync(path('broken.mkv'), whole.subarray(0, whole.length >> 1));
    const failed = write(film, 'broken.mp4', { codec: 'h264' }).catch((error: unknown) => error);
    expect(await failed).toMatchObject({ code: 'input' });
    rmSync(path('broken.mkv'));
    await expect(write(film, 'broken.mp4', { codec: 'h264' })).rejects.toMatchObject({ code: 'input' });
    expect(leftovers()).toEqual([]);
    expect(existsSync(path('broken.mp4'))).toBe(false);
  });

  it('settings, ranges and names that cannot be', async () => {
    const film = await short();
    const empty = new Film(pal);
    const refused = [
      write(film, 'film.avi', { codec: 'h264' }),
      write(film, 'film', { codec: 'h264' }),
      write(film, 'film2.mp4', { codec: 'prores' }),
      write(film, 'film2.mp4', { codec: 'h264', alpha: true }),
      write(film, 'film2.webm', { codec: 'vp9', bits: 10 }),
      write(film, 'film2.mp4', { codec: 'h264', quality: 99 }),
      write(film, 'film2.mp4', { codec: 'wmv' } as unknown as ExportSettingsInput),
      write(film, 'film2.wav', { codec: 'wav', sound: false }),
      write(film, 'film2.mp4', { codec: 'h264' }, { range: { from: 5, to: 10 } }),
      write(film, 'film2.mp4', { codec: 'h264' }, { range: { from: 5, to: 4 } }),
      write(film, 'film2.mp4', { codec: 'h264' }, { sequenceId: 'none' }),
      write(empty, 'film2.mp4', { codec: 'h264' }),
      checkEncoder('av1', 'libnothing'),
    ];
    for (const each of refused) await expect(each).rejects.toMatchObject({ code: 'usage' });
    for (const preset of Object.values(exportPresets))
      expect(exportSettingsSchema.safeParse(preset).success).toBe(true);
  });
});
