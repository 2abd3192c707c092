/**
 * Another process at a project, told what to do line by line: `project-child.ts FILE`. Each line of input is a command and its argument as
 * JSON; each answer a line of JSON, `{"error": {code, message}}` when it was refused.
 */
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { createProject, openProject } from '../../engine/projects/project.ts';
import type { OpenOptions, Project } from '../../engine/projects/project-types.ts';

const file = process.argv[2];
let project: Project | undefined;
let reading: Database.Database | undefined;

const opened = (): Project => {
  if (!project) throw new Error('open first');
  return project;
};

const commands: Record<string, (argument: never) => unknown> = {
  open: async (options: OpenOptions) => {
    project = await openProject(file, { backupEvery: 0, ...options });
    return { readOnly: project.readOnly, reason: project.readOnlyReason };
  },
  /** From here on as a user to whom rights apply: the superuser may write everywhere. */
  dropRights: () => {
    // What is loaded at first use would not be readable any more.
    new Database(':memory:').close();
    if (process.getuid?.() !== 0) return false;
    process.setgid?.(65534);
    process.setuid?.(65534);
    return true;
  },
  create: async (path: string) => {
    const made = await createProject(path, { backupEvery: 0 });
    await made.close();
    return true;
  },
  document: () => canonicalJson(opened().document()),
  revision: () => opened().revision,
  addBin: (name: string) => opened().edit('add-bin', { name }).revision,
  check: () => opened().check(),
  saveCopy: async (path: string) => {
    await opened().saveCopy(path);
    return true;
  },
  /** A read transaction that stays open, as of a program that copies or looks for long. */
  beginReading: () => {
    reading = new Database(file, { readonly: true });
    reading.exec('BEGIN');
    return reading.prepare('SELECT revision FROM project').pluck().get();
  },
  readAgain: () => reading?.prepare('SELECT revision FROM project').pluck().get(),
  endReading: () => {
    reading?.close();
    return true;
  },
  close: async () => {
    await opened().close();
    return true;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line) as [string, never];
  let answer: unknown;
  try {
    answer = { result: await commands[name](argument) };
  } catch (error) {
    if (!(error instanceof UserFacingError)) throw error;
    answer = { error: { code: error.code, message: error.message, remedy: error.remedy } };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
