import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { locateMedia } from '../../engine/media/library/locate-media.ts';
import {
  findMissingMedia,
  importMedia,
  missingMedia,
  refineMedia,
  relinkMedia,
} from '../../engine/projects/import-media.ts';
import { createProject } from '../../engine/projects/project.ts';
import type { Project } from '../../engine/projects/project-types.ts';
import { createClipFolder } from '../support/media-clips.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const clips = createClipFolder();
afterAll(clips.remove);
let folder: string;
let project: Project;

beforeAll(() => {
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
  clips.draw('one.mp4', 20, '96x64', ...h264);
  clips.draw('two.mp4', 30, '96x64', ...h264);
  clips.draw('old.avi', 20, '96x64', ...h264);
  clips.ffmpeg('-f', 'lavfi', '-i', 'sine=d=0.5:r=48000', clips.path('tone.mp3'));
  clips.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=0.2', clips.path('n%03d.png'));
});
beforeEach(async () => {
  folder = mkdtempSync(join(clips.folder, 'film 50% '));
  mkdirSync(join(folder, 'media'));
  for (const name of ['one.mp4', 'two.mp4', 'n001.png', 'n002.png', 'n003.png', 'n004.png', 'n005.png'])
    copyFileSync(clips.path(name), join(folder, 'media', name));
  project = await createProject(join(folder, 'film.longtake'));
});
afterEach(async () => {
  await project.close();
  rmSync(folder, { recursive: true, force: true });
});

const writeUntilFull = (file: number, bytes: number): number => {
  try {
    return writeSync(file, Buffer.alloc(bytes));
  } catch {
    return 0;
  }
};

const media = (name: string): Media => {
  const found = [...project.document().media.values()].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} in the project`);
  return found;
};

describe('import into a project', () => {
  it('is one edit, that undo takes back', async () => {
    const result = await importMedia(project, [join(folder, 'media')]);
    expect(result.failures).toEqual([]);
    expect(result.mediaIds.map((id) => project.document().media.get(id)?.name)).toEqual([
      'n[001-005].png', 'one.mp4', 'two.mp4',
    ]); // prettier-ignore
    expect(media('one.mp4')).toMatchObject({ relativePath: 'media/one.mp4', path: join(folder, 'media/one.mp4') });
    expect(media('n[001-005].png')).toMatchObject({ relativePath: 'media/n%03d.png', firstNumber: 1 });
    const again = await importMedia(project, [join(folder, 'media/two.mp4'), clips.path('tone.mp3')]);
    expect(again.mediaIds[0]).toBe(media('two.mp4').id);
    expect(project.document().media.size).toBe(4);
    project.undo();
    project.undo();
    expect(project.document().media.size).toBe(0);
  });

  it('a failed or cancelled one leaves the project as it was', async () => {
    const before = project.revision;
    writeFileSync(join(folder, 'broken.mp4'), 'no film');
    const { failures, mediaIds } = await importMedia(project, [join(folder, 'broken.mp4')]);
    expect([failures.length, mediaIds]).toEqual([1, []]);
    const stop = AbortSignal.abort(new Error('stop'));
    await expect(importMedia(project, [join(folder, 'media')], { signal: stop })).rejects.toThrow('stop');
    expect([project.revision, project.document().media.size]).toEqual([before, 0]);
  });

  it('a disk that is full leaves the project as it was, and room on it lets the import go on', async ({ skip }) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mounted = process.platform === 'linux' && mountSmallDisk(disk, 1024);
    try {
      if (!mounted) skip('a small disk can be mounted only by root');
      const film = await createProject(join(disk, 'film.longtake'), { backupEvery: 0 });
      try {
        const ballast = join(disk, 'ballast');
        const pieces = openSync(ballast, 'w');
        try {
          for (let size = 65536; size >= 1; size = Math.floor(size / 2))
            for (let wrote = size; wrote === size;) wrote = writeUntilFull(pieces, size);
        } finally {
          closeSync(pieces);
        }
        const before = [film.revision, film.document().media.size];
        await expect(importMedia(film, [join(folder, 'media')])).rejects.toMatchObject({ code: 'room' });
        expect([film.revision, film.document().media.size]).toEqual(before);
        rmSync(ballast);
        expect(film.check()).toEqual([]);
        expect((await importMedia(film, [join(folder, 'media')])).mediaIds).toHaveLength(3);
      } finally {
        await film.close();
      }
    } finally {
      if (mounted) execFileSync('umount', [disk]);
    }
  });

  it('what only the header says is counted later', async () => {
    const { inexact } = await importMedia(project, [clips.path('old.avi'), clips.path('tone.mp3')]);
    expect(inexact).toEqual([media('old.avi').id, media('tone.mp3').id]);
    for (const id of inexact) await refineMedia(project, id);
    expect(media('tone.mp3').sound?.samples).toBe(24000);
    expect(media('old.avi').picture?.frameCount).toBe(20);
  });
});

describe('media whose file is gone', () => {
  const take = async (...names: string[]): Promise<void> => {
    await importMedia(project, names.map((name) => join(folder, 'media', name))); // prettier-ignore
  };

  it('is found by content under another name, and numbered pictures in another folder', async () => {
    await importMedia(project, [join(folder, 'media')]);
    expect(await missingMedia(project)).toEqual([]);
    mkdirSync(join(folder, 'archive/deep'), { recursive: true });
    renameSync(join(folder, 'media/one.mp4'), join(folder, 'archive/A001_C003.mp4'));
    for (let i = 1; i <= 5; i++)
      renameSync(join(folder, `media/n00${i}.png`), join(folder, `archive/deep/n00${i}.png`));
    copyFileSync(join(folder, 'media/two.mp4'), join(folder, 'archive/one.mp4'));
    expect((await missingMedia(project)).map((one) => [one.media.name, one.state]).sort()).toEqual([
      ['n[001-005].png', 'missing'],
      ['one.mp4', 'missing'],
    ]);
    const { found, missing } = await findMissingMedia(project, []);
    expect([found.length, missing]).toEqual([2, []]);
    expect(media('one.mp4').relativePath).toBe('archive/A001_C003.mp4');
    expect(media('n[001-005].png').relativePath).toBe('archive/deep/n%03d.png');
    expect(await missingMedia(project)).toEqual([]);
  });

  it('a file of the same name with another content is only offered', async () => {
    await take('one.mp4');
    const { id } = media('one.mp4');
    rmSync(join(folder, 'media/one.mp4'));
    mkdirSync(join(folder, 'other'));
    copyFileSync(clips.path('two.mp4'), join(folder, 'other/one.mp4'));
    const { found, missing } = await findMissingMedia(project, [folder]);
    expect(found).toEqual([]);
    expect(missing).toMatchObject([
      { state: 'missing', candidates: [{ path: join(folder, 'other/one.mp4'), match: 'name' }] },
    ]);
    const place = join(folder, 'other/one.mp4');
    await expect(relinkMedia(project, id, place)).rejects.toMatchObject({ code: 'input' });
    await relinkMedia(project, id, place, { anyContent: true });
    expect(media('one.mp4')).toMatchObject({ path: place, picture: { frameCount: 30 } });
    project.undo();
    expect(media('one.mp4').picture?.frameCount).toBe(20);
  });

  it('several copies: the name, then the folder decides', async () => {
    await take('two.mp4');
    const { path } = media('two.mp4');
    for (const name of ['x/renamed.mp4', 'y/two.mp4', 'z/media/two.mp4']) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      copyFileSync(path, join(folder, name));
    }
    rmSync(path);
    await findMissingMedia(project, []);
    expect(media('two.mp4').relativePath).toBe('z/media/two.mp4');
  });

  it('a project that moved with its media uses its own', async () => {
    await take('one.mp4');
    const moved = join(folder, 'moved');
    mkdirSync(join(moved, 'media'), { recursive: true });
    copyFileSync(clips.path('one.mp4'), join(moved, 'media/one.mp4'));
    expect(await locateMedia(media('one.mp4'), moved)).toEqual({ state: 'here', path: join(moved, 'media/one.mp4') });
    expect(await locateMedia(media('one.mp4'), join(folder, 'nowhere'))).toMatchObject({
      path: join(folder, 'media/one.mp4'),
    });
    writeFileSync(join(folder, 'media/one.mp4'), 'something else');
    expect(await locateMedia(media('one.mp4'), folder)).toMatchObject({ state: 'changed' });
  });

  it('paths that a stranger planted open nothing', async () => {
    await take('one.mp4');
    const secret = join(folder, 'secret.mp4');
    copyFileSync(clips.path('two.mp4'), secret);
    const planted = (changes: Partial<Media>): Promise<{ state: string }> =>
      locateMedia({ ...media('one.mp4'), ...changes }, join(folder, 'media'));
    for (const changes of [
      { path: secret, relativePath: '../secret.mp4' },
      { path: '/etc/passwd', relativePath: '../../../../../../etc/passwd' },
      { path: secret, relativePath: secret },
    ])
      expect((await planted(changes)).state).not.toBe('here');
    expect(await planted({ path: 'relative.mp4', relativePath: 'a\0b' })).toEqual({ state: 'missing' });
  });
});
