import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutClip, ffmpeg, paintMask, writeText } from './clips.ts';
import { checkout, longtake } from './command-line.ts';
import type { Outcome } from './command-line.ts';

/** Everything that must be refused: with the exit code of its family, one sentence, a remedy, and nothing written. */
let folder: string;
let before: string[];

const embedded = path.join(checkout, 'resources/models/longtake-embedded');

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-refusals-'));
  cutClip(folder, 'clip.mp4');
  cutClip(folder, 'other.mp4', { from: 'lake', frames: 12 });
  paintMask(folder, 'mask.png', '192x108', '80,40,32,32');
  paintMask(folder, 'square.png', '108x108', '40,40,32,32');
  cutClip(folder, 'short-mask.mp4', { frames: 7, audio: [] });
  mkdirSync(path.join(folder, 'folder.mp4'));
  writeText(folder, 'text.mp4', 'This is no film.\n');
  writeText(folder, 'empty.mp4', '');
  cpSync(path.join(folder, 'clip.mp4'), path.join(folder, 'cut.mp4'));
  truncateSync(path.join(folder, 'cut.mp4'), 20_000);
  ffmpeg('-i', path.join(folder, 'clip.mp4'), '-vn', '-c:a', 'copy', path.join(folder, 'sound.m4a'));
  ffmpeg('-i', path.join(folder, 'clip.mp4'), '-frames:v', '1', path.join(folder, 'still.png'));
  writeText(folder, 'taken.mp4', 'precious');
  linkSync(path.join(folder, 'clip.mp4'), path.join(folder, 'same-clip.mp4'));
  before = readdirSync(folder).sort();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codes: Record<number, string> = { 2: 'usage', 3: 'input', 4: 'model', 6: 'room' };

const expectRefusal = (outcome: Outcome, code: number): void => {
  expect(outcome.code, outcome.stderr).toBe(code);
  const error = outcome.events.at(-1) as { event: string; code: string; message: string; remedy: string };
  expect(error).toMatchObject({ event: 'error', code: codes[code] });
  expect(error.message).toMatch(/^[^\n]{10,}\.$/);
  expect(error.remedy).toMatch(/^[^\n]{5,}[.?]$/);
};

const cases: [what: string, code: number, words: string[]][] = [
  ['a missing file', 3, ['extend', 'nowhere.mp4', '--seconds', '1', '-o', 'out.mp4']],
  ['a folder', 3, ['extend', 'folder.mp4', '--seconds', '1', '-o', 'out.mp4']],
  ['text with the name of a video', 3, ['extend', 'text.mp4', '--seconds', '1', '-o', 'out.mp4']],
  ['a truncated video', 3, ['extend', 'cut.mp4', '--seconds', '1', '-o', 'out.mp4']],
  ['an empty file', 3, ['extend', 'empty.mp4', '--seconds', '1', '-o', 'out.mp4']],
  ['sound without a picture', 3, ['extend', 'sound.m4a', '--seconds', '1', '-o', 'out.mp4']],
  ['an animated clip', 3, ['animate', 'clip.mp4', '-o', 'out.mp4']],
  ['a missing picture', 3, ['animate', 'nowhere.png', '-o', 'out.mp4']],
  ['frames outside the clip', 3, ['fill', 'clip.mp4', '--frames', '20-30', '-o', 'out.mp4']],
  ['all frames of the clip', 2, ['fill', 'clip.mp4', '--frames', '0-10,11-23', '-o', 'out.mp4']],
  ['a range that runs backwards', 2, ['fill', 'clip.mp4', '--frames', '9-3', '-o', 'out.mp4']],
  ['ranges that are none', 2, ['fill', 'clip.mp4', '--frames', 'some', '-o', 'out.mp4']],
  ['fill without frames', 2, ['fill', 'clip.mp4', '-o', 'out.mp4']],
  ['frames and detection at once', 2, ['fill', 'clip.mp4', '--frames', '3-4', '--detect', 'black', '-o', 'out.mp4']],
  ['detection of another kind', 2, ['fill', 'clip.mp4', '--detect', 'ugly', '-o', 'out.mp4']],
  ['a mask of another aspect', 2, ['inpaint', 'clip.mp4', '--mask', 'square.png', '-o', 'out.mp4']],
  ['a mask of another length', 2, ['inpaint', 'clip.mp4', '--mask', 'short-mask.mp4', '-o', 'out.mp4']],
  ['a missing mask', 3, ['inpaint', 'clip.mp4', '--mask', 'nowhere.png', '-o', 'out.mp4']],
  ['inpaint without a mask', 2, ['inpaint', 'clip.mp4', '-o', 'out.mp4']],
  ['a keep mask of another aspect', 2, ['animate', 'still.png', '--keep', 'square.png', '-o', 'out.mp4']],
  ['negative seconds', 2, ['extend', 'clip.mp4', '--seconds', '-1', '-o', 'out.mp4']],
  ['no seconds', 2, ['extend', 'clip.mp4', '-o', 'out.mp4']],
  ['zero seconds', 2, ['extend', 'clip.mp4', '--seconds', '0', '-o', 'out.mp4']],
  ['an hour', 2, ['extend', 'clip.mp4', '--seconds', '3600', '-o', 'out.mp4']],
  ['seconds in words', 2, ['extend', 'clip.mp4', '--seconds', 'two', '-o', 'out.mp4']],
  ['a blend longer than a clip', 2, ['blend', 'clip.mp4', 'other.mp4', '--seconds', '2', '-o', 'out.mp4']],
  ['one clip to blend', 2, ['blend', 'clip.mp4', '--seconds', '0.2', '-o', 'out.mp4']],
  ['unknown camera words', 2, ['animate', 'still.png', '--camera', 'sideways, slow', '-o', 'out.mp4']],
  ['a hint that is none', 2, ['animate', 'still.png', '--hint', '1,2,3', '-o', 'out.mp4']],
  ['a hint outside the picture', 2, ['animate', 'still.png', '--hint', '999,2,3,4', '-o', 'out.mp4']],
  ['no output', 2, ['extend', 'clip.mp4', '--seconds', '1']],
  ['output = input', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'clip.mp4', '--force']],
  ['output = input by another name', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'same-clip.mp4', '--force']],
  ['output = mask', 2, ['inpaint', 'clip.mp4', '--mask', 'short-mask.mp4', '-o', 'short-mask.mp4', '--force']],
  ['an existing output', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'taken.mp4']],
  ['an output in no folder', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'no/where/out.mp4']],
  ['an output that is a folder', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'folder.mp4', '--force']],
  ['an output without a container', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', 'out']],
  [
    'a container that cannot hold the codec',
    2,
    ['extend', 'clip.mp4', '--seconds', '1', '--codec', 'prores', '-o', 'out.webm'],
  ],
  ['an unwritable output', 2, ['extend', 'clip.mp4', '--seconds', '1', '-o', '/proc/longtake-out.mp4']],
  ['an unknown model', 4, ['extend', 'clip.mp4', '--seconds', '1', '--model', 'nobody', '-o', 'out.mp4']],
  ['an unknown option', 2, ['extend', 'clip.mp4', '--secnods', '1', '-o', 'out.mp4']],
  ['an unknown command', 2, ['extned', 'clip.mp4', '-o', 'out.mp4']],
  ['another step count', 2, ['extend', 'clip.mp4', '--seconds', '1', '--steps', '5', '-o', 'out.mp4']],
  ['a device that is not there', 4, ['extend', 'clip.mp4', '--seconds', '1', '--device', 'coreml', '-o', 'out.mp4']],
];

describe('what is refused', () => {
  it.each(cases)('%s (exit %i)', async (_what, code, words) => {
    expectRefusal(await longtake([...words, '--json'], folder), code);
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(readFileSync(path.join(folder, 'taken.mp4'), 'utf8')).toBe('precious');
  });

  it('says it in one sentence and a remedy to a person, even a quiet one', async () => {
    const outcome = await longtake(['extend', 'nowhere.mp4', '--seconds', '1', '-o', 'out.mp4', '--quiet'], folder);
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(/^longtake: \S.*nowhere\.mp4.*\. .+\.\n$/);
  });
});

describe('models that are refused', () => {
  const packIn = (name: string, damage: (pack: string) => void): string => {
    const pack = path.join(folder, '..', `${path.basename(folder)}-${name}`, 'borrowed');
    mkdirSync(path.dirname(pack), { recursive: true });
    cpSync(embedded, pack, { recursive: true });
    const manifest = path.join(pack, 'manifest.json');
    const text = readFileSync(manifest, 'utf8').replace('"longtake-embedded"', '"borrowed"');
    writeFileSync(manifest, text);
    damage(pack);
    return pack;
  };
  const data = (pack: string): NodeJS.ProcessEnv => ({ LONGTAKE_DATA: path.join(path.dirname(pack), 'data') });
  const biggest = (pack: string): string => {
    const manifest = JSON.parse(readFileSync(path.join(pack, 'manifest.json'), 'utf8')) as {
      graphs: { denoise: { file: string; weights?: { file: string } } };
    };
    const { file, weights } = manifest.graphs.denoise;
    return path.join(pack, weights?.file ?? file);
  };
  const flipByte = (file: string): void => {
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(file, bytes);
  };

  it.each([
    ['tampered with', (pack: string) => flipByte(biggest(pack))],
    ['half copied', (pack: string) => truncateSync(biggest(pack), 1000)],
    ['without a file', (pack: string) => rmSync(biggest(pack))],
    ['without a manifest', (pack: string) => rmSync(path.join(pack, 'manifest.json'))],
  ])('one %s is not imported (exit 4)', async (what, damage) => {
    const pack = packIn(what.replaceAll(' ', '-'), damage);
    try {
      expectRefusal(await longtake(['models', 'import', pack, '--json'], folder, data(pack)), 4);
      const list = await longtake(['models', 'list', '--json'], folder, data(pack));
      expect(list.events.map(({ id }) => id)).toEqual(['longtake-embedded']);
    } finally {
      rmSync(path.dirname(pack), { recursive: true });
    }
  });

  it('one that is damaged after its import is not used, is named by verify, and can be removed', async () => {
    const pack = packIn('later', () => undefined);
    const env = data(pack);
    try {
      expect((await longtake(['models', 'import', pack], folder, env)).code).toBe(0);
      expect((await longtake(['models', 'verify', 'borrowed'], folder, env)).code).toBe(0);
      flipByte(biggest(path.join(String(env.LONGTAKE_DATA), 'models', 'borrowed')));
      const words = ['extend', 'clip.mp4', '--seconds', '0.2', '--model', 'borrowed', '-o', 'out.mp4', '--json'];
      expectRefusal(await longtake(words, folder, env), 4);
      expect(readdirSync(folder).sort()).toEqual(before);
      expectRefusal(await longtake(['models', 'verify', '--json'], folder, env), 4);
      expect((await longtake(['models', 'remove', 'borrowed'], folder, env)).code).toBe(0);
      expectRefusal(await longtake(['models', 'info', 'borrowed', '--json'], folder, env), 4);
    } finally {
      rmSync(path.dirname(pack), { recursive: true });
    }
  });

  it('the embedded one is not removed', async () => {
    expectRefusal(await longtake(['models', 'remove', 'longtake-embedded', '--json'], folder), 4);
  });
});

/** A disk of a size that fills up; only root can make one, and not in every container. */
const mountSmallDisk = (place: string): boolean => {
  try {
    mkdirSync(place, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('a full disk', () => {
  it('is said so (exit 6), with nothing left on it', async ({ skip }) => {
    const disk = mkdtempSync(path.join(tmpdir(), 'longtake-disk-'));
    const mounted = process.platform === 'linux' && mountSmallDisk(disk);
    try {
      if (!mounted) skip('a small disk can be mounted only by root');
      const words = ['extend', 'clip.mp4', '--seconds', '0.5', '-o', path.join(disk, 'out.mp4'), '--json'];
      expectRefusal(await longtake(words, folder), 6);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      if (mounted) execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});
