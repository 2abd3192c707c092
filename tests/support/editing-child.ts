/**
 * Edits a project at random until it is killed: `editing-child.ts FILE SEED`. Prints `open`, then a line `REVISION OPID` for every edit once
 * it has been acknowledged. Now and then it saves a version, backs up, or closes the project and opens it again, so that a kill can fall there.
 */
import { writeSync } from 'node:fs';
import { openProject } from '../../engine/projects/project.ts';
import { randomEdit, randomOf } from './project-edits.ts';

const [file, seed] = process.argv.slice(2);
const random = randomOf(Number(seed));
/** Straight into the pipe: what is printed has left the process whatever comes next. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

let project = await openProject(file, { backupEvery: 0 });
if (project.readOnly) throw new Error(project.readOnlyReason ?? '');
say('open');
for (let n = 0; ; n++) {
  const opId = `${seed}-${n}`;
  say(`${randomEdit(project, random, opId).revision} ${opId}`);
  const what = random();
  if (what < 0.02) project.versions.save(`version ${n}`);
  else if (what < 0.04) void project.backUp();
  else if (what < 0.06) {
    await project.close();
    project = await openProject(file, { backupEvery: 0 });
  }
}
