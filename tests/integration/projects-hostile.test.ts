import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { createProject, openProject, recoverProject } from '../../engine/projects/project.ts';
import type { OpenOptions, Project } from '../../engine/projects/project-types.ts';
import { ProjectDamaged } from '../../engine/projects/recovery.ts';
import { temporaryFolders } from '../support/folders.ts';
import { randomEdit, randomOf, startFilm } from '../support/project-edits.ts';

const newFolder = temporaryFolders();
/** An id that nothing has. */
const strangerId = '01900000-0000-7000-8000-000000000001';
const quiet: OpenOptions = { backupEvery: 0 };

let original = '';

/** A project with some history and a version, closed. */
const film = (): string => {
  const file = join(newFolder(), 'film.longtake');
  cpSync(original, file);
  return file;
};

beforeAll(async () => {
  original = join(mkdtempSync(join(tmpdir(), 'longtake-test-')), 'film.longtake');
  const project = await createProject(original, quiet);
  startFilm(project);
  const random = randomOf(3);
  for (let i = 0; i < 40; i++) randomEdit(project, random);
  project.versions.save('a version');
  await project.close();
});

afterAll(() => rmSync(dirname(original), { recursive: true, force: true }));

const failure = async (file: string, options: OpenOptions = quiet): Promise<UserFacingError> => {
  try {
    const project = await openProject(file, options);
    await project.close();
  } catch (error) {
    if (error instanceof UserFacingError) return error;
    throw error;
  }
  throw new Error(`${file} was opened`);
};

/** Writes into a file as anyone with a database browser can, foreign keys and checks aside. */
const tampered = (change: (db: Database.Database) => void): string => {
  const file = film();
  const db = new Database(file);
  db.unsafeMode();
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  change(db);
  db.close();
  return file;
};

const damage = async (change: (db: Database.Database) => void): Promise<string> => {
  const error = await failure(tampered(change));
  expect(error).toBeInstanceOf(ProjectDamaged);
  expect(error.code).toBe('input');
  expect(error.remedy).toContain('start without it');
  return (error as ProjectDamaged).damage;
};

/** Everything that a person can do with a project that opens; what is refused must be refused in words. */
const useAll = (project: Project): void => {
  const attempts: (() => unknown)[] = [
    () => project.document(),
    () => project.history(1000),
    ...Array.from({ length: 12 }, () => () => project.undo()),
    ...Array.from({ length: 6 }, () => () => project.redo()),
    () => project.edit('add-bin', { name: 'one more' }),
    () => project.versions.list().map(({ id }) => project.versions.restore(id)),
    () => project.check(),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof UserFacingError)) throw error;
    }
  }
};

describe('what is no project', () => {
  it.each<[string, (file: string) => void]>([
    ['an empty file', (file) => writeFileSync(file, '')],
    ['a text', (file) => writeFileSync(file, 'Once upon a time\n'.repeat(1000))],
    ['a few bytes of a head', (file) => writeFileSync(file, 'SQLite format 3\0')],
    ['a folder', (file) => mkdirSync(file)],
    [
      'the SQLite file of another program',
      (file) => {
        const db = new Database(file);
        db.exec('CREATE TABLE project (id TEXT)');
        db.close();
      },
    ],
  ])('%s is refused and left alone', async (_, make) => {
    const file = join(newFolder(), 'film.longtake');
    make(file);
    const before = statSync(file).isFile() ? readFileSync(file) : undefined;
    const error = await failure(file);
    expect(error).not.toBeInstanceOf(ProjectDamaged);
    expect(error.code).toBe('input');
    expect(error.message).toContain('not a Longtake project');
    if (before) expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(['film.longtake']);
  });

  it('a project of a newer version is refused untouched', async () => {
    const file = film();
    const db = new Database(file);
    db.pragma('user_version = 999');
    db.close();
    const before = readFileSync(file);
    const error = await failure(file);
    expect(error.message).toContain('newer version');
    expect(error).not.toBeInstanceOf(ProjectDamaged);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(['film.longtake']);
  });
});

describe('what was planted in a project', () => {
  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM media; END', 'trigger t'],
    [
      'a trigger under a name like ours',
      'CREATE TRIGGER clip AFTER UPDATE ON project BEGIN DELETE FROM clip; END',
      'trigger clip',
    ],
    ['a view', 'CREATE VIEW v AS SELECT hex(zeroblob(900000000)) AS x', 'view v'],
    ['a table', 'CREATE TABLE other (x)', 'table other'],
    ['a virtual table', 'CREATE VIRTUAL TABLE search USING fts5(x)', 'table search'],
    ['an index over an expression', 'CREATE INDEX i ON clip (hex(name))', 'index i'],
  ])('%s is found before it is run', async (_, sql, named) => {
    const file = film();
    const db = new Database(file);
    db.exec(sql);
    db.close();
    const error = (await failure(file)) as ProjectDamaged;
    expect(error.damage).toContain(named);
  });

  it('a view in the place of a table is found before it is read', async () => {
    const text = await damage((db) => {
      db.exec(
        'DROP TABLE marker; CREATE VIEW marker AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c',
      );
    });
    expect(text).toContain('marker');
  });

  it('a table of another shape, or none, is found', async () => {
    expect(await damage((db) => db.exec('ALTER TABLE clip ADD COLUMN evil TEXT DEFAULT 1'))).toContain('table clip');
    expect(await damage((db) => db.exec('DROP TABLE saved_version'))).toContain('saved_version');
    expect(
      await damage((db) => {
        db.pragma('writable_schema = ON');
        db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'media'");
      }),
    ).toContain('media');
  });

  it.each<[string, string]>([
    ['a path that leads out', "UPDATE media SET relative_path = '../../../etc/passwd'"],
    ['an absolute path for a relative one', "UPDATE media SET relative_path = '/etc/passwd'"],
    ['a path of another system', "UPDATE media SET relative_path = 'C:\\windows\\x'"],
    ['a name as large as a film', 'UPDATE clip SET name = hex(zeroblob(3000000))'],
    ['JSON that is none', 'UPDATE clip SET placement = \'{"fit":\''],
    ['JSON of another shape', "UPDATE clip SET placement = '[]'"],
    ['JSON nested without end', `UPDATE media SET provenance = '${'['.repeat(200_000)}'`],
    ['a text that is no id', "UPDATE clip SET link_id = 'zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz'"],
    ['a media that is not there', "UPDATE clip SET media_id = '01900000-0000-7000-8000-000000000000'"],
    ['a clip on no track', 'DELETE FROM track_clip'],
    ['clips over each other', 'UPDATE track_clip SET start = 0'],
    ['a time before the beginning', 'UPDATE track_clip SET start = start - 1000000'],
    ['a number beyond all numbers', 'UPDATE track_clip SET start = 9223372036854775807'],
    ['a speed of nothing over something else', 'UPDATE clip SET speed_num = -1'],
    ['a rate that is not reduced', 'UPDATE sequence SET frame_rate_num = 50, frame_rate_den = 2'],
    ['neither true nor false', 'UPDATE track SET locked = 7'],
    ['no project row', 'DELETE FROM project'],
    ['a revision below zero', 'UPDATE project SET revision = -5'],
    ['a history longer than it is', 'UPDATE project SET undo_depth = 100000'],
  ])('%s is refused', async (_, sql) => {
    expect(await damage((db) => db.exec(sql))).not.toBe('');
  });

  it('bins that lie within each other are refused', async () => {
    await damage((db) => {
      const id = '01900000-0000-7000-8000-0000000000bb';
      db.prepare('INSERT INTO bin VALUES (?, ?, ?, 0)').run(id, id, 'loop');
    });
  });

  it.each<[string, string, unknown[]]>([
    [
      'nonsense in the history',
      "UPDATE edit_log SET forward = ?, inverse = ? WHERE kind = 'edit'",
      ['[{"type":"drop"}]', '{}'],
    ],
    [
      'steps that fit nothing',
      "UPDATE edit_log SET forward = ?, inverse = ? WHERE kind = 'edit'",
      Array(2).fill('[{"type":"remove","entity":"clip","id":"01900000-0000-7000-8000-000000000001"}]'),
    ],
    [
      'steps that name what is not there',
      "UPDATE edit_log SET forward = ?, inverse = ? WHERE kind = 'edit'",
      Array<string>(2).fill(
        JSON.stringify([
          {
            ...{ type: 'put', entity: 'marker' },
            value: {
              ...{ id: strangerId, sequenceId: strangerId, clipId: null, frame: 0, duration: 0, name: '' },
              colour: '#000000',
            },
          },
        ]),
      ),
    ],
    ['a stack with holes', 'DELETE FROM undo_stack WHERE position % 2 = ?', [0]],
    [
      'a version that unpacks without end',
      'UPDATE saved_version SET content = ?',
      [gzipSync(Buffer.alloc(600_000_000), { level: 1 })],
    ],
    ['a version that is no archive', 'UPDATE saved_version SET content = ?', [Buffer.from('not gzip')]],
  ])('%s does not stop the project', async (_, sql, values) => {
    const project = await openProject(
      tampered((db) => db.prepare(sql).run(...values)),
      quiet,
    );
    useAll(project);
    await project.close();
  });
});

describe('what lies beside a project', () => {
  it.each(['-wal', '-journal', '-shm'])('a link in the place of its %s is not written through', async (suffix) => {
    const file = film();
    const outside = join(newFolder(), 'precious.txt');
    writeFileSync(outside, 'precious');
    symlinkSync(outside, file + suffix);
    expect((await failure(file)).message).toContain('does not belong to it');
    expect(readFileSync(outside, 'utf8')).toBe('precious');
  });

  it('a journal that would have another file deleted is not played back', async () => {
    const file = film();
    const outside = join(newFolder(), 'precious.txt');
    writeFileSync(outside, 'precious');
    const name = Buffer.from(outside);
    const tail = Buffer.alloc(8);
    tail.writeUInt32BE(name.length, 0);
    tail.writeUInt32BE(
      name.reduce((sum, byte) => sum + byte, 0),
      4,
    );
    const magic = Buffer.from('d9d505f920a163d7', 'hex');
    writeFileSync(`${file}-journal`, Buffer.concat([magic, Buffer.alloc(504), name, tail, magic]));
    expect((await failure(file)).message).toContain('does not belong to it');
    expect(readFileSync(outside, 'utf8')).toBe('precious');
  });

  it('the log of another file of that name is not poured in', async () => {
    const file = film();
    const other = await openProject(film(), quiet);
    other.edit('add-bin', { name: 'of the other one' });
    cpSync(`${other.path}-wal`, `${file}-wal`);
    await other.close();
    expect((await failure(file)).message).toContain('does not belong to it');
  });

  it('a link in the place of the lock or of the folder of backups is not written through', async () => {
    const file = film();
    const outside = join(newFolder(), 'precious.txt');
    writeFileSync(outside, 'precious');
    symlinkSync(outside, `${file}.lock`);
    symlinkSync(newFolder(), `${file}.backups`);
    const project = await openProject(file, quiet);
    await expect(project.backUp()).rejects.toThrow(UserFacingError);
    await project.close();
    expect(readFileSync(outside, 'utf8')).toBe('precious');
  });
});

describe('a damaged file', () => {
  it('with bits flipped opens or is refused in words, whatever is then done with it', async () => {
    const good = readFileSync(film());
    const random = randomOf(99);
    const file = join(newFolder(), 'film.longtake');
    let opened = 0;
    for (let round = 0; round < 100; round++) {
      const bad = Buffer.from(good);
      const flips = 1 + Math.floor(random() ** 3 * 200);
      // Every other time in the head of a page, where its structure is.
      for (let i = 0; i < flips; i++) {
        const page = Math.floor(random() * (bad.length / 4096)) * 4096;
        const at = page + Math.floor(random() * (round % 2 === 0 ? 4096 : 120));
        bad[at] ^= 1 << Math.floor(random() * 8);
      }
      writeFileSync(file, bad);
      try {
        const project = await openProject(file, quiet);
        opened += 1;
        useAll(project);
        await project.close();
      } catch (error) {
        if (!(error instanceof UserFacingError)) throw error;
      }
      for (const suffix of ['-wal', '-shm', '-journal', '.lock']) expect(existsSync(file + suffix)).toBe(false);
    }
    expect(opened).toBeLessThan(100);
  });

  it('that was cut short is refused at every length', async () => {
    const good = readFileSync(film());
    const file = join(newFolder(), 'film.longtake');
    for (let share = 1; share < 20; share++) {
      writeFileSync(file, good);
      truncateSync(file, Math.floor((good.length * share) / 20));
      expect((await failure(file)).code).toBe('input');
    }
  });

  it('comes back from its newest good backup, and is kept aside', async () => {
    const file = film();
    const project = await openProject(file, quiet);
    project.edit('add-bin', { name: 'backed up' });
    const first = await project.backUp();
    project.edit('add-bin', { name: 'backed up, then damaged too' });
    const second = await project.backUp();
    project.edit('add-bin', { name: 'too late' });
    await project.close();
    if (!first || !second) throw new Error('no backup');
    for (const damaged of [file, second.path]) truncateSync(damaged, 20_000);
    const before = readFileSync(file);

    const error = (await failure(file)) as ProjectDamaged;
    expect(error.backup).toEqual(first);
    expect(error.choices).toEqual([{ use: 'backup', path: first.path }, { use: 'nothing' }]);
    expect(readFileSync(file).equals(before)).toBe(true);

    const elsewhere = { use: 'backup', path: '/etc/passwd' } as const;
    await expect(recoverProject(file, elsewhere, quiet)).rejects.toThrow('no backup of this project');
    const { project: recovered, kept } = await recoverProject(file, error.choices[0], quiet);
    expect(recovered.revision).toBe(first.revision);
    expect(recovered.check()).toEqual([]);
    recovered.undo();
    await expect(recoverProject(file, error.choices[0], quiet)).rejects.toThrow('is open');
    await recovered.close();
    expect(readFileSync(kept).equals(before)).toBe(true);
  });

  it('can be started without, also twice, and also when its file was emptied', async () => {
    const file = film();
    const project = await openProject(file, quiet);
    await project.backUp();
    await project.close();
    const keptNames: string[] = [];
    for (const make of [() => truncateSync(file, 0), () => writeFileSync(file, 'garbage'.repeat(1000))]) {
      make();
      const error = (await failure(file)) as ProjectDamaged;
      expect(error).toBeInstanceOf(ProjectDamaged);
      const { project: empty, kept } = await recoverProject(file, { use: 'nothing' }, quiet);
      keptNames.push(kept);
      expect(empty.document().media.size).toBe(0);
      await empty.close();
    }
    expect(new Set(keptNames).size).toBe(2);
    expect(keptNames.every((name) => existsSync(name))).toBe(true);
  });
});
