import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutClip, factsOf, ffmpeg, frameHashes, paintMask } from './clips.ts';
import { longtake } from './command-line.ts';

/** Every task by the launcher, with the model that ships, on footage cut small. `ffv1` in Matroska shows planes exactly as they are. */
let folder: string;
let clip: string;
let clipHashes: string[];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-tasks-'));
  clip = cutClip(folder, 'clip.mp4');
  cutClip(folder, 'lake.mp4', { from: 'lake' });
  paintMask(folder, 'mask.png', '192x108', '112,40,40,32');
  ffmpeg('-i', clip, '-frames:v', '1', path.join(folder, 'still.png'));
  clipHashes = frameHashes(clip);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Done = {
  output: string;
  frames: number;
  new_frames: [number, number][];
  model: string;
  seed: number;
  steps: number;
  seconds: Record<string, number>;
  peak_rss_mb: number;
};

/** Runs a task and checks what every task owes: exit 0, one last `done` a take, no file but the results. */
const make = async (words: string[], out = 'out.mkv', takes = 1): Promise<Done[]> => {
  const there = readdirSync(folder);
  const outcome = await longtake([...words, '-o', out, '--json', '--force'], folder);
  expect(outcome.code, outcome.stdout.slice(-400) + outcome.stderr).toBe(0);
  const done = outcome.events.filter(({ event }) => event === 'done') as unknown as Done[];
  expect(done).toHaveLength(takes);
  expect(outcome.events.at(-1)).toMatchObject({ event: 'done' });
  const fresh = readdirSync(folder).filter((name) => !there.includes(name));
  const outputs = done.map(({ output }) => path.basename(output));
  expect(outputs).toEqual(expect.arrayContaining(fresh));
  for (const { output, frames } of done) expect(factsOf(output).frames).toBe(frames);
  return done;
};

const exact = ['--codec', 'ffv1'];

describe('extend', () => {
  it('goes on after the end, keeps every frame, and tells what it did', async () => {
    const [done] = await make(['extend', clip, '--seconds', '0.25', '--seed', '7', ...exact]);
    expect(done).toMatchObject({
      output: path.join(folder, 'out.mkv'),
      frames: 30,
      new_frames: [[24, 29]],
      model: 'longtake-embedded',
      seed: 7,
      steps: 4,
    });
    expect(Object.keys(done.seconds)).toEqual(expect.arrayContaining(['load', 'read', 'denoise', 'refine', 'encode']));
    expect(done.peak_rss_mb).toBeGreaterThan(50);
    const hashes = frameHashes(done.output);
    expect(hashes.slice(0, 24)).toEqual(clipHashes);
    expect(new Set(hashes.slice(23)).size, 'new frames move').toBe(7);
  });

  it('gives the same bytes for the same seed, others for another, and others without the transformer', async () => {
    const words = ['extend', clip, '--seconds', '0.125', '--only-new', ...exact];
    const hashes = [];
    for (const more of [
      ['--seed', '3'],
      ['--seed', '3'],
      ['--seed', '4'],
      ['--denoiser', 'prior'],
      ['--denoiser', 'shuffled'],
    ]) {
      hashes.push(frameHashes((await make([...words, ...more]))[0].output).join());
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(4);
  });

  it('comes before the start, and moves the sound by exactly the new frames', async () => {
    const [done] = await make(['extend', clip, '--seconds', '0.25', '--direction', 'backward', ...exact]);
    expect(done.new_frames).toEqual([[0, 5]]);
    expect(frameHashes(done.output).slice(6)).toEqual(clipHashes);
    const { audio, duration } = factsOf(done.output);
    expect(audio).toBeDefined();
    expect(duration).toBeCloseTo(30 / 24, 1);
  });

  it('does both, loops, and gives the new frames alone', async () => {
    const [both] = await make(['extend', clip, '--seconds', '0.125', '--direction', 'both', ...exact]);
    expect(both).toMatchObject({ frames: 30, new_frames: [[0, 2], [27, 29]] }); // prettier-ignore
    expect(frameHashes(both.output).slice(3, 27)).toEqual(clipHashes);
    const [loop] = await make(['extend', clip, '--seconds', '0.25', '--loop', ...exact]);
    expect(loop).toMatchObject({ frames: 30, new_frames: [[24, 29]] });
    const [alone] = await make(['extend', clip, '--seconds', '0.25', '--only-new', ...exact]);
    expect(alone).toMatchObject({ frames: 6, new_frames: [[0, 5]] });
  });

  it('copies what it keeps where the codec lets it, or says that it did not', async () => {
    const outcome = await longtake(['extend', clip, '--seconds', '0.25', '-o', 'copied.mp4', '--json'], folder);
    expect(outcome.code, outcome.stderr).toBe(0);
    const notes = outcome.events.filter(({ event }) => event === 'note').map(({ text }) => String(text));
    const hashes = frameHashes(path.join(folder, 'copied.mp4'));
    expect(hashes).toHaveLength(30);
    if (!notes.some((text) => /encod/i.test(text))) expect(hashes.slice(0, 24)).toEqual(clipHashes);
  });

  it('makes several takes with seeds that follow each other', async () => {
    const done = await make(
      ['extend', clip, '--seconds', '0.125', '--takes', '2', '--seed', '5', ...exact],
      'take.mkv',
      2,
    );
    expect(done.map(({ output, seed }) => [path.basename(output), seed])).toEqual([
      ['take.mkv', 5],
      ['take-2.mkv', 6],
    ]);
    expect(frameHashes(done[0].output).slice(24)).not.toEqual(frameHashes(done[1].output).slice(24));
  });

  it('leaves the sound out and changes the size when it is asked to', async () => {
    const [done] = await make(['extend', clip, '--seconds', '0.125', '--no-audio', '--size', '96x54'], 'small.mp4');
    const { audio, video } = factsOf(done.output);
    expect(audio).toBeUndefined();
    expect([video.width, video.height]).toEqual([96, 54]);
  });
});

describe('fill', () => {
  it('makes the named frames anew and keeps the others', async () => {
    const [done] = await make(['fill', clip, '--frames', '10-12,17', ...exact]);
    expect(done).toMatchObject({ frames: 24, new_frames: [[10, 12], [17, 17]] }); // prettier-ignore
    const same = frameHashes(done.output).map((hash, i) => hash === clipHashes[i]);
    expect(same.flatMap((kept, i) => (kept ? [] : [i]))).toEqual([10, 11, 12, 17]);
  });

  it('finds black and duplicated frames itself', async () => {
    const black = cutClip(folder, 'black.mp4', { filters: "drawbox=t=fill:color=black:enable='between(n,9,10)'" });
    const [done] = await make(['fill', black, '--detect', 'black,duplicate', ...exact]);
    expect(done.new_frames).toEqual([[9, 10]]);
    const filters = 'loop=loop=3:size=1:start=8,setpts=N/24/TB';
    const stuck = cutClip(folder, 'stuck.mp4', { filters, video: ['-c:v', 'libx264', '-crf', '4'] });
    const [mended] = await make(['fill', stuck, '--detect', 'duplicate', ...exact]);
    expect(mended.new_frames).toEqual([[8, 10]]);
  });
});

describe('blend', () => {
  it('takes the place of the ends, goes between them, or stands alone', async () => {
    const words = ['blend', clip, 'lake.mp4', '--seconds', '0.25', ...exact];
    const [replaced] = await make(words);
    expect(replaced).toMatchObject({ frames: 48, new_frames: [[21, 26]] });
    const hashes = frameHashes(replaced.output);
    expect(hashes.slice(0, 21)).toEqual(clipHashes.slice(0, 21));
    expect(hashes.slice(27)).toEqual(frameHashes(path.join(folder, 'lake.mp4')).slice(3));
    const [inserted] = await make([...words, '--insert']);
    expect(inserted).toMatchObject({ frames: 54, new_frames: [[24, 29]] });
    const [alone] = await make([...words, '--only-new']);
    expect(alone).toMatchObject({ frames: 6, new_frames: [[0, 5]] });
  });
});

describe('inpaint', () => {
  it('paints inside the mask and leaves every pixel outside it alone', async () => {
    const [done] = await make(['inpaint', clip, '--mask', 'mask.png', '--feather', '4', ...exact]);
    expect(done.frames).toBe(24);
    const part = (file: string, crop: string): string[] => {
      const target = path.join(folder, 'part.mkv');
      ffmpeg('-i', `file:${file}`, '-vf', `crop=${crop}`, '-fps_mode', 'passthrough', '-c:v', 'ffv1', '-an', target);
      const hashes = frameHashes(target);
      rmSync(target);
      return hashes;
    };
    for (const outside of ['108:108:0:0', '36:108:156:0', '192:36:0:0', '192:32:0:76']) {
      expect(part(done.output, outside), outside).toEqual(part(clip, outside));
    }
    const [before, after] = [part(clip, '32:24:116:44'), part(done.output, '32:24:116:44')];
    expect(after.filter((hash, i) => hash === before[i])).toEqual([]);
  });
});

describe('animate', () => {
  it('makes a clip of a still, with camera words and hints', async () => {
    const words = ['animate', 'still.png', '--seconds', '0.5', '--fps', '12'];
    const [done] = await make([...words, '--camera', 'pan left, slow', '--hint', '96,54,-20,5'], 'moving.mp4');
    const { video, audio, duration } = factsOf(done.output);
    expect(done.frames).toBe(6);
    expect([video.width, video.height, video.r_frame_rate]).toEqual([192, 108, '12/1']);
    expect(audio).toBeUndefined();
    expect(duration).toBeCloseTo(0.5, 2);
    expect(new Set(frameHashes(done.output)).size).toBe(6);
  });

  it('keeps still what it was told to', async () => {
    const words = [
      'animate',
      'still.png',
      '--seconds',
      '0.25',
      '--camera',
      'zoom in, fast',
      '--keep',
      'mask.png',
      ...exact,
    ];
    const [done] = await make(words);
    const target = path.join(folder, 'kept.mkv');
    ffmpeg('-i', done.output, '-vf', 'crop=16:8:124:52', '-fps_mode', 'passthrough', '-c:v', 'ffv1', target);
    expect(new Set(frameHashes(target)).size).toBe(1);
    rmSync(target);
  });
});

describe('how it is told', () => {
  it('a person sees a bar on standard error and one line at the end', async () => {
    const { code, stdout, stderr } = await longtake(
      ['extend', clip, '--seconds', '0.125', '-o', 'told.mp4', '--force'],
      folder,
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/loading the model\s+\[/);
    expect(stderr).toMatch(/denoising\s+\[/);
    expect(stdout).toMatch(
      /told\.mp4: 27 frames, new are 24-26 \(longtake-embedded, seed 1, 4 steps, .+ s, \d+ MB\)\n$/,
    );
  });

  it('a quiet one prints nothing', async () => {
    const quiet = await longtake(['extend', clip, '--seconds', '0.125', '-o', 'quiet.mp4', '--quiet'], folder);
    expect(quiet).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(existsSync(path.join(folder, 'quiet.mp4'))).toBe(true);
  });

  it('a script sees progress as objects, with the time left', async () => {
    const { events } = await longtake(['extend', clip, '--seconds', '0.125', '-o', 'json.mp4', '--json'], folder);
    expect(events[0]).toEqual({ event: 'progress', stage: 'load', done: 0, total: expect.any(Number), eta_s: null });
    const steps = events.filter(({ event, stage }) => event === 'progress' && stage === 'denoise');
    expect(steps.map(({ done }) => done)).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    expect(steps.every(({ eta_s: eta }) => eta === null || typeof eta === 'number')).toBe(true);
  });
});
