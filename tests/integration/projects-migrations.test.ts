import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { listBackups } from '../../engine/projects/backups.ts';
import { applicationId, latestVersion, migrate, migrations, upgradedChange } from '../../engine/projects/migrate.ts';
import type { Migration } from '../../engine/projects/migrate.ts';
import { openProject } from '../../engine/projects/project.ts';
import { temporaryFolders } from '../support/folders.ts';

const newFolder = temporaryFolders();
const kept = join(import.meta.dirname, '../fixtures/projects');
const fixtures = readdirSync(kept).filter((name) => name.endsWith('.longtake.gz'));

const unpacked = (fixture: string): string => {
  const file = join(newFolder(), 'film.longtake');
  writeFileSync(file, gunzipSync(readFileSync(join(kept, fixture))));
  return file;
};

const versionOf = (file: string): unknown => {
  const db = new Database(file, { readonly: true });
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return version;
};

describe('projects of every shape that there has been', () => {
  it('are all kept, one a migration, numbered in order', () => {
    const names = readdirSync(join(import.meta.dirname, '../../engine/projects/migrations')).sort();
    expect(fixtures.map((name) => name.replace('.longtake.gz', '.ts'))).toEqual(names);
    expect(migrations.map(({ to }) => to)).toEqual(names.map((_, i) => i + 1));
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(migrations.map(({ to }) => to));
  });

  it.each(fixtures)('%s opens, undoes all of its history, and redoes it', async (fixture) => {
    const file = unpacked(fixture);
    const shape = Number(fixture.slice(0, 4));
    expect(versionOf(file)).toBe(shape);
    const project = await openProject(file, { backupEvery: 0 });
    const now = canonicalJson(project.document());
    expect(project.check()).toEqual([]);
    let steps = 0;
    for (; project.state().undo !== null; steps++) project.undo();
    expect(steps).toBeGreaterThan(30);
    expect(project.document().media.size + project.document().sequences.size).toBe(0);
    for (let i = 0; i < steps; i++) project.redo();
    expect(canonicalJson(project.document())).toBe(now);
    project.redo();
    const [version] = project.versions.list();
    if (version) project.versions.restore(version.id);
    expect(project.check()).toEqual([]);
    await project.close();
    expect(versionOf(file)).toBe(latestVersion());
    // What it was before is kept too.
    const backups = listBackups(file);
    expect(backups.map(({ path }) => versionOf(path))).toEqual(shape < latestVersion() ? [shape] : []);
  });

  it.each(fixtures)('%s is read without being changed', async (fixture) => {
    const file = unpacked(fixture);
    const before = readFileSync(file);
    const project = await openProject(file, { mode: 'read' });
    expect(project.document().media.size).toBe(4);
    await project.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('stars', () => {
  it.each(fixtures)('of %s are what they were; shapes before them have none', async (fixture) => {
    const project = await openProject(unpacked(fixture), { backupEvery: 0 });
    const stars = [...project.document().media.values()].map(({ starred }) => starred);
    expect(stars.filter(Boolean).length).toBe(fixture >= '0004' ? 1 : 0);
    const [mediaId] = project.document().media.keys();
    project.edit('star-media', { mediaIds: [mediaId], starred: !stars[0] });
    project.undo();
    expect([...project.document().media.values()].map(({ starred }) => starred)).toEqual(stars);
    await project.close();
  });
});

describe('a queue', () => {
  it.each(fixtures)('of %s is what it was; shapes before it have an empty one', async (fixture) => {
    const file = unpacked(fixture);
    const project = await openProject(file, { backupEvery: 0 });
    const kept = fixture >= '0003' ? ['done 2', 'failed 0', 'running 1', 'paused 0', 'queued 0'] : [];
    expect(project.jobs.list().map(({ state, takesDone }) => `${state} ${takesDone}`)).toEqual(kept);
    await project.close();
  });
});

describe('a migration', () => {
  it('is made whole or not at all', () => {
    const db = new Database(':memory:');
    migrate(db, migrations.slice(0, 1));
    const broken: Migration = { to: 9, sql: 'CREATE TABLE fine (x); CREATE TABLE fine (x);' };
    expect(() => migrate(db, [...migrations, broken])).toThrow('already exists');
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.pragma('application_id', { simple: true })).toBe(applicationId);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('fine', 'saved_version')").pluck().get()).toBe(
      0,
    );
    db.close();
  });

  it('brings what was logged before it into its shape, through all that came since', () => {
    const named = (name: string) => (change: unknown) => ({ ...(change as object), [name]: true });
    const steps: Migration[] = [
      { to: 1, sql: '' },
      { to: 2, sql: '', upgradeChange: named('second') },
      { to: 3, sql: '' },
      { to: 4, sql: '', upgradeChange: named('fourth') },
    ];
    expect(upgradedChange({}, 1, steps)).toEqual({ second: true, fourth: true });
    expect(upgradedChange({}, 2, steps)).toEqual({ fourth: true });
    expect(upgradedChange({}, 4, steps)).toEqual({});
  });
});
