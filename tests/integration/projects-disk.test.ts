import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { journalFor } from '../../engine/projects/disk.ts';
import { openFile } from '../../engine/projects/open-file.ts';
import { createProject, openProject } from '../../engine/projects/project.ts';
import type { OpenOptions, Project } from '../../engine/projects/project-types.ts';
import { readDocument } from '../../engine/projects/read-document.ts';
import { Store } from '../../engine/projects/store.ts';
import { temporaryFolders } from '../support/folders.ts';
import { otherProcesses } from '../support/other-process.ts';
import { startFilm } from '../support/project-edits.ts';

const newFolder = temporaryFolders();
const start = otherProcesses();
const quiet: OpenOptions = { backupEvery: 0 };
/** A folder's mode means nothing to Windows, and a process's largest file is POSIX. */
const posix = process.platform !== 'win32';

const newFilm = async (): Promise<Project> => {
  const project = await createProject(join(newFolder(), 'film.longtake'), quiet);
  startFilm(project);
  return project;
};

describe('a full disk', () => {
  it('refuses the edit with a remedy; file and memory stay the same, and small edits go on when there is room', async () => {
    const project = await newFilm();
    await project.close();
    const opened = openFile(project.path, false);
    const store = new Store(project.path, opened);
    opened.db.pragma(`max_page_count = ${Number(opened.db.pragma('page_count', { simple: true })) + 6}`);
    const add = (): unknown => store.edit('add-bin', { name: 'x'.repeat(1000) }, {});
    let error: UserFacingError | undefined;
    for (let i = 0; i < 200 && !error; i++) {
      const before = canonicalJson(store.document);
      const { revision } = store;
      try {
        add();
      } catch (thrown) {
        error = thrown as UserFacingError;
        expect([canonicalJson(store.document), store.revision]).toEqual([before, revision]);
        expect(canonicalJson(readDocument(opened.db))).toBe(before);
      }
    }
    expect(error).toBeInstanceOf(UserFacingError);
    expect(error).toMatchObject({ code: 'room' });
    expect(error?.remedy).toContain('Make room');
    opened.db.pragma('max_page_count = 100000');
    add();
    opened.db.close();
    const again = await openProject(project.path, quiet);
    expect(again.check()).toEqual([]);
    again.undo();
    await again.close();
  });

  it.runIf(posix)('under the write-ahead log loses nothing that was there', async () => {
    const project = await newFilm();
    await project.close();
    const other = start(project.path, statSync(project.path).size + 200_000);
    expect((await other.ask('open')).result).toMatchObject({ readOnly: false });
    let done = 3;
    let refused: { code: string } | undefined;
    while (!refused && done < 500) {
      const { result, error } = await other.ask('addBin', 'y'.repeat(900));
      refused = error;
      if (result) done = Number(result);
    }
    expect(refused).toMatchObject({ code: 'room' });
    expect((await other.ask('revision')).result).toBe(done);
    expect((await other.ask('check')).result).toEqual([]);
    await other.kill();
    const again = await openProject(project.path, quiet);
    expect(again.revision).toBe(done);
    expect(again.document().bins.size).toBe(done - 3);
    expect(again.check()).toEqual([]);
    again.undo();
    await again.close();
  });

  it.runIf(posix)('leaves no half of a new project or of a copy', async () => {
    const project = await newFilm();
    await project.close();
    const folder = newFolder();
    const other = start(project.path, 40_960);
    expect((await other.ask('create', join(folder, 'new.longtake'))).error).toMatchObject({ code: 'room' });
    expect((await other.ask('open', { mode: 'read' })).result).toMatchObject({ readOnly: true });
    // SQLite's backup tells a file that may not grow from a full disk less exactly than its other writes do.
    const { error } = await other.ask('saveCopy', join(folder, 'copy.longtake'));
    expect(error?.message).toContain('copy.longtake');
    expect(['room', 'input']).toContain(error?.code);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.runIf(posix)('a folder that cannot be written to', () => {
  it('has projects that open for reading, and says so', async () => {
    const project = await newFilm();
    const document = canonicalJson(project.document());
    await project.close();
    chmodSync(project.path, 0o644);
    chmodSync(dirname(project.path), 0o555);
    const before = readFileSync(project.path);
    const other = start(project.path);
    await other.ask('dropRights');
    expect((await other.ask('open')).result).toEqual({
      readOnly: true,
      reason: 'It or its folder cannot be written to.',
    });
    expect((await other.ask('document')).result).toBe(document);
    expect(await other.ask('addBin', 'x')).toMatchObject({ error: { code: 'input' } });
    const inside = join(dirname(project.path), 'new.longtake');
    expect(await other.ask('create', inside)).toMatchObject({ error: { code: 'input' } });
    await other.ask('close');
    chmodSync(dirname(project.path), 0o755);
    expect(readFileSync(project.path).equals(before)).toBe(true);
    expect(readdirSync(dirname(project.path))).toEqual(['film.longtake']);
  });

  it('shows what a crash left in the log beside the project, too', async () => {
    const project = await newFilm();
    await project.close();
    const writer = start(project.path);
    await writer.ask('open');
    const { result: revision } = await writer.ask('addBin', 'in the log');
    await writer.kill();
    const folder = newFolder();
    for (const suffix of ['', '-wal']) cpSync(project.path + suffix, join(folder, `film.longtake${suffix}`));
    chmodSync(folder, 0o555);
    for (const suffix of ['', '-wal']) chmodSync(join(folder, `film.longtake${suffix}`), 0o444);
    const other = start(join(folder, 'film.longtake'));
    await other.ask('dropRights');
    expect((await other.ask('open')).result).toMatchObject({ readOnly: true });
    expect((await other.ask('revision')).result).toBe(revision);
    await other.ask('close');
    chmodSync(folder, 0o755);
    expect(existsSync(join(folder, 'film.longtake-shm'))).toBe(false);
  });

  it('in the middle of editing refuses the edit with a remedy, and goes on when it can be written to again', async () => {
    const project = await newFilm();
    await project.close();
    const folder = dirname(project.path);
    chmodSync(folder, 0o777);
    chmodSync(project.path, 0o666);
    const other = start(project.path);
    await other.ask('dropRights');
    expect((await other.ask('open', { journal: 'DELETE' })).result).toMatchObject({ readOnly: false });
    const { result: before } = await other.ask('document');
    chmodSync(folder, 0o555);
    const { error } = await other.ask('addBin', 'x');
    expect(error).toMatchObject({ code: 'input' });
    expect(error?.remedy).toContain('Allow writing');
    expect((await other.ask('document')).result).toBe(before);
    expect((await other.ask('check')).result).toEqual([]);
    chmodSync(folder, 0o777);
    expect((await other.ask('addBin', 'x')).result).toBe(4);
    await other.ask('close');
  });
});

describe('the journal', () => {
  it('is a write-ahead log on local disks and a rollback journal on those of other machines', () => {
    const [ext4, nfs, cifs, fuse] = [0xef53, 0x6969, 0xff534d42, 0x65735546];
    if (!posix) {
      expect(journalFor('\\\\server\\share')).toBe('DELETE');
      return;
    }
    expect([ext4, nfs, cifs, fuse].map((type) => journalFor('/', type))).toEqual(['WAL', 'DELETE', 'DELETE', 'DELETE']);
  });
});
