import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levelsOf, pqToSdr, toByte, toRgb } from '../../engine/contract/compositing/colour.ts';
import { still, type Animated } from '../../engine/contract/timeline/animated.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { rasteriseTitle } from '../../engine/render/titles/rasterise-title.ts';
import { openFrameRenderer, renderFrame } from '../../engine/render/render-frame.ts';
import { mediaResolver } from '../../engine/render/resolve-media.ts';
import { Film, greyOf, placed, readCode, writeCoded } from '../support/film.ts';
import { composeReference, type ReferenceDrawing, type ReferenceLayer, type ReferencePicture } from '../support/reference-compositor.ts'; // prettier-ignore
import { titleOf } from '../support/timeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'longtake-render-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);
const ffmpeg = (...args: string[]): void => {
  execFileSync(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...args]);
};
const [width, height] = [128, 96];
const pal = rational(25);
const ntsc = rational(30000, 1001);

const render = async (film: Film, frames: number[]): Promise<Uint8Array[]> => {
  const renderer = openFrameRenderer({ document: film.document, sequenceId: film.sequence.id, resolveMedia: mediaResolver(folder) }); // prettier-ignore
  const made: Uint8Array[] = [];
  try {
    for (const frame of frames) made.push((await renderer.render(frame)).data);
  } finally {
    await renderer.close();
  }
  return made;
};
/** `clip:number` of frames. */
const codes = async (film: Film, frames: number[]): Promise<string> =>
  (await render(film, frames))
    .map((data) => readCode(data, width, height, 4))
    .map(({ clip, number }) => `${clip}:${number}`)
    .join(' ');
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

beforeAll(() => {
  writeCoded(path('pal.mp4'), { frames: 60, rate: pal, clip: 1 });
  writeCoded(path('ntsc.mp4'), { frames: 60, rate: ntsc, clip: 2 });
});

describe('which source frame is seen', () => {
  const alone = async (
    name: string,
    rate = pal,
    more: Parameters<Film['clip']>[4] = {},
    duration = 12,
  ): Promise<Film> => {
    const film = new Film(rate);
    film.clip(0, await film.add(path(name)), 0, duration, more);
    return film;
  };

  it('the one at the in point, and nothing around the clip', async () => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('pal.mp4')), 2, 3, { sourceIn: rational(17, 25) });
    const made = await render(film, [0, 1, 2, 3, 4, 5]);
    expect(made[0].every((value) => value === 0)).toBe(true);
    expect(made[5].every((value) => value === 0)).toBe(true);
    expect(await codes(film, [2, 3, 4])).toBe('1:17 1:18 1:19');
  });

  it('forwards at other speeds, backwards, frozen', async () => {
    expect(await codes(await alone('pal.mp4', pal, { speed: rational(2) }, 6), upTo(6))).toBe(
      '1:0 1:2 1:4 1:6 1:8 1:10',
    );
    expect(await codes(await alone('pal.mp4', pal, { speed: rational(1, 2) }, 6), upTo(6))).toBe(
      '1:0 1:0 1:1 1:1 1:2 1:2',
    );
    expect(await codes(await alone('pal.mp4', pal, { reverse: true, sourceIn: rational(30, 25) }, 5), upTo(5))).toBe('1:34 1:33 1:32 1:31 1:30'); // prettier-ignore
    expect(await codes(await alone('pal.mp4', pal, { speed: rational(0), sourceIn: rational(9, 25) }, 3), upTo(3))).toBe('1:9 1:9 1:9'); // prettier-ignore
    // In any order, as scrubbing asks for them.
    expect(await codes(await alone('pal.mp4', pal, {}, 60), [40, 3, 59, 58, 4, 5, 0])).toBe(
      '1:40 1:3 1:59 1:58 1:4 1:5 1:0',
    );
  });

  it('NTSC in its own rate and in others', async () => {
    expect(await codes(await alone('ntsc.mp4', ntsc, {}, 60), [0, 1, 29, 58, 59])).toBe('2:0 2:1 2:29 2:58 2:59');
    const expected = upTo(12).map((k) => `2:${Math.floor((k * 30000) / (25 * 1001))}`).join(' '); // prettier-ignore
    expect(await codes(await alone('ntsc.mp4', pal), upTo(12))).toBe(expected);
    const back = upTo(12).map((k) => `1:${Math.floor((k * 1001 * 25) / 30000)}`).join(' '); // prettier-ignore
    expect(await codes(await alone('pal.mp4', ntsc), upTo(12))).toBe(back);
  });

  it('a variable rate by its timestamps', async () => {
    writeCoded(path('vfr.mkv'), { frames: 20, rate: pal, clip: 3 }, [
      ...[
        '-vf',
        "settb=1/1000,setpts='N*40+if(mod(N,2),15,0)'",
        '-fps_mode',
        'passthrough',
        '-enc_time_base',
        '1/1000',
      ],
      ...['-c:v', 'libx264', '-qp', '0', '-bf', '0'],
    ]);
    const film = await alone('vfr.mkv', pal, {}, 8);
    expect([...film.document.media.values()][0].picture?.variableRate).toBe(true);
    expect(await codes(film, upTo(8))).toBe('3:0 3:0 3:2 3:2 3:4 3:4 3:6 3:6');
  });

  it('numbered pictures and interlaced clips', async () => {
    for (const n of [7, 8, 9, 10]) {
      const name = path(`shot%.${String(n).padStart(4, '0')}.png`);
      ffmpeg('-i', path('pal.mp4'), '-vf', `select=eq(n\\,${n})`, '-frames:v', '1', '-update', '1', name);
    }
    const film = new Film(pal);
    const first = await film.add(path('shot%.0007.png'));
    const picture = { ...first.picture!, frameRate: pal, frameCount: 4, duration: rational(4, 25) };
    Object.assign(first, { kind: 'images', path: path('shot%%.%04d.png'), firstNumber: 7, picture } satisfies Partial<Media>); // prettier-ignore
    film.clip(0, first, 0, 4, { kind: 'video' });
    expect(await codes(film, upTo(4))).toBe('1:7 1:8 1:9 1:10');

    writeCoded(path('fields.mkv'), { frames: 12, rate: pal, clip: 4 }, ['-vf', 'setfield=tff', '-c:v', 'ffv1', '-field_order', 'tt']); // prettier-ignore
    expect(await codes(await alone('fields.mkv', pal, {}, 5), upTo(5))).toBe('4:0 4:1 4:2 4:3 4:4');
  });
});

describe('a frame equals the formulas', () => {
  /** What a coded frame looks like, by the contract's matrices. */
  const coded = (number: number, clip: number): ReferencePicture => {
    const rgba = new Uint8Array(width * height * 4);
    const word = (clip << 12) | number;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const light = (word >> (15 - Math.floor((x * 16) / width))) & 1;
        const luma = y < height / 4 ? (light ? 200 : 40) : greyOf(number);
        rgba.set([...toRgb(luma, 128, 128, 'bt709', levelsOf(8, 'limited')).map(toByte), 255], (y * width + x) * 4);
      }
    return { width, height, sampleAspect: { num: 1, den: 1 }, rgba };
  };
  const drawing = (picture: string, more: Partial<ReferenceDrawing> = {}): ReferenceDrawing => ({
    picture, fit: 'inside', opacity: 1, x: 0, y: 0, scale: 1, rotation: 0, crop: { left: 0, top: 0, right: 0, bottom: 0 }, ...more,
  }); // prettier-ignore
  const check = (got: Uint8Array, layers: ReferenceLayer[], pictures: Record<string, ReferencePicture>): void => {
    const want = composeReference(layers, { width, height }, pictures).flat();
    let most = 0;
    for (let i = 0; i < want.length; i++) most = Math.max(most, Math.abs(want[i] - got[i]));
    expect(most).toBeLessThanOrEqual(2);
  };

  it.each([
    ['dissolve', 'right', 0],
    ['dip', 'right', 0],
    ['wipe', 'left', 0.2],
    ['wipe', 'down', 0],
    ['push', 'up', 0],
  ] as const)('%s %s', async (kind, direction, softness) => {
    const film = new Film(pal);
    const [a, b] = [await film.add(path('pal.mp4')), await film.add(path('ntsc.mp4'))];
    const left = film.clip(0, a, 0, 10, { sourceIn: rational(5, 25) });
    const right = film.clip(0, b, 10, 10, { sourceIn: rational(1001 * 20, 30000) });
    film.transition(left, right, { before: 3, after: 4, kind, direction, softness, colour: '#204060' });
    const frames = [6, 7, 9, 10, 13, 14];
    const made = await render(film, frames);
    for (const [i, frame] of frames.entries()) {
      const second = 20 + Math.floor(((frame - 10) * 30000) / (25 * 1001));
      const pictures = { from: coded(5 + frame, 1), to: coded(second, 2) };
      const layer: ReferenceLayer =
        frame < 7 || frame >= 14
          ? { type: 'picture', drawing: drawing(frame < 7 ? 'from' : 'to') }
          : {
              type: 'transition', from: drawing('from'), to: drawing('to'), kind, direction, softness, colour: '#204060',
              progress: (frame - 7 + 0.5) / 7,
            }; // prettier-ignore
      check(made[i], [layer], pictures);
    }
  });

  it('keyframes, placement, fades, over another track', async () => {
    const film = new Film(pal);
    const [a, b] = [await film.add(path('pal.mp4')), await film.add(path('ntsc.mp4'))];
    const keys = (from: number, to: number): Animated => ({
      value: from,
      keys: [
        { frame: 0, value: from, easing: 'linear' },
        { frame: 10, value: to, easing: 'linear' },
      ],
    });
    film.clip(0, a, 0, 20);
    film.clip(1, b, 0, 20, {
      fadeIn: 4,
      placement: placed({ x: keys(0, 30), scale: keys(1, 0.5), rotation: keys(0, 45), cropLeft: still(0.25), opacity: still(0.75) }),
    }); // prettier-ignore
    const frames = [0, 5, 10, 15];
    const made = await render(film, frames);
    for (const [i, frame] of frames.entries()) {
      const t = Math.min(1, frame / 10);
      const above = drawing('above', {
        x: 30 * t, scale: 1 - 0.5 * t, rotation: 45 * t, crop: { left: 0.25, top: 0, right: 0, bottom: 0 },
        opacity: 0.75 * (frame < 4 ? (frame + 0.5) / 4 : 1),
      }); // prettier-ignore
      check(
        made[i],
        [
          { type: 'picture', drawing: drawing('below') },
          { type: 'picture', drawing: above },
        ],
        { below: coded(frame, 1), above: coded(Math.floor((frame * 30000) / (25 * 1001)), 2) },
      );
    }
  });

  it('alpha over a clip; a large still, turned by its camera', async () => {
    const [w, h] = [300, 200];
    const raw = Buffer.alloc(w * h * 4);
    for (let i = 0; i < w * h; i++) raw.set([(i * 7) % 256, (i * 3) % 256, (i >> 3) % 256, (i * 11) % 256], i * 4);
    writeFileSync(path('glass.raw'), raw);
    ffmpeg('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${w}x${h}`, '-i', path('glass.raw'), '-frames:v', '1', path('glass.png')); // prettier-ignore
    const film = new Film(pal);
    film.clip(0, await film.add(path('pal.mp4')), 0, 5);
    const glass = await film.add(path('glass.png'));
    expect(glass.kind).toBe('still');
    film.clip(1, glass, 1, 4, { placement: placed({ fit: 'cover' }) });
    const premultiplied = Uint8Array.from(raw, (value, i) =>
      i % 4 === 3 ? value : Math.floor((value * raw[(i & ~3) + 3]) / 255 + 0.5),
    );
    const pictures = { below: coded(3, 1), above: { width: w, height: h, sampleAspect: { num: 1, den: 1 }, rgba: premultiplied } }; // prettier-ignore
    const [got] = await render(film, [3]);
    check(got, [{ type: 'picture', drawing: drawing('below') }, { type: 'picture', drawing: drawing('above', { fit: 'cover' }) }], pictures); // prettier-ignore

    // A JPEG of 96x128 that EXIF says to turn clockwise fills the frame exactly.
    ffmpeg('-f', 'lavfi', '-i', 'color=red:s=96x64', '-f', 'lavfi', '-i', 'color=blue:s=96x64', '-filter_complex', 'vstack', '-frames:v', '1', path('plain.jpg')); // prettier-ignore
    const jpeg = execFileSync('cat', [path('plain.jpg')]);
    const exif = Buffer.from('ffe100224578696600004d4d002a000000080001011200030000000100060000000000000000', 'hex').subarray(0, 36); // prettier-ignore
    writeFileSync(path('turned.jpg'), Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]));
    const turned = new Film(pal);
    turned.clip(0, await turned.add(path('turned.jpg')), 0, 2);
    const [side] = await render(turned, [0]);
    const at = (x: number, y: number): number[] => [...side.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
    expect(at(20, 48)[2]).toBeGreaterThan(200);
    expect(at(110, 48)[0]).toBeGreaterThan(200);
  });

  it('titles as they are rasterised', async () => {
    const film = new Film(pal);
    film.clip(0, await film.add(path('pal.mp4')), 0, 5);
    const title = { ...titleOf('Ahoj'), size: 0.4 };
    film.clip(1, null, 0, 5, { title, placement: placed({ x: still(7), rotation: still(20) }) });
    const [got] = await render(film, [2]);
    const bitmap = await rasteriseTitle(title, { width, height });
    const whole = new Uint8Array(width * height * 4);
    for (let y = 0; y < bitmap.height; y++)
      whole.set(bitmap.data.subarray(y * bitmap.width * 4, (y + 1) * bitmap.width * 4), ((y + bitmap.y) * width + bitmap.x) * 4); // prettier-ignore
    const pictures = { below: coded(2, 1), title: { width, height, sampleAspect: { num: 1, den: 1 }, rgba: whole } };
    check(got, [{ type: 'picture', drawing: drawing('below') }, { type: 'picture', drawing: drawing('title', { x: 7, rotation: 20 }) }], pictures); // prettier-ignore
  });

  it('HDR by the one curve', async () => {
    const code = 64 + Math.round(0.58 * 876);
    const raw = new Uint16Array(width * height * 1.5).fill(512);
    raw.fill(code, 0, width * height);
    writeFileSync(path('hdr.raw'), Buffer.from(raw.buffer));
    ffmpeg(
      '-f', 'rawvideo', '-pix_fmt', 'yuv420p10le', '-s', `${width}x${height}`, '-framerate', '25', '-i', path('hdr.raw'),
      '-c:v', 'ffv1', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc', '-color_primaries', 'bt2020', '-color_range', 'tv', path('hdr.mkv'),
    ); // prettier-ignore
    const film = new Film(pal);
    film.clip(0, await film.add(path('hdr.mkv')), 0, 1);
    const [got] = await render(film, [0]);
    const want = Math.round(pqToSdr((code - 64) / 876) * 255);
    for (const value of got.subarray(0, 3)) expect(Math.abs(value - want)).toBeLessThanOrEqual(1);
  });
});

describe('what cannot be rendered', () => {
  it('says which media is missing, and where it was looked for', async () => {
    const film = new Film(pal);
    const media = await film.add(path('pal.mp4'));
    Object.assign(media, { path: '/nowhere/pal.mp4', relativePath: 'pal.mp4', name: 'pal' });
    film.clip(0, media, 0, 5);
    // Found beside the project although the old place is gone.
    const request = { document: film.document, sequenceId: film.sequence.id, frame: 1 };
    const found = await renderFrame({ ...request, resolveMedia: mediaResolver(folder) });
    expect(readCode(found.data, width, height, 4)).toEqual({ clip: 1, number: 1 });
    await expect(renderFrame({ ...request, resolveMedia: mediaResolver('/elsewhere') })).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('/nowhere/pal.mp4'),
    });
    await expect(renderFrame({ ...request, sequenceId: 'none', resolveMedia: mediaResolver(folder) })).rejects.toMatchObject({ code: 'usage' }); // prettier-ignore
  });
});
