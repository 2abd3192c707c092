import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import type { EditRefusal } from '../../engine/contract/timeline/edit-refused.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { listBackups } from '../../engine/projects/backups.ts';
import type { ProjectChange } from '../../engine/projects/edit-log.ts';
import { createProject, openProject } from '../../engine/projects/project.ts';
import type { Project } from '../../engine/projects/project-types.ts';
import { temporaryFolders } from '../support/folders.ts';
import { randomEdit, randomOf, startFilm } from '../support/project-edits.ts';

const newFolder = temporaryFolders();
const quiet = { backupEvery: 0 };

const newFilm = async (): Promise<Project> => {
  const project = await createProject(join(newFolder(), 'film.longtake'), quiet);
  startFilm(project);
  return project;
};

const reopened = async (project: Project): Promise<Project> => {
  await project.close();
  return openProject(project.path, quiet);
};

const text = (project: Project): string => canonicalJson(project.document());
const addBin = (project: Project, name: string): ProjectChange => project.edit('add-bin', { name });

const refusal = (work: () => unknown): EditRefusal | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof EditRefused) return error.reason;
    throw error;
  }
  return undefined;
};

describe('a project', () => {
  it('is one plain file once it is closed, and opens as it was', async () => {
    const project = await newFilm();
    const before = text(project);
    const again = await reopened(project);
    expect(text(again)).toBe(before);
    expect({ id: again.id, revision: again.revision, reason: again.readOnlyReason }).toEqual({
      id: project.id,
      revision: 3,
      reason: null,
    });
    await again.close();
    expect(readdirSync(join(project.path, '..'))).toEqual(['film.longtake']);
  });

  it('has every edit of a long random run on the disk, and undoes and redoes all of it after a restart', async () => {
    let project = await newFilm();
    const random = randomOf(4);
    for (let i = 0; i < 400; i++) {
      randomEdit(project, random);
      if (i % 50 === 0) {
        const before = text(project);
        project = await reopened(project);
        expect(text(project)).toBe(before);
      }
    }
    const end = text(project);
    let steps = 0;
    while (project.state().undo !== null) {
      project.undo();
      steps += 1;
    }
    expect(project.document().media.size).toBe(0);
    project = await reopened(project);
    for (let i = 0; i < steps; i++) project.redo();
    expect(text(project)).toBe(end);
    expect(project.check()).toEqual([]);
    await project.close();
  });

  it('discards what was undone with the next edit, and says what undo and redo would do', async () => {
    const project = await newFilm();
    addBin(project, 'one');
    addBin(project, 'two');
    project.undo();
    expect(project.state()).toEqual({ revision: 6, undo: 'add-bin', redo: 'add-bin' });
    project.undo();
    expect(project.state()).toMatchObject({ undo: 'append', redo: 'add-bin' });
    project.edit('add-bin', { name: 'three' });
    expect(project.state()).toMatchObject({ undo: 'add-bin', redo: null });
    expect(refusal(() => project.redo())).toBe('nothing-to-do');
    expect(project.history(2)).toMatchObject([
      { revision: 8, op: 'add-bin', applied: true },
      { revision: 3, op: 'append', applied: true },
    ]);
    for (let i = 0; i < 4; i++) project.undo();
    expect(refusal(() => project.undo())).toBe('nothing-to-do');
    expect(project.history(100).every(({ applied }) => !applied)).toBe(true);
    await project.close();
  });

  it('answers a repeated call as the first time, after a restart too, and does nothing twice', async () => {
    let project = await newFilm();
    const first = project.edit('add-bin', { name: 'rushes' }, { opId: 'call-1' });
    const undone = project.undo({ opId: 'call-2' });
    expect(project.edit('add-bin', { name: 'rushes' }, { opId: 'call-1' })).toEqual(first);
    project = await reopened(project);
    const before = project.revision;
    expect(project.edit('add-bin', { name: 'rushes' }, { opId: 'call-1', baseRevision: 0 })).toEqual(first);
    expect(project.undo({ opId: 'call-2' })).toEqual(undone);
    expect(project.revision).toBe(before);
    expect(refusal(() => project.redo({ opId: 'call-1' }))).toBe('bad-input');
    expect(refusal(() => project.edit('add-track', {}, { opId: 'call-1' }))).toBe('bad-input');
    for (const opId of ['', 'x'.repeat(101)]) {
      expect(refusal(() => project.edit('add-bin', { name: 'a' }, { opId }))).toBe('bad-input');
    }
    await project.close();
  });

  it('makes an edit asked for at an older revision where it collides with nothing since, else refuses it', async () => {
    const project = await newFilm();
    const { revision } = addBin(project, 'one');
    const [clip] = project.document().clips.values();
    const rename = (name: string) => () =>
      project.edit('set-clip', { clipIds: [clip.id], changes: { name } }, { baseRevision: revision });
    addBin(project, 'two');
    expect(refusal(rename('first'))).toBeUndefined();
    expect(refusal(rename('second'))).toBe('stale-revision');
    expect(refusal(() => project.undo({ baseRevision: revision }))).toBe('stale-revision');
    const ahead = { baseRevision: project.revision + 1 };
    expect(refusal(() => project.edit('add-bin', { name: 'x' }, ahead))).toBe('stale-revision');
    expect(refusal(() => project.edit('add-bin', { name: 'x' }, { baseRevision: -1 }))).toBe('bad-input');
    expect(project.document().clips.get(clip.id)?.name).toBe('first');
    await project.close();
  });

  it('refuses in words what is no edit, and stays as it is', async () => {
    const project = await newFilm();
    const before = text(project);
    const [media] = project.document().media.values();
    const outside = { id: media.id, changes: { relativePath: '../../etc/passwd' } };
    for (const [name, input] of [
      ['no-such-edit', {}],
      ['toString', {}],
      ['add-bin', {}],
      ['add-bin', undefined],
      ['add-bin', { name: 7 }],
      ['add-bin', 'text'],
      ['add-bin', { name: 'a', surprise: 1 }],
      ['change-media', outside],
    ] as const) {
      expect(refusal(() => project.edit(name, input))).toBe('bad-input');
    }
    expect(text(project)).toBe(before);
    expect(project.revision).toBe(3);
    await project.close();
  });

  it('keeps text that no encoding has as something that every encoding has', async () => {
    const project = await newFilm();
    project.edit('add-bin', { name: 'half \ud83d\0 “é”' });
    const before = text(project);
    const again = await reopened(project);
    expect(text(again)).toBe(before);
    expect([...again.document().bins.values()][0].name).toBe('half \ufffd\0 “é”');
    await again.close();
  });

  it('tells every handle of the process, which share one writer, of every revision', async () => {
    const project = await newFilm();
    const other = await openProject(project.path, quiet);
    const reader = await openProject(project.path, { mode: 'read' });
    let copy: Document = other.document();
    const heard: ProjectChange[] = [];
    other.onChange((change) => {
      heard.push(change);
      copy = applyChanges(copy, change.changes);
    });
    const stop = project.onChange(() => heard.push({ ...heard[0], op: 'not heard' }));
    stop();
    addBin(project, 'one');
    other.undo();
    project.redo();
    expect(heard.map(({ kind, revision }) => [kind, revision])).toEqual([
      ['edit', 4],
      ['undo', 5],
      ['redo', 6],
    ]);
    expect(canonicalJson(copy)).toBe(text(project));
    expect(text(reader)).toBe(text(project));
    expect(reader.readOnly).toBe(true);
    expect(() => addBin(reader, 'x')).toThrow(UserFacingError);
    expect(() => reader.versions.save('x')).toThrow(UserFacingError);
    await project.close();
    await project.close();
    expect(() => addBin(project, 'x')).toThrow('closed');
    addBin(other, 'still open');
    await Promise.all([other.close(), reader.close()]);
    expect(existsSync(`${project.path}.lock`)).toBe(false);
  });

  it('is not stopped by a listener that fails', async () => {
    const project = await newFilm();
    const warned: Error[] = [];
    const hear = (warning: Error): void => void warned.push(warning);
    process.on('warning', hear);
    project.onChange(() => {
      throw new Error('window is gone');
    });
    expect(addBin(project, 'one').revision).toBe(4);
    await project.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(warned.map(({ message }) => message)).toContain('window is gone');
  });
});

describe('named versions', () => {
  it('come back as one edit, which undo takes back; what there was is a version too', async () => {
    let project = await newFilm();
    const first = project.versions.save('first cut');
    const firstText = text(project);
    const random = randomOf(11);
    for (let i = 0; i < 60; i++) randomEdit(project, random);
    addBin(project, 'the last thing before');
    const late = text(project);
    project = await reopened(project);
    expect(project.versions.list()).toEqual([first]);
    expect(project.versions.restore(first.id).op).toBe('restore-version');
    expect(text(project)).toBe(firstText);
    project.undo();
    expect(text(project)).toBe(late);
    addBin(project, 'and on');
    const [, kept] = project.versions.list();
    expect(kept.name).toBe('Before first cut');
    project.versions.restore(kept.id);
    expect(text(project)).toBe(late);
    project = await reopened(project);
    expect(text(project)).toBe(late);
    expect(project.check()).toEqual([]);
    for (const { id } of project.versions.list()) project.versions.remove(id);
    expect(project.versions.list()).toEqual([]);
    await project.close();
  });

  it('are refused without a name, and where there is none, or nothing to restore', async () => {
    const project = await newFilm();
    const { id } = project.versions.save('now');
    expect(refusal(() => project.versions.restore(id))).toBe('nothing-to-do');
    for (const name of ['', '  ', 'x'.repeat(1001)]) expect(() => project.versions.save(name)).toThrow(/name/);
    const nowhere = () => project.versions.restore('01900000-0000-7000-8000-000000000000');
    expect(nowhere).toThrow('There is no such version.');
    expect(() => project.versions.remove('x')).toThrow('There is no such version.');
    await project.close();
  });
});

describe('copies', () => {
  it('are whole projects with history and versions, made while editing goes on', async () => {
    const project = await newFilm();
    project.versions.save('first');
    const target = join(newFolder(), 'copy.longtake');
    const saving = project.saveCopy(target);
    addBin(project, 'made meanwhile');
    await saving;
    const copy = await openProject(target, quiet);
    expect(copy.id).toBe(project.id);
    expect(copy.versions.list()).toHaveLength(1);
    expect(copy.check()).toEqual([]);
    copy.undo();
    await expect(project.saveCopy(target)).rejects.toThrow('exists already');
    await expect(project.saveCopy(join(target, 'x.longtake'))).rejects.toThrow('no folder');
    await expect(project.saveCopy(join(newFolder(), 'x.mov'))).rejects.toThrow('.longtake');
    await Promise.all([copy.close(), project.close()]);
  });

  it('are made by themselves beside the project, and only for what has changed', async () => {
    const project = await newFilm();
    await project.close();
    const edited = await openProject(project.path, { backupEvery: 60_000 });
    await edited.close();
    expect(listBackups(project.path).map(({ revision }) => revision)).toEqual([3]);
    const again = await openProject(project.path, quiet);
    expect(await again.backUp()).toBeUndefined();
    addBin(again, 'one');
    expect(await again.backUp()).toMatchObject({ revision: 4 });
    await again.close();
    const backup = await openProject(listBackups(project.path)[0].path, { mode: 'read' });
    expect(backup.revision).toBe(4);
    await backup.close();
  });
});

describe('making a project', () => {
  it('refuses a name that is taken, has another ending, or has no folder', async () => {
    const project = await newFilm();
    await expect(createProject(project.path)).rejects.toThrow('exists already');
    await expect(createProject(join(newFolder(), 'film.mov'))).rejects.toThrow('.longtake');
    await expect(createProject(join(newFolder(), 'none', 'film.longtake'))).rejects.toThrow('no folder');
    await expect(openProject(join(newFolder(), 'film.longtake'))).rejects.toThrow('no project');
    await project.close();
  });

  it('keeps exact rates, whole times and everything that a timeline can hold', async () => {
    const project = await newFilm();
    const rate = rational(24000, 1001);
    project.edit('add-sequence', {
      name: 'film rate',
      frameRate: rate,
      width: 4096,
      height: 2160,
      startTimecode: 86400,
    });
    const again = await reopened(project);
    const sequences = [...again.document().sequences.values()];
    expect(sequences.find(({ name }) => name === 'film rate')).toMatchObject({ frameRate: rate, startTimecode: 86400 });
    await again.close();
  });
});
