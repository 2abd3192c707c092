/**
 * Kills a process that edits a project, 2,000 times at random points: `npm run bench:durability -- [KILLS [SEED]]`. Fails when an
 * acknowledged edit is lost, the file is damaged, or undo does not work.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAgainAndAgain } from '../../support/kills.ts';

const [kills = 2000, seed = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'longtake-kills-'));
try {
  const from = performance.now();
  const { problems, ...counts } = await killAgainAndAgain(folder, kills, seed);
  for (const problem of problems) console.error(problem);
  console.log(JSON.stringify({ ...counts, problems: problems.length, seconds: (performance.now() - from) / 1000 }));
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
