/**
 * A thousand damaged files of each of nine containers: read or refused, everything derived of every twelfth. Alone:
 * `node tests/bench/projects/damaged-media.ts [FILES-OF-EACH]`.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCache } from '../../../engine/media/library/cache.ts';
import { type DamageReport, readDamaged } from '../../support/damaged-media.ts';

export const measureDamaged = async (each = 1000): Promise<DamageReport & { seconds: number }> => {
  const cache = openCache({ folder: await mkdtemp(join(tmpdir(), 'longtake-cache-')) });
  const start = performance.now();
  try {
    const report = await readDamaged(cache, { each, derived: 12, parallel: 2 * availableParallelism() });
    const left = await readdir(join(cache.folder, 'unfinished'));
    if (left.length > 0) report.problems.push(`${left.length} half-written files were left in the cache`);
    return { ...report, seconds: (performance.now() - start) / 1000 };
  } finally {
    await rm(cache.folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const report = await measureDamaged(Number(process.argv[2] ?? 1000));
  console.log(JSON.stringify(report, undefined, 2));
  process.exitCode = report.problems.length > 0 ? 1 : 0;
}
