/**
 * Kills a process that edits a project, 2,000 times at random points: `npm run bench:durability -- [KILLS [SEED]]`. Every fifty kills a new
 * project is begun, so that its whole history can be looked at each time. Fails when an acknowledged edit is lost, the file is damaged, or
 * undo does not work.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAgainAndAgain } from '../../support/kills.ts';

const [kills = 2000, seed = 2] = process.argv.slice(2).map(Number);
const perProject = 50;
const total = { kills: 0, acknowledged: 0, unannounced: 0, problems: 0 };
const from = performance.now();
for (let at = 0; total.kills < kills; at++) {
  const folder = mkdtempSync(join(tmpdir(), 'longtake-kills-'));
  try {
    const report = await killAgainAndAgain(folder, Math.min(perProject, kills - total.kills), seed * 1000 + at);
    for (const problem of report.problems) console.error(problem);
    total.kills += report.kills;
    total.acknowledged += report.acknowledged;
    total.unannounced += report.unannounced;
    total.problems += report.problems.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(JSON.stringify({ ...total, seconds: Math.round((performance.now() - from) / 1000) }));
}
process.exitCode = total.problems > 0 ? 1 : 0;
