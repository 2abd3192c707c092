import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentHash, sameContent } from '../../engine/media/library/content-hash.ts';
import { importFiles } from '../../engine/media/library/import-files.ts';
import { readMediaFile } from '../../engine/media/library/media-facts.ts';
import { refineFacts } from '../../engine/media/library/refine-facts.ts';
import { createClipFolder } from '../support/media-clips.ts';

const clips = createClipFolder();
afterAll(clips.remove);
const shoot = join(clips.folder, 'shoot 50%');
const at = (name: string): string => {
  const path = join(shoot, name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
};
const names = (files: readonly { name: string }[]): string[] => files.map(({ name }) => name);

beforeAll(() => {
  clips.draw('clip.mp4', 10, '96x64', '-c:v', 'libx264', '-preset', 'ultrafast');
  clips.draw('one.png', 1, '32x32', '-frames:v', '1', '-update', '1');
  clips.ffmpeg(
    '-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=0.5', '-start_number', '98', clips.path('frame.%d.png'),
  ); // prettier-ignore
  clips.ffmpeg('-f', 'lavfi', '-i', 'sine=d=0.4', clips.path('tone.wav'));
  copyFileSync(clips.path('clip.mp4'), at('b-roll/clip2.mp4'));
  copyFileSync(clips.path('clip.mp4'), at('clip10.mp4'));
  writeFileSync(at('notes.txt'), 'Scene 4 again tomorrow.');
  writeFileSync(at('.hidden.mp4'), readFileSync(clips.path('clip.mp4')));
  writeFileSync(at('broken.mov'), 'no film');
  copyFileSync(clips.path('tone.wav'), at('sound/tone.wav'));
  for (let i = 98; i <= 106; i++) copyFileSync(clips.path(`frame.${i}.png`), at(`seq/shot.${i}.png`));
  symlinkSync(shoot, at('loop'));
});

describe('files and folders', () => {
  it('are walked to the bottom; what is hidden, foreign or broken stays out and is told', async () => {
    const progress: string[] = [];
    const result = await importFiles([shoot, clips.path('nowhere.mp4'), clips.path('one.png')], {
      onProgress: ({ done, total }) => progress.push(`${done}/${total}`),
    });
    expect(names(result.files)).toEqual(['clip2.mp4', 'shot.[98-106].png', 'tone.wav', 'one.png']);
    expect(result.duplicates).toEqual([{ path: at('clip10.mp4'), of: at('b-roll/clip2.mp4') }]);
    expect(result.skipped).toEqual([at('notes.txt')]);
    expect(result.failures).toEqual([
      {
        path: clips.path('nowhere.mp4'),
        message: expect.stringMatching(/does not exist.*\.$/),
        remedy: expect.any(String),
      },
      { path: at('broken.mov'), message: expect.stringMatching(/can be read\.$/), remedy: expect.any(String) },
    ]);
    expect(progress.at(-1)).toBe('6/6');
    expect(progress).toHaveLength(6);
  });

  it('numbered pictures are a clip that ffmpeg can read by its pattern', async () => {
    const { files } = await importFiles([at('seq')], { imageRate: { num: 12, den: 1 } });
    expect(files).toMatchObject([
      {
        kind: 'images', firstNumber: 98, sound: null, path: join(clips.folder, 'shoot 50%%/seq/shot.%d.png'),
        picture: { frameCount: 9, frameRate: { num: 12, den: 1 }, duration: { num: 3, den: 4 }, width: 96 },
      },
    ]); // prettier-ignore
    const raw = clips.ffmpeg(
      '-f', 'image2', '-start_number', '98', '-i', files[0].path, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1',
    ); // prettier-ignore
    expect(raw.length).toBe(9 * 96 * 64);
    expect((await importFiles([at('seq')], { sequences: 'never' })).files).toHaveLength(9);
  });

  it('what the project has already is recognised by content, not by name', async () => {
    const existing = [{ id: 'known', path: '/elsewhere/x.mp4', hash: await contentHash(clips.path('clip.mp4')) }];
    const result = await importFiles([clips.path('clip.mp4')], { existing });
    expect([result.files, result.duplicates]).toEqual([[], [{ path: clips.path('clip.mp4'), of: 'known' }]]);
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const importing = importFiles([shoot], {
      signal: stop.signal,
      parallel: 1,
      onProgress: () => stop.abort(new Error('stop')),
    });
    await expect(importing).rejects.toThrow('stop');
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read is one failure', async () => {
    copyFileSync(clips.path('clip.mp4'), clips.path('locked.mp4'));
    chmodSync(clips.path('locked.mp4'), 0);
    const { failures } = await importFiles([clips.path('locked.mp4')]);
    expect(failures[0].message).toContain('may not be read');
  });
});

describe('the content hash', () => {
  const big = (change?: number): Buffer => {
    const bytes = Buffer.alloc(6 * 1024 * 1024);
    for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE((i * 2654435761) >>> 0, i);
    if (change !== undefined) bytes[change] ^= 1;
    return bytes;
  };
  const write = (name: string, bytes: Buffer): string => {
    writeFileSync(clips.path(name), bytes);
    return clips.path(name);
  };

  it('sees length, start and end of large files, and all of small ones', async () => {
    const whole = await contentHash(write('big', big()));
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
    expect(await contentHash(write('copy', big()))).toBe(whole);
    for (const change of [0, big().length - 1]) expect(await contentHash(write('other', big(change)))).not.toBe(whole);
    expect(await contentHash(write('shorter', big().subarray(1)))).not.toBe(whole);
    const small = big().subarray(0, 300_000);
    const before = await contentHash(write('small', small));
    small[150_001] ^= 1;
    expect(await contentHash(write('small', small))).not.toBe(before);
  });

  it('equal hashes of files with other names and times are compared byte by byte', async () => {
    // Two renders of one length that differ in a place between the sampled blocks.
    const wav = clips.path('long.wav');
    clips.ffmpeg('-f', 'lavfi', '-i', 'anoisesrc=d=80:r=48000:c=pink', wav);
    const bytes = readFileSync(wav);
    const spacing = (bytes.length - 65536) / 63;
    bytes[Math.floor(10.5 * spacing) + 32768] ^= 1;
    const other = write('other.wav', bytes);
    utimesSync(other, 1000, 1000);
    expect(await contentHash(other)).toBe(await contentHash(wav));
    expect(await sameContent(other, wav)).toBe(false);
    expect(names((await importFiles([wav, other])).files)).toEqual(['long.wav', 'other.wav']);
    copyFileSync(wav, clips.path('copy.wav'));
    expect((await importFiles([wav, clips.path('copy.wav')])).duplicates).toHaveLength(1);
  });
});

describe('what a header only claims is counted later', () => {
  it.each(['stream.ts', 'old.avi'])('%s', async (name) => {
    const path = clips.draw(name, 20, '96x64', '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2');
    const facts = await readMediaFile(path);
    expect(facts.exact).toBe(false);
    const refined = await refineFacts(facts);
    expect(refined).toMatchObject({ exact: true, picture: { frameCount: 20, frameRate: { num: 25, den: 1 } } });
  });
  it('an MP3 to the sample', async () => {
    clips.ffmpeg('-f', 'lavfi', '-i', 'sine=d=1.5:r=48000', clips.path('tone.mp3'));
    const refined = await refineFacts(await readMediaFile(clips.path('tone.mp3')));
    expect(refined).toMatchObject({ exact: true, sound: { samples: 72000 } });
  });
});
