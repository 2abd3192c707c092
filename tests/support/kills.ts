import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { editLog } from '../../engine/projects/edit-log.ts';
import { createProject, openProject } from '../../engine/projects/project.ts';
import { randomOf } from './project-edits.ts';

export type KillReport = {
  kills: number;
  /** Edits that the killed processes had said were made. */
  acknowledged: number;
  /** Edits that were on the disk and had not been acknowledged yet: at most one a kill. */
  unannounced: number;
  /** What was not as it must be; empty. */
  problems: string[];
};

/** Lets a child edit until it is killed after some edits and a moment more. Answers with what it acknowledged. */
const editAndKill = async (
  file: string,
  seed: number,
  edits: number,
  milliseconds: number,
): Promise<[number, string][]> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'editing-child.ts'), file, String(seed)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  const acknowledged: [number, string][] = [];
  let ready = (): void => undefined;
  const enough = new Promise<void>((resolve) => (ready = resolve));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [revision, opId] = line.split(' ');
    if (opId !== undefined) acknowledged.push([Number(revision), opId]);
    if (acknowledged.length >= edits) ready();
  });
  await Promise.race([enough, exited]);
  await wait(milliseconds);
  child.kill('SIGKILL');
  const signal = await exited;
  if (signal !== 'SIGKILL') throw new Error(`the editing process ended by itself: ${complaint}`);
  return acknowledged;
};

/** What the last look at a project found, to compare the next with. */
type Known = { revision: number; document: Document };

const lookInto = async (file: string, acknowledged: [number, string][], known: Known, whole: boolean) => {
  const problems: string[] = [];
  const project = await openProject(file, { backupEvery: 0 });
  const { revision } = project;
  const document = project.document();
  const db = new Database(file, { readonly: true });
  const integrity = db.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') problems.push(`integrity_check: ${String(integrity)}`);
  const find = db.prepare('SELECT op_id FROM edit_log WHERE revision = ?').pluck();
  for (const [at, opId] of acknowledged) if (find.get(at) !== opId) problems.push(`edit ${opId} (${at}) is lost`);
  const replayed = editLog(db)
    .since(known.revision)
    .reduce((state, { changes }) => applyChanges(state, changes), known.document);
  if (canonicalJson(replayed) !== canonicalJson(document)) problems.push('the document is not what its log makes');
  db.close();
  const last = acknowledged.at(-1)?.[0] ?? known.revision;
  if (whole) problems.push(...project.check());
  const before = canonicalJson(document);
  if (project.state().undo !== null) {
    project.undo();
    project.redo();
  }
  if (canonicalJson(project.document()) !== before) problems.push('undo and redo do not lead back');
  const now = { revision: project.revision, document: project.document() };
  await project.close();
  return { problems, known: now, unannounced: revision - last };
};

/** Kills a process that edits one project, again and again, at points drawn at random, and looks each time at what it left. */
export const killAgainAndAgain = async (folder: string, kills: number, seed: number): Promise<KillReport> => {
  const random = randomOf(seed);
  const report: KillReport = { kills: 0, acknowledged: 0, unannounced: 0, problems: [] };
  const file = join(folder, `film-${seed}.longtake`);
  await (await createProject(file)).close();
  let known: Known = { revision: 0, document: emptyDocument };
  for (let kill = 0; kill < kills; kill++) {
    const edits = Math.floor(random() ** 2 * 60);
    const acknowledged = await editAndKill(file, seed * 100_000 + kill, edits, random() * 6);
    const seen = await lookInto(file, acknowledged, known, kill % 10 === 9);
    known = seen.known;
    report.kills += 1;
    report.acknowledged += acknowledged.length;
    report.unannounced += seen.unannounced;
    if (seen.unannounced < 0) seen.problems.push('revisions are missing at the end');
    if (seen.unannounced > 1) seen.problems.push('more is there than was done');
    report.problems.push(...seen.problems.map((problem) => `seed ${seed}, kill ${kill}: ${problem}`));
  }
  return report;
};
