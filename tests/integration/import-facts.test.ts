import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { mediaSchema } from '../../engine/contract/timeline/media.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { type MediaFacts, readMediaFile } from '../../engine/media/library/media-facts.ts';
import { probe } from '../../engine/media/probe.ts';
import { createClipFolder } from '../support/media-clips.ts';

const clips = createClipFolder();
afterAll(clips.remove);

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const frames = (name: string, count: number, ...more: string[]): string => clips.draw(name, count, '96x64', ...more);
const sound = (name: string, seconds: number, ...more: string[]): string => {
  clips.ffmpeg('-f', 'lavfi', '-i', `sine=d=${seconds}:r=48000`, ...more, `file:${clips.path(name)}`);
  return clips.path(name);
};
const vary = [
  '-vf', "settb=1/90000,setpts='(N*3+mod(N*7,3))/75/TB'", '-fps_mode', 'passthrough', '-enc_time_base', '1:90000',
]; // prettier-ignore

/** Facts make a valid `Media` whatever the file. */
const factsOf = async (path: string): Promise<MediaFacts> => {
  const facts = await readMediaFile(path);
  const { kind, firstNumber, bytes, picture, sound } = facts;
  mediaSchema.parse({
    kind, path, firstNumber, bytes, picture, sound,
    id: '01890000-0000-7000-8000-000000000000', name: 'x', binId: null, relativePath: null, hash: '0'.repeat(64), provenance: null,
  }); // prettier-ignore
  return facts;
};

describe('videos: one cheap look says what the engine finds by counting every frame', () => {
  const cases: [string, () => string][] = [
    ['H.264 with B-frames', () => frames('plain.mp4', 30, ...h264, '-bf', '2', '-g', '8')],
    ['10 bit in mov', () => frames('deep.mov', 12, ...h264, '-pix_fmt', 'yuv422p10le')],
    ['Matroska', () => frames('plain.mkv', 12, ...h264, '-bf', '2')],
    ['variable rate in mp4', () => frames('varying.mp4', 12, ...vary, ...h264)],
    ['variable rate in mkv', () => frames('varying.mkv', 12, ...vary, ...h264)],
    ['fragments', () => frames('fragments.mp4', 20, ...h264, '-movflags', '+frag_keyframe+empty_moov', '-g', '5')],
    ['23.976', () => frames('film.mov', 12, '-r', '24000/1001', '-c:v', 'prores_ks')],
    ['a GIF', () => frames('dance.gif', 10)],
    ['a single frame', () => frames('single.mp4', 1, ...h264)],
    ['wide pixels', () => frames('dv.mov', 4, '-vf', 'setsar=64/45', ...h264)],
    ['fields', () => frames('fields.mp4', 10, '-c:v', 'libx264', '-flags', '+ildct+ilme', '-x264-params', 'tff=1')],
    [
      'ProRes 4444 with alpha',
      () => frames('alpha.mov', 5, '-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le'),
    ],
    [
      'WebM with alpha',
      () =>
        frames('alpha.webm', 5, '-vf', 'format=rgba,colorchannelmixer=aa=0.5,format=yuva420p', '-c:v', 'libvpx-vp9'),
    ],
    [
      'turned',
      () => {
        frames('lying.mp4', 6, ...h264);
        clips.ffmpeg(
          '-i',
          clips.path('lying.mp4'),
          '-c',
          'copy',
          '-metadata:s:v',
          'rotate=90',
          clips.path('turned.mp4'),
        );
        return clips.path('turned.mp4');
      },
    ],
    [
      'cut without encoding',
      () => {
        frames('long.mp4', 40, ...h264, '-g', '20', '-bf', '2');
        clips.ffmpeg('-ss', '0.41', '-i', clips.path('long.mp4'), '-c', 'copy', clips.path('cut.mp4'));
        return clips.path('cut.mp4');
      },
    ],
  ];
  it.each(cases)('%s', async (_what, make) => {
    const path = make();
    const facts = await factsOf(path);
    const info = await probe(path);
    expect(facts).toMatchObject({ kind: 'video', sound: null, exact: true, firstNumber: null });
    expect(facts.picture).toMatchObject({
      width: info.width,
      height: info.height,
      sampleAspect: info.sar,
      frameRate: info.averageRate,
      variableRate: info.variableRate,
      frameCount: info.frameCount,
      codec: info.codec,
      alpha: info.format.alpha,
      interlaced: info.interlaced,
    });
    expect(toNumber(facts.picture?.duration ?? { num: 0, den: 1 })).toBeCloseTo(info.duration, 3);
  });

  it('containers without an index are taken at their word, and it is said', async () => {
    for (const name of ['stream.ts', 'old.avi']) {
      const facts = await factsOf(frames(name, 20, ...h264));
      expect(facts.exact).toBe(false);
      expect(facts.picture).toMatchObject({ frameCount: 20, frameRate: { num: 25, den: 1 }, codec: 'h264' });
    }
  });
});

describe('sound', () => {
  it.each([
    ['tone.wav', [], 'pcm_s16le', 0],
    ['tone.flac', [], 'flac', 0],
    ['tone.mp3', [], 'mp3', 0],
    ['tone.m4a', [], 'aac', 0],
    ['tone.adts.aac', [], 'aac', 2100],
    ['tone.opus', ['-c:a', 'libopus'], 'opus', 400],
    ['tone.ogg', ['-c:a', 'libvorbis'], 'vorbis', 0],
    ['tone.aiff', [], 'pcm_s16be', 0],
    ['tone.mka', ['-c:a', 'flac'], 'flac', 48],
  ] as const)('%s', async (name, args, codec, slack) => {
    const facts = await factsOf(sound(name, 1.5, ...args));
    expect(facts).toMatchObject({ kind: 'audio', picture: null });
    expect(facts.sound).toMatchObject({
      codec,
      sampleRate: 48000,
      channels: 1,
      layout: 'mono',
      offset: { num: 0, den: 1 },
    });
    expect(Math.abs((facts.sound?.samples ?? 0) - 72000)).toBeLessThanOrEqual(slack + (name === 'tone.mp3' ? 1152 : 0));
  });

  it('cover art is no video', async () => {
    frames('cover.png', 1, '-frames:v', '1', '-update', '1');
    for (const name of ['song.mp3', 'song.flac', 'song.m4a']) {
      sound(
        name, 1, '-i', clips.path('cover.png'), '-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic',
      ); // prettier-ignore
      expect(await factsOf(clips.path(name))).toMatchObject({ kind: 'audio', picture: null });
    }
  });

  it('its place under the picture is exact', async () => {
    frames('silent.mp4', 25, ...h264);
    for (const [name, seconds] of [
      ['late.mov', 0.25],
      ['late.mkv', 0.25],
    ] as const) {
      clips.ffmpeg(
        '-i', clips.path('silent.mp4'), '-itsoffset', String(seconds), '-f', 'lavfi', '-i', 'sine=d=0.5:r=48000',
        '-c:v', 'copy', '-c:a', 'pcm_s16le', clips.path(name),
      ); // prettier-ignore
      const facts = await factsOf(clips.path(name));
      expect(facts.sound).toMatchObject({ samples: 24000, offset: { num: 1, den: 4 } });
    }
  });
});

describe('stills', () => {
  const still = ['-frames:v', '1', '-update', '1'];
  it.each([
    ['a 50%d off.png', ['-vf', 'format=rgba'], true],
    ['plain.png', ['-vf', 'format=rgb24'], false],
    ['b.webp', ['-vf', 'format=rgba,colorchannelmixer=aa=0.5,format=yuva420p', '-c:v', 'libwebp'], true],
    ['c.jpg', [], false],
    ['d.tiff', [], false],
    ['e.bmp', [], false],
    ['f.exr', ['-vf', 'format=gbrpf32le'], false],
    ['g.dpx', [], false],
  ] as const)('%s', async (name, args, alpha) => {
    const path = frames(name, 1, ...args, ...still, '-f', 'image2');
    const facts = await factsOf(path);
    expect(facts).toMatchObject({ kind: 'still', sound: null, exact: true });
    expect(facts.picture).toMatchObject({
      width: 96, height: 64, frameCount: 1, frameRate: null, duration: null, variableRate: false, interlaced: false, alpha,
    }); // prettier-ignore
  });

  it('stand as their camera was held', async () => {
    const plain = readFileSync(frames('camera.jpg', 1, ...still));
    // An EXIF segment with one entry: orientation 6, a quarter turn.
    const exif = Buffer.from('ffe100224578696600004d4d002a00000008000101120003000000010006000000000000', 'hex');
    writeFileSync(clips.path('turned.jpg'), Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]));
    expect((await factsOf(clips.path('turned.jpg'))).picture).toMatchObject({ width: 64, height: 96 });
  });
});

describe('what is no media is refused in one sentence', () => {
  const refused = async (path: string, words: RegExp): Promise<void> => {
    await expect(readMediaFile(path)).rejects.toMatchObject({
      name: 'UserFacingError', code: 'input', message: expect.stringMatching(words),
    }); // prettier-ignore
  };
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(clips.path(name), content);
    return clips.path(name);
  };
  it('missing, a folder, empty, text', async () => {
    await refused(clips.path('nowhere.mp4'), /does not exist/);
    await refused(clips.folder, /is a folder/);
    await refused(write('empty.mp4', ''), /is empty/);
    await refused(write('text.mp4', 'Once upon a time.\n'.repeat(50)), /cannot|can be read/);
    await refused(write('list.mp4', "ffconcat version 1.0\nfile '/etc/passwd'\n"), /can be read/);
    await refused(
      write('play.mp4', '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'),
      /can be read/,
    );
  });
  it('HEIC, which ffmpeg shows one tile of', async () => {
    const head = Buffer.from('0000001c667479706865696300000000', 'hex');
    await refused(write('photo.heic', Buffer.concat([head, Buffer.alloc(500)])), /HEIC/);
  });
  it.each(['0', '1'])('cut off (index at the front: %s)', async (front) => {
    const whole = readFileSync(
      frames(`cut off ${front}.mp4`, 25, ...h264, ...(front === '1' ? ['-movflags', '+faststart'] : [])),
    );
    await refused(write(`cut ${front}.mp4`, whole.subarray(0, Math.floor(whole.length * 0.6))), /ends in the middle/);
  });
  it('times that never end', async () => {
    clips.ffmpeg(
      '-f', 'lavfi', '-i', 'sine=d=2:r=48000', '-af', "asetpts='PTS+if(gt(N,20),1e6*SR,0)'", '-c:a', 'aac', clips.path('far.mka'),
    ); // prettier-ignore
    await refused(clips.path('far.mka'), /longer than 100 hours/);
  });
  it('a cancelled look ends at once', async () => {
    const path = frames('cancelled.mp4', 5, ...h264);
    await expect(readMediaFile(path, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
