import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { createProject, openProject } from '../../engine/projects/project.ts';
import type { OpenOptions, Project } from '../../engine/projects/project-types.ts';
import { temporaryFolders } from '../support/folders.ts';
import { otherProcesses } from '../support/other-process.ts';
import { randomEdit, randomOf, startFilm } from '../support/project-edits.ts';

const newFolder = temporaryFolders();
const start = otherProcesses();
const quiet: OpenOptions = { backupEvery: 0 };

const newFilm = async (options: OpenOptions = quiet): Promise<Project> => {
  const project = await createProject(join(newFolder(), 'film.longtake'), options);
  startFilm(project);
  return project;
};

const text = (project: Project): string => canonicalJson(project.document());

describe('another process', () => {
  it('opens a project that is being edited for reading, says why, and sees every edit', async () => {
    const project = await newFilm();
    const other = start(project.path);
    const { result } = (await other.ask('open')) as { result: { readOnly: boolean; reason: string } };
    expect(result.readOnly).toBe(true);
    expect(result.reason).toContain(`process ${process.pid}`);
    const random = randomOf(8);
    for (let i = 0; i < 30; i++) {
      randomEdit(project, random);
      if (i % 10 === 0) expect((await other.ask('document')).result).toBe(text(project));
    }
    expect((await other.ask('document')).result).toBe(text(project));
    expect(await other.ask('addBin', 'x')).toMatchObject({ error: { code: 'input' } });
    const copy = join(newFolder(), 'copy.longtake');
    expect(await other.ask('saveCopy', copy)).toEqual({ result: true });
    expect((await other.ask('check')).result).toEqual([]);
    await project.close();
  });

  it('that reads in one long transaction never holds up the writer', async () => {
    const project = await newFilm();
    const other = start(project.path);
    const { result: seen } = await other.ask('beginReading');
    expect(seen).toBe(project.revision);
    const random = randomOf(21);
    const took: number[] = [];
    for (let i = 0; i < 300; i++) {
      const from = performance.now();
      randomEdit(project, random);
      took.push(performance.now() - from);
    }
    // A writer that waited for the reader would have waited a second, and then been refused.
    expect(took.toSorted((a, b) => a - b)[270]).toBeLessThan(500);
    expect((await other.ask('readAgain')).result).toBe(seen);
    const before = text(project);
    await project.close();
    expect((await other.ask('readAgain')).result).toBe(seen);
    const again = await openProject(project.path, quiet);
    expect(again.readOnlyReason).toBeNull();
    expect(text(again)).toBe(before);
    await other.ask('endReading');
    await again.close();
    expect(existsSync(`${project.path}-wal`)).toBe(false);
  });

  it('that was killed leaves a lock that is taken over, and everything it did', async () => {
    const project = await newFilm();
    await project.close();
    const other = start(project.path);
    expect((await other.ask('open')).result).toEqual({ readOnly: false, reason: null });
    const { result: revision } = await other.ask('addBin', 'the last thing');
    const held = await openProject(project.path, quiet);
    expect(held.readOnlyReason).toContain('another Longtake');
    await held.close();
    await other.kill();
    expect(existsSync(`${project.path}.lock`)).toBe(true);
    const again = await openProject(project.path, quiet);
    expect(again.readOnlyReason).toBeNull();
    expect(again.revision).toBe(revision);
    again.undo();
    await again.close();
    expect(existsSync(`${project.path}.lock`)).toBe(false);
  });

  it('may have the number of one that is gone', async () => {
    const project = await newFilm();
    await project.close();
    const lock = `${project.path}.lock`;
    const { pid } = process;
    const owner = { pid, started: 'long ago', host: hostname(), token: 'x' };
    writeFileSync(lock, JSON.stringify(owner));
    const again = await openProject(project.path, quiet);
    // Where the system tells when a process started, this one is known to be another; elsewhere the number has to do.
    expect(again.readOnly).toBe(process.platform === 'win32');
    await again.close();
  });

  it('on another machine is believed until someone says otherwise', async () => {
    const project = await newFilm();
    await project.close();
    const lock = `${project.path}.lock`;
    writeFileSync(lock, JSON.stringify({ pid: 1, started: 'x', host: 'another-machine', token: 'theirs' }));
    const held = await openProject(project.path, quiet);
    expect(held.readOnlyReason).toContain('another-machine');
    await held.close();
    expect(readFileSync(lock, 'utf8')).toContain('theirs');
    const taken = await openProject(project.path, { ...quiet, takeOver: true });
    expect(taken.readOnly).toBe(false);
    await taken.close();
  });

  it.each(['', 'not json', '{"pid":"x"}', 'x'.repeat(10_000)])(
    'that left half a lock (%#) holds nothing',
    async (rest) => {
      const project = await newFilm();
      await project.close();
      writeFileSync(`${project.path}.lock`, rest);
      const again = await openProject(project.path, quiet);
      expect(again.readOnly).toBe(false);
      await again.close();
    },
  );

  it('that writes all the same is noticed before anything is overwritten', async () => {
    const project = await newFilm();
    const other = start(project.path);
    expect((await other.ask('open', { takeOver: true })).result).toMatchObject({ readOnly: false });
    await other.ask('addBin', 'theirs');
    const before = text(project);
    expect(() => project.edit('add-bin', { name: 'ours' })).toThrow('Another program has changed');
    // What is in the file is what counts, and undo is theirs as well.
    expect(text(project)).not.toBe(before);
    expect((await other.ask('document')).result).toBe(text(project));
    await other.ask('close');
    await project.close();
  });
});

describe('a disk without shared memory', () => {
  it('has a rollback journal, and the same edits, undo and readers', async () => {
    const options: OpenOptions = { ...quiet, journal: 'DELETE' };
    const project = await newFilm(options);
    const other = start(project.path);
    await other.ask('open');
    const random = randomOf(5);
    for (let i = 0; i < 20; i++) randomEdit(project, random);
    expect(existsSync(`${project.path}-wal`)).toBe(false);
    expect((await other.ask('document')).result).toBe(text(project));
    await other.ask('beginReading');
    const before = text(project);
    expect(() => project.edit('add-bin', { name: 'x' })).toThrow('Another program holds');
    expect(text(project)).toBe(before);
    await other.ask('endReading');
    project.edit('add-bin', { name: 'x' });
    await project.close();
    const again = await openProject(project.path, options);
    expect(again.check()).toEqual([]);
    await again.close();
  });
});
