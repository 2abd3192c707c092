import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { factsOf, frameHashes } from './clips.ts';
import { longtake } from './command-line.ts';
import type { Outcome } from './command-line.ts';
import { cellsFor, cellsOf, lumaFrames, makeNumberedClip, readFrame } from './numbered-clips.ts';

/**
 * A film from the first import to the finished file, through the command line alone. Every frame of every clip says which it is, so that
 * the exported frames can be held against what the edits ask for, frame by frame and sample by sample.
 */
const [width, height, rate] = [320, 180, 24];
const sampleRate = 48_000;

let folder: string;

const project = (...words: string[]): Promise<Outcome> => longtake(['project', ...words, '--json'], folder);

/** Runs a verb that must do. */
const done = async (...words: string[]): Promise<Outcome['events']> => {
  const outcome = await project(...words);
  expect(outcome.code, `${words.join(' ')}: ${outcome.stdout}${outcome.stderr}`).toBe(0);
  return outcome.events;
};
const edit = (operation: string, input: object): Promise<Outcome['events']> =>
  done('edit', 'film.longtake', operation, JSON.stringify(input));

type Clip = Record<string, unknown> & { id: string; start: number; duration: number; name: string };
type Track = Record<string, unknown> & {
  id: string;
  name: string;
  clips: Clip[];
  transitions: Record<string, unknown>[];
};
type Info = { sequences: (Record<string, unknown> & { tracks: Track[] })[]; media: Record<string, unknown>[] };
const info = async (file = 'film.longtake'): Promise<Info> => (await done('info', file)).at(-1) as unknown as Info;

/** A sequence without ids: what refers to something names its place instead. */
const withoutIds = ({ sequences, media }: Info, at = 0): unknown => {
  const sequence = sequences[at];
  const names = new Map<unknown, unknown>(media.map(({ id, path: file }) => [id, file]));
  sequence.tracks.forEach((track) => {
    names.set(track.id, track.name);
    track.clips.forEach((clip, i) => names.set(clip.id, `${track.name}:${i}`));
  });
  const links = new Map<unknown, string>();
  return JSON.parse(
    JSON.stringify(sequence, (key, value: unknown) => {
      if (key === 'id' || key === 'sequenceId') return undefined;
      if (value === null || !/Id$/.test(key)) return value;
      if (key !== 'linkId' && key !== 'groupId') return names.get(value) ?? 'unknown';
      if (!links.has(value)) links.set(value, `link ${links.size}`);
      return links.get(value);
    }),
  );
};

/** Sound as it is in a file, both channels, -1..1. */
const samplesOf = (file: string): Float32Array => {
  const words = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    `file:${path.join(folder, file)}`,
    '-map',
    '0:a:0',
    '-f',
    'f32le',
    '-',
  ];
  const bytes = execFileSync(findFfmpeg().ffmpeg, words, { maxBuffer: 1 << 28 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
};

/** Noise that is nowhere like itself, so that one sample too early is seen. */
const writeMusic = (file: string, seconds: number): void => {
  const frames = seconds * sampleRate;
  const bytes = Buffer.alloc(44 + frames * 4);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + frames * 4, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * 4, 40);
  let state = 12345;
  for (let i = 0; i < frames * 2; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    bytes.writeInt16LE(((state >> 8) % 16000) - 8000, 44 + i * 2);
  }
  writeFileSync(file, bytes);
};

/** Luma from files of the sequence's size. */
const framesOf = (file: string): Uint8Array[] => lumaFrames(path.join(folder, file), width, height);

const lossless = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-film-'));
  makeNumberedClip(folder, 'a.mov', {
    id: 1,
    frames: 60,
    rate: '24',
    size: '320x180',
    video: lossless,
    audio: ['-c:a', 'pcm_s16le'],
  });
  const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p'];
  makeNumberedClip(folder, 'b.mp4', {
    id: 2,
    frames: 90,
    rate: '30000/1001',
    size: '480x270',
    video: hevc,
    audio: ['-c:a', 'aac'],
  });
  const prores = ['-c:v', 'prores_ks', '-pix_fmt', 'yuv422p10le'];
  makeNumberedClip(folder, 'c.mov', { id: 4, frames: 50, rate: '25', size: '640x360', video: prores });
  makeNumberedClip(folder, 'still.png', { id: 8, frames: 1, rate: '1', size: '320x180', video: ['-c:v', 'png'] });
  writeMusic(path.join(folder, 'music.wav'), 5);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What frame f of the finished film shows; two of them on the way from one to the other. */
const expectedFrame = (f: number): { id: number; number: number; share: number }[] => {
  const a = (k: number) => ({ id: 1, number: k < 12 ? 6 + k : 14 + k });
  const b = (k: number) => ({ id: 2, number: Math.floor(15 + ((k - 28) / rate) * (30000 / 1001) + 1e-9) });
  if (f >= 24 && f < 32) {
    const share = (f - 24 + 0.5) / 8;
    return [
      { ...a(f), share: 1 - share },
      { ...b(f), share },
    ];
  }
  if (f < 28) return [{ ...a(f), share: 1 }];
  if (f < 77) return [{ ...b(f), share: 1 }];
  if (f < 95) return [{ id: 4, number: Math.floor(((f - 77) * 2 * 25) / rate + 1e-9), share: 1 }];
  return [{ id: 8, number: 0, share: 1 }];
};
const filmFrames = 103;

describe('a film from a script', () => {
  it('is put together: imported, cut, trimmed, with a transition, a title and music', async () => {
    await done('new', 'film.longtake', '--fps', '24', '--size', `${width}x${height}`);
    const imported = await done(
      'import',
      'film.longtake',
      'a.mov',
      'b.mp4',
      'c.mov',
      'still.png',
      '--bin',
      'shots/day 1',
    );
    expect(imported.filter(({ event }) => event === 'imported').map(({ name, kind }) => [name, kind])).toEqual([
      ['a.mov', 'video'],
      ['b.mp4', 'video'],
      ['c.mov', 'video'],
      ['still.png', 'still'],
    ]);
    await done('add', 'film.longtake', 'a.mov', '--in', '6', '--out', '41');
    await done('add', 'film.longtake', 'b.mp4', '--in', '15', '--out', '74', '--transition', 'dissolve:8');
    await done('add', 'film.longtake', 'c.mov', '--speed', '2');
    await done('add', 'film.longtake', 'still.png', '--length', '12');
    for (const frame of [12, 20]) await edit('blade', { sequenceId: '@sequence', frame });
    await edit('ripple-delete', { clipIds: ['@V1:1'] });
    await edit('ripple-trim', { clipId: '@V1:3', edge: 'tail', by: -6 });
    await edit('trim', { clipId: '@V1:4', edge: 'tail', by: -4 });
    await done('add', 'film.longtake', '--title', 'LONGTAKE', '--track', 'V2', '--at', '2', '--length', '6');
    const music = ['music.wav', '--track', 'A2', '--at', '0s', '--in', '0.5s', '--out', '3.5s', '--gain', '-6'];
    await done('add', 'film.longtake', ...music, '--fade-in', '12', '--fade-out', '1s');
    await edit('add-marker', { sequenceId: '@sequence', frame: 28, name: 'the change' });

    const { sequences, media } = await info();
    expect(sequences[0].frames).toBe(filmFrames);
    const spans = sequences[0].tracks.map(({ name, clips }) => [
      name,
      clips.map(({ start, duration }) => [start, duration]),
    ]);
    expect(spans).toEqual([
      ['V1', [[0, 12], [12, 16], [28, 49], [77, 18], [95, 8]]], // prettier-ignore
      ['V2', [[2, 6]]],
      ['A1', [[0, 12], [12, 16], [28, 49]]], // prettier-ignore
      ['A2', [[0, 72]]],
    ]);
    expect(media).toHaveLength(5);
  });

  it('takes edits back and makes them again, and goes back to a version', async () => {
    const finished = withoutIds(await info());
    await done('versions', 'film.longtake', 'save', 'finished');
    await edit('delete', { clipIds: ['@V1:2'] });
    await edit('set-clip', { clipIds: ['@V2:0'], changes: { title: { text: 'oops' } } });
    await done('undo', 'film.longtake', '--steps', '2');
    expect(withoutIds(await info())).toEqual(finished);
    await done('redo', 'film.longtake', '--steps', '2');
    expect(withoutIds(await info())).not.toEqual(finished);
    await done('restore', 'film.longtake', 'finished');
    expect(withoutIds(await info())).toEqual(finished);
    expect((await done('versions', 'film.longtake')).map(({ name }) => name)).toEqual(['finished', 'Before finished']);
    await done('check', 'film.longtake');
  });

  it('is written without loss, every frame as the edits ask for it', async () => {
    const events = await done('export', 'film.longtake', '-o', 'film.mkv', '--quality', '0');
    expect(events.at(-1)).toMatchObject({ event: 'done', frames: filmFrames, output: path.join(folder, 'film.mkv') });
    expect(events.filter(({ event }) => event === 'progress').length).toBeGreaterThan(0);
    const frames = framesOf('film.mkv');
    expect(frames).toHaveLength(filmFrames);
    for (const [f, frame] of frames.entries()) {
      const shown = expectedFrame(f);
      if (shown.length === 1) {
        expect({ f, ...readFrame(frame, width, height) }).toEqual({ f, number: shown[0].number, id: shown[0].id });
        continue;
      }
      const cells = cellsOf(frame, width, height);
      const wanted = cells.map((_, cell) =>
        shown.reduce((sum, { id, number, share }) => sum + share * cellsFor(number, id)[cell], 0),
      );
      cells.forEach((luma, cell) => expect(Math.abs(luma - wanted[cell]), `frame ${f}, cell ${cell}`).toBeLessThan(3));
    }
  });

  it('shows untouched frames as they were filmed, and the title where it belongs', () => {
    const film = framesOf('film.mkv');
    const source = framesOf('a.mov');
    const untouched = film
      .slice(0, 24)
      .map((frame, f) => Buffer.compare(frame, source[expectedFrame(f)[0].number]) === 0);
    const titled = untouched.map((_, f) => f >= 2 && f < 8);
    expect(untouched).toEqual(titled.map((is) => !is));
    const white = film[4].subarray(width * 70, width * 110).filter((luma) => luma >= 233).length;
    expect(white).toBeGreaterThan(100);
  });

  it('sounds as it should, to the sample', async () => {
    const solo = async (muted: string, out: string): Promise<Float32Array> => {
      await edit('change-track', { id: muted, changes: { muted: true } });
      await done('export', 'film.longtake', '-o', out);
      await done('undo', 'film.longtake');
      return samplesOf(out);
    };
    const music = await solo('@A1', 'music-only.wav');
    expect(music.length).toBe((filmFrames * sampleRate * 2) / rate);
    const source = samplesOf('music.wav');
    const level = 10 ** (-6 / 20);
    // Between the fades: from frame 12 to frame 48.
    for (let i = (12 * sampleRate) / rate; i < (48 * sampleRate) / rate; i += 7) {
      const from = i + sampleRate / 2;
      expect(Math.abs(music[i * 2] - source[from * 2] * level)).toBeLessThan(2e-4);
      expect(Math.abs(music[i * 2 + 1] - source[from * 2 + 1] * level)).toBeLessThan(2e-4);
    }
    const loudest = (from: number, to: number): number =>
      music
        .subarray((from * sampleRate * 2) / rate, (to * sampleRate * 2) / rate)
        .reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(loudest(0, 1)).toBeLessThan(0.3 * loudest(20, 40));
    expect(loudest(71, 72)).toBeLessThan(0.3 * loudest(20, 40));
    expect(loudest(72, filmFrames)).toBe(0);

    const spoken = await solo('@A2', 'picture-sound.wav');
    const take = samplesOf('a.mov');
    // A mono sound is heard on both sides; frames 0 to 11 are the source's from 6 on, frames 12 to 23 its from 26 on.
    for (const [frame, from] of [
      [1, 7],
      [14, 28],
    ]) {
      // prettier-ignore
      const [at, origin] = [(frame * sampleRate) / rate, (from * sampleRate) / rate];
      for (let i = 0; i < sampleRate / 4; i += 5) {
        expect(Math.abs(spoken[(at + i) * 2] - take[origin + i])).toBeLessThan(2e-4);
        expect(spoken[(at + i) * 2 + 1]).toBe(spoken[(at + i) * 2]);
      }
    }
  });

  it('is written as H.264 close to it, and a range of it alone', async () => {
    await done('export', 'film.longtake', '-o', 'film.mp4', '--preset', 'web');
    const facts = factsOf(path.join(folder, 'film.mp4'));
    expect(facts.frames).toBe(filmFrames);
    expect(facts.video.codec_name).toBe('h264');
    expect(Math.abs(Number(facts.audio?.duration) - filmFrames / rate)).toBeLessThan(0.05);
    const [film, lossy] = [framesOf('film.mkv'), framesOf('film.mp4')];
    for (const [f, frame] of film.entries()) {
      const error = frame.reduce((sum, luma, i) => sum + (luma - lossy[f][i]) ** 2, 0) / frame.length;
      expect(10 * Math.log10(255 ** 2 / Math.max(error, 1e-9)), `frame ${f}`).toBeGreaterThan(36);
    }
    await done('export', 'film.longtake', '-o', 'part.mkv', '--quality', '0', '--range', '20-35');
    expect(frameHashes(path.join(folder, 'part.mkv'))).toEqual(
      frameHashes(path.join(folder, 'film.mkv')).slice(20, 36),
    );
  });

  it('goes out as OpenTimelineIO and comes back as the same timeline, and the same film', async () => {
    const events = await done('export', 'film.longtake', '-o', 'film.otio');
    expect(events.some(({ event }) => event === 'not-carried')).toBe(true);
    await done('new', 'again.longtake', '--video-tracks', '0', '--audio-tracks', '0', '--name', 'empty');
    await done('import', 'again.longtake', 'film.otio');
    const again = await info('again.longtake');
    expect(withoutIds(again, 1)).toEqual(withoutIds(await info()));
    await done('export', 'again.longtake', '--sequence', 'film', '-o', 'again.mkv', '--quality', '0');
    expect(frameHashes(path.join(folder, 'again.mkv'))).toEqual(frameHashes(path.join(folder, 'film.mkv')));
  });

  it('goes out for other programs', async () => {
    const edl = await done('export', 'film.longtake', '-o', 'cut.edl');
    expect(edl.at(-1)).toMatchObject({ files: ['cut.edl', 'cut.V2.edl'].map((name) => path.join(folder, name)) });
    expect(readFileSync(path.join(folder, 'cut.edl'), 'utf8')).toMatch(/^006 {2}B +V +D {4}008 /m);
    await done('export', 'film.longtake', '-o', 'film.fcpxml');
    expect(readFileSync(path.join(folder, 'film.fcpxml'), 'utf8')).toContain('<fcpxml version="1.10">');
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
