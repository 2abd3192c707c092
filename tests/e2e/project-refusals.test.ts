import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../engine/cli/arguments.ts';
import { voiceOptions } from '../../engine/cli/options.ts';
import { command } from '../../engine/cli/project.ts';
import { exitCodes, UserFacingError } from '../../engine/contract/errors.ts';
import { cutClip, writeText } from './clips.ts';
import { longtake, startLongtake } from './command-line.ts';
import type { Outcome } from './command-line.ts';

/** Bad words and bad files at every door of `longtake project`: the exit code of their family, one sentence, a remedy, nothing changed. */
let folder: string;
let before: string[];
let content: unknown;

const project = (...words: string[]): Promise<Outcome> => longtake(['project', ...words, '--json'], folder);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-project-refusals-'));
  cutClip(folder, 'clip.mp4', { frames: 48 });
  copyFileSync(path.join(folder, 'clip.mp4'), path.join(folder, 'cut.mp4'));
  truncateSync(path.join(folder, 'cut.mp4'), 15_000);
  writeText(folder, 'text.mp4', 'This is no film.\n');
  writeText(folder, 'text.longtake', 'This is no project.\n');
  writeText(folder, 'broken.otio', '{"OTIO_SCHEMA":"Timeline.1","tracks":');
  writeText(folder, 'deep.otio', '['.repeat(100_000));
  writeText(folder, 'other.otio', '{"OTIO_SCHEMA":"Effect.1"}');
  writeText(folder, 'taken.mp4', 'precious');
  mkdirSync(path.join(folder, 'folder.mp4'));
  mkdirSync(path.join(folder, 'empty'));
  for (const words of [
    ['new', 'film.longtake', '--fps', '24', '--size', '192x108'],
    ['new', 'bare.longtake'],
    ['add', 'film.longtake', 'clip.mp4'],
  ]) {
    const { code, stderr } = await project(...words);
    expect(code, stderr).toBe(0);
  }
  copyFileSync(path.join(folder, 'film.longtake'), path.join(folder, 'damaged.longtake'));
  const damaged = readFileSync(path.join(folder, 'damaged.longtake'));
  damaged.fill(0x5a, 2048, 30_000);
  writeFileSync(path.join(folder, 'damaged.longtake'), damaged);
  before = readdirSync(folder).sort();
  content = (await project('info', 'film.longtake')).events;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codes: Record<number, string> = { 2: 'usage', 3: 'input', 130: 'interrupted' };

/** Runs a verb in this process, which is fifty times faster than the launcher; what it throws is what the launcher would report. */
const refusalIn = async ([verb, ...words]: string[]): Promise<UserFacingError> => {
  const { verbs = {} } = command;
  const found = await verbs[verb]();
  const home = process.cwd();
  process.chdir(folder);
  try {
    const input = parseArguments(words, { ...found.options, ...voiceOptions }, found.name);
    await found.run(input, { json: false, quiet: true });
  } catch (error) {
    if (error instanceof UserFacingError) return error;
    throw error;
  } finally {
    process.chdir(home);
  }
  throw new Error(`${verb} ${words.join(' ')} was not refused`);
};

const expectRefusal = ({ code, stderr, events }: Outcome, wanted: number): void => {
  expect(code, stderr).toBe(wanted);
  const error = events.at(-1) as { event: string; code: string; message: string; remedy: string };
  expect(error).toMatchObject({ event: 'error', code: codes[wanted] });
  expect(error.message).toMatch(/^[^\n]{10,}\.$/);
  expect(error.remedy).toMatch(/^[^\n]{5,}[.?]$/);
};

const film = 'film.longtake';
const nobody = '01900000-0000-7000-8000-000000000000';
const cases: [what: string, code: number, words: string[]][] = [
  ['no file', 2, ['info']],
  ['a missing project', 3, ['info', 'nowhere.longtake']],
  ['text as a project', 3, ['info', 'text.longtake']],
  ['a folder as a project', 3, ['info', 'folder.mp4']],
  ['a damaged project', 3, ['export', 'damaged.longtake', '-o', 'x.mp4']],
  ['a backup where there is none', 3, ['restore', 'text.longtake', '--backup']],
  ['a project that exists', 2, ['new', film]],
  ['a project of another ending', 2, ['new', 'film.mp4']],
  ['a project in no folder', 2, ['new', 'no/where.longtake']],
  ['a rate of 0', 2, ['new', 'x.longtake', '--fps', '0']],
  ['a rate over 0', 2, ['new', 'x.longtake', '--fps', '24/0']],
  ['an odd size', 2, ['new', 'x.longtake', '--size', '1921x1080']],
  ['a timecode that is none', 2, ['new', 'x.longtake', '--timecode', "25 o'clock"]],
  ['one word too many', 2, ['info', film, 'more']],
  ['an unknown option', 2, ['info', film, '--clps']],
  ['nothing to import', 2, ['import', film]],
  ['a missing file', 3, ['import', film, 'nowhere.mp4']],
  ['text as a video', 3, ['import', film, 'text.mp4']],
  ['one broken file among good ones', 3, ['import', film, 'clip.mp4', 'cut.mp4']],
  ['an empty folder', 3, ['import', film, 'empty']],
  ['a missing timeline', 3, ['import', film, 'nowhere.otio']],
  ['a torn timeline', 3, ['import', film, 'broken.otio']],
  ['a timeline of brackets', 3, ['import', film, 'deep.otio']],
  ['a timeline that is none', 3, ['import', film, 'other.otio']],
  ['media that is not there', 2, ['add', film, 'nothing.mp4']],
  ['text on the timeline', 3, ['add', film, 'text.mp4']],
  ['neither picture nor sound', 2, ['add', film, 'clip.mp4', '--no-picture', '--no-sound']],
  ['a place in words', 2, ['add', film, 'clip.mp4', '--at', 'later']],
  ['a place that is taken', 2, ['add', film, 'clip.mp4', '--at', '10']],
  ['inserting and overwriting at once', 2, ['add', film, 'clip.mp4', '--at', '10', '--insert', '--overwrite']],
  ['an out point before the in point', 2, ['add', film, 'clip.mp4', '--in', '20', '--out', '5']],
  ['frames that the media has not', 2, ['add', film, 'clip.mp4', '--in', '20', '--out', '500']],
  ['a track that is far away', 2, ['add', film, 'clip.mp4', '--track', 'V9']],
  ['a picture on a sound track', 2, ['add', film, 'clip.mp4', '--track', 'A1']],
  ['a transition without a length', 2, ['add', film, 'clip.mp4', '--transition', 'dissolve']],
  ['a transition that nobody knows', 2, ['add', film, 'clip.mp4', '--transition', 'melt:12']],
  ['a transition without handles', 2, ['add', film, 'clip.mp4', '--transition', 'dissolve:12']],
  ['a speed that is none', 2, ['add', film, 'clip.mp4', '--speed', 'fast']],
  ['a gain that is too much', 2, ['add', film, 'clip.mp4', '--gain', '99']],
  ['a fade longer than the clip', 2, ['add', film, 'clip.mp4', '--fade-in', '400']],
  ['a colour in words', 2, ['add', film, '--title', 'A', '--colour', 'red', '--at', '90']],
  ['another sequence', 2, ['add', film, 'clip.mp4', '--sequence', 'second']],
  ['an edit that nobody knows', 2, ['edit', film, 'ripple-trimm', '{}']],
  ['an edit that is no JSON', 2, ['edit', film, 'blade', 'frame 5']],
  ['an edit of nothing', 2, ['edit', film, 'delete', `{"clipIds":["${nobody}"]}`]],
  ['an edit without its words', 2, ['edit', film, 'blade', '{}']],
  ['an edit that nests without end', 2, ['edit', film, 'blade', `${'['.repeat(5000)}${']'.repeat(5000)}`]],
  ['a clip that is not there', 2, ['edit', film, 'delete', '{"clipIds":["@V1:7"]}']],
  ['an edit from a missing file', 3, ['edit', film, 'blade', '@nowhere.json']],
  ['undo of nothing', 2, ['undo', 'bare.longtake', '--steps', '5']],
  ['redo of nothing', 2, ['redo', film]],
  ['undo by words', 2, ['undo', film, '--steps', 'all']],
  ['a version without a name', 2, ['versions', film, 'save']],
  ['a version with an empty name', 2, ['versions', film, 'save', '']],
  ['a version that is not there', 2, ['restore', film, 'yesterday']],
  ['no way back', 2, ['restore', film]],
  ['two ways back', 2, ['restore', film, 'a', '--backup']],
  ['no output', 2, ['export', film]],
  ['an unknown kind of file', 2, ['export', film, '-o', 'x.docx']],
  ['a file without an ending', 2, ['export', film, '-o', 'x']],
  ['an output that exists', 2, ['export', film, '-o', 'taken.mp4']],
  ['an output that is a media', 2, ['export', film, '-o', 'clip.mp4', '--force']],
  ['an output that is a folder', 2, ['export', film, '-o', 'folder.mp4', '--force']],
  ['an output in no folder', 2, ['export', film, '-o', 'no/where/x.mp4']],
  ['a timeline in no folder', 2, ['export', film, '-o', 'no/where/x.otio']],
  ['an unknown preset', 2, ['export', film, '-o', 'x.mp4', '--preset', 'best']],
  ['a codec that the file cannot hold', 2, ['export', film, '-o', 'x.webm', '--codec', 'prores']],
  ['a range beyond the end', 2, ['export', film, '-o', 'x.mp4', '--range', '40-400']],
  ['a range that runs backwards', 2, ['export', film, '-o', 'x.mp4', '--range', '9-3']],
  ['an empty film', 2, ['export', 'bare.longtake', '-o', 'x.mp4']],
  ['a quality for a timeline', 2, ['export', film, '-o', 'x.otio', '--quality', '3']],
  ['transparency in H.264', 2, ['export', film, '-o', 'x.mp4', '--alpha']],
];

/** Backups may be made by any command; everything else stays as it was. */
const contents = (): string[] =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.backups'))
    .sort();

describe('what longtake project refuses', () => {
  it.each(cases)('%s (exit %i)', async (_what, code, words) => {
    const { code: family, message, remedy } = await refusalIn(words);
    expect(exitCodes[family], message).toBe(code);
    expect(message).toMatch(/^[^\n]{10,}\.$/);
    expect(remedy).toMatch(/^[^\n]{5,}[.?]$/);
    expect(contents()).toEqual(before.filter((name) => !name.endsWith('.backups')));
    expect(readFileSync(path.join(folder, 'taken.mp4'), 'utf8')).toBe('precious');
  });

  it.each([
    ['no verb', 2, []],
    ['an unknown verb', 2, ['exprot', film]],
    ['a missing project', 3, ['info', 'nowhere.longtake']],
    ['an edit that cannot be', 2, ['edit', film, 'delete', '{"clipIds":["@V1:7"]}']],
    ['a torn timeline', 3, ['import', film, 'broken.otio']],
    ['an output that exists', 2, ['export', film, '-o', 'taken.mp4']],
  ])('%s ends the launcher with %i', async (_what, code, words) => {
    expectRefusal(await project(...words), code);
  });

  it('leaves the project as it was', async () => {
    expect((await project('check', film)).code).toBe(0);
    expect((await project('info', film)).events).toEqual(content);
  });

  it('says that media are missing, exports nothing (exit 3), and finds them again', async () => {
    const away = path.join(folder, 'away');
    mkdirSync(away);
    copyFileSync(path.join(folder, film), path.join(away, film));
    copyFileSync(path.join(folder, 'clip.mp4'), path.join(away, 'other.mp4'));
    mkdirSync(path.join(folder, 'archive'));
    copyFileSync(path.join(folder, 'clip.mp4'), path.join(folder, 'archive', 'renamed.mp4'));
    const inAway = (...words: string[]) => longtake(['project', ...words, '--json'], away);
    expect((await inAway('add', film, 'other.mp4')).code).toBe(0);
    expect((await inAway('add', film, '--title', 'x')).code).toBe(0);
    rmSync(path.join(folder, 'clip.mp4'));
    rmSync(path.join(away, 'other.mp4'));
    expectRefusal(await inAway('check', film), 3);
    expectRefusal(await inAway('export', film, '-o', 'x.mp4'), 3);
    expectRefusal(await inAway('relink', film), 3);
    expect(readdirSync(away).filter((name) => name.startsWith('x'))).toEqual([]);
    const { code, events } = await inAway('relink', film, path.join(folder, 'archive'));
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'found', path: path.join(folder, 'archive', 'renamed.mp4') });
    expect((await inAway('check', film)).code).toBe(0);
  });

  it('goes on from damage: with nothing, and the damaged file is kept', async () => {
    const { code, events } = await project('restore', 'damaged.longtake', '--empty');
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'recovered', kept: path.join(folder, 'damaged.damaged.longtake') });
    expect((await project('info', 'damaged.longtake')).code).toBe(0);
  });
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('ends an export within a second (exit 130), with nothing left behind', async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'longtake-project-stop-'));
    try {
      cutClip(place, 'long.mp4', { frames: 48, size: '1280x720' });
      const words = ['project', 'new', 'film.longtake', '--fps', '24', '--size', '1920x1080'];
      expect((await longtake(words, place)).code).toBe(0);
      expect((await longtake(['project', 'add', 'film.longtake', 'long.mp4', '--speed', '0.1'], place)).code).toBe(0);
      const left = readdirSync(place).sort();
      const running = startLongtake(['project', 'export', 'film.longtake', '-o', 'x.mp4', '--json'], place);
      await new Promise<void>((resolve) => {
        running.child.stdout?.on('data', (text: string) => {
          if (/"done":[1-9]/.test(text)) resolve();
        });
        void running.ended.then(() => resolve());
      });
      const asked = performance.now();
      running.child.kill('SIGINT');
      const outcome = await running.ended;
      expectRefusal(outcome, 130);
      // A second is what is promised; a machine that is busy with other tests gets some more.
      expect(performance.now() - asked).toBeLessThan(3000);
      expect(
        readdirSync(place)
          .filter((name) => !name.endsWith('.backups'))
          .sort(),
      ).toEqual(left.filter((name) => !name.endsWith('.backups')));
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
